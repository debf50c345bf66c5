"""Tables, lists and objects of a layout that was corrected once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extraction.engine.fields import extract, learn, lesson_of, locate
from extraction.types import (
    Approved,
    DocumentReading,
    ExtractRequest,
    FieldSpec,
    FieldType,
    Learned,
    ReadValue,
    Value,
)
from tests.engine.fields.readings import document, line, page

COLUMNS = (
    FieldSpec("description"),
    FieldSpec("quantity", FieldType.NUMBER),
    FieldSpec("unit_price", FieldType.AMOUNT),
    FieldSpec("amount", FieldType.AMOUNT),
)
ITEMS = FieldSpec("line_items", FieldType.TABLE, fields=COLUMNS)
EDGES = (60, 250, 340, 430)

type Rows = list[tuple[str, str, str, str]]


def _sheet(heads: tuple[str, ...], rows: Rows, *, shift: float = 0.0, top: float = 200.0) -> DocumentReading:
    items = [
        line(top + 14 * (at + 1), *((x + shift, text) for x, text in zip(EDGES, row, strict=True)))
        for at, row in enumerate(rows)
    ]
    header = (
        [line(top, *((x + shift, head) for x, head in zip(EDGES, heads, strict=True) if head))] if any(heads) else []
    )
    return document(
        page(
            1,
            line(40, (60 + shift, "Gantry sheet"), (430 + shift, "Brackley yard")),
            line(80, (60 + shift, "Poles planks and towers for hire")),
            *header,
            *items,
            line(top + 40 + 14 * len(rows), (60 + shift, "Keep this sheet with the kit")),
            line(top + 60 + 14 * len(rows), (60 + shift, "Kit stays ours at all times")),
        )
    )


def _approved(reading: DocumentReading, rows: Rows) -> Approved:
    """The rows as a person left them, each cell where it stands."""
    return Approved("line_items", rows=tuple(_cells(reading, row) for row in rows))


def _cells(reading: DocumentReading, row: tuple[str, ...]) -> tuple[Approved, ...]:
    start = locate(reading, row[0], type=FieldType.STRING)[0]
    found = []
    for spec, text in zip(COLUMNS, row, strict=True):
        spans = locate(reading, text, type=spec.type)
        own = [span for span in spans if abs(span.bbox.y0 - start.bbox.y0) < 2]
        value: Value = text if spec.type is FieldType.STRING else Decimal(text)
        found.append(Approved(spec.name, value, tuple(own[:1])))
    return tuple(found)


def _read(reading: DocumentReading, spec: FieldSpec, learned: Learned | None = None) -> ReadValue:
    return extract(ExtractRequest(reading, (spec,), learned=learned))[0]


def _rows(value: ReadValue) -> list[tuple[str, ...]]:
    return [tuple("" if cell.value is None else cell.text or "" for cell in row) for row in value.rows]


FIRST: Rows = [("Tower narrow", "2", "40.50", "81.00"), ("Plank set", "6", "3.25", "19.50")]
SECOND: Rows = [
    ("Ladder rack", "3", "12.00", "36.00"),
    ("Prop", "20", "1.15", "23.00"),
    ("Trestle", "4", "5.75", "23.00"),
]


@pytest.mark.parametrize("shift", [0.0, 14.0])
@pytest.mark.parametrize(
    "heads",
    [
        pytest.param(("Kit", "Spell", "Tariff", "Fee"), id="headers that name nothing"),
        pytest.param(("Kit", "Price", "Amount", "Charge"), id="headers that name another column"),
        pytest.param(("Kit", "Spell", "", "Fee"), id="a column without a header"),
        pytest.param(("", "", "", ""), id="no header"),
    ],
)
def test_columns_are_right_after_one_corrected_document(heads: tuple[str, ...], shift: float) -> None:
    first, second = _sheet(heads, FIRST), _sheet(heads, SECOND, shift=shift, top=230)

    learned = learn([lesson_of(first, (ITEMS,), [_approved(first, FIRST)])])

    assert _rows(_read(second, ITEMS)) != SECOND
    assert _rows(_read(second, ITEMS, learned)) == SECOND


HEADS = ("Description", "Quantity", "Unit price", "Amount")
PLEDGE = ("Pledge kept", "1", "30.00", "30.00")
STATION = ("Total station", "2", "90.00", "180.00")


def test_a_row_that_was_taken_out_is_no_row_in_the_next_document() -> None:
    first, second = _sheet(HEADS, [*FIRST, PLEDGE]), _sheet(HEADS, [SECOND[0], PLEDGE, *SECOND[1:]])
    out = _cells(first, PLEDGE)
    said = Approved("line_items", rows=_approved(first, FIRST).rows, removed=(out[0].spans,))

    learned = learn([lesson_of(first, (ITEMS,), [said])])

    assert _rows(_read(second, ITEMS)) == [SECOND[0], PLEDGE, *SECOND[1:]]
    assert _rows(_read(second, ITEMS, learned)) == SECOND


def test_a_row_that_was_added_does_not_end_the_next_table() -> None:
    first, second = _sheet(HEADS, [FIRST[0], STATION, FIRST[1]]), _sheet(HEADS, [STATION, *SECOND])

    learned = learn([lesson_of(first, (ITEMS,), [_approved(first, [FIRST[0], STATION, FIRST[1]])])])

    assert _rows(_read(second, ITEMS)) != [STATION, *SECOND]
    assert _rows(_read(second, ITEMS, learned)) == [STATION, *SECOND]


def test_an_ordinary_table_is_read_as_before() -> None:
    first, second = _sheet(HEADS, FIRST), _sheet(HEADS, SECOND)

    learned = learn([lesson_of(first, (ITEMS,), [_approved(first, FIRST)])])

    assert _read(second, ITEMS, learned) == _read(second, ITEMS)


def _crew(label: str, *names: str) -> DocumentReading:
    return document(
        page(
            1,
            line(40, (60, "Gantry sheet"), (430, "Brackley yard")),
            line(80, (60, "Poles planks and towers for hire")),
            line(120, (60, label), (200, ", ".join(names))),
            line(160, (60, "Owned by"), (200, "Corn Mill Trust")),
            line(300, (60, "Kit stays ours at all times")),
        )
    )


def test_the_label_of_a_list_is_learned() -> None:
    spec = FieldSpec("workers", FieldType.LIST)
    first, second = (
        _crew("Up the poles", "Ada Pole", "Ben Plank"),
        _crew("Up the poles", "Cy Rope", "Di Clamp", "Ed Ring"),
    )
    said = [
        (Approved("workers", name, locate(first, name, type=FieldType.STRING)[:1]),)
        for name in ("Ada Pole", "Ben Plank")
    ]

    learned = learn([lesson_of(first, (spec,), [Approved("workers", rows=tuple(said))])])

    assert _rows(_read(second, spec)) == []
    assert _rows(_read(second, spec, learned)) == [("Cy Rope",), ("Di Clamp",), ("Ed Ring",)]


def test_the_members_of_an_object_are_learned() -> None:
    spec = FieldSpec("keeper", FieldType.TABLE, single=True, fields=(FieldSpec("name"), FieldSpec("rank")))
    first, second = _crew("Up the poles", "Ada Pole"), _crew("Up the poles", "Cy Rope")
    spans = locate(first, "Ada Pole", type=FieldType.STRING)[:1]

    learned = learn([lesson_of(first, (spec,), [Approved("keeper.name", "Ada Pole", spans), Approved("keeper.rank")])])

    assert _rows(_read(second, spec)) == []
    assert _rows(_read(second, spec, learned)) == [("Cy Rope", "")]


def test_rows_that_stand_nowhere_teach_nothing() -> None:
    first = _sheet(HEADS, FIRST)
    said = Approved("line_items", rows=((Approved("description", "Crane"),),))

    assert lesson_of(first, (ITEMS,), [said]).layout.tables == ()
