from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extraction.engine.fields import extract
from extraction.engine.fields.settle import settle
from extraction.engine.reading import read_document
from extraction.types import (
    AbsentReason,
    BBox,
    Block,
    DocumentReading,
    ExtractRequest,
    FieldSpec,
    FieldType,
    FileKind,
    PageReading,
    ParseRequest,
    Precision,
    ReadValue,
    Span,
    TableCell,
    Value,
)
from extraction.wire.template_json import load
from tests.engine.fields import samples
from tests.engine.fields.readings import READY_MADE, document, line, page

ROOT = Path(__file__).parents[3]
NOWHERE = document(page(1, line(40, (40, "Nothing of it"))))
ITEMS = FieldSpec(
    "line_items",
    FieldType.TABLE,
    fields=(
        FieldSpec("article"),
        FieldSpec("description"),
        FieldSpec("quantity", FieldType.NUMBER),
        FieldSpec("unit_price", FieldType.AMOUNT),
        FieldSpec("amount", FieldType.AMOUNT),
    ),
)


def settled(data: dict[str, Any], reading: DocumentReading, *fields: FieldSpec, **options: Any) -> dict[str, ReadValue]:
    return {value.name: value for value in settle(data, reading, fields, **options)}


def places(value: ReadValue) -> list[tuple[int, float, float, str]]:
    return [(span.page, span.bbox.x0, span.bbox.y0, span.text) for span in value.spans]


def cells(value: ReadValue) -> list[dict[str, tuple[Value | None, list[tuple[int, float, float, str]]]]]:
    return [{cell.name: (cell.value, places(cell)) for cell in row} for row in value.rows]


def test_value_stands_where_its_label_points() -> None:
    (value,) = settle(
        {"Invoice_Number": "INV-2026-0042"}, samples.invoice(), [FieldSpec("invoiceNumber", labels=("Invoice number",))]
    )

    assert value == ReadValue(
        "invoiceNumber",
        value="INV-2026-0042",
        text="INV-2026-0042",
        spans=(Span(1, BBox(450, 100, 515, 110), "INV-2026-0042"),),
        method="provider",
    )


def test_label_decides_between_equal_values() -> None:
    reading = document(
        page(
            1,
            line(40, (40, "Subtotal"), (200, "100.00")),
            line(60, (40, "VAT"), (200, "0.00")),
            line(80, (40, "Total"), (200, "100.00")),
        )
    )
    fields = [FieldSpec("total", FieldType.AMOUNT), FieldSpec("subtotal", FieldType.AMOUNT)]

    total, subtotal = settle({"total": 100, "subtotal": 100.0}, reading, fields)

    assert (places(total), places(subtotal)) == ([(1, 200, 80, "100.00")], [(1, 200, 40, "100.00")])
    assert total.label is not None and total.label.text == "Total"


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        (FieldType.NUMBER, 12, Decimal(12)),
        (FieldType.AMOUNT, 0.1, Decimal("0.1")),
        (FieldType.AMOUNT, "EUR 1,234.50", Decimal("1234.50")),
        (FieldType.AMOUNT, "(12.00)", Decimal("-12.00")),
        (FieldType.NUMBER, "30 days", Decimal(30)),
        (FieldType.NUMBER, [7], Decimal(7)),
        (FieldType.DATE, "14 October 2026", "2026-10-14"),
        (FieldType.DATE, "2026-10-14T00:00:00.000Z", "2026-10-14"),
        (FieldType.BOOLEAN, True, True),
        (FieldType.BOOLEAN, "no", False),
        (FieldType.BOOLEAN, 1, True),
        (FieldType.CHOICE, "cash", "Cash"),
        (FieldType.STRING, 4711, "4711"),
        (FieldType.STRING, " two\n lines ", "two lines"),
        (FieldType.STRING, ["one", "two"], "one, two"),
    ],
)
def test_values_come_under_the_fields_types(kind: FieldType, said: Any, value: Value) -> None:
    (read,) = settle({"field": said}, NOWHERE, [FieldSpec("field", kind, options=("Card", "Cash"))])

    assert (read.value, read.flag, read.confidence, read.spans) == (value, "not_located", None, ())


