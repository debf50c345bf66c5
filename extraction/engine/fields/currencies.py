"""The document's currency: a printed code, else what the signs beside the amounts say."""

from __future__ import annotations

import re
from collections import Counter

from extraction.engine.fields.anchors import Anchor
from extraction.engine.fields.candidates import Candidate, Typed
from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.scoring import Scored
from extraction.engine.fields.segments import Sheet
from extraction.engine.fields.texts import score_texts
from extraction.engine.numbers import CURRENCY_CODES, CURRENCY_SIGNS

_CODE = re.compile(r"(?<![A-Za-z])(?:" + "|".join(sorted(CURRENCY_CODES)) + r")(?![A-Za-z])")
_SIGN = re.compile("|".join(re.escape(sign) for sign in sorted(CURRENCY_SIGNS, key=len, reverse=True)))


def score_currencies(profile: Profile, anchors: list[Anchor], typed: Typed, around: Surroundings) -> list[Scored]:
    labelled = [s for s in score_texts(profile, anchors, around) if str(s.candidate.value) in CURRENCY_CODES]
    return labelled + _codes(tuple(around.sheets.values())) + _signs(typed)


def _codes(sheets: tuple[Sheet, ...]) -> list[Scored]:
    found = [
        Candidate(segment, *match.span(), match.group())
        for sheet in sheets
        for segment in sheet.segments
        for match in _CODE.finditer(segment.text)
    ]
    return _counted(found, "code", 0.75)


def _signs(typed: Typed) -> list[Scored]:
    found = []
    for number in typed.numbers:
        match = _SIGN.search(number.segment.text, number.start, number.end)
        if match and number.currency:
            found.append(Candidate(number.segment, *match.span(), number.currency))
    return _counted(found, "derived", 0.65)


def _counted(found: list[Candidate], method: str, score: float) -> list[Scored]:
    """The first place of each currency; the more of its share, the better."""
    counts = Counter(candidate.value for candidate in found)
    first = {candidate.value: candidate for candidate in reversed(found)}
    return [
        Scored(candidate, score * counts[value] / len(found), None, method, {"label": 0.0, "relation": score})
        for value, candidate in first.items()
    ]
