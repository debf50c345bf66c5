"""SoMark's form fields, as our client sends them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from extraction.wire import scalars

# what our pages and our review need; a ZIP would hold the same once more
_OUTPUTS = ("markdown", "json")
# pictures are copied into our storage by their address; `file` would lie in a ZIP that is not asked for
_IMAGES = ("url", "none")

type Form = dict[str, str | list[str]]


def submit_form(key: str, options: Mapping[str, Any], *, older: bool = False) -> Form:
    """The fields beside the file; `options` are a template's `element_formats` and `feature_config`.

    The `older` addresses knew `feature_config` by another name, and get it under both.
    """
    form: Form = {"output_formats": [*_OUTPUTS], **key_form(key)}
    formats = {name: value for name, value in scalars.mapping(options.get("element_formats")).items() if value}
    if "image" in formats and formats["image"] not in _IMAGES:
        formats["image"] = "url"
    features = dict(scalars.mapping(options.get("feature_config")))
    if formats:
        form["element_formats"] = json.dumps(formats)
    if features:
        form["feature_config"] = json.dumps(features)
        if older:
            form["extract_config"] = form["feature_config"]
    return form


def poll_form(key: str, task_id: str) -> Form:
    return {"task_id": task_id, **key_form(key)}


def key_form(key: str) -> Form:
    """Whoever runs SoMark himself has no key and sends no such field."""
    return {"api_key": key} if key else {}
