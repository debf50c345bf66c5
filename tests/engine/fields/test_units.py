"""The fields engine on readings that other providers made: in pixels, with their own blocks."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from extraction.engine.fields import extract
from extraction.engine.page.underlay import lay_under
from extraction.engine.reading import read_document
from extraction.types import (
    BBox,
    DocumentReading,
    ExtractRequest,
    FieldSpec,
    FileKind,
    PageReading,
    ParseRequest,
    ReadValue,
    Value,
)
from extraction.wire.template_json import load
from tests.engine.fields import samples
from tests.engine.fields.readings import READY_MADE

SAMPLES = Path(__file__).parents[3] / "extraction" / "samples"
FILES = {
    "invoice": ("invoice-hy-2026-004817.pdf", FileKind.PDF),
    "fapiao": ("fapiao-zh.pdf", FileKind.PDF),
    "contract": ("contract.docx", FileKind.DOCX),
}


@cache
def sample(name: str) -> DocumentReading:
    file, kind = FILES[name]
    return read_document(ParseRequest(SAMPLES / file, kind, file), on_page=lambda page: None)


@cache
def template(name: str) -> tuple[FieldSpec, ...]:
    return tuple(load(json.loads((READY_MADE / f"{name}.json").read_text(encoding="utf-8"))).fields)


def box(bbox: BBox | None, scale: float) -> BBox | None:
    return bbox and BBox(*(scale * edge for edge in bbox))


def scaled(page: PageReading, scale: float) -> PageReading:
    words = tuple(replace(word, bbox=box(word.bbox, scale)) for word in page.words)
    blocks = tuple(
        replace(
            block,
            bbox=box(block.bbox, scale),
            cells=tuple(replace(cell, bbox=box(cell.bbox, scale)) for cell in block.cells),
        )
        for block in page.blocks
    )
    return replace(page, width=scale * page.width, height=scale * page.height, words=words, blocks=blocks)


def from_provider(page: PageReading, scale: float) -> PageReading:
    """The page as a provider's blocks would tell it, our words laid under them."""
    bare = tuple(replace(block, cells=()) for block in scaled(page, scale).blocks)
    return lay_under(PageReading(page.number, scale * page.width, scale * page.height, bare), page)


def read(
    reading: DocumentReading, name: str, scale: float = 1
) -> list[tuple[str, Value | None, str | None, list[float]]]:
    values = extract(ExtractRequest(reading, template(name)))
    plain: list[ReadValue] = [value for value in values if not value.rows]
    plain += [cell for value in values for row in value.rows for cell in row]
    return [
        (value.name, value.value, value.text, [edge / scale for span in value.spans for edge in span.bbox])
        for value in plain
    ]


def assert_same(reading: DocumentReading, other: DocumentReading, name: str, scale: float) -> None:
    for mine, theirs in zip(read(reading, name), read(other, name, scale), strict=True):
        assert theirs == (*mine[:3], pytest.approx(mine[3], abs=0.01))


@pytest.mark.parametrize("scale", [0.01, 2.08, 4.17])
@pytest.mark.parametrize("name", FILES)
def test_fields_do_not_depend_on_the_pages_unit(name: str, scale: float) -> None:
    pages = tuple(scaled(page, scale) for page in sample(name).pages)

    assert_same(sample(name), DocumentReading(pages), name, scale)


@pytest.mark.parametrize("name", FILES)
def test_fields_do_not_depend_on_who_found_the_blocks(name: str) -> None:
    pages = tuple(from_provider(page, 2.08) for page in sample(name).pages)

    assert_same(sample(name), DocumentReading(pages), name, 2.08)


@pytest.mark.parametrize(
    ("name", "reading"),
    [("receipt", samples.receipt()), ("fapiao", samples.fapiao()), ("fapiao", samples.fapiao_beside())],
)
def test_fields_of_made_documents_do_not_depend_on_the_unit(name: str, reading: DocumentReading) -> None:
    pages = tuple(scaled(page, 4.17) for page in reading.pages)

    assert_same(reading, DocumentReading(pages), name, 4.17)
