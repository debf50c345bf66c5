"""IBANs that stand in a sentence or without a label: found by their form, known by their check digits."""

from __future__ import annotations

import re

from extraction.engine.fields.anchors import Anchor
from extraction.engine.fields.candidates import Candidate
from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.roles import Roles
from extraction.engine.fields.scoring import Scored
from extraction.engine.fields.segments import Segment
from extraction.engine.fields.shapes import iban_in, iban_like, is_iban

# letters and digits in all, by country: SWIFT's IBAN registry
_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "SV": 28, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
_NAMED, _ALONE, _BROKEN, _MANY = 0.95, 0.8, 0.5, 0.4
_NAME_OF = re.compile(r"\bIBAN\b\W*(?:is|lautet)?\W*", re.IGNORECASE)
_NAME = re.compile(r"\bIBAN\b(?=\W*(?:is|lautet)?\W*$)", re.IGNORECASE)


def score_ibans(profile: Profile, around: Surroundings, roles: Roles) -> list[Scored]:
    """Every IBAN of the seller: sure behind its own name, likely where the document has no other.

    One with wrong check digits, behind its name, is doubtful: misread, misprinted or forged.
    """
    if profile.kind != "iban":
        return []
    wanted = "customer" if profile.role == "customer" else "supplier"
    found = [candidate for sheet in around.sheets.values() for s in sheet.segments for candidate in _ibans_in(s)]
    broken = [candidate for sheet in around.sheets.values() for s in sheet.segments for candidate in _broken_in(s)]
    mine, doubtful = (
        [candidate for candidate in some if roles.role_at(candidate) in (wanted, _unmarked(wanted))]
        for some in (found, broken)
    )
    is_only = len({"".join(str(candidate.value).split()) for candidate in mine}) == 1
    sure = [_scored(candidate, _ALONE if is_only else _MANY) for candidate in mine]
    # the name is not held for them: it would make them sure
    signs = {"label": 0.0, "relation": 0.0, "rule_broken": 1.0}
    return sure + [Scored(candidate, _BROKEN, None, "form", dict(signs)) for candidate in doubtful]


def has_iban_length(text: str) -> bool:
    """Whether it is as long, without blanks, as its country's are."""
    return _LENGTHS.get(text[:2]) == len(text)


def _unmarked(wanted: str) -> str:
    """What a place without a heading says: the seller's account, as invoices print no other."""
    return "" if wanted == "supplier" else wanted


def _ibans_in(segment: Segment) -> list[Candidate]:
    found = []
    position = 0
    while edges := iban_in(segment.text[position:]):
        start, end = position + edges[0], position + edges[1]
        printed = segment.text[start:end]
        if has_iban_length("".join(printed.split())):
            found.append(Candidate(segment, start, end, printed))
        position = end
    return found


def _broken_in(segment: Segment) -> list[Candidate]:
    """What stands behind its name and is as long as an IBAN, but has wrong check digits."""
    starts = (match.end() for match in _NAME_OF.finditer(segment.text))
    texts = ((start, iban_like(segment.text[start:])) for start in starts)
    return [
        Candidate(segment, start, start + len(text), text)
        for start, text in texts
        if has_iban_length("".join(text.split())) and not is_iban(text)
    ]


def _scored(candidate: Candidate, otherwise: float) -> Scored:
    segment = candidate.segment
    name = _NAME.search(segment.text[: candidate.start])
    if not name:
        return Scored(candidate, otherwise, None, "form", {"label": 0.0, "relation": 0.0})
    anchor = Anchor(segment, *name.span(), says={"iban": 1.0}, fields={})
    return Scored(candidate, _NAMED, anchor, "behind", {"label": 1.0, "relation": 1.0})
