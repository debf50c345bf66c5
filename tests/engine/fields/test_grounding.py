from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from extraction.engine.fields import ground, number_lines
from extraction.engine.fields.grounding import place_answers
from extraction.types import (
    AbsentReason,
    Alternative,
    Answer,
    BBox,
    Block,
    DocumentReading,
    FieldSpec,
    FieldType,
    PageReading,
    Precision,
    ReadValue,
    Span,
)
from tests.engine.fields import samples
from tests.engine.fields.readings import document, line, page

SELLER = FieldSpec("seller")
TOTAL = FieldSpec("total", FieldType.AMOUNT)
DAY = FieldSpec("day", FieldType.DATE)
ITEMS = FieldSpec(
    "items",
    FieldType.TABLE,
    fields=(
        FieldSpec("name", label="Description"),
        FieldSpec("quantity", FieldType.NUMBER, label="Quantity"),
        FieldSpec("price", FieldType.AMOUNT, label="Unit price"),
        FieldSpec("amount", FieldType.AMOUNT, label="Amount"),
    ),
)


def read(spec: FieldSpec, *answers: Answer, reading: DocumentReading | None = None) -> ReadValue:
    reading = samples.invoice() if reading is None else reading
    (value,) = place_answers({spec.name: answers}, reading, (spec,))
    return value


def id_of(text: str, reading: DocumentReading | None = None) -> str:
    reading = samples.invoice() if reading is None else reading
    return next(line.id for line in number_lines(reading) if text in line.text)


def row(*lines: str, **cells: Any) -> Answer:
    return Answer({name: Answer(value) for name, value in cells.items()}, lines)


def places(value: ReadValue) -> list[tuple[int, str]]:
    return [(span.page, span.text) for span in value.spans]


def test_what_no_row_can_hold_is_left_out() -> None:
    value = read(SELLER, Answer("Corner\0 Shop \ud800"))
    unfit = read(TOTAL, Answer({"odd": "\ud800"}))

    assert (value.value, value.text) == ("Corner Shop ?", "Corner Shop ?")
    assert (unfit.value, unfit.text) == (None, '{"odd":"?"}')


def test_a_value_is_taken_from_the_line_that_is_cited() -> None:
    reading = document(page(1, line(40, (40, "Harbour Cafe")), line(60, (40, "Seller"), (200, "Harbour Cafe"))))

    value = read(SELLER, Answer("HARBOUR cafe", ("1:2",), "Harbour Cafe"), reading=reading)

    assert value == ReadValue(
        "seller",
        value="HARBOUR cafe",
        text="Harbour Cafe",
        spans=(Span(1, BBox(200, 60, 260, 70), "Harbour Cafe"),),
        method="model, cited line",
    )


def test_a_value_on_another_line_is_found_nearest_to_the_one_that_is_cited() -> None:
    reading = document(page(1, line(40, (40, "INV-7")), line(400, (40, "INV-7")), line(420, (40, "Thanks"))))

    value = read(FieldSpec("number"), Answer("INV-7", ("1:3",)), reading=reading)

    assert (value.method, value.spans[0].bbox.y0) == ("model, elsewhere", 400)


def test_a_value_over_several_lines_has_a_span_on_each() -> None:
    reading = document(
        page(1, line(40, (40, "Kanalstrasse 7,"), (300, "Page 1")), line(52, (40, "20095 Hamburg"), (300, "of 2")))
    )
    spec = FieldSpec("address")

    beside = read(spec, Answer("Kanalstrasse 7, 20095 Hamburg", ("1:1", "1:2")), reading=reading)
    below = read(spec, Answer("Harbour Road Leith", ("1:1", "1:2")), reading=document(
        page(1, line(40, (40, "12 Harbour Road")), line(52, (40, "Leith EH6")))
    ))  # fmt: skip

    assert places(beside) == [(1, "Kanalstrasse 7,"), (1, "20095 Hamburg")]
    assert places(below) == [(1, "Harbour Road"), (1, "Leith")]


@pytest.mark.parametrize(
    ("spec", "said", "cited", "value", "printed"),
    [
        (TOTAL, Decimal("400.8"), "Total due", Decimal("400.8"), "400.80"),
        (TOTAL, "EUR 400.80", "Total due", Decimal("400.80"), "400.80"),
        (TOTAL, 400.8, "Harbour Road", Decimal("400.8"), "400.80"),
        (DAY, "2026-10-14", "Invoice date", "2026-10-14", "14 October 2026"),
        (FieldSpec("po"), 4500017, "PO number", "4500017", "4500017"),
    ],
)
def test_a_value_is_typed_and_found_however_it_is_printed(
    spec: FieldSpec, said: Any, cited: str, value: Any, printed: str
) -> None:
    found = read(spec, Answer(said, (id_of(cited),)))

    assert (found.value, found.text, found.flag, found.confidence) == (value, printed, "", None)


