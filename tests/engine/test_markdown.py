from __future__ import annotations

import pytest

from extraction.engine.markdown import Style, TableForm, to_markdown
from extraction.engine.markdown_text import escaped
from extraction.types import BBox, Block, BlockType, DocumentReading, PageReading, TableCell

BOX = BBox(0, 0, 1, 1)


def reading(*blocks: Block) -> DocumentReading:
    return DocumentReading((PageReading(1, 10, 10, blocks),))


def test_titles_tables_and_code_have_their_own_form() -> None:
    document = reading(
        Block(0, BlockType.HEADER, BOX, "Running head"),
        Block(1, BlockType.TITLE, BOX, "A\ntitle", title_level=2),
        Block(2, BlockType.TEXT, BOX, "Text."),
        Block(3, BlockType.TABLE, BOX, "<table></table>", format="html"),
        Block(4, BlockType.CODE, BOX, "x = 1"),
        Block(5, BlockType.FIGURE, BOX, ""),
    )

    assert to_markdown(document) == "## A title\n\nText.\n\n<table></table>\n\n```\nx = 1\n```\n"


def test_nothing_printed_gives_nothing() -> None:
    assert to_markdown(reading()) == ""


def test_margins_links_and_formulas_are_written_when_asked_for() -> None:
    document = reading(
        Block(0, BlockType.HEADER, BOX, "Running head"),
        Block(1, BlockType.BLANK, BOX, "____"),
        Block(2, BlockType.FIGURE, BOX, "axis", image="a.png"),
        Block(3, BlockType.EQUATION, BOX, "e = mc^2", format="latex"),
        Block(4, BlockType.EQUATION, BOX, "a + b"),
        Block(5, BlockType.FIGURE, BOX, "", image="gone.png"),
    )

    style = Style(keeps_margins=True, address=lambda image: "" if image == "gone.png" else f"/files/{image}")

    assert to_markdown(document, style) == ("Running head\n\n![](/files/a.png)\n\naxis\n\n$$\ne = mc^2\n$$\n\na + b\n")


def test_merged_cells_are_split_and_repeat_what_they_hold() -> None:
    cells = (
        TableCell(0, 0, "Rent", row_span=2, is_header=True),
        TableCell(0, 1, "2026 | 2027", column_span=2, is_header=True),
        TableCell(1, 1, "May"),
        TableCell(1, 2, "June"),
    )
    told = Block(0, BlockType.TABLE, BOX, "<table></table>", format="html", cells=cells)
    rows = "<tr><td rowspan=2>Rent</td><td colspan=2>2026 | 2027</td></tr><tr><td>May</td><td>June</td></tr>"
    written = Block(1, BlockType.TABLE, BOX, f"<table>{rows}</table>", format="html")
    odd = Block(2, BlockType.TABLE, BOX, "no cells at all", format="text")
    table = "| Rent | 2026 \\| 2027 | 2026 \\| 2027 |\n| --- | --- | --- |\n| Rent | May | June |"

    markdown = to_markdown(reading(told, written, odd), Style(tables=TableForm.MARKDOWN))

    assert markdown == f"{table}\n\n{table}\n\nno cells at all\n"


def test_table_that_is_given_as_its_image_is_not_given_twice() -> None:
    pictured = Block(0, BlockType.TABLE, BOX, "<table></table>", format="html", image="t.jpg")
    plain = Block(1, BlockType.TABLE, BOX, "<table></table>", format="html")

    style = Style(tables=TableForm.IMAGE, address=str)

    assert to_markdown(reading(pictured, plain), style) == "![](t.jpg)\n\n<table></table>\n"


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("1. The first", r"1\. The first"),
        ("2026) odd", r"2026\) odd"),
        ("# 4 of 5", r"\# 4 of 5"),
        ("#4 of 5", "#4 of 5"),
        ("* see below", r"\* see below"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("a*b*c", r"a\*b\*c"),
        ("snake_case_name", "snake_case_name"),
        ("_so_", r"\_so\_"),
        ("Name ____ Date ____", "Name ____ Date ____"),
        ("- 5 %", r"\- 5 %"),
        ("> 18", r"\> 18"),
        ("a | b", r"a \| b"),
        ("x < y, <b>bold</b>", r"x < y, \<b>bold\</b>"),
        ("AT&T &amp; &lt;", r"AT&T \&amp; \&lt;"),
        ("[1]: note, [see](here)", r"[1\]: note, [see\](here)"),
        (r"C:\new \* `x`", r"C:\new \\\* \`x\`"),
        ("~5, ~~6~~", r"\~5, \~\~6\~\~"),
        ("About ~5 km", "About ~5 km"),
        ("Head\n====\nFoot\n----", "Head  \n\\====  \nFoot  \n\\----"),
        ("a|b\n--:", "a\\|b  \n\\--:"),
        ("$5 and $6", "$5 and $6"),
        ("表 1：收入", "表 1：收入"),
    ],
)
def test_text_is_escaped_where_markdown_would_change_it(printed: str, written: str) -> None:
    assert escaped(printed) == written