@pytest.mark.parametrize(
    ("kind", "said", "text"),
    [
        (FieldType.NUMBER, "about ten", "about ten"),
        (FieldType.NUMBER, True, "true"),
        (FieldType.AMOUNT, Decimal("1e999999999"), "1E+999999999"),
        (FieldType.AMOUNT, {"value": 3}, '{"value":3}'),
        (FieldType.DATE, "14 October", "14 October"),
        (FieldType.CHOICE, "cheque", "cheque"),
        (FieldType.BOOLEAN, "perhaps", "perhaps"),
        (FieldType.STRING, {"street": "Mill Lane"}, '{"street":"Mill Lane"}'),
        (FieldType.TABLE, "none given", "none given"),
    ],
)
def test_what_does_not_fit_is_kept_as_text(kind: FieldType, said: Any, text: str) -> None:
    columns = (FieldSpec("amount", FieldType.AMOUNT),) if kind is FieldType.TABLE else ()
    (read,) = settle({"field": said}, NOWHERE, [FieldSpec("field", kind, options=("Card",), fields=columns)])
    read = read.rows[0][0] if read.rows else read

    assert (read.value, read.text, read.flag, read.reason) == (None, text, "does_not_fit", AbsentReason.NOT_READ)


def test_what_does_not_fit_is_still_placed() -> None:
    (read,) = settle({"due_date": "13 November"}, samples.invoice(), [FieldSpec("due_date", FieldType.DATE)])

    assert (read.value, places(read)) == (None, [(1, 450, 128, "13 November")])


def test_numbers_and_dates_are_read_as_the_document_writes_them() -> None:
    american = document(page(1, line(40, (40, "Springfield, IL 62701")), line(60, (40, "Date"), (200, "03/04/2026"))))
    german = document(page(1, line(40, (40, "Summe"), (200, "1.234,50")), line(60, (40, "Gewicht"), (200, "1.250"))))

    assert settled({"date": "03/04/2026"}, american, FieldSpec("date", FieldType.DATE))["date"].value == "2026-03-04"
    assert settled({"weight": "1.250"}, german, FieldSpec("weight", FieldType.NUMBER))["weight"].value == Decimal(1250)


@pytest.mark.parametrize("said", [None, "", "  ", [], {}])
def test_nothing_said_is_absent(said: Any) -> None:
    fields = [FieldSpec("plain"), FieldSpec("list", FieldType.LIST), ITEMS, FieldSpec("missing")]

    values = settle({"plain": said, "list": said, "line_items": said}, samples.invoice(), fields)

    assert values == tuple(
        ReadValue(name, reason=AbsentReason.NOT_READ, method="provider")
        for name in ("plain", "list", "line_items", "missing")
    )


def test_text_that_no_database_takes_is_mended() -> None:
    data = {"name": "No\0thing of\ud800 it", "ke\0y\udfff": {"a": "\ud800"}, "k" * 300: "Nothing"}

    values = settle(data, NOWHERE, [FieldSpec("name")])

    assert [(value.name, value.value) for value in values] == [
        ("name", "Nothing of? it"),
        ("key?", '{"a":"?"}'),
        ("k" * 100, "Nothing"),
    ]


def test_rate_given_as_a_share_stands_at_its_percentage() -> None:
    (read,) = settle({"rate": 0.2}, samples.invoice(), [FieldSpec("rate", FieldType.NUMBER)])

    assert (read.value, places(read)) == (Decimal("0.2"), [(2, 420, 114, "20%")])


