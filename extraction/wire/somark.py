"""SoMark's answers and readings: what our client reads of them, and what our own server writes."""

from __future__ import annotations

from typing import Any

from extraction.errors import InvalidReply
from extraction.types import DocumentReading
from extraction.wire import scalars
from extraction.wire.somark_answers import (
    Code,
    Envelope,
    Quota,
    Status,
    Task,
    TaskHead,
    dump_done,
    dump_failed,
    dump_quota,
    dump_refused,
    dump_result,
    dump_submitted,
    dump_sync,
    dump_unknown_task,
    dump_waiting,
    image_addresses,
    load_envelope,
    load_quota,
    load_task,
    picture_addresses,
)
from extraction.wire.somark_options import (
    Asked,
    InvalidOption,
    digest_text,
    dump_asked,
    kept_asked,
    load_asked,
    passed_on,
    unmet,
)
from extraction.wire.somark_pages import dump_pages, load_pages, public_part
from extraction.wire.somark_pixels import in_pixels
from extraction.wire.somark_requests import key_form, poll_form, submit_form

__all__ = [
    "Asked",
    "Code",
    "Envelope",
    "InvalidOption",
    "Quota",
    "Status",
    "Task",
    "TaskHead",
    "digest_text",
    "dump_asked",
    "dump_done",
    "dump_failed",
    "dump_pages",
    "dump_quota",
    "dump_refused",
    "dump_result",
    "dump_submitted",
    "dump_sync",
    "dump_unknown_task",
    "dump_waiting",
    "image_addresses",
    "in_pixels",
    "kept_asked",
    "key_form",
    "load",
    "load_asked",
    "load_envelope",
    "load_quota",
    "load_task",
    "passed_on",
    "picture_addresses",
    "poll_form",
    "public_part",
    "submit_form",
    "unmet",
]

# the way from a whole answer to its pages; a reply may begin at any of them
_WAY = ("data", "result", "outputs", "json")


def load(reply: Any) -> DocumentReading:
    """Read an answer with its pages, as bytes or parsed: whole, or from its data, result, outputs or pages on.

    Raises InvalidReply for everything else, a finished task without pages included.
    """
    shape = scalars.parse(reply) if isinstance(reply, bytes | str) else reply
    for key in _WAY:
        shape = scalars.mapping(shape)
        if "pages" not in shape and key in shape:
            inner = shape[key]
            shape = scalars.parse(inner) if isinstance(inner, str) else inner
    pages = scalars.mapping(shape).get("pages")
    if pages is None:
        raise InvalidReply("an answer without pages")
    return DocumentReading(load_pages(pages))
