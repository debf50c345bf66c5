"""Yes and no, and options: by tick marks beside a label or by a word behind it."""

from __future__ import annotations

import re

from extraction.engine.fields.anchors import Anchor
from extraction.engine.fields.candidates import Candidate
from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.lexicon import is_chinese, plain
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.scoring import LEAST_LABEL, Scored
from extraction.engine.fields.segments import Segment
from extraction.engine.fields.texts import places_of
from extraction.engine.fields.values import read_boolean

_TICKED = re.compile(r"[☑☒✓✔√■●◉]|\[\s?[xX✓√]\s?\]|\(\s?[xX✓√]\s?\)")
_EMPTY = re.compile(r"[☐□○]|\[\s{0,3}\]|\(\s{1,3}\)")
MARK = re.compile(f"{_TICKED.pattern}|{_EMPTY.pattern}")
_WORD = re.compile(r"[A-Za-z]+|[\u3400-\u9fff]+|[✓✔√×✗]")


def score_booleans(profile: Profile, anchors: list[Anchor], around: Surroundings) -> list[Scored]:
    scored = []
    for anchor in anchors:
        label = anchor.score(profile)
        if label < LEAST_LABEL:
            continue
        for segment, start, end, value in _marks_beside(anchor, around):
            candidate = Candidate(segment, start, end, value)
            scored.append(Scored(candidate, 0.95 * label, anchor, "mark", {"label": label, "relation": 0.95}))
        scored += _said(profile, anchor, label, around)
    return scored


def _marks_beside(anchor: Anchor, around: Surroundings) -> list[tuple[Segment, int, int, bool]]:
    """A mark before the label in its segment or just left of it, else the first one behind it without a word."""
    segment = anchor.segment
    before = list(MARK.finditer(segment.text[: anchor.start]))
    if before and not _WORD.search(segment.text[before[-1].end() : anchor.start]):
        return [(segment, before[-1].start(), before[-1].end(), _is_ticked(before[-1].group()))]
    row = around.row_of(segment)
    left = [s for s in row if s.bbox.x1 <= segment.bbox.x0]
    if anchor.start == 0 and left and MARK.fullmatch(left[-1].text.strip()):
        return [(left[-1], 0, len(left[-1].text), _is_ticked(left[-1].text))]
    behind = MARK.match(segment.text[anchor.end :].lstrip(" :"))
    if behind and not segment.text[anchor.end :].lstrip(" :")[behind.end() :].strip():
        start = len(segment.text) - len(segment.text[anchor.end :].lstrip(" :"))
        return [(segment, start + behind.start(), start + behind.end(), _is_ticked(behind.group()))]
    right = [s for s in row if s.bbox.x0 >= segment.bbox.x1]
    lone = _lone_mark(right[0].text) if right and not segment.text[anchor.end :].strip(" :?") else None
    return [(right[0], lone[1], lone[2], lone[0])] if lone else []


def _is_ticked(mark: str) -> bool:
    return bool(_TICKED.search(mark))


def _said(profile: Profile, anchor: Anchor, label: float, around: Surroundings) -> list[Scored]:
    """A yes or no behind the label, the ticked one where both are printed."""
    scored = []
    for segment, start, end in places_of(anchor, around):
        answer = _answer(segment.text[start:end])
        if answer is None:
            continue
        value, first, last = answer
        candidate = Candidate(segment, start + first, start + last, value)
        if segment is anchor.segment:
            return [Scored(candidate, label, anchor, "word", {"label": label, "relation": 1.0})]
        relation = around.relation(anchor, segment, candidate.start, candidate.box).score
        scored.append(Scored(candidate, label * relation, anchor, "word", {"label": label, "relation": relation}))
    return scored


def _answer(text: str) -> tuple[bool, int, int] | None:
    """The first yes or no and where it stands; of those with boxes the ticked one, else the one whose box is lost."""
    marks = list(MARK.finditer(text))
    words = [
        (value, match.start(), match.end())
        for match in _WORD.finditer(text)
        if not any(m.start() <= match.start() < m.end() for m in marks)
        and (value := read_boolean(match.group())) is not None
    ]
    ticked = [mark.span() for mark in marks if _is_ticked(mark.group())]
    if not words or not marks:
        return words[0] if words else _lone_mark(text)
    follow = words[0][1] < marks[0].start() and len(marks) >= len(words)
    for word in words:
        mark = _mark_of(word, marks, follow=follow)
        if mark and mark.span() in ticked:
            return word
    free = [word for word in words if _mark_of(word, marks, follow=follow) is None]
    return free[0] if len(free) == 1 and not ticked else None


def _mark_of(word: tuple[bool, int, int], marks: list[re.Match[str]], *, follow: bool) -> re.Match[str] | None:
    """The mark that belongs to the word: the one before it, or behind it where marks follow their words."""
    if follow:
        return next((mark for mark in marks if mark.start() >= word[2]), None)
    before = [mark for mark in marks if mark.end() <= word[1]]
    return before[-1] if before else None


def _lone_mark(text: str) -> tuple[bool, int, int] | None:
    """A tick or a cross that is all the answer."""
    match = re.fullmatch(rf"\s*({MARK.pattern}|[×✗])\s*", text)
    return (_is_ticked(match.group(1)), *match.span(1)) if match else None


def score_options(profile: Profile, anchors: list[Anchor], around: Surroundings) -> list[Scored]:
    scored = []
    for sheet in around.sheets.values():
        for segment in sheet.segments:
            for option in profile.spec.options:
                scored += _option(profile, option, segment, anchors, around)
    return scored


def _option(
    profile: Profile, option: str, segment: Segment, anchors: list[Anchor], around: Surroundings
) -> list[Scored]:
    scored = []
    longer = [other for other in profile.spec.options if len(other) > len(option) and _occurrences(option, other)]
    inside = [place for other in longer for place in _occurrences(other, segment.text)]
    for start, end in _occurrences(option, segment.text):
        if any(left <= start and end <= right for left, right in inside):
            continue
        candidate = Candidate(segment, start, end, option)
        mark = _mark_before(segment.text[:start])
        if mark is False:
            continue
        best, anchor = 0.0, None
        for other in anchors:
            score = other.score(profile) * around.relation(other, segment, start, candidate.box).score
            if score > best:
                best, anchor = score, other
        score = max(best, 0.55 if mark else 0.0) + (0.2 if mark else 0.0)
        lone = (0.5 if start == 0 else 0.3) if len(option) > 3 else 0.1
        if longer and (start, end) != (0, len(segment.text)):
            # "Card" beside "Debit card" is said of many things that pay nothing
            lone = min(lone, 0.3)
        scored.append(Scored(candidate, max(score, lone), anchor, "option", {"label": best, "relation": best}))
    return scored


def _mark_before(text: str) -> bool | None:
    marks = list(MARK.finditer(text))
    if not marks or text[marks[-1].end() :].strip():
        return None
    return _is_ticked(marks[-1].group())


def _occurrences(option: str, text: str) -> list[tuple[int, int]]:
    wanted = re.escape(plain(option.strip()))
    if not wanted:
        return []
    if not is_chinese(option):
        wanted = rf"(?<![a-z0-9]){wanted}(?![a-z0-9])"
    return [match.span() for match in re.finditer(wanted, plain(text))]
