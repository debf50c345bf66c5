"""Blocks by what the document says of itself: lines found in a DOCX's paragraphs are parted and joined as these are.

Only whole lines move, so no text is lost; what is not found, or stands in a table, stays as the page's rules have it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from extraction.engine.page.drafts import Draft, make_draft
from extraction.engine.page.lines import Line
from extraction.engine.raw import Paragraph
from extraction.types import BlockType, TitleHint

RUNNING = (BlockType.TEXT, BlockType.TITLE)
TELLING_LETTERS = 6  # a line that long is looked for in the whole document
NEAR = 2.0  # a page's lines stand that many times its letters around their middle, and REACH more
REACH = 500
# numbers and signs of lists and headings are drawn, and not written in the paragraph
LABEL = re.compile(
    r"\s*(?:第?[\d一二三四五六七八九十百]+(?:[.．]\d+)*[.．、)）章节条款]*|[(（][^()（）\s]{1,5}[)）]|[A-Za-z][.)]|[^\w\s])\s*"
)

type Places = list[tuple[int, int] | None]


@dataclass(frozen=True, slots=True)
class Outline:
    """A document's paragraphs, and their letters as one text in which lines are looked for."""

    paragraphs: tuple[Paragraph, ...]
    letters: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, paragraphs: Sequence[Paragraph]) -> Outline:
        kept, texts, starts, length = [], [], [], 0
        for paragraph in paragraphs:
            key = key_of(paragraph.text)
            if key:
                kept.append(paragraph)
                texts.append(key)
                starts.append(length)
                length += len(key)
        return cls(tuple(kept), "".join(texts), tuple(starts))

    def paragraph_at(self, start: int, end: int) -> int | None:
        """The number of the paragraph that holds all of it."""
        number = bisect_right(self.starts, start) - 1
        return number if bisect_right(self.starts, end - 1) - 1 == number else None


def key_of(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).lower() if sign.isalnum())


def outlined(drafts: Sequence[Draft], outline: Outline | None) -> list[Draft]:
    """The drafts with those of running text parted and joined by paragraphs, headings with their levels."""
    if outline is None or not outline.paragraphs:
        return list(drafts)
    lines = [line for draft in drafts if _is_running(draft) for line in draft.lines]
    places = dict(zip(map(id, lines), _places(lines, outline), strict=True))
    pieces = [piece for draft in drafts for piece in _parted(draft, places, outline)]
    return list(_joined(pieces, places, outline))


def _is_running(draft: Draft) -> bool:
    return draft.kind in RUNNING and draft.text is None and bool(draft.lines)


def _places(lines: Sequence[Line], outline: Outline) -> Places:
    """Where each line stands in the document's letters: the telling ones first, the others between these."""
    keys = [[key_of(line.text), key_of(LABEL.sub("", line.text, count=1))] for line in lines]
    places: Places = [_only_place(choices, outline) for choices in keys]
    _keep_in_order(places, reach=NEAR * sum(len(choices[0]) for choices in keys) + REACH)
    starts = [place[0] for place in places if place]
    if not starts:
        return places
    low = min(starts) - REACH
    for number, choices in enumerate(keys):
        if places[number] is None:
            high = next((place[0] for place in places[number:] if place), low + REACH)
            places[number] = _place_between(choices, outline, max(0, low), high)
        place = places[number]
        low = max(low, place[1]) if place else low
    return places


def _only_place(choices: Sequence[str], outline: Outline) -> tuple[int, int] | None:
    for key in choices:
        at = outline.letters.find(key) if len(key) >= TELLING_LETTERS else -1
        if at >= 0 and outline.letters.find(key, at + 1) < 0 and outline.paragraph_at(at, at + len(key)) is not None:
            return at, at + len(key)
    return None


def _place_between(choices: Sequence[str], outline: Outline, low: int, high: int) -> tuple[int, int] | None:
    """The only place in between, or the one that goes on where the line before it ends."""
    for key in filter(None, choices):
        at = outline.letters.find(key, low, high)
        goes_on = at == low
        if at >= 0 and (goes_on or outline.letters.find(key, at + 1, high) < 0):
            place = at, at + len(key)
            if outline.paragraph_at(*place) is not None:
                return place
    return None


def _keep_in_order(places: Places, *, reach: float) -> None:
    """Forget places far from the others, and those that stand in another order."""
    found = [number for number, place in enumerate(places) if place]
    middle = median(places[number][0] for number in found) if found else 0  # type: ignore[index]
    tails: list[int] = []
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for number in found:
        start = places[number][0]  # type: ignore[index]
        if abs(start - middle) > reach:
            continue
        at = bisect_left(tails, start)
        before[number] = ends[at - 1] if at else None
        tails[at : at + 1], ends[at : at + 1] = [start], [number]
    kept: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = before[last]
    for number in found:
        if number not in kept:
            places[number] = None


def _parted(draft: Draft, places: dict[int, tuple[int, int] | None], outline: Outline) -> list[Draft]:
    """The draft in as many as its lines have paragraphs; a line that was not found stays with the one before it."""
    if not _is_running(draft):
        return [draft]
    groups: list[tuple[int | None, list[Line]]] = []
    for line in draft.lines:
        owner = _owner(places[id(line)], outline)
        if groups and (owner is None or groups[-1][0] in (None, owner)):
            groups[-1] = (owner if groups[-1][0] is None else groups[-1][0], [*groups[-1][1], line])
        else:
            groups.append((owner, [line]))
    return [_piece(draft, owner, lines, outline, is_whole=len(groups) == 1) for owner, lines in groups]


def _owner(place: tuple[int, int] | None, outline: Outline) -> int | None:
    """The paragraph's number; all those of tables count as one."""
    number = outline.paragraph_at(*place) if place else None
    return -1 if number is not None and outline.paragraphs[number].in_table else number


def _piece(draft: Draft, owner: int | None, lines: list[Line], outline: Outline, *, is_whole: bool) -> Draft:
    level = outline.paragraphs[owner].level if owner is not None and owner >= 0 else None
    if is_whole and level is None:
        return draft
    kind = BlockType.TITLE if level else draft.kind if is_whole else BlockType.TEXT
    piece = make_draft(kind, lines)
    piece.title_hint = TitleHint(is_strong=False, level=level) if level else None
    return piece


def _joined(pieces: Sequence[Draft], places: dict[int, tuple[int, int] | None], outline: Outline) -> Iterator[Draft]:
    """Join neighbours where the one's letters go on in the other, within one paragraph."""
    last: Draft | None = None
    for piece in pieces:
        if last is not None and _goes_on(last, piece, places, outline):
            hint = last.title_hint
            last = make_draft(last.kind, [*last.lines, *piece.lines])
            last.title_hint = hint
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def _goes_on(last: Draft, piece: Draft, places: dict[int, tuple[int, int] | None], outline: Outline) -> bool:
    if not (_is_running(last) and _is_running(piece)):
        return False
    end, start = places[id(last.lines[-1])], places[id(piece.lines[0])]
    if end is None or start is None or end[1] != start[0]:
        return False
    owner = _owner(start, outline)
    return owner is not None and owner >= 0 and owner == _owner(end, outline)
