"""Readings as JSON: as `read` writes them, and page by page as the database keeps them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from extraction.errors import InvalidReply
from extraction.types import (
    BBox,
    Block,
    DocumentReading,
    PageReading,
    TableCell,
    TitleHint,
    Word,
)

PAGE_VERSION = 1
BROKEN = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


def dump_reading(reading: DocumentReading) -> dict[str, Any]:
    """SoMark's page shape with our words; pages count from 0."""
    result: dict[str, Any] = {"pages": [_dump_shape(page) for page in reading.pages]}
    if reading.failed:
        result["failed"] = [[number - 1, reason] for number, reason in reading.failed]
    if reading.warnings:
        result["warnings"] = list(reading.warnings)
    return result


def load_reading(data: Mapping[str, Any]) -> DocumentReading:
    """Read `dump_reading`'s shape; pages may lack blocks, and a word may be a whole printed line.

    Raises InvalidReply.
    """
    if not isinstance(data, Mapping):
        raise InvalidReply("a reading is a JSON object", code="invalid_reading")
    try:
        pages = tuple(_with_parted_words(_load_shape(page)) for page in data["pages"])
        if len({page.number for page in pages}) < len(pages):
            raise ValueError("a page comes twice")
        failed = tuple((int(number) + 1, str(reason)) for number, reason in data.get("failed", ()))
        warnings = tuple(str(warning) for warning in data.get("warnings", ()))
    except BROKEN as exc:
        raise InvalidReply(f"not a reading: {exc!r}", code="invalid_reading") from exc
    return DocumentReading(pages, failed, warnings)


def _with_parted_words(page: PageReading) -> PageReading:
    """Part printed lines given as words; where one is found, each entry counts as a line of its own."""
    if not any(" " in word.text.strip() for word in page.words):
        return page
    words = tuple(part for number, word in enumerate(page.words) for part in _parted(word, number))
    return replace(page, words=words)


def _parted(word: Word, line: int) -> Iterator[Word]:
    """Cut a line's box at its blanks, in proportion to the signs' usual widths."""
    whole = sum(map(_sign_width, word.text))
    scale = word.bbox.width / whole if whole else 0.0
    place = word.bbox.x0
    number = line if word.line is None else word.line
    for run in re.findall(r"\s+|\S+", word.text):
        start, place = place, place + scale * sum(map(_sign_width, run))
        if not run.isspace():
            box = BBox(start, word.bbox.y0, place, word.bbox.y1)
            yield Word(run, box, word.confidence, number, word.block)


def _sign_width(sign: str) -> float:
    """Width in ems, roughly."""
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.0
    if sign in " .,:;'!|iljtI()[]":
        return 0.3
    return 0.65 if sign.isupper() else 0.5


def dump_page(page: PageReading) -> dict[str, Any]:
    """Everything of a page, for storage."""
    return {"version": PAGE_VERSION, **_dump_shape(page)}


def load_page(data: Mapping[str, Any]) -> PageReading:
    """Give back what `dump_page` was given; raises InvalidReply."""
    version = data.get("version") if isinstance(data, Mapping) else None
    if version != PAGE_VERSION:
        raise InvalidReply(f"a stored page of version {version}", code="invalid_reading")
    try:
        return _load_shape(data)
    except BROKEN as exc:
        raise InvalidReply(f"not a stored page: {exc!r}", code="invalid_reading") from exc


def _dump_shape(page: PageReading) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "page_num": page.number - 1,
        "page_size": {"w": page.width, "h": page.height},
        "merge_content_from_pre_page": page.continues_previous,
        "blocks": [_dump_block(block) for block in page.blocks],
        "words": [_dump_word(word) for word in page.words],
    }
    if page.rotation:
        shape["rotation"] = page.rotation
    if page.warnings:
        shape["warnings"] = list(page.warnings)
    return shape


