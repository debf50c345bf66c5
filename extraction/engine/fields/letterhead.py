"""Names and addresses that stand without a label: at the head of the first page, above everything else."""

from __future__ import annotations

import re

from extraction.engine.fields.candidates import Candidate
from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.lexicon import is_chinese
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.scoring import Scored
from extraction.engine.fields.segments import Segment, Sheet
from extraction.engine.fields.shapes import (
    address_score,
    breaks_address,
    ends_as_street,
    has_company_form,
    has_organisation_word,
    has_postcode,
    is_phone,
    is_suffix_only,
    opens_with_organisation_word,
    without_registration,
)

_HEAD_ROWS = 14
_SCRIBBLED = 0.8
_ELSEWHERE = ("delivery_address", "home_address", "service_address")
"""Addresses that no letterhead says."""

_TITLES = re.compile(
    r"\b(?:invoice|receipt|bill|order|contract|statement|welcome|thank you|cash|copy|page|original|duplicate|reprint)\b"
    r"|\b(?:tax|guest|sales|cash|official|simplified)\s?(?:tax\s?)?(?:invoice|check|receipt|bill|memo|sales)\b"
    r"|发票|收据|小票|欢迎",
    re.IGNORECASE,
)


def score_letterhead(profile: Profile, around: Surroundings, *, writer: str = "supplier") -> list[Scored]:
    """`writer` is whose paper it is: supplier or customer."""
    if not around.sheets:
        return []
    sheet = around.sheets[min(around.sheets)]
    if profile.kind == "org" and profile.role in ("", writer):
        return _names(sheet, around)
    if profile.kind == "address" and profile.role in ("", writer) and profile.concept not in _ELSEWHERE:
        return _addresses(sheet, around)
    if profile.kind == "title":
        return _titles(sheet)
    return []


def _head(sheet: Sheet, around: Surroundings) -> list[Segment]:
    head = []
    for segment in sheet.segments:
        if segment.row > _HEAD_ROWS or segment.bbox.y0 > 0.6 * sheet.height:
            break
        head.append(segment)
    return head


def _names(sheet: Sheet, around: Surroundings) -> list[Scored]:
    head = _head(sheet, around)
    scored = []
    seen = 0
    for position, segment in enumerate(head):
        sign = _name_sign(segment, seen, sheet, around) + 0.25 * _is_top_name(head, position)
        if sign <= 0:
            continue
        seen += not _is_scribbled(segment)
        candidate = _named(segment, head[position + 1 :])
        sign += 0.3 * (_is_joined_in_row(candidate) and not has_organisation_word(segment.text))
        sign -= 0.3 * _is_scribbled(segment)
        scored.append(Scored(candidate, sign, None, "letterhead", {"label": 0.0, "relation": sign}))
    return scored


def _is_joined_in_row(candidate: Candidate) -> bool:
    """Whether the name's organisation word stands beside it, as in `B & BEST   RESTAURANT`."""
    return any(
        more.row == candidate.segment.row and opens_with_organisation_word(more.text) for more, _, _ in candidate.more
    )


def _is_scribbled(segment: Segment) -> bool:
    """Whether OCR was unsure of the whole line, as of names and numbers written by hand."""
    read = [word.confidence for word in segment.words if word.confidence is not None]
    return bool(read) and max(read) < _SCRIBBLED


def _name_sign(segment: Segment, seen: int, sheet: Sheet, around: Surroundings) -> float:
    text = segment.text[: without_registration(segment.text)]
    letters = sum(c.isalpha() for c in text)
    if letters < 3 or letters < 0.5 * len(text) or any(a.strength > 0.85 for a in around.labels(segment)):
        return 0.0
    score = 0.5 - 0.07 * seen
    score += 0.3 * has_organisation_word(text)
    score += 0.08 * min(1.5, segment.height / sheet.line_height - 1)
    score -= (
        0.25 * min(1.5, address_score(segment.text)) * (not has_organisation_word(text) or segment.text[:1].isdigit())
    )
    score -= 0.35 * bool(_TITLES.search(text)) + 0.3 * breaks_address(segment.text)
    score -= 0.15 * any(c.isdigit() for c in text)
    return score


def _is_top_name(head: list[Segment], position: int) -> bool:
    """Whether a line of no more than words opens the page, a street being part of the shop's name."""
    text = head[position].text
    if position or is_chinese(text) or has_organisation_word(text) or address_score(text) < 0.9:
        return False
    return len(text.split()) > 1 and not any(c.isdigit() or c == "," for c in text) and not ends_as_street(text)


