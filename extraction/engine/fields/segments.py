"""The reading as the field engine sees it: rows, cut at gaps into segments whose characters know their words."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import median

from extraction.engine.fields.skew import slope_of
from extraction.types import BBox, BlockType, DocumentReading, PageReading, Precision, Span, Word

_PLAIN = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\u2014": "-", "’": "'", "`": "'", "￥": "¥", "\u00a0": " ", "\u200b": " "}
)
_SPREAD_END = re.compile(r"[\u3400-\u9fff][:：]")


@dataclass(frozen=True, slots=True)
class Segment:
    """Words without a gap between them; `text` is folded, `starts` says at which character each word begins."""

    page: int
    row: int
    words: tuple[Word, ...]
    bbox: BBox
    text: str
    starts: tuple[int, ...]
    origins: tuple[tuple[int, ...], ...]
    cell: tuple[int, int, int] | None = None

    def span(self, start: int, end: int) -> Span:
        """Where the characters from start to end stand, words cut in proportion, and what is printed there."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        boxes, texts, block, exact = [], [], None, True
        for index in range(self._word_at(start), self._word_at(max(start, end - 1)) + 1):
            word, offset = self.words[index], self.starts[index]
            first, last = max(start - offset, 0), min(end - offset, len(self.origins[index]))
            if last <= first:
                continue
            left, right = self.origins[index][first], self.origins[index][last - 1] + 1
            exact = exact and left == 0 and right == len(word.text)
            boxes.append(_cut(word, left, right))
            texts.append(word.text[left:right])
            block = word.block if block is None else block
        if not boxes:
            # nothing but blanks: the word they stand at says at least where
            boxes = [self.words[self._word_at(start)].bbox]
        return Span(self.page, BBox.around(*boxes), " ".join(texts), block, Precision.WORD)

    def _word_at(self, position: int) -> int:
        return max(0, bisect_right(self.starts, position) - 1)

    @property
    def height(self) -> float:
        return self.bbox.height


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page's segments in rows, from the top; `line_height` is the usual one, `margins` running heads and feet."""

    number: int
    width: float
    height: float
    segments: tuple[Segment, ...]
    line_height: float
    margins: tuple[BBox, ...] = ()


def fold_word(text: str) -> tuple[str, tuple[int, ...]]:
    """A word in half width, and for each character where it came from."""
    folded: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(text.translate(_PLAIN)):
        for plain in unicodedata.normalize("NFKC", character):
            folded.append(plain)
            origins.append(position)
    return "".join(folded), tuple(origins)


def is_printed(word: Word) -> bool:
    """Tell words from blanks, those without width among them."""
    return bool(word.text.translate(_PLAIN).strip())


def lay_out(reading: DocumentReading) -> tuple[Sheet, ...]:
    return tuple(_sheet(page) for page in reading.pages)


def _sheet(page: PageReading) -> Sheet:
    words = [word for word in page.words if is_printed(word)]
    level, origin = _levelled(words, page.width)
    segments = [
        _levelled_segment(page.number, number, group, origin)
        for number, row in enumerate(_rows(level))
        for group in _split_at_gaps(row)
    ]
    heights = [word.bbox.height for word in words]
    margins = tuple(b.bbox for b in page.blocks if b.bbox and b.type in (BlockType.HEADER, BlockType.FOOTER))
    line_height = median(heights) if heights else 1.0
    return Sheet(page.number, page.width, page.height, tuple(segments), line_height, margins)


def _levelled(words: list[Word], width: float) -> tuple[list[Word], dict[int, Word]]:
    """Words as they would stand on a level page, and by the identity of each the word it was made of."""
    slope = slope_of(words)
    if not slope:
        return words, {}
    level = [replace(word, bbox=_lowered(word.bbox, slope * (width / 2 - word.bbox.centre[0]))) for word in words]
    return level, {id(new): word for new, word in zip(level, words, strict=True)}


def _lowered(box: BBox, by: float) -> BBox:
    return BBox(box.x0, box.y0 + by, box.x1, box.y1 + by)


def _levelled_segment(page: int, row: int, group: list[Word], origin: dict[int, Word]) -> Segment:
    made = segment(page, row, group)
    return replace(made, words=tuple(origin[id(word)] for word in group)) if origin else made


