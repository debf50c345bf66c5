"""Texts cut from a line as an approved value once was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from extraction.engine.fields.candidates import Candidate
from extraction.engine.fields.learn_layouts import stem
from extraction.engine.fields.learn_spots import Part, digest
from extraction.engine.fields.segments import Segment, Sheet
from extraction.engine.fields.shapes import shaped
from extraction.types import Spot

_WHOLE = ("text", "org", "address", "party", "clause", "title")
_LEADS = " :.#-=*|"


def texts_at(segment: Segment, spot: Spot, kind: str, sheet: Sheet, marks: set[str]) -> Iterator[Candidate]:
    """The segment as a value of the spot's extent, if it can be one."""
    start = _start(segment, spot)
    if start is None:
        return
    for end in _ends(segment, spot, start):
        edges = (0, end - start) if kind in _WHOLE else shaped(kind, segment.text[start:end])
        if edges is None or not any(c.isalnum() for c in segment.text[start:end]):
            continue
        first, last = start + edges[0], start + edges[1]
        goes_on = kind in _WHOLE and last == len(segment.text)
        more = tuple(_lines_below(segment, spot, sheet, marks)) if goes_on else ()
        text = " ".join([segment.text[first:last], *(other.text for other, *_ in more)])
        yield Candidate(segment, first, last, text, more=more)


def _start(segment: Segment, spot: Spot) -> int | None:
    """Behind the words that stood before it in its line."""
    at = 0
    if spot.before:
        at = _behind(segment.text, spot.before)
        if at < 0:
            return None
    while at < len(segment.text) and segment.text[at] in _LEADS:
        at += 1
    return at if at < len(segment.text) else None


def _behind(text: str, words: str) -> int:
    """Where the text goes on behind the words, -1 where it does not begin with them."""
    at, lowered = 0, text.lower()
    for word in words.split():
        found = lowered.find(word, at)
        if found < 0:
            return -1
        at = found + len(word)
    return at if stem(text[:at]) == words else -1


def _ends(segment: Segment, spot: Spot, start: int) -> Iterator[int]:
    """Before the words that stood behind it, else at the line's end; where that went on, also after as many words."""
    text = segment.text
    at = text.lower().find(spot.after.split()[0], start + 1) if spot.after else -1
    if at > 0:
        yield len(text[:at].rstrip(" :|("))
        return
    words = text[start:].split()
    few = start + len(" ".join(words[: spot.words]))
    if not spot.after:
        yield len(text.rstrip(" :|"))
    if spot.after or spot.is_cut and len(words) > spot.words:
        yield few


def _lines_below(segment: Segment, spot: Spot, sheet: Sheet, marks: set[str]) -> Iterable[Part]:
    """As many lines as the value had, as long as they stand together and are nothing that stands still."""
    last = segment
    for _number in range(spot.lines - 1):
        below = _next_line(last, segment, sheet)
        if below is None or stem(below.text) in marks and digest(below.text) not in spot.echoes:
            return
        yield below, 0, len(below.text)
        last = below


def _next_line(last: Segment, first: Segment, sheet: Sheet) -> Segment | None:
    found = [
        other
        for other in sheet.segments
        if last.row < other.row <= last.row + 2
        and other.bbox.y0 - last.bbox.y1 < 1.2 * last.height
        and _is_aligned(other, first)
    ]
    return min(found, key=lambda other: other.row, default=None)


def _is_aligned(other: Segment, first: Segment) -> bool:
    centres = abs(other.bbox.centre[0] - first.bbox.centre[0])
    return min(abs(other.bbox.x0 - first.bbox.x0), centres) < 1.5 * first.height


def constants_of(text: str, sheets: Sequence[Sheet]) -> Iterator[Candidate]:
    """Where a text that never changed stands in one line."""
    if not text:
        return
    for sheet in sheets:
        for segment in sheet.segments:
            at = segment.text.find(text)
            if at >= 0:
                yield Candidate(segment, at, at + len(text), text)