def test_currency_stands_at_its_sign() -> None:
    reading = document(page(1, line(40, (40, "Total"), (200, "€12.00"))))

    (read,) = settle({"currency": "EUR"}, reading, [FieldSpec("currency")])

    assert (read.value, read.text, read.flag) == ("EUR", "€", "")


def test_boolean_stands_at_its_mark() -> None:
    reading = document(page(1, line(40, (40, "☒ Paid"), (200, "☐ Open"))))

    paid, opened = settle(
        {"paid": True, "open": True},
        reading,
        [FieldSpec("paid", FieldType.BOOLEAN), FieldSpec("open", FieldType.BOOLEAN)],
    )

    assert (paid.text, paid.flag) == ("☒", "")
    assert (opened.value, opened.spans, opened.flag) == (True, (), "not_located")


def test_given_names_go_before_like_ones() -> None:
    data = {"total": "8.40", "TotalDue": "400.80", "vendor": {"x": 1}, "note": None, "ok": True}
    fields = [FieldSpec("total", FieldType.AMOUNT), FieldSpec("supplier")]

    values = settle(data, samples.invoice(), fields, names={"total": "TotalDue", "supplier": "nowhere"})

    assert [(value.name, value.value, value.flag) for value in values] == [
        ("total", Decimal("400.80"), ""),
        ("supplier", None, ""),
        ("total (2)", "8.40", "not_located"),
        ("vendor", '{"x":1}', ""),
        ("note", None, ""),
        ("ok", "true", "not_located"),
    ]


def test_unknown_keys_are_placed_by_what_they_look_like() -> None:
    values = settled({"deadline": "2026-11-13", "sum": 400.8, "po": 4500017}, samples.invoice())

    assert {name: (value.value, places(value)) for name, value in values.items()} == {
        "deadline": ("2026-11-13", [(1, 450, 128, "13 November 2026")]),
        "sum": ("400.8", [(2, 515, 128, "400.80")]),
        "po": ("4500017", [(1, 450, 142, "4500017")]),
    }


def test_rows_stand_together_whatever_else_says_the_same() -> None:
    rows = [
        {
            "Article": "L-100",
            "Description": "Desk lamp, brass with a shade of linen",
            "quantity": 2,
            "UnitPrice": 49.5,
            "amount": "99.00",
        },
        {"Article": "L-200", "Description": "Floor lamp", "quantity": 1, "UnitPrice": 120, "amount": 120},
        {"Article": "L-300", "quantity": 10, "UnitPrice": 10, "amount": 100, "colour": "white"},
    ]

    value = settled({"lineItems": rows}, samples.invoice(), ITEMS)["line_items"]

    assert cells(value) == [
        {
            "article": ("L-100", [(1, 40, 196, "L-100")]),
            "description": (
                "Desk lamp, brass with a shade of linen",
                [(1, 100, 196, "Desk lamp, brass"), (1, 100, 208, "with a shade of linen")],
            ),
            "quantity": (Decimal(2), [(1, 365, 196, "2")]),
            "unit_price": (Decimal("49.5"), [(1, 430, 196, "49.50")]),
            "amount": (Decimal("99.00"), [(1, 520, 196, "99.00")]),
        },
        {
            "article": ("L-200", [(1, 40, 224, "L-200")]),
            "description": ("Floor lamp", [(1, 100, 224, "Floor lamp")]),
            "quantity": (Decimal(1), [(1, 365, 224, "1")]),
            "unit_price": (Decimal(120), [(1, 430, 224, "120.00")]),
            "amount": (Decimal(120), [(1, 515, 224, "120.00")]),
        },
        {
            "article": ("L-300", [(2, 40, 56, "L-300")]),
            "description": (None, []),
            "quantity": (Decimal(10), [(2, 360, 56, "10")]),
            "unit_price": (Decimal(10), [(2, 430, 56, "10.00")]),
            "amount": (Decimal(100), [(2, 515, 56, "100.00")]),
            "colour": ("white", [(2, 100, 68, "white")]),
        },
    ]
    assert [(span.page, span.precision) for span in value.spans] == [(1, Precision.BLOCK), (2, Precision.BLOCK)]


