from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import pytest

from extraction.engine.page.document import RULES, apply_rules, finish_document
from extraction.engine.page.layout import build_page
from extraction.types import PageReading
from tests.engine.printed import page, words

SENTENCE = "the quick brown fox jumps over one lazy dog and sleeps"


def read_pages() -> list[PageReading]:
    """Two pages with a running head, and titles of two sizes of which the lesser stands out."""
    raws = [
        page(
            words("Annual report", x=50, y=20, size=8),
            words(first, x=50, y=100, size=18),
            words(SENTENCE, x=50, y=130),
            words(SENTENCE, x=50, y=142),
            words(second, x=50, y=180, size=14, bold=True),
            words(SENTENCE, x=50, y=204),
            words(SENTENCE, x=50, y=216),
        )
        for first, second in (("Water", "Rivers"), ("Earth", "Mountains"))
    ]
    return [build_page(replace(raw, number=number)) for number, raw in enumerate(raws, start=1)]


def broken(pages: Sequence[PageReading]) -> Sequence[PageReading]:
    raise IndexError(len(pages))


def kinds_of(pages: Sequence[PageReading]) -> list[tuple[str, int | None]]:
    return [(str(block.type), block.title_level) for page in pages for block in page.blocks]


def test_whole_document_tells_heads_and_levels() -> None:
    done = finish_document(read_pages())

    assert kinds_of(done.pages) == [("header", None), ("title", 1), ("text", None), ("title", 2), ("text", None)] * 2


def test_finished_pages_stay_as_they_are() -> None:
    once = finish_document(read_pages())

    assert finish_document(once.pages) == once


def test_rule_that_breaks_leaves_the_pages_to_the_others(caplog: pytest.LogCaptureFixture) -> None:
    pages = read_pages()

    with caplog.at_level(logging.ERROR, logger="galley.reading"):
        done = apply_rules(pages, [broken, *RULES, broken])

    assert done == finish_document(pages).pages
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 2