def _rows(words: list[Word]) -> list[list[Word]]:
    # Rows are found by geometry even where lines are numbered: a line ends at its column, a row crosses the page.
    rows: list[list[Word]] = []
    spans: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda word: word.bbox.centre[1]):
        index = _row_of(word.bbox, spans)
        if index is None:
            rows.append([word])
            spans.append((word.bbox.y0, word.bbox.y1))
        else:
            rows[index].append(word)
    order = sorted(range(len(rows)), key=lambda index: sum(spans[index]))
    return [sorted(rows[index], key=lambda word: word.bbox.x0) for index in order]


def _row_of(box: BBox, spans: list[tuple[float, float]]) -> int | None:
    best, best_share = None, 0.5
    for index in range(len(spans) - 1, max(-1, len(spans) - 13), -1):
        top, bottom = spans[index]
        shared = min(box.y1, bottom) - max(box.y0, top)
        share = shared / min(box.height, bottom - top)
        if share > best_share and abs(box.centre[1] - (top + bottom) / 2) < 0.45 * max(box.height, bottom - top):
            best, best_share = index, share
    return best


def _split_at_gaps(row: list[Word]) -> Iterable[list[Word]]:
    group = [row[0]]
    for word in row[1:]:
        previous = group[-1]
        gap = word.bbox.x0 - max(other.bbox.x1 for other in group)
        if (
            gap > _wide_gap(group, word) * min(previous.bbox.height, word.bbox.height)
            or word.bbox.x1 <= previous.bbox.x0
            or _is_upright(previous) != _is_upright(word)
        ):
            if _is_spread_label(previous, word):
                yield from [group[:-1]] if len(group) > 1 else []
                group = [previous, word]
                continue
            yield group
            group = [word]
        else:
            group.append(word)
    yield group


def _is_upright(word: Word) -> bool:
    """Whether the word is printed downwards, as the headings of Chinese forms are; it belongs to no row."""
    return len(word.text) > 1 and _is_chinese(word.text[0]) and word.bbox.height > 1.5 * word.bbox.width


def _is_spread_label(left: Word, right: Word) -> bool:
    """Whether two words are a label of two characters with its colon, set apart to fill its cell, as 名    称：."""
    if len(left.text) != 1 or not _SPREAD_END.match(right.text) or not _is_chinese(left.text):
        return False
    return 0 <= right.bbox.x0 - left.bbox.x1 < 2.5 * min(left.bbox.height, right.bbox.height)


def _wide_gap(group: list[Word], word: Word) -> float:
    """In heights; Chinese labels of two characters are spread over their cell, as 合 计."""
    is_spread = len(group) == 1 and len(group[0].text) == 1 and len(word.text) == 1
    if is_spread and _is_chinese(group[0].text) and _is_chinese(word.text):
        return 2.5
    return 0.85 if word.confidence is None else 1.15  # receipts' typefaces are wide, and OCR's edges uncertain


def segment(page: int, row: int, words: list[Word], cell: tuple[int, int, int] | None = None) -> Segment:
    text, starts, origins = "", [], []
    for index, word in enumerate(words):
        folded, origin = fold_word(word.text)
        if index and _is_spaced(words[index - 1], word):
            text += " "
        starts.append(len(text))
        origins.append(origin)
        text += folded
    box = BBox.around(*(word.bbox for word in words))
    return Segment(page, row, tuple(words), box, text, tuple(starts), tuple(origins), cell)


def _is_spaced(left: Word, right: Word) -> bool:
    if not (_is_chinese(left.text[-1]) and _is_chinese(right.text[0])):
        return True
    return right.bbox.x0 - left.bbox.x1 > 0.5 * min(left.bbox.height, right.bbox.height)


def _is_chinese(character: str) -> bool:
    return bool(re.match(r"[\u3000-\u9fff\uff00-\uffef]", character))


def _cut(word: Word, left: int, right: int) -> BBox:
    if left == 0 and right == len(word.text):
        return word.bbox
    widths = [_width(character) for character in word.text]
    scale = word.bbox.width / sum(widths)
    x0 = word.bbox.x0 + sum(widths[:left]) * scale
    return BBox(x0, word.bbox.y0, max(x0 + 0.01 * word.bbox.width, x0 + sum(widths[left:right]) * scale), word.bbox.y1)


def _width(character: str) -> float:
    if _is_chinese(character):
        return 2.0
    return 0.6 if character in " .,:;'|il!" else 1.0
