"""What the parser child gives back of a page, before any structure is found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from extraction.types import BBox, FileKind


@dataclass(frozen=True, slots=True)
class RawWord:
    """A run of glyphs without a gap; `size` is the font size (or line height) in page units.

    `goes_on` says that OCR found the word in one line with the word before it.
    """

    text: str
    bbox: BBox
    size: float
    font: str = ""
    bold: bool = False
    italic: bool = False
    vertical: bool = False
    confidence: float | None = None
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class RawRule:
    """A straight line drawn on the page; width is its thickness."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: float

    @property
    def is_horizontal(self) -> bool:
        return abs(self.y1 - self.y0) <= abs(self.x1 - self.x0)


@dataclass(frozen=True, slots=True)
class RawMark:
    """A mark that is no text: a QR code with what it says, a stamp, or a tick box ("checked", "unchecked")."""

    kind: Literal["qrcode", "stamp", "box"]
    bbox: BBox
    text: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a picture of a page shows besides its letters: printed rules, filled areas, pictures and marks."""

    rules: tuple[RawRule, ...] = ()
    fills: tuple[BBox, ...] = ()
    pictures: tuple[BBox, ...] = ()
    marks: tuple[RawMark, ...] = ()

    def placed(self, across: float, down: float, left: float = 0.0, top: float = 0.0) -> Drawn:
        """Stretched, then moved."""
        place = (across, down, left, top)
        return Drawn(
            tuple(_placed_rule(rule, *place) for rule in self.rules),
            tuple(placed_box(box, *place) for box in self.fills),
            tuple(placed_box(box, *place) for box in self.pictures),
            tuple(replace(mark, bbox=placed_box(mark.bbox, *place)) for mark in self.marks),
        )


def placed_word(word: RawWord, across: float, down: float, left: float = 0.0, top: float = 0.0) -> RawWord:
    return replace(word, bbox=placed_box(word.bbox, across, down, left, top), size=word.size * down)


def placed_box(box: BBox, across: float, down: float, left: float = 0.0, top: float = 0.0) -> BBox:
    """The box stretched, then moved."""
    return BBox(box.x0 * across + left, box.y0 * down + top, box.x1 * across + left, box.y1 * down + top)


def _placed_rule(rule: RawRule, across: float, down: float, left: float, top: float) -> RawRule:
    width = rule.width * (down if rule.is_horizontal else across)
    x0, x1 = rule.x0 * across + left, rule.x1 * across + left
    return RawRule(x0, rule.y0 * down + top, x1, rule.y1 * down + top, width)


@dataclass(frozen=True, slots=True)
class RawPage:
    """One upright page: words in the file's order, printed rules, filled areas, pictures and marks.

    `source` says whether the words come from a text layer, from OCR, or are still to be found by OCR ("none");
    `skew` is the turn clockwise in degrees by which a scan leans: all boxes are those of the page straightened
    around its centre, so that some may lie a little outside. `unread` names areas of a page with a text layer whose
    text only OCR can read.
    """

    number: int
    width: float
    height: float
    words: tuple[RawWord, ...] = ()
    rules: tuple[RawRule, ...] = ()
    fills: tuple[BBox, ...] = ()
    pictures: tuple[BBox, ...] = ()
    marks: tuple[RawMark, ...] = ()
    unread: tuple[BBox, ...] = ()
    rotation: int = 0
    skew: float = 0.0
    source: Literal["text", "ocr", "none"] = "text"
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pixels:
    """An RGB picture, 3 bytes a pixel, row by row from the top left, no padding."""

    width: int
    height: int
    data: bytes

    def __post_init__(self) -> None:
        if len(self.data) != self.width * self.height * 3:
            raise ValueError(f"{self.width} x {self.height} RGB pixels are not {len(self.data)} bytes")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture as a PDF's page takes it: grey or RGB, a JPEG with 8 bits a colour, packed by zlib with 1.

    `data` is None where the file itself, a JPEG, is the stream; `turn` the clockwise turn in degrees under which the
    page is shown upright, `dpi` the pixels an inch.
    """

    width: int
    height: int
    is_grey: bool
    data: bytes | None
    bits: Literal[1, 8] = 8
    turn: int = 0
    dpi: float = 150.0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as a DOCX has it: `level` of a heading from 1, None for running text."""

    text: str
    level: int | None = None
    in_table: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """A first look at a file: what it is and how many pages (TIFF: frames) it has, None before a DOCX is laid out."""

    kind: FileKind
    pages: int | None
    encrypted: bool = False