def test_a_date_may_be_meant_in_the_other_order_if_it_is_quoted() -> None:
    reading = document(page(1, line(40, (40, "Date 03/04/2026"))))

    value = read(DAY, Answer("2026-03-04", ("1:1",), "03/04/2026"), reading=reading)

    assert (value.value, value.text, value.flag) == ("2026-03-04", "03/04/2026", "")


def test_a_slip_of_the_recognition_is_forgiven_but_not_another_digit() -> None:
    reading = document(page(1, line(40, (40, "Harbuor Cafe GmbH"), (300, "INV-2026-0042"))))

    cafe = read(SELLER, Answer("Harbour Cafe GmbH", ("1:1",)), reading=reading)
    number = read(SELLER, Answer("INV-2026-0043", ("1:1",)), reading=reading)

    assert (cafe.method, cafe.text, cafe.flag) == ("model, alike", "Harbuor Cafe GmbH", "")
    assert (number.spans, number.flag) == ((), "not_located")


@pytest.mark.parametrize(
    ("spec", "said"),
    [(SELLER, "Southwind Fans plc"), (TOTAL, Decimal("77.77")), (DAY, "2020-01-01"), (TOTAL, Decimal(7))],
)
def test_a_value_that_stands_nowhere_is_only_a_suggestion(spec: FieldSpec, said: Any) -> None:
    value = read(spec, Answer(said, ("1:1", "9:9"), "nowhere either"))

    assert (value.value, value.spans, value.confidence, value.flag) == (said, (), 0.3, "not_located")


def test_what_is_quoted_is_offered_where_the_value_stands_nowhere() -> None:
    value = read(SELLER, Answer("Acme Holdings", ("1:1",), "Northwind Lamps Ltd"))

    place = Span(1, BBox(40, 40, 135, 50), "Northwind Lamps Ltd")
    assert (value.value, value.flag) == ("Acme Holdings", "not_located")
    assert value.alternatives == (Alternative("Northwind Lamps Ltd", "Northwind Lamps Ltd", (place,)),)


@pytest.mark.parametrize(
    ("spec", "said", "text"),
    [
        (TOTAL, "about twelve", "about twelve"),
        (DAY, "14 October", "14 October"),
        (FieldSpec("way", FieldType.CHOICE, options=("Cash", "Card")), "Cheque", "Cheque"),
        (SELLER, {"name": "X"}, '{"name":"X"}'),
        (TOTAL, Decimal("1e999999999"), "1E+999999999"),
        (TOTAL, True, "true"),
    ],
)
def test_an_answer_that_does_not_fit_its_field_is_kept_as_text(spec: FieldSpec, said: Any, text: str) -> None:
    value = read(spec, Answer(said, ("1:1",)))

    assert (value.value, value.text, value.flag, value.reason) == (None, text, "does_not_fit", AbsentReason.NOT_READ)


def test_yes_and_choices_stand_where_their_quote_does() -> None:
    reading = document(page(1, line(40, (40, "Paid in full by bank wire on Monday"))))
    way = FieldSpec("way", FieldType.CHOICE, options=("Bank transfer", "Cash"))
    paid = FieldSpec("paid", FieldType.BOOLEAN)

    found = [
        read(way, Answer("bank transfer", ("1:1",), "bank wire"), reading=reading),
        read(paid, Answer(True, ("1:1",), "Paid in full"), reading=reading),
        read(paid, Answer(True, ("1:1",), ""), reading=reading),
    ]

    assert [(value.value, places(value), value.flag) for value in found] == [
        ("Bank transfer", [(1, "bank wire")], ""),
        (True, [(1, "Paid in full")], ""),
        (True, [], "not_located"),
    ]


@pytest.mark.parametrize("answers", [(), (Answer(None),), (Answer("  ", ("1:1",)),)])
def test_nothing_said_is_absent(answers: tuple[Answer, ...]) -> None:
    assert read(SELLER, *answers) == ReadValue("seller", reason=AbsentReason.LABEL_NOT_FOUND, method="model")


def test_the_first_answer_that_stands_in_the_document_wins_and_the_others_are_offered() -> None:
    value = read(
        TOTAL,
        Answer(None),
        Answer(Decimal("99999.99"), ("1:1",)),
        Answer(Decimal("334.00"), (id_of("Subtotal"),)),
        Answer(Decimal("400.80"), (id_of("Total due"),)),
    )

    assert (value.value, places(value)) == (Decimal("334.00"), [(2, "334.00")])
    assert [(other.value, other.spans[0].page) for other in value.alternatives] == [(Decimal("400.80"), 2)]


