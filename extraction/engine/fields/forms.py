"""E-mail and web addresses and telephone numbers without a label, known by their form; the seller's come first."""

from __future__ import annotations

import re

from extraction.engine.dates import find_dates
from extraction.engine.fields.candidates import Candidate
from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.roles import Roles
from extraction.engine.fields.scoring import LEAST_LABEL, Scored
from extraction.engine.fields.segments import Segment
from extraction.engine.fields.shapes import shaped

_ALONE, _FIRST, _LATER = 0.75, 0.62, 0.5
_PHONE = re.compile(
    r"(?<![\w+(.-])(?:\+\d{1,3}[ .-]?(?:\(0?\d{1,4}\)[ .-]?)?\d[\d .-]{5,13}\d|\(\d{2,5}\)[ -]?\d{3,4}[ -]?\d{3,4}"
    r"|\d{3}-\d{3}-\d{4}|1[3-9]\d{9}|0\d{2,3}-\d{7,8}|400-?\d{3}-?\d{4})(?![\w-])"
)


def score_forms(profile: Profile, around: Surroundings, roles: Roles) -> list[Scored]:
    """What looks like the field's kind, wherever it stands; one of another's region counts little."""
    if profile.kind not in ("email", "url", "phone"):
        return []
    found = [place for sheet in around.sheets.values() for s in sheet.segments for place in _found(profile.kind, s)]
    is_only = len({str(candidate.value).lower() for candidate in found}) == 1
    own = [c for c in found if is_only and not profile.role or _is_own(profile, roles.role_at(c))]
    if profile.kind == "phone":
        own = [candidate for candidate in own if not _is_named_otherwise(profile, candidate, around)]
    return [_scored(candidate, order, is_only=is_only) for order, candidate in enumerate(own)]


def _is_own(profile: Profile, role: str) -> bool:
    """Without a word of whose it is, the issuer's is meant; a customer's stands under the customer's heading."""
    return role == "customer" if profile.role == "customer" else role != "customer"


def _is_named_otherwise(profile: Profile, candidate: Candidate, around: Surroundings) -> bool:
    """Whether the label before it says something else, as Fax does."""
    before = [a for a in around.labels(candidate.segment) if a.end <= candidate.start]
    before = before or [a for a in around.row_labels(candidate.segment) if a.segment is not candidate.segment]
    return bool(before) and before[-1].score(profile) < LEAST_LABEL


def _found(kind: str, segment: Segment) -> list[Candidate]:
    if kind == "phone":
        if find_dates(segment.text):
            return []
        places = [match.span() for match in _PHONE.finditer(segment.text)]
    else:
        places = list(_shaped(kind, segment.text))
    return [Candidate(segment, start, end, segment.text[start:end]) for start, end in places]


def _shaped(kind: str, text: str) -> list[tuple[int, int]]:
    found, at = [], 0
    while edges := shaped(kind, text[at:]):
        start, end = at + edges[0], at + edges[1]
        if kind != "url" or not _is_mail(text, start):
            found.append((start, end))
        at = end
    return found


def _is_mail(text: str, start: int) -> bool:
    return "@" in text[max(0, start - 1) : start + 1] or "@" in text[start:].split(" ")[0]


def _scored(candidate: Candidate, order: int, *, is_only: bool) -> Scored:
    score = _ALONE if is_only else _FIRST if order == 0 else _LATER
    return Scored(candidate, score, None, "form", {"label": 0.0, "relation": score})