def _load_shape(page: Mapping[str, Any]) -> PageReading:
    size = page["page_size"]
    return PageReading(
        number=int(page["page_num"]) + 1,
        width=float(size["w"]),
        height=float(size["h"]),
        blocks=tuple(_load_block(block) for block in page.get("blocks") or ()),
        words=tuple(_load_word(word) for word in page.get("words") or ()),
        rotation=int(page.get("rotation") or 0),
        continues_previous=bool(page.get("merge_content_from_pre_page", False)),
        warnings=tuple(str(warning) for warning in page.get("warnings") or ()),
    )


def _dump_box(box: BBox) -> list[float]:
    return [*box]


def _load_box(edges: Sequence[float]) -> BBox:
    x0, y0, x1, y1 = (float(edge) for edge in edges)
    return BBox(x0, y0, x1, y1)


def _whole(number: object) -> int | None:
    if number is not None and not isinstance(number, int):
        raise TypeError(f"{number!r:.40} is no whole number")
    return number


def _dump_block(block: Block) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "idx": block.idx,
        "type": str(block.type),
        "bbox": None if block.bbox is None else _dump_box(block.bbox),
        "content": block.content,
        "format": block.format,
        "captions": list(block.captions),
    }
    optional = {"title_level": block.title_level, "image": block.image, "confidence": block.confidence}
    shape |= {key: value for key, value in optional.items() if value is not None}
    if block.title_hint is not None:
        shape["title_hint"] = {"strong": block.title_hint.is_strong, "level": block.title_hint.level}
    if block.cells:
        shape["cells"] = [_dump_cell(cell) for cell in block.cells]
    return shape


def _load_block(shape: Mapping[str, Any]) -> Block:
    box = shape.get("bbox")
    return Block(
        idx=int(shape["idx"]),
        type=str(shape["type"]),
        bbox=None if box is None else _load_box(box),
        content=str(shape.get("content") or ""),
        format=str(shape.get("format") or "text"),
        captions=tuple(int(caption) for caption in shape.get("captions") or ()),
        image=shape.get("image"),
        title_level=_whole(shape.get("title_level")),
        confidence=shape.get("confidence"),
        cells=tuple(_load_cell(cell) for cell in shape.get("cells") or ()),
        title_hint=None if shape.get("title_hint") is None else _load_title_hint(shape["title_hint"]),
    )


def _load_title_hint(shape: Mapping[str, Any]) -> TitleHint:
    return TitleHint(bool(shape["strong"]), _whole(shape.get("level")))


def _dump_cell(cell: TableCell) -> dict[str, Any]:
    shape: dict[str, Any] = {"row": cell.row, "column": cell.column, "text": cell.text}
    shape["bbox"] = None if cell.bbox is None else _dump_box(cell.bbox)
    if cell.row_span != 1:
        shape["row_span"] = cell.row_span
    if cell.column_span != 1:
        shape["column_span"] = cell.column_span
    if cell.is_header:
        shape["is_header"] = True
    return shape


def _load_cell(shape: Mapping[str, Any]) -> TableCell:
    box = shape.get("bbox")
    return TableCell(
        row=int(shape["row"]),
        column=int(shape["column"]),
        text=str(shape["text"]),
        bbox=None if box is None else _load_box(box),
        row_span=int(shape.get("row_span", 1)),
        column_span=int(shape.get("column_span", 1)),
        is_header=bool(shape.get("is_header", False)),
    )


def _dump_word(word: Word) -> dict[str, Any]:
    shape: dict[str, Any] = {"text": word.text, "bbox": _dump_box(word.bbox), "confidence": word.confidence}
    if word.line is not None:
        shape["line"] = word.line
    if word.block is not None:
        shape["block"] = word.block
    return shape


def _load_word(shape: Mapping[str, Any]) -> Word:
    return Word(
        text=str(shape["text"]),
        bbox=_load_box(shape["bbox"]),
        confidence=shape.get("confidence"),
        line=_whole(shape.get("line")),
        block=_whole(shape.get("block")),
    )
