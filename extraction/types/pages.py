"""What was read: words, blocks and pages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from extraction.types.boxes import BBox


class BlockType(StrEnum):
    """SoMark's 21 block types."""

    TEXT = "text"
    TITLE = "title"
    FIGURE = "figure"
    FIGURE_CAPTION = "figure_caption"
    TABLE = "table"
    TABLE_CAPTION = "table_caption"
    HEADER = "header"
    FOOTER = "footer"
    SIDER = "sider"
    FOOTNOTE = "footnote"
    CATE = "cate"
    CATE_ITEM = "cate_item"
    CODE = "code"
    CHOICE = "choice"
    BLANK = "blank"
    QRCODE = "qrcode"
    STAMP = "stamp"
    REFERENCE = "reference"
    EQUATION = "equation"
    CS = "cs"
    CS_EQUATION = "cs_equation"


def check_confidence(confidence: float | None) -> None:
    """Raise ValueError outside 0…1; None is unknown."""
    if confidence is not None and not 0.0 <= confidence <= 1.0:
        raise ValueError(f"a confidence lies between 0 and 1, not {confidence}")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as printed; `line` numbers the page's printed lines, `block` is a block's idx."""

    text: str
    bbox: BBox
    confidence: float | None = None
    line: int | None = None
    block: int | None = None

    def __post_init__(self) -> None:
        check_confidence(self.confidence)


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table block; rows and columns count from 0, `bbox` is None where nothing is printed."""

    row: int
    column: int
    text: str
    bbox: BBox | None = None
    row_span: int = 1
    column_span: int = 1
    is_header: bool = False


@dataclass(frozen=True, slots=True)
class TitleHint:
    """What a page alone tells of a title: whether it stands out from others of its size; the level its file gives."""

    is_strong: bool
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a page in reading order; `type` is one of BlockType or the provider's own word.

    `captions` holds the idx of the blocks that caption this one; `image` names a picture of the block.
    `title_level` is None until the whole document is known; `title_hint` stays, for whoever levels it again.
    """

    idx: int
    type: str
    bbox: BBox | None
    content: str
    format: str = "text"
    captions: tuple[int, ...] = ()
    image: str | None = None
    title_level: int | None = None
    confidence: float | None = None
    cells: tuple[TableCell, ...] = ()
    title_hint: TitleHint | None = None

    def __post_init__(self) -> None:
        check_confidence(self.confidence)


@dataclass(frozen=True, slots=True)
class PageReading:
    """One page: number from 1, size in any unit, the turn in degrees that stood it upright."""

    number: int
    width: float
    height: float
    blocks: tuple[Block, ...] = ()
    words: tuple[Word, ...] = ()
    rotation: int = 0
    continues_previous: bool = False
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError(f"pages count from 1, not {self.number}")
        if not (self.width > 0 and self.height > 0 and math.isfinite(self.width + self.height)):
            raise ValueError(f"a page needs a size, not {self.width} x {self.height}")
        if self.rotation not in (0, 90, 180, 270):
            raise ValueError(f"a page turns by quarters, not {self.rotation}")


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """Pages in order; a page that failed is missing and named in `failed` with its reason's code."""

    pages: tuple[PageReading, ...]
    failed: tuple[tuple[int, str], ...] = ()
    warnings: tuple[str, ...] = ()
