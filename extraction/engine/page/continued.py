"""Tables that go on from one page to the next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extraction.engine.page.markup_tables import table_cells
from extraction.types import Block, BlockType, PageReading, TableCell

OUTSIDE = frozenset({
    BlockType.HEADER, BlockType.FOOTER, BlockType.SIDER, BlockType.FOOTNOTE, BlockType.STAMP, BlockType.QRCODE,
})  # fmt: skip
LOW, HIGH = 0.6, 0.35  # of the height: what goes on ends below the first and begins above the second
CONTINUED = re.compile(r"\bcont(?:inued|inuation|'?d|\.)|fortsetzung|suite|续|續|接上[页頁表]", re.IGNORECASE)

type Extent = tuple[float, float]


def mark_continued_tables(pages: Sequence[PageReading]) -> tuple[PageReading, ...]:
    """Tell of every page that begins with a table whether that goes on from the page before."""
    marked = [_marked(before, page) for before, page in pairwise(pages)]
    return (*pages[:1], *marked)


def _marked(before: PageReading, page: PageReading) -> PageReading:
    first = first_of(page)
    if first is None or first.type != BlockType.TABLE:
        return page
    last = last_of(before)
    goes_on = last is not None and page.number == before.number + 1 and _goes_on(last, before, first, page)
    return page if goes_on is page.continues_previous else replace(page, continues_previous=goes_on)


def last_of(page: PageReading) -> Block | None:
    """The last block of the page's own text; a table's caption counts with its table."""
    body = _body(page)
    return body[-1] if body else None


def first_of(page: PageReading) -> Block | None:
    body = _body(page)
    return body[0] if body else None


def captions_of(block: Block, page: PageReading) -> list[Block]:
    return [other for other in page.blocks if other.idx in block.captions and other.idx != block.idx]


def is_continued_caption(caption: Block) -> bool:
    return bool(CONTINUED.search(caption.content))


def _body(page: PageReading) -> list[Block]:
    bound = {idx for block in page.blocks if block.type == BlockType.TABLE for idx in block.captions}
    return [
        block
        for block in page.blocks
        if block.type not in OUTSIDE and not (block.idx in bound and block.type == BlockType.TABLE_CAPTION)
    ]


def _goes_on(last: Block, before: PageReading, first: Block, page: PageReading) -> bool:
    if last.type != BlockType.TABLE or last.bbox is None or first.bbox is None:
        return False
    if last.bbox.y1 < LOW * before.height or first.bbox.y0 > HIGH * page.height:
        return False
    old = {_letters(caption.content) for caption in captions_of(last, before)}
    captions = captions_of(first, page)
    if any(not is_continued_caption(caption) and _letters(caption.content) not in old for caption in captions):
        return False
    return repeated_rows(last, first) > 0 or _same_columns(last, before.width, first, page.width)


def _letters(text: str) -> str:
    return "".join(text.split()).lower()


def cells_of(table: Block) -> tuple[TableCell, ...]:
    return table.cells or table_cells(table.content)


def repeated_rows(last: Block, first: Block) -> int:
    """How many rows on top say the same in both tables, of words in several columns; not all of the second."""
    one, other = _rows(cells_of(last)), _rows(cells_of(first))
    same = 0
    for upper, lower in zip(one[:4], other[:-1], strict=False):
        if upper != lower:
            break
        same += 1
    texts = [text for row in other[:same] for _, _, text in row if text]
    wordy = sum(1 for text in texts if 2 * sum(map(str.isdigit, text)) < len(text))
    return same if len(texts) >= 2 and 2 * wordy >= len(texts) else 0


def _rows(cells: Sequence[TableCell]) -> list[list[tuple[int, int, str]]]:
    rows: list[list[tuple[int, int, str]]] = [[] for _ in range(max((cell.row for cell in cells), default=-1) + 1)]
    for cell in cells:
        rows[cell.row].append((cell.column, cell.column_span, _letters(cell.text)))
    return [sorted(row) for row in rows]


def _same_columns(last: Block, width: float, first: Block, next_width: float) -> bool:
    """Tell tables with as many columns at the same places, also when the whole page stands to the side."""
    one, other = _extents(last, width), _extents(first, next_width)
    if len(one) < 2 or len(one) != len(other) or last.bbox is None or first.bbox is None:
        return False
    shift = last.bbox.x0 / width - first.bbox.x0 / next_width
    return any(_fit(one, other, offset) for offset in (0.0, shift))


def _extents(table: Block, width: float) -> list[Extent | None]:
    """Left and right edge of every column, in page widths; None for one in which nothing stands alone."""
    cells = cells_of(table)
    result: list[Extent | None] = [None] * max((cell.column + cell.column_span for cell in cells), default=0)
    for cell in cells:
        if cell.bbox is not None and cell.column_span == 1:
            low, high = result[cell.column] or (1e9, -1e9)
            result[cell.column] = (min(low, cell.bbox.x0 / width), max(high, cell.bbox.x1 / width))
    return result


def _fit(one: Sequence[Extent | None], other: Sequence[Extent | None], shift: float) -> bool:
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    met = sum(1 for a, b in pairs if min(a[1], b[1] + shift) - max(a[0], b[0] + shift) > -0.005)
    near = abs(pairs[0][0][0] - pairs[0][1][0] - shift) < 0.05 if pairs else False
    return len(pairs) >= 2 and near and met == len(pairs)
