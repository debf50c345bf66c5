from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from extraction.choices import sentence_of

register = template.Library()

# 16 x 16, drawn in currentColor
ICONS = {
    "document": '<path d="M4 1.5h5.5L12.5 5v9.5h-8.5z"/><path d="M9 1.5V5.5h3.5"/>',
    "warning": '<path d="M8 2.2 14.6 13.5H1.4Z"/><path d="M8 6.5v3M8 11.4v.1"/>',
    "error": '<path d="M8 4.5v4M8 11.2v.1"/><circle cx="8" cy="8" r="6.3"/>',
    "check": '<path d="m4 8.5 3 3 5.5-6.5"/>',
    "previous": '<path d="m10 3-5 5 5 5"/>',
    "next": '<path d="m6 3 5 5-5 5"/>',
    "theme": '<circle cx="8" cy="8" r="3"/><path d="M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1"/>',
    "minus": '<path d="M3 8h10"/>',
    "equal": '<path d="M3.5 6h9M3.5 10h9"/>',
    "unequal": '<path d="M3.5 6h9M3.5 10h9M10.5 3l-5 10"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "fit": '<path d="M2 5V2h3M14 5V2h-3M2 11v3h3M14 11v3h-3"/>',
    "turn": '<path d="M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3"/>',
    "upload": '<path d="M8 10.5V2.5M4.8 5.5 8 2.4l3.2 3.1M2.5 10.5v3h11v-3"/>',
    "download": '<path d="M8 2.5v8M4.8 7.5 8 10.6l3.2-3.1M2.5 10.5v3h11v-3"/>',
    "close": '<path d="m4 4 8 8M12 4l-8 8"/>',
    "search": '<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/>',
    "clock": '<circle cx="8" cy="8" r="6.3"/><path d="M8 4.5V8l2.5 1.8"/>',
    "lock": '<rect x="3.5" y="7" width="9" height="6.5" rx="1"/><path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>',
    "undo": '<path d="M3 6h6.5a3.5 3.5 0 0 1 0 7H6M5.5 3 2.8 6l2.7 3"/>',
    "up": '<path d="m3 10 5-5 5 5"/>',
    "down": '<path d="m3 6 5 5 5-5"/>',
    "edit": '<path d="M3 13l.7-3L11 2.8 13.2 5 6 12.3zM9.7 4.2l2.1 2.1"/>',
    "person": '<circle cx="8" cy="5" r="2.8"/><path d="M2.8 14c.5-3.2 2.4-4.8 5.2-4.8s4.7 1.6 5.2 4.8"/>',
    "remove": '<path d="M3 4.5h10M6.5 4.5V2.8h3v1.7M4.5 4.5l.6 8.7h5.8l.6-8.7"/>',
    "more": '<path d="M3 8h.1M8 8h.1M13 8h.1"/>',
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon: the text beside it, or the button's label, says what it means."""
    return mark_safe(f'<svg class="ico" viewBox="0 0 16 16" aria-hidden="true">{ICONS[name]}</svg>')


@register.simple_tag
def sentence(code: str, params: dict[str, Any] | None = None) -> str:
    return sentence_of(code, params)