def at(idx: int, kind: BlockType, content: str, *, x: float = 50, y: float = 0) -> Block:
    return Block(idx, kind, BBox(x, y, x + 300, y + 10), content)


def on_a_page(*blocks: Block) -> DocumentReading:
    return DocumentReading((PageReading(1, 600, 800, blocks),))


def test_lists_keep_their_marks_and_nesting() -> None:
    document = on_a_page(
        at(0, BlockType.TEXT, "1. Rent"),
        at(1, BlockType.TEXT, "• cold\nand warm\n• garage", x=70),
        at(2, BlockType.TEXT, "2. Term"),
        at(3, BlockType.TEXT, "(a) two years", x=70),
        at(4, BlockType.TEXT, "3. [x] Notice"),
        at(5, BlockType.TEXT, "Signed in"),
        at(6, BlockType.TEXT, "5. May"),
        at(7, BlockType.TEXT, "- [ ] not a task\n– a dash"),
    )

    assert to_markdown(document) == (
        "1. Rent\n   - cold and warm\n   - garage\n\n2. Term\n\n   (a) two years\n\n3. \\[x] Notice\n\n"
        "Signed in\n\n5\\. May\n\n- \\[ ] not a task\n- a dash\n"
    )


def test_item_at_the_top_of_the_next_column_is_no_inner_item() -> None:
    document = on_a_page(
        at(0, BlockType.TEXT, "• left", y=700),
        at(1, BlockType.TEXT, "• right", x=320, y=50),
        at(2, BlockType.TEXT, "• end", x=320),
    )

    assert to_markdown(document) == "- left\n- right\n- end\n"


def test_choices_are_tasks_with_their_state() -> None:
    document = on_a_page(at(0, BlockType.CHOICE, "Gender: ☑ male ☐ female\n[ ] under 18 (x) over 18\n性别 □男 ■女"))

    assert to_markdown(document) == (
        "Gender:\n\n- [x] male\n- [ ] female\n- [ ] under 18\n- [x] over 18\n\n性别\n\n- [ ] 男\n- [x] 女\n"
    )


def test_contents_captions_and_footnotes_have_their_place() -> None:
    document = on_a_page(
        at(0, BlockType.CATE_ITEM, "1 Scope . . . . . . . . 3"),
        at(1, BlockType.CATE_ITEM, "第二章 范围………… 9"),
        at(2, BlockType.FOOTNOTE, "1 As of May."),
        at(3, BlockType.TABLE_CAPTION, "Table 1: Rents", y=90),
        at(4, BlockType.TEXT, "Between"),
        Block(
            5, BlockType.TABLE, BBox(0, 100, 10, 200), "<table>\n\n<tr><td>1</td></tr></table>", "html", captions=(3,)
        ),
        Block(6, BlockType.FIGURE, BBox(0, 300, 10, 400), "", captions=(8,), image="f.jpg"),
        at(7, BlockType.TEXT, "Below"),
        at(8, BlockType.FIGURE_CAPTION, "Figure 1", y=410),
    )

    assert to_markdown(document, Style(address=str)) == (
        "- 1 Scope … 3\n- 第二章 范围 … 9\n\nBetween\n\nTable 1: Rents\n\n<table>\n<tr><td>1</td></tr></table>\n\n"
        "![](f.jpg)\n\nFigure 1\n\nBelow\n\n1 As of May.\n"
    )


def test_blocks_that_caption_one_another_are_not_lost() -> None:
    first = Block(0, BlockType.FIGURE_CAPTION, None, "one", captions=(1,))
    second = Block(1, BlockType.FIGURE_CAPTION, None, "other", captions=(0,))

    assert to_markdown(reading(first, second)) == "one\n\nother\n"


def test_code_and_headings_keep_their_signs() -> None:
    document = reading(
        Block(0, BlockType.TITLE, BOX, "1. *C #", title_level=9), Block(1, BlockType.CODE, BOX, "  a = `b`\n```\n")
    )

    assert to_markdown(document) == "###### 1. \\*C \\#\n\n````\n  a = `b`\n```\n````\n"


def test_content_of_another_format_is_taken_as_it_is() -> None:
    document = reading(
        Block(0, BlockType.TEXT, BOX, "**bold** | $x$", format="markdown"),
        Block(1, BlockType.TEXT, BOX, "<b>1</b>", format="html"),
    )

    assert to_markdown(document) == "**bold** | $x$\n\n<b>1</b>\n"
