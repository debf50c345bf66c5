"""Line items: whole rows of tables whose cells the page's reading knows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from extraction.engine.fields.reader import extract
from extraction.types import (
    AbsentReason,
    BBox,
    Block,
    DocumentReading,
    ExtractRequest,
    FieldSpec,
    FieldType,
    PageReading,
    ReadValue,
    TableCell,
)
from tests.engine.fields.readings import CHARACTER, HEIGHT, LENGTH, WIDTH, document, line, page, words

NUMBER, DATE = FieldType.NUMBER, FieldType.DATE
EDGES = (40.0, 130.0, 300.0, 400.0, 500.0)
INVOICE = (
    FieldSpec("article"),
    FieldSpec("description"),
    FieldSpec("quantity", NUMBER),
    FieldSpec("unit_price", NUMBER),
    FieldSpec("amount", NUMBER),
)

type Row = tuple[float, tuple[str, ...]]


def tabled(number: int, *rows: Row, wide: tuple[tuple[int, int], ...] = ()) -> PageReading:
    """A page with one table: rows by their height and texts; `wide` are cells over two columns."""
    lines = [line(y, *((x, text) for x, text in zip(EDGES, texts, strict=False) if text)) for y, texts in rows]
    cells = tuple(
        TableCell(row, column, text, _box(y, column, text), column_span=2 if (row, column) in wide else 1)
        for row, (y, texts) in enumerate(rows)
        for column, text in enumerate(texts)
        if text
    )
    box = BBox(30, rows[0][0], 580, rows[-1][0] + HEIGHT)
    return PageReading(
        number, WIDTH, LENGTH, words=words(*lines), blocks=(Block(0, "table", box, "", "html", cells=cells),)
    )


def _box(y: float, column: int, text: str) -> BBox:
    width = sum(CHARACTER if character.isascii() else 2 * CHARACTER for character in text)
    return BBox(EDGES[column], y, EDGES[column] + width, y + HEIGHT)


def items(reading: DocumentReading, columns: tuple[FieldSpec, ...] = INVOICE) -> ReadValue:
    return extract(ExtractRequest(reading, (FieldSpec("items", FieldType.TABLE, fields=columns),), "en"))[0]


def rows_of(found: ReadValue) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in found.rows]


def spread(y: float, *rows: tuple[str, ...]) -> list[Row]:
    """Rows 20 apart."""
    return [(y + 20 * number, row) for number, row in enumerate(rows)]


def test_items_without_a_header_are_read_by_types_and_arithmetic() -> None:
    sheet = tabled(
        1,
        *spread(
            200,
            ("99.00", "Desk lamp", "2", "49.50", "LA-100"),
            ("120.00", "Floor lamp", "1", "120.00", "LA-200"),
            ("100.00", "Ceiling lamp", "10", "10.00", "LA-300"),
        ),
    )

    found = items(document(sheet))

    assert rows_of(found) == [
        ("LA-100", "Desk lamp", Decimal(2), Decimal("49.50"), Decimal("99.00")),
        ("LA-200", "Floor lamp", Decimal(1), Decimal("120.00"), Decimal("120.00")),
        ("LA-300", "Ceiling lamp", Decimal(10), Decimal("10.00"), Decimal("100.00")),
    ]
    article, description, *tied = [cell.confidence or 0.0 for cell in found.rows[0]]
    assert min(tied) > max(article, description)


def test_items_go_on_over_pages_and_leave_out_what_is_no_item() -> None:
    header = ("SKU", "Goods", "Qty", "Price each", "Line total")
    first = tabled(
        1,
        *spread(200, header, ("Part A: ground floor",), ("LA-100", "Desk lamp", "2 pcs", "49.50", "99.00")),
        *spread(260, ("Discount 5 %", "", "", "", "-4.95"), ("LA-200", "Floor lamp", "1 pcs", "120.00", "120.00")),
        *spread(300, ("", "", "Carried forward", "", "219.00")),
    )
    second = tabled(
        2,
        *spread(60, header, ("", "", "Brought forward", "", "219.00")),
        (100, ("", "Ceiling lamp with")),
        (112, ("LA-300", "white shade", "10 m", "10.00", "100.00")),
        *spread(140, ("", "", "Subtotal", "", "319.00"), ("", "", "Total due", "", "382.80")),
    )

    found = items(document(first, second))

    assert rows_of(found) == [
        ("LA-100", "Desk lamp", Decimal(2), Decimal("49.50"), Decimal("99.00")),
        ("LA-200", "Floor lamp", Decimal(1), Decimal("120.00"), Decimal("120.00")),
        ("LA-300", "Ceiling lamp with white shade", Decimal(10), Decimal("10.00"), Decimal("100.00")),
    ]
    assert [span.page for span in found.spans] == [1, 2]


def test_header_of_a_cell_over_two_columns_names_both() -> None:
    columns = (FieldSpec("article"), FieldSpec("ordered", NUMBER), FieldSpec("delivered", NUMBER))
    sheet = tabled(
        1,
        (200, ("Item code", "Goods", "", "Ordered          Delivered")),
        *spread(220, ("LA-100", "Desk lamp", "", "20", "19"), ("LA-200", "Floor lamp", "", "4", "4")),
        wide=((0, 3),),
    )

    assert rows_of(items(document(sheet), columns)) == [
        ("LA-100", Decimal(20), Decimal(19)),
        ("LA-200", Decimal(4), Decimal(4)),
    ]


def test_chinese_columns_stand_in_any_order() -> None:
    columns = (FieldSpec("货物名称"), FieldSpec("规格型号"), FieldSpec("数量", NUMBER), FieldSpec("金额", NUMBER))
    sheet = tabled(
        1,
        *spread(
            200,
            ("数量", "品名", "金额", "规格"),
            ("3", "铜球阀", "2,256.39", "BV-2.5"),
            ("15", "办公椅", "202.05", "T5-28W"),
        ),
        (252, ("", "（灰色）")),
        *spread(280, ("", "", "合计", "2,458.44")),
    )

    assert rows_of(items(document(sheet), columns)) == [
        ("铜球阀", "BV-2.5", Decimal(3), Decimal("2256.39")),
        ("办公椅(灰色)", "T5-28W", Decimal(15), Decimal("202.05")),
    ]


def test_balance_tells_money_in_from_money_out() -> None:
    columns = (
        FieldSpec("date", DATE),
        FieldSpec("details"),
        FieldSpec("withdrawal", NUMBER),
        FieldSpec("deposit", NUMBER),
        FieldSpec("balance", NUMBER),
    )
    sheet = tabled(
        1,
        *spread(
            200,
            ("14 Mar 2026", "Salary", "500.00", "", "1,500.00"),
            ("15 Mar 2026", "Cash", "", "20.00", "1,480.00"),
            ("16 Mar 2026", "Refund", "5.00", "", "1,485.00"),
            ("18 Mar 2026", "Rent, flat", "", "300.00", "1,185.00"),
        ),
    )

    assert rows_of(items(document(sheet), columns))[:2] == [
        ("2026-03-14", "Salary", None, Decimal("500.00"), Decimal("1500.00")),
        ("2026-03-15", "Cash", Decimal("20.00"), None, Decimal("1480.00")),
    ]


def test_columns_and_rows_that_a_scan_ran_together_are_taken_apart() -> None:
    sheet = tabled(
        1,
        (200, ("Item code", "Goods", "Qty", "Price each   Line total")),
        (220, ("LA-100", "Desk lamp", "2", "49.50         99.00")),
        (240, ("LA-200", "Floor lamp", "1", "120.00       120.00")),
        (260, ("", "", "", "10.00         100.00")),
        (263, ("LA-300", "Ceiling lamp", "10")),
        (280, ("LA-400", "Wall lamp", "3", "20.00         60.00")),
    )

    assert rows_of(items(document(sheet))) == [
        ("LA-100", "Desk lamp", Decimal(2), Decimal("49.50"), Decimal("99.00")),
        ("LA-200", "Floor lamp", Decimal(1), Decimal("120.00"), Decimal("120.00")),
        ("LA-300", "Ceiling lamp", Decimal(10), Decimal("10.00"), Decimal("100.00")),
        ("LA-400", "Wall lamp", Decimal(3), Decimal("20.00"), Decimal("60.00")),
    ]


def test_columns_that_ran_together_on_one_page_only_go_on_on_the_next() -> None:
    first = tabled(
        1,
        (600, ("Item code", "Goods", "Qty", "Price each   Line total")),
        (620, ("LA-100", "Desk lamp", "2", "49.50         99.00")),
        (640, ("LA-200", "Floor lamp", "1", "120.00       120.00")),
        (660, ("LA-300", "Ceiling lamp", "10", "10.00         100.00")),
    )
    second = tabled(
        2,
        (60, ("Item code", "Goods", "Qty", "Price each", "Line total")),
        (80, ("LA-400", "Wall lamp", "3", "20.00", "60.00")),
        (100, ("LA-500", "Torch", "5", "8.00", "40.00")),
    )

    found = rows_of(items(document(first, second)))

    assert found == [
        ("LA-100", "Desk lamp", Decimal(2), Decimal("49.50"), Decimal("99.00")),
        ("LA-200", "Floor lamp", Decimal(1), Decimal("120.00"), Decimal("120.00")),
        ("LA-300", "Ceiling lamp", Decimal(10), Decimal("10.00"), Decimal("100.00")),
        ("LA-400", "Wall lamp", Decimal(3), Decimal("20.00"), Decimal("60.00")),
        ("LA-500", "Torch", Decimal(5), Decimal("8.00"), Decimal("40.00")),
    ]


def test_a_column_that_is_not_printed_is_surely_absent_unless_one_is_nobodys() -> None:
    rows = (("Desk lamp", "2", "49.50", "99.00"), ("Floor lamp", "1", "120.00", "120.00"))
    heads = ("Goods", "Qty", "Price each", "Line total")
    plain = items(document(tabled(1, *spread(200, heads, *rows))))
    strange = items(document(tabled(1, *spread(200, ("Ref", *heads), *(("LA-100", *row) for row in rows)))))

    assert [row[0].value for row in plain.rows] == [None, None]
    assert all(row[0].confidence > 0.9 for row in plain.rows)
    assert [row[0].value for row in strange.rows] == [None, None]
    assert all(row[0].confidence < 0.3 for row in strange.rows)


def test_a_printed_sum_proves_its_column() -> None:
    columns = (FieldSpec("task"), FieldSpec("hours", NUMBER))
    rows = spread(200, ("Task", "Hours"), ("Testing", "2.5"), ("Meeting", "4.0"))
    summed = tabled(1, *rows, (260, ("Total", "6.5")))
    wrong = tabled(1, *rows, (260, ("Total", "7.5")))

    found = [items(document(sheet), columns) for sheet in (summed, wrong)]

    assert [rows_of(value) for value in found] == [[("Testing", Decimal("2.5")), ("Meeting", Decimal("4.0"))]] * 2
    signs = [[cell.signs.features["sums"] for cell in value.rows[0] if cell.signs] for value in found]
    assert signs == [[0.0, 1.0], [0.0, 0.0]]


def test_a_table_of_something_else_gives_no_items() -> None:
    sheet = tabled(1, *spread(60, ("Brook Lane Trading", "", "No.", "40610"), ("Unit 4", "", "Date", "2026-06-17")))

    found = items(document(sheet))

    assert (found.is_absent, found.reason) == (True, AbsentReason.LABEL_NOT_FOUND)


def test_a_column_that_means_something_else_stays_out() -> None:
    columns = (FieldSpec("description"), FieldSpec("quantity", NUMBER), FieldSpec("amount", NUMBER))
    sheet = tabled(
        1,
        *spread(
            200,
            ("Description", "Discount", "Amount"),
            ("Desk lamp", "4", "99.00"),
            ("Floor lamp", "5", "120.00"),
        ),
    )

    assert rows_of(items(document(sheet), columns)) == [
        ("Desk lamp", None, Decimal("99.00")),
        ("Floor lamp", None, Decimal("120.00")),
    ]


def test_each_cell_of_120_rows_over_3_pages_says_where_it_stands() -> None:
    header = ("Article", "Description", "Quantity", "Unit price", "Amount")
    printed = [
        (f"LA-{number}", f"Lamp number {number}", str(number), "2.50", str(Decimal("2.50") * number))
        for number in range(1, 121)
    ]
    pages = [
        tabled(
            number + 1, *((40 + 17 * row, texts) for row, texts in enumerate((header, *printed[start : start + 40])))
        )
        for number, start in enumerate((0, 40, 80))
    ]

    found = items(document(*pages))

    assert [tuple(cell.text for cell in row) for row in found.rows] == printed
    assert [tuple(_under(pages, cell) for cell in row) for row in found.rows] == printed
    assert {cell.signs.features["holds"] for row in found.rows for cell in row[2:] if cell.signs} == {1.0}


def _under(pages: list[PageReading], cell: ReadValue) -> str:
    """The words that lie under the cell's boxes."""
    inside = [
        word.text
        for span in cell.spans
        for word in pages[span.page - 1].words
        if span.bbox.x0 <= word.bbox.centre[0] <= span.bbox.x1 and span.bbox.y0 <= word.bbox.centre[1] <= span.bbox.y1
    ]
    return " ".join(inside)


def test_list_goes_on_in_the_next_line() -> None:
    reading = document(
        page(
            1,
            line(40, (40, "参加人员："), (140, "张伟、王建国、李")),
            line(52, (140, "娜、陈晓明")),
            line(80, (40, "Payment dates:")),
            line(92, (40, "1. 2026-07-15")),
            line(104, (40, "2. 2026-08-14")),
            line(140, (40, "Date: 2026-06-01")),
        )
    )
    fields = (
        FieldSpec("参加人员", FieldType.LIST, items=FieldType.STRING),
        FieldSpec("payment_dates", FieldType.LIST, items=FieldType.DATE),
    )

    found = [rows_of(value) for value in extract(ExtractRequest(reading, fields, "zh"))]

    assert found == [[("张伟",), ("王建国",), ("李娜",), ("陈晓明",)], [("2026-07-15",), ("2026-08-14",)]]
