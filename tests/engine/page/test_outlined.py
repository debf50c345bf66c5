"""DOCX files whose own structure tells their blocks, laid out and read."""

from __future__ import annotations

from pathlib import Path

import pytest

from extraction.engine.page.outlined import key_of
from extraction.engine.reading import read_document
from extraction.engine.sandbox.parser import Parser
from extraction.types import Block, DocumentReading, FileKind, PageReading, ParseRequest
from tests.engine.office_files import styled, styled_docx, table

CLAUSE = (
    "The parties agree that the goods are delivered within thirty days after the order was confirmed in writing"
    " by the seller, who tells the buyer of every delay without being asked."
)
SECOND = "Payment is due within fourteen days after the invoice was received, without any deduction whatever."


def read(path: Path, data: bytes) -> DocumentReading:
    path.write_bytes(data)
    return read_document(ParseRequest(path, FileKind.DOCX, path.name), on_page=lambda page: None)


def told(blocks: tuple[Block, ...]) -> list[tuple[str, int | None, str]]:
    return [(block.type, block.title_level, block.content) for block in blocks]


CONTRACT = styled_docx(
    styled("Supply agreement", "a0"),
    styled("Scope", "a1"),
    styled(CLAUSE),
    styled(SECOND),
    styled("Delivery of goods", "mine"),
    styled(CLAUSE),
    styled("付款方式", "a3"),
    styled(SECOND),
)
BLOCKS = [
    ("title", 1, "Supply agreement"),
    ("title", 1, "Scope"),
    ("text", None, CLAUSE),
    ("text", None, SECOND),
    ("title", 2, "Delivery of goods"),
    ("text", None, CLAUSE),
    ("title", 3, "付款方式"),
    ("text", None, SECOND),
]


def test_blocks_are_the_documents_paragraphs(tmp_path: Path) -> None:
    reading = read(tmp_path / "contract.docx", CONTRACT)

    assert told(reading.pages[0].blocks) == BLOCKS


def test_level_is_not_told_before_the_whole_document_is_known(tmp_path: Path) -> None:
    path = tmp_path / "contract.docx"
    path.write_bytes(CONTRACT)
    told_of: list[PageReading] = []

    read_document(ParseRequest(path, FileKind.DOCX, path.name), on_page=told_of.append)

    assert [told(page.blocks) for page in told_of] == [[(kind, None, content) for kind, _, content in BLOCKS]]


def test_words_belong_to_the_blocks_that_were_parted(tmp_path: Path) -> None:
    (page,) = read(tmp_path / "contract.docx", CONTRACT).pages

    spelt = ["".join(word.text for word in page.words if word.block == block.idx) for block in page.blocks]
    assert spelt == ["".join(text.split()) for _, _, text in BLOCKS]


def test_pdf_that_a_docx_was_laid_out_as_is_read_by_its_source(tmp_path: Path) -> None:
    source, laid_out = tmp_path / "contract.docx", tmp_path / "contract.pdf"
    source.write_bytes(CONTRACT)
    with Parser(source, FileKind.DOCX) as parser:
        laid_out.write_bytes(parser.to_pdf())

    request = ParseRequest(laid_out, FileKind.PDF, "contract.docx", pages=(1,), source=source)
    reading = read_document(request, on_page=lambda page: None)

    assert told(reading.pages[0].blocks) == BLOCKS


def test_pages_in_the_middle_find_their_place(tmp_path: Path) -> None:
    chapters = [
        part
        for number in range(1, 40)
        for part in (
            styled(f"Chapter of the {number}th day", "a1"),
            styled(f"On day {number}: {CLAUSE}"),
            styled(SECOND),
        )
    ]
    path = tmp_path / "long.docx"
    path.write_bytes(styled_docx(*chapters))

    reading = read_document(ParseRequest(path, FileKind.DOCX, "long.docx", pages=(3,)), on_page=lambda page: None)

    titles = [block.content for block in reading.pages[0].blocks if block.type == "title"]
    first = int(titles[0].split()[3].removesuffix("th"))
    assert titles == [f"Chapter of the {number}th day" for number in range(first, first + len(titles))]
    assert (len(titles) > 5, first > 10) == (True, True)


@pytest.mark.parametrize(
    "body",
    [
        [styled("Same line"), styled("Same line"), styled("Same line", "a1"), styled("Same line")],
        [styled(CLAUSE), table(["Item", "Price"], ["Paper", "27.60"], ["Ink", "27.60"]), styled("27.60")],
        [styled("", "a1"), styled("A" * 300), styled("、。", "a2"), styled("x")],
    ],
)
def test_no_text_is_lost(body: list[str], tmp_path: Path) -> None:
    path = tmp_path / "odd.docx"
    reading = read(path, styled_docx(*body))
    with Parser(path, FileKind.DOCX) as parser:
        (parsed,) = parser.read_pages(image_width=None)

    assert parsed.page is not None
    (page,) = reading.pages
    own = {block.idx: sorted(key_of(block.content)) for block in page.blocks if block.format == "text"}
    spelt = {idx: sorted(key_of("".join(word.text for word in page.words if word.block == idx))) for idx in own}
    printed = sorted(word.text for word in parsed.page.words)
    assert sorted(word.text for word in page.words if word.block is not None) == printed
    assert own == spelt
