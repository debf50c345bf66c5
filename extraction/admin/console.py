"""All that the console registers, one module per noun; imported when the site itself is there."""

from extraction.admin import (
    accounts,
    detections,
    documents,
    extractions,
    keys,
    parses,
    reviews,
    teams,
    templates,
    users,
    webhooks,
)

__all__ = [
    "accounts",
    "detections",
    "documents",
    "extractions",
    "keys",
    "parses",
    "reviews",
    "teams",
    "templates",
    "users",
    "webhooks",
]