def test_equal_rows_take_their_lines_in_order() -> None:
    lines = [line(y, (40, "Croissant"), (200, "1"), (300, "2.50"), (400, "2.50")) for y in (40, 60, 80)]
    fields = (
        FieldSpec("name"),
        FieldSpec("quantity", FieldType.NUMBER),
        FieldSpec("price", FieldType.AMOUNT),
        FieldSpec("sum", FieldType.AMOUNT),
    )
    row = {"name": "Croissant", "quantity": 1, "price": 2.5, "sum": 2.5}

    (value,) = settle(
        {"items": [row, row, row]}, document(page(1, *lines)), [FieldSpec("items", FieldType.TABLE, fields=fields)]
    )

    assert [[(span.bbox.x0, span.bbox.y0) for cell in row for span in cell.spans] for row in value.rows] == [
        [(40, y), (200, y), (300, y), (400, y)] for y in (40, 60, 80)
    ]


def test_long_table_finds_every_row() -> None:
    columns = ("name", "quantity", "price", "amount")
    lefts = {"name": 40, "quantity": 300, "price": 400, "amount": 500}
    rows = [
        {
            "name": ("Desk", "Floor", "Ceiling")[n % 3] + " lamp",
            "quantity": n % 4 + 1,
            "price": 5 + n % 2,
            "amount": (n % 4 + 1) * (5 + n % 2),
        }
        for n in range(120)
    ]
    printed = [
        line(40 + 18 * (n % 40), *((lefts[name], str(row[name])) for name in columns)) for n, row in enumerate(rows)
    ]
    reading = document(*(page(1 + n, *printed[40 * n : 40 * n + 40]) for n in range(3)))
    fields = tuple(FieldSpec(name, FieldType.STRING if name == "name" else FieldType.NUMBER) for name in columns)

    (value,) = settle({"items": rows}, reading, [FieldSpec("items", FieldType.TABLE, fields=fields)])

    assert [[(span.page, span.bbox.x0, span.bbox.y0) for cell in row for span in cell.spans] for row in value.rows] == [
        [(1 + n // 40, lefts[name], 40 + 18 * (n % 40)) for name in columns] for n in range(120)
    ]


def test_short_cell_is_not_placed_outside_its_row() -> None:
    reading = document(page(1, line(20, (40, "Page 7")), line(300, (40, "Croissant"), (300, "2.50"))))
    spec = FieldSpec("items", FieldType.TABLE, fields=(FieldSpec("name"), FieldSpec("quantity", FieldType.NUMBER)))

    (value,) = settle({"items": [{"name": "Croissant", "quantity": 7}]}, reading, [spec])

    assert [(cell.value, cell.flag, places(cell)) for cell in value.rows[0]] == [
        ("Croissant", "", [(1, 40, 300, "Croissant")]),
        (Decimal(7), "not_located", []),
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"name": "Croissant", "quantity": 2},
        [{"name": "Croissant", "quantity": 2}],
        '[{"name": "Croissant", "quantity": "2"}]',
        [["Croissant", 2]],
    ],
)
@pytest.mark.parametrize("single", [True, False])
def test_rows_come_in_many_shapes(said: Any, single: bool) -> None:
    columns = (FieldSpec("name"), FieldSpec("quantity", FieldType.NUMBER))

    (value,) = settle(
        {"item": said}, samples.receipt(), [FieldSpec("item", FieldType.TABLE, fields=columns, single=single)]
    )

    assert [[(cell.name, cell.value) for cell in row] for row in value.rows] == [
        [("name", "Croissant"), ("quantity", Decimal(2))]
    ]


