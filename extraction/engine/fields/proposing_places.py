"""Where proposed things stand: alone or inside a sentence, in a table, in a running head, on one another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from extraction.engine.fields.candidates import Habits, dates_in
from extraction.engine.fields.lexicon import is_chinese
from extraction.engine.fields.proposing_names import clean_label
from extraction.engine.fields.segments import Segment, Sheet, fold_word
from extraction.types import BBox, Block, BlockType, DocumentReading, PageReading, ReadValue, Span

_OPENS = re.compile(r"[\s|,;、；，:)>\]•·#*(\-–]$|\d$")
_CLOSES = re.compile(r"^\s*(?:$|[:#=(|.]\s*)")
_ANY_HABITS = Habits(day_first=False, decimal_comma=None)
_REPEATED = 3
_TITLE = 40
_LONG, _IN_A_LINE, _FEW = 30, 7, 0.1
_MOST_WORDS, _MOST_SIGNS, _MOST_CHINESE = 12, 100, 60


class Places:
    """The pages' segments, running heads and feet, and the tables that are proposed."""

    def __init__(self, sheets: tuple[Sheet, ...]) -> None:
        self._sheets = {sheet.number: sheet for sheet in sheets}
        self._tables: list[tuple[int, BBox]] = []

    def hold_table(self, value: ReadValue) -> None:
        """Remember where a table's header and rows stand."""
        self._tables += [(span.page, span.bbox) for span in (value.label, *value.spans) if span]

    def is_in_table(self, span: Span) -> bool:
        return any(page == span.page and _is_inside(span.bbox, box) for page, box in self._tables)

    def is_in_margin(self, span: Span) -> bool:
        sheet = self._sheets[span.page]
        return any(_is_inside(span.bbox, box) for box in sheet.margins)

    def is_label(self, label: Span, value: Span | None) -> bool:
        """Whether the text is all that its piece of a line says, apart from the value; words of a sentence are not."""
        segment = self._segment(label)
        if segment is None:
            return False
        line, own = _compact(segment.text), _compact(label.text)
        start = line.find(own)
        if start < 0:
            return True
        before, after = line[:start], line[start + len(own) :]
        if before and not _OPENS.search(before) and not is_chinese(own):
            return False
        if before and not _OPENS.search(before) and not after.startswith(":"):
            return False
        if not any(c.isalpha() for c in own):
            return False
        if _CLOSES.match(after) or not clean_label(after):
            return True
        # Payment instructions: a word in lower case goes on with the label
        if value is None or value.text[:1].islower() and not any(c.isdigit() for c in value.text):
            return False
        return after.lstrip(" .:#-*").startswith(_compact(value.text)[:5])

    def says(self, *words: str) -> bool:
        """Whether a short line, as titles and labels are, has one of the words."""
        short = [s.text.lower() for sheet in self._sheets.values() for s in sheet.segments if len(s.text) < _TITLE]
        return any(word in text for text in short for word in words)

    def is_repeated(self, label: Span) -> bool:
        """Whether the page says it again and again, as the rows of a list do."""
        return self.count(label) >= _REPEATED and len(_compact(label.text)) > 2

    def count(self, label: Span) -> int:
        """How many pieces of lines of its page begin with the same words, and with no more of them."""
        own = _compact(label.text)
        said = [_compact(segment.text) for segment in self._sheets[label.page].segments]
        rests = [text[len(own) : len(own) + 1] for text in said if text.startswith(own)]
        return sum(not (rest.isascii() and rest.isalpha()) for rest in rests)

    def is_range(self, value: ReadValue) -> bool:
        """Whether the date is one of two that make a range."""
        segment = self._segment(value.spans[0])
        dates = dates_in(segment, _ANY_HABITS) if segment else []
        return any(date.end_of_range for date in dates)

    def _segment(self, span: Span) -> Segment | None:
        x, y = span.bbox.centre
        own = _compact(span.text)
        near = [
            segment
            for segment in self._sheets[span.page].segments
            if segment.bbox.y0 <= y <= segment.bbox.y1 and segment.bbox.x0 <= x <= segment.bbox.x1
        ]
        return next((segment for segment in near if own in _compact(segment.text)), near[0] if near else None)


def is_prose(text: str) -> bool:
    """A sentence or a paragraph rather than a value."""
    words = text.split()
    if is_chinese(text):
        return len(text) > _MOST_CHINESE or "。" in text
    ends = text.rstrip().endswith(".") and len(words) > 6
    return len(words) > _MOST_WORDS or len(text) > _MOST_SIGNS or ends


def without_prose(reading: DocumentReading) -> DocumentReading:
    """The reading without its long paragraphs: no field is proposed from them, and reading them takes long."""
    return replace(reading, pages=tuple(map(_page_without_prose, reading.pages)))


def _page_without_prose(page: PageReading) -> PageReading:
    long = {block.idx for block in page.blocks if _is_paragraph(block)}
    if not long:
        return page
    blocks = tuple(block for block in page.blocks if block.idx not in long)
    return replace(page, blocks=blocks, words=tuple(word for word in page.words if word.block not in long))


def _is_paragraph(block: Block) -> bool:
    """Sentences: many words in a line, hardly a number, hardly a colon."""
    words = block.content.split()
    if block.type != BlockType.TEXT:
        return False
    if is_chinese(block.content):
        return block.content.count("。") > 1 and not set(":：") & set(block.content)
    lines = max(1, len(block.content.splitlines()))
    told = sum(any(c.isdigit() for c in word) or word.endswith(":") for word in words)
    return len(words) >= _LONG and len(words) >= _IN_A_LINE * lines and told < _FEW * len(words)


def overlaps(span: Span, others: Iterable[Span]) -> bool:
    """Whether a good part of the span is one of the others' place."""
    return any(
        other.page == span.page and span.bbox.overlap(other.bbox) > 0.4 * min(span.bbox.area, other.bbox.area)
        for other in others
    )


def _is_inside(box: BBox, outer: BBox) -> bool:
    return 2 * box.overlap(outer) > box.area


def _compact(text: str) -> str:
    return "".join(fold_word("".join(text.split()))[0].split())