def _named(segment: Segment, following: list[Segment]) -> Candidate:
    run = [segment]
    for line in following[:3]:
        if without_registration(run[-1].text) < len(run[-1].text) or not _continues(run, line):
            break
        run.append(line)
    ends = [without_registration(line.text) for line in run]
    text = " ".join(line.text[:end] for line, end in zip(run, ends, strict=True)).strip()
    more = tuple((line, 0, end) for line, end in zip(run[1:], ends[1:], strict=True))
    return Candidate(segment, 0, ends[0], text, more=more)


def _continues(run: list[Segment], following: Segment) -> bool:
    """Whether a name goes on in the line below: an open bracket, an and, or only words such as Ltd."""
    last = run[-1]
    if following.bbox.y0 - last.bbox.y1 > 0.8 * last.height or breaks_address(following.text):
        return False
    name = " ".join(line.text for line in run)
    text = following.text[: without_registration(following.text)]
    if name.count("(") > name.count(")") or name.endswith(("&", " AND", " and")) or is_suffix_only(text):
        return True
    return not has_company_form(name) and opens_with_organisation_word(text) and not _TITLES.search(text)


def _addresses(sheet: Sheet, around: Surroundings) -> list[Scored]:
    head = _head(sheet, around)
    scored: list[Scored] = []
    position = 0
    while position < len(head):
        run = _address_run(head, position, around)
        if run:
            total = sum(address_score(segment.text) for segment in run)
            score = min(0.95, 0.3 + 0.12 * total + 0.1 * any(has_postcode(s.text) for s in run) - 0.2 * len(scored))
            scored.append(Scored(_joined(run), score, None, "letterhead", {"label": 0.0, "relation": score}))
        position += max(1, len(run))
    return [entry for entry in scored if entry.score >= 0.4]


def _address_run(head: list[Segment], position: int, around: Surroundings) -> list[Segment]:
    first = head[position]
    labelled = any(a.start == 0 and a.has_colon and a.strength > 0.9 for a in around.labels(first))
    if labelled or _is_top_name(head, position) or not _opens_address(first.text):
        return []
    run = [first]
    for segment in head[position + 1 :]:
        if segment.row == run[-1].row and segment.bbox.x0 - run[-1].bbox.x1 < 2 * segment.height:
            run.append(segment)
            continue
        if not _belongs(segment, run, around):
            break
        run.append(segment)
    return run


def _opens_address(text: str) -> bool:
    if is_phone(text):
        return False
    return address_score(text) >= 0.9 and (text[:1].isdigit() or not has_organisation_word(text))


def _belongs(segment: Segment, run: list[Segment], around: Surroundings) -> bool:
    last = run[-1]
    if segment.bbox.y0 - last.bbox.y1 > 1.3 * last.height or breaks_address(segment.text):
        return False
    is_labelled = any(a.strength > 0.9 and (a.has_colon or a.start == 0) for a in around.labels(segment))
    if is_labelled or _TITLES.search(segment.text):
        return False
    if address_score(segment.text) >= 0.4:
        return True
    if len(segment.text) >= 30 or any(c.isdigit() for c in segment.text) or ":" in segment.text:
        return False
    if last.text.rstrip().endswith((",", ".")) or not any(has_postcode(s.text) for s in run):
        return True
    # A region or country below the line with the postal code.
    return has_postcode(last.text) and len(segment.text.split()) <= 3 and not has_organisation_word(segment.text)


def _joined(run: list[Segment]) -> Candidate:
    first = run[0]
    more = tuple((segment, 0, len(segment.text)) for segment in run[1:])
    text = " ".join(segment.text.strip() for segment in run)
    return Candidate(first, 0, len(first.text), text, more=more)


def _titles(sheet: Sheet) -> list[Scored]:
    head = [s for s in sheet.segments if s.bbox.y1 < 0.4 * sheet.height and sum(c.isalpha() for c in s.text) >= 3]
    scored = []
    for order, segment in enumerate(head[:10]):
        centred = abs(segment.bbox.centre[0] - sheet.width / 2) < 0.1 * sheet.width
        score = 0.4 + 0.25 * min(1.5, segment.height / sheet.line_height - 1) + 0.15 * centred - 0.05 * order
        candidate = Candidate(segment, 0, len(segment.text), segment.text)
        scored.append(Scored(candidate, score, None, "letterhead", {"label": 0.0, "relation": score}))
    return scored
