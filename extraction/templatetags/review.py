from __future__ import annotations

import json
from collections.abc import Iterable

from django import template

from extraction.choices import AbsentReason, Event, FieldState
from extraction.types import Span

register = template.Library()


@register.simple_tag
def state_word(state: str) -> str:
    return str(FieldState(state).label)


@register.simple_tag
def reason_word(reason: str) -> str:
    return str(AbsentReason(reason).label) if reason in AbsentReason.values else ""


@register.simple_tag
def event_word(what: str) -> str:
    return str(Event(what).label) if what in Event.values else what.replace("_", " ")


@register.simple_tag
def spans_json(spans: Iterable[Span]) -> str:
    """For scripts: [page, x0, y0, x1, y1, block] each."""
    return json.dumps([[span.page, *(round(edge, 2) for edge in span.bbox), span.block] for span in spans])


@register.simple_tag
def spans_full(spans: Iterable[Span]) -> str:
    """For scripts to send back: what a correction keeps of a place."""
    kept = ({"page": span.page, "bbox": list(span.bbox), "text": span.text, "block": span.block} for span in spans)
    return json.dumps(list(kept))