def test_columns_are_named_with_their_table() -> None:
    spec = FieldSpec("items", FieldType.TABLE, fields=(FieldSpec("name"),))

    (value,) = settle(
        {"items": [{"title": "Croissant"}]}, samples.receipt(), [spec], names={"items.name": "items.title"}
    )

    assert [cell.value for row in value.rows for cell in row] == ["Croissant"]


@pytest.mark.parametrize(
    "said",
    [["Croissant", "Flat white"], [{"name": "Croissant"}, {"name": "Flat white"}], '["Croissant", "Flat white"]'],
)
def test_lists_have_a_row_an_item(said: Any) -> None:
    (value,) = settle({"goods": said}, samples.receipt(), [FieldSpec("goods", FieldType.LIST)])

    assert cells(value) == [
        {"goods": ("Croissant", [(1, 50, 90, "Croissant")])},
        {"goods": ("Flat white", [(1, 50, 104, "Flat white")])},
    ]


def test_item_of_a_list_that_does_not_fit_is_kept() -> None:
    (value,) = settle(
        {"sums": [5, "none"]}, samples.receipt(), [FieldSpec("sums", FieldType.LIST, items=FieldType.AMOUNT)]
    )

    assert [(cell.value, cell.text, cell.flag) for row in value.rows for cell in row] == [
        (Decimal(5), "5.00", ""),
        (None, "none", "does_not_fit"),
    ]


def test_value_that_only_a_cell_or_block_says_has_its_box() -> None:
    blocks = (
        Block(
            4,
            "table",
            BBox(0, 0, 300, 90),
            "<table>…</table>",
            "html",
            cells=(TableCell(0, 0, "Rose 12", BBox(9, 9, 99, 19)),),
        ),
        Block(
            5, "text", BBox(0, 100, 300, 190), "signed by **Ada Marlowe** at $\\alpha$ on 14 October 2026", "markdown"
        ),
    )
    reading = DocumentReading((PageReading(1, 300, 400, blocks),))
    fields = [FieldSpec("plant"), FieldSpec("signer"), FieldSpec("day", FieldType.DATE)]

    plant, signer, day = settle({"plant": "rose 12", "signer": "Ada Marlowe", "day": "2026-10-14"}, reading, fields)

    assert plant.spans == (Span(1, BBox(9, 9, 99, 19), "Rose 12", 4, Precision.CELL),)
    assert signer.spans == (Span(1, BBox(0, 100, 300, 190), "Ada Marlowe", 5, Precision.BLOCK),)
    assert day.spans == (Span(1, BBox(0, 100, 300, 190), "14 October 2026", 5, Precision.BLOCK),)
    assert (day.value, day.text, day.flag) == ("2026-10-14", "2026-10-14", "")


@pytest.mark.parametrize(
    ("template", "sample", "kind"),
    [
        ("invoice", "invoice-hy-2026-004817.pdf", FileKind.PDF),
        ("fapiao", "fapiao-zh.pdf", FileKind.PDF),
        ("contract", "contract.docx", FileKind.DOCX),
    ],
)
def test_truth_of_the_samples_stands_where_the_engine_reads_it(template: str, sample: str, kind: FileKind) -> None:
    path = ROOT / "extraction" / "samples" / sample
    truth = json.loads((ROOT / "tests" / "files" / "truth" / f"{path.stem}.json").read_text())
    fields = tuple(load(json.loads((READY_MADE / f"{template}.json").read_text(encoding="utf-8"))).fields)
    reading = read_document(ParseRequest(path, kind, sample), on_page=lambda page: None)

    found = settle(truth, reading, fields)

    read = extract(ExtractRequest(reading, fields))
    assert flat(found) == flat(tuple(value for value in read if value.name in truth or not value.is_absent))


def flat(values: tuple[ReadValue, ...]) -> list[tuple[str, Value | None, tuple[Span, ...], str]]:
    plain = [value for value in values if not value.rows]
    plain += [cell for value in values for row in value.rows for cell in row]
    return [(value.name, value.value, value.spans, value.flag) for value in plain]
