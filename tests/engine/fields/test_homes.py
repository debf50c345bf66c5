from __future__ import annotations

from dataclasses import replace

import pytest

from extraction.engine.fields import extract
from extraction.types import BBox, Block, BlockType, DocumentReading, ExtractRequest, FieldSpec, PageReading
from tests.engine.fields.readings import document, line, page

LABELLED = page(1, line(60, (300, "Invoice no."), (450, "HY-2026-004817")))
RUNNING = page(2, line(20, (300, "Invoice HY-2026-004817")), line(60, (40, "More")))
HEAD = Block(0, BlockType.HEADER, BBox(300, 20, 410, 30), "Invoice HY-2026-004817")


def with_head(reading: PageReading) -> PageReading:
    return replace(reading, blocks=(HEAD,))


def same_page() -> DocumentReading:
    """The running head stands above the label, on one page."""
    return document(with_head(replace(LABELLED, words=(*RUNNING.words, *LABELLED.words))))


@pytest.mark.parametrize("reading", [document(LABELLED, RUNNING), document(LABELLED, with_head(RUNNING)), same_page()])
def test_value_is_shown_where_its_label_stands_first(reading: DocumentReading) -> None:
    [found] = extract(ExtractRequest(reading, (FieldSpec("invoice_number"),)))

    assert [(span.page, span.bbox.y0, span.text) for span in found.spans] == [(1, 60, "HY-2026-004817")]
    assert found.label is not None and found.label.text == "Invoice no."


def test_value_of_a_running_head_alone_is_found_there() -> None:
    [found] = extract(ExtractRequest(document(with_head(RUNNING)), (FieldSpec("invoice_number"),)))

    assert [(span.page, span.text) for span in found.spans] == [(2, "HY-2026-004817")]