def test_a_tables_cells_each_have_their_place() -> None:
    value = read(
        ITEMS,
        row(id_of("Desk lamp"), name="Desk lamp, brass", quantity=2, price=49.5, amount=99),
        row(id_of("Floor lamp"), name="Floor lamp", quantity=1, price=Decimal("120.00"), amount=Decimal("120.00")),
        row(id_of("Ceiling lamp"), name="Ceiling lamp", quantity=10, price=10, amount=None),
    )

    assert [[places(cell) for cell in cells] for cells in value.rows] == [
        [[(1, "Desk lamp, brass")], [(1, "2")], [(1, "49.50")], [(1, "99.00")]],
        [[(1, "Floor lamp")], [(1, "1")], [(1, "120.00")], [(1, "120.00")]],
        [[(2, "Ceiling lamp")], [(2, "10")], [(2, "10.00")], []],
    ]
    price, amount = value.rows[1][2:]
    assert (price.spans[0].bbox.x0, amount.spans[0].bbox.x0) == (430, 515)
    assert value.rows[2][3].reason is AbsentReason.LABEL_WITHOUT_VALUE


def test_headers_repetitions_and_empty_rows_are_no_rows() -> None:
    lamp = row(id_of("Desk lamp"), name="Desk lamp, brass", quantity=2)

    value = read(
        ITEMS,
        row("1:8", name="Description", quantity="Quantity", price="Unit price", amount="Amount"),
        row(id_of("Article"), name="Article", quantity="Qty."),
        lamp,
        lamp,
        row("1:1", name=None),
    )

    assert [[cell.value for cell in cells] for cells in value.rows] == [["Desk lamp, brass", Decimal(2), None, None]]


def test_a_cell_that_stands_nowhere_is_flagged_beside_its_sound_neighbours() -> None:
    value = read(ITEMS, row(id_of("Desk lamp"), name="Desk lamp, brass", quantity=2, price=51.25))

    assert [(cell.flag, cell.confidence) for cell in value.rows[0][:3]] == [
        ("", None),
        ("", None),
        ("not_located", 0.3),
    ]


def test_a_list_has_its_items_once() -> None:
    spec = FieldSpec("dates", FieldType.LIST, items=FieldType.DATE)
    invoiced, due = Answer("2026-10-14", (id_of("Invoice date"),)), Answer("2026-11-13", (id_of("Due date"),))

    value = read(spec, invoiced, due, invoiced)

    assert [cell.value for cells in value.rows for cell in cells] == ["2026-10-14", "2026-11-13"]


def test_an_object_takes_each_member_from_the_row_that_has_it() -> None:
    spec = FieldSpec("seller", FieldType.TABLE, fields=(FieldSpec("name"), FieldSpec("vat")), single=True)

    value = read(spec, row("1:1", name="Northwind Lamps Ltd"), row("1:3", vat="GB 123 4567 89"))

    assert [[(cell.name, cell.value) for cell in cells] for cells in value.rows] == [
        [("name", "Northwind Lamps Ltd"), ("vat", "GB 123 4567 89")]
    ]


def test_a_span_says_how_precise_it_is() -> None:
    box = BBox(0, 0, 100, 60)
    reading = DocumentReading((PageReading(1, 200, 100, (Block(3, "text", box, "Total due\n18.40"),)),))

    value = read(TOTAL, Answer(Decimal("18.40"), ("1:2",)), reading=reading)

    assert value.spans == (Span(1, box, "18.40", 3, Precision.BLOCK),)


def test_the_engine_reading_the_same_gives_its_confidence_and_otherwise_an_alternative() -> None:
    reading = samples.invoice()
    fields = (FieldSpec("total", FieldType.AMOUNT, label="Total due"), FieldSpec("due_date", FieldType.DATE))
    answers = {
        "total": (Answer(Decimal("400.80"), (id_of("Total due"),)),),
        "due_date": (Answer("2026-10-14", (id_of("Invoice date"),)),),
    }

    total, due = ground(answers, reading, fields)

    assert total.confidence is not None and total.confidence > 0.5
    assert (total.flag, total.label and total.label.text) == ("", "Total due (EUR)")
    assert (due.value, due.confidence, [other.value for other in due.alternatives]) == (
        "2026-10-14",
        None,
        ["2026-11-13"],
    )


def test_the_engine_says_from_what_a_value_was_derived() -> None:
    reading = document(page(1, line(40, (40, "Total"), (200, "€ 18.40"))))

    (currency,) = ground({"currency": (Answer("EUR", ("1:1",), "€"),)}, reading, (FieldSpec("currency"),))

    assert (currency.value, places(currency), currency.flag) == ("EUR", [(1, "€")], "")


def test_many_wrong_answers_take_no_time() -> None:
    pages = [
        page(n, *(line(20 + 12 * y, (40, f"Row {n}-{y} lamp"), (300, f"{n}.{y:02}")) for y in range(60)))
        for n in range(1, 41)
    ]
    reading = document(*pages)
    rows = [row(f"{n % 40 + 1}:{n % 60 + 1}", name=f"Wrong thing {n}", quantity=n + 0.377) for n in range(600)]
    started = time.process_time()

    value = read(ITEMS, *rows, reading=reading)

    assert len(value.rows) == 600
    assert time.process_time() - started < 20
