from __future__ import annotations

import pytest

from extraction.engine.joining import joined, run_on
from extraction.engine.markdown import to_markdown
from extraction.types import BBox, Block, BlockType, DocumentReading, PageReading

BOX = BBox(0, 0, 1, 1)


def on_page(number: int, *blocks: Block, goes_on: bool = False) -> PageReading:
    return PageReading(number, 600, 800, blocks, continues_previous=goes_on)


def text(idx: int, content: str, kind: BlockType = BlockType.TEXT) -> Block:
    return Block(idx, kind, BOX, content)


def table(idx: int, *rows: str, head: str = "", captions: tuple[int, ...] = ()) -> Block:
    above = f"<tr><th>{'</th><th>'.join(head.split())}</th></tr>" if head else ""
    below = "".join(f"<tr><td>{'</td><td>'.join(row.split())}</td></tr>" for row in rows)
    return Block(idx, BlockType.TABLE, BOX, f"<table>{above}{below}</table>", "html", captions=captions)


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("the begin-", "ning of it", "the beginning of it"),
        ("Jean-", "Paul came", "Jean- Paul came"),
        ("the end ", " of it", "the end of it"),
        ("本合同自", "签字之日起", "本合同自签字之日起"),
        ("第 3 条", "of it", "第 3 条 of it"),
        ("", "alone", "alone"),
    ],
)
def test_texts_run_on(before: str, after: str, whole: str) -> None:
    assert run_on(before, after) == whole


def test_paragraph_over_three_pages_is_whole_on_the_first() -> None:
    reading = DocumentReading(
        (
            on_page(1, text(0, "It be-"), text(1, "1 A note", BlockType.FOOTNOTE), text(2, "Page 1", BlockType.FOOTER)),
            on_page(2, text(0, "Lease", BlockType.HEADER), text(1, "gins here and"), goes_on=True),
            on_page(3, text(0, "ends here."), text(1, "Next."), goes_on=True),
        )
    )

    whole = joined(reading)

    assert [[block.content for block in page.blocks] for page in whole.pages] == [
        ["It begins here and ends here.", "1 A note", "Page 1"],
        ["Lease", ""],
        ["", "Next."],
    ]
    assert [block.bbox for block in whole.pages[1].blocks] == [BOX, BOX]
    assert to_markdown(whole) == "It begins here and ends here.\n\n1 A note\n\nNext.\n"


def test_tables_are_joined_without_their_repeated_head() -> None:
    reading = DocumentReading(
        (
            on_page(
                1,
                text(0, "Table 1", BlockType.TABLE_CAPTION),
                table(1, "May 1", head="Month Rent", captions=(0,)),
            ),
            on_page(
                2,
                text(0, "Table 1 (continued)", BlockType.TABLE_CAPTION),
                table(1, "June 2", head="Month Rent", captions=(0,)),
                goes_on=True,
            ),
            on_page(3, table(0, head="July 3"), goes_on=True),
        )
    )

    whole = joined(reading)

    rows = "<td>May</td><td>1</td>", "<td>June</td><td>2</td>", "<td>July</td><td>3</td>"
    told = f"<table><tr><th>Month</th><th>Rent</th></tr><tr>{'</tr><tr>'.join(rows)}</tr></table>"
    assert to_markdown(whole) == f"Table 1\n\n{told}\n"
    texts = [cell.text for cell in whole.pages[0].blocks[1].cells]
    assert texts == ["Month", "Rent", "May", "1", "June", "2", "July", "3"]
    assert [[block.content for block in page.blocks] for page in whole.pages[1:]] == [["", ""], [""]]


def test_only_what_was_asked_for_and_goes_on_is_joined() -> None:
    texts = (on_page(1, text(0, "One")), on_page(2, text(0, "two"), goes_on=True))
    tables = (on_page(3, table(0, "a 1")), on_page(4, table(0, "b 2"), goes_on=True))
    unlike = (on_page(6, text(0, "Rows:")), on_page(7, table(0, "b 2"), goes_on=True))
    apart = (on_page(9, text(0, "One")), on_page(10, text(0, "Two")))
    missing = (on_page(12, text(0, "One")), on_page(14, text(0, "two"), goes_on=True))
    reading = DocumentReading((*texts, *tables, *unlike, *apart, *missing))

    assert joined(reading, texts=False, tables=False) == reading
    assert joined(reading, texts=False).pages[:2] == texts
    assert joined(reading, tables=False).pages[2:] == reading.pages[2:]
    assert joined(reading).pages[4:] == reading.pages[4:]
