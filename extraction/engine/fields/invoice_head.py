"""Code and number of a Chinese VAT invoice, which its paper forms print beside the title without a label."""

from __future__ import annotations

import re

from extraction.engine.fields.candidates import Candidate
from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.scoring import Scored
from extraction.engine.fields.segments import Segment, Sheet

# The lengths are those of the tax administration's forms: a code of 10 or 12 digits, a number of 8 or 20.
_SHAPES = {
    "invoice_code": re.compile(r"(\d{10}|\d{12})"),
    "invoice_number": re.compile(r"(?:N[oº°0]?[.:]?\s*(\d{8})|(\d{20}))", re.IGNORECASE),
}
_TITLE = re.compile(r"发\s*票")
_HEAD = 0.3
_SCORE = 0.7


def score_invoice_head(profile: Profile, around: Surroundings) -> list[Scored]:
    shape = _SHAPES.get(profile.concept)
    if shape is None or not around.sheets:
        return []
    head = _head(around.sheets[min(around.sheets)])
    if not any(_TITLE.search(segment.text) for segment in head):
        return []
    # The code is printed once more, small, below the number; the larger one is its place.
    found = sorted(_matches(head, shape), key=lambda candidate: -candidate.segment.height)
    return [
        Scored(candidate, _SCORE - 0.05 * order, None, "letterhead", {"label": 0.0, "relation": _SCORE})
        for order, candidate in enumerate(found)
    ]


def _head(sheet: Sheet) -> list[Segment]:
    return [segment for segment in sheet.segments if segment.bbox.y1 < _HEAD * sheet.height]


def _matches(head: list[Segment], shape: re.Pattern[str]) -> list[Candidate]:
    found = []
    for segment in head:
        match = shape.fullmatch(segment.text.strip())
        if match:
            digits = next(group for group in match.groups() if group)
            start = segment.text.index(digits)
            found.append(Candidate(segment, start, start + len(digits), digits))
    return found
