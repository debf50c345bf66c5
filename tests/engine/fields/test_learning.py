"""Layouts learned from approved documents: what they mend, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace
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
    Lesson,
    ReadValue,
    Value,
)
from tests.engine.fields.readings import document, line, page
from tests.engine.fields.samples import invoice

FIELDS = (
    FieldSpec("invoice_number"),
    FieldSpec("invoice_date", FieldType.DATE),
    FieldSpec("total", FieldType.AMOUNT),
    FieldSpec("supplier"),
    FieldSpec("due_date", FieldType.DATE),
)


def _slip(number: str, day: str, total: str, other: str, lines: int = 2) -> DocumentReading:
    """A layout of our own: the number under a word that names it elsewhere, the total beside "Balance forward"."""
    items = [line(200 + 14 * n, (60, "Rental of scaffold"), (470, f"{10 + n}.50")) for n in range(lines)]
    end = 220 + 14 * lines
    return document(
        page(
            1,
            line(40, (60, "Site sheet"), (400, "Brackley yard")),
            line(80, (60, "Our sign"), (230, "Your sign"), (420, "Laid down")),
            line(94, (60, number), (230, other), (420, day)),
            line(130, (60, "Gantry & Sons")),
            line(160, (60, "Work"), (470, "Sum")),
            *items,
            line(end, (60, "Balance forward"), (470, total)),
            line(end + 14, (60, "Total"), (470, "0.00")),
            line(end + 40, (60, "Invoice no."), (230, "see above")),
        )
    )


def _lesson(reading: DocumentReading, **values: Value) -> Lesson:
    """The document as approved: each value pointed at where it is printed."""
    types = {spec.name: spec.type for spec in FIELDS}
    approved = [
        Approved(name, value, locate(reading, str(value), type=types[name])[:1]) for name, value in values.items()
    ]
    missing = [Approved(spec.name) for spec in FIELDS if spec.name not in values]
    return lesson_of(reading, FIELDS, [*approved, *missing])


def _values(reading: DocumentReading, learned: Learned | None = None) -> dict[str, Value | None]:
    return {value.name: value.value for value in _read(reading, learned).values()}


def _read(reading: DocumentReading, learned: Learned | None) -> dict[str, ReadValue]:
    return {value.name: value for value in extract(ExtractRequest(reading, FIELDS, learned=learned))}


@pytest.fixture
def first() -> Lesson:
    reading = _slip("GS/2041", "2026-03-04", "1,240.00", "Brackley 7")
    return _lesson(
        reading, invoice_number="GS/2041", invoice_date="2026-03-04", total=Decimal("1240.00"), supplier="Gantry & Sons"
    )


def test_a_layout_is_read_rightly_after_one_corrected_document(first: Lesson) -> None:
    reading = _slip("GS/2107", "2026-05-11", "88.20", "Towcester 12", lines=6)
    right = {
        "invoice_number": "GS/2107",
        "invoice_date": "2026-05-11",
        "total": Decimal("88.20"),
        "supplier": "Gantry & Sons",
        "due_date": None,
    }

    before, after = _values(reading), _values(reading, learn([first]))

    assert sum(before[name] != value for name, value in right.items()) >= 2
    assert after == right


def test_a_learned_value_has_its_place_its_method_and_its_label(first: Lesson) -> None:
    number = _read(_slip("GS/2107", "2026-05-11", "88.20", "Towcester 12"), learn([first]))["invoice_number"]

    assert number.method == "learned"
    assert [span.text for span in number.spans] == ["GS/2107"]
    assert number.label is not None and number.label.text == "Our sign"


def test_another_layout_is_read_as_before(first: Lesson) -> None:
    assert _read(invoice(), learn([first])) == _read(invoice(), None)


def test_nothing_learned_changes_nothing() -> None:
    assert _read(invoice(), Learned()) == _read(invoice(), None)


def test_a_value_that_stands_nowhere_teaches_nothing() -> None:
    reading = _slip("GS/2041", "2026-03-04", "1,240.00", "Brackley 7")

    lesson = lesson_of(reading, FIELDS, [Approved("supplier", "Gantry Holdings")])

    assert lesson.adrift == ("supplier",)
    assert lesson.layout.fields == ()


def test_an_approved_date_tells_the_order_where_a_document_leaves_it_open() -> None:
    reading = _slip("GS/2041", "04/03/2026", "1,240.00", "Brackley 7")
    approved = _read(reading, None)["invoice_date"]
    spans = approved.spans or approved.alternatives[0].spans
    month_first = learn([lesson_of(reading, FIELDS, [Approved("invoice_date", "2026-04-03", spans)])])

    after = _values(_slip("GS/2107", "05/06/2026", "88.20", "Towcester 12"), month_first)

    assert after["invoice_date"] == "2026-05-06"


def test_documents_of_one_layout_are_merged_and_their_constants_known(first: Lesson) -> None:
    second = _lesson(
        _slip("GS/2107", "2026-05-11", "88.20", "Towcester 12"), invoice_number="GS/2107", supplier="Gantry & Sons"
    )

    learned = learn([first, second])

    layout = learned.layouts[0]
    fields = {field.name: field for field in layout.fields}
    assert (len(learned.layouts), layout.documents, learned.documents) == (1, 2, 2)
    assert (fields["supplier"].constant, fields["invoice_number"].constant) == ("Gantry & Sons", "")
    assert dict(learned.labels)["invoice_number"] == ("our sign",)


def test_a_layout_keeps_no_value(first: Lesson) -> None:
    kept = repr(learn([first]))

    assert [value for value in ("GS/2041", "1,240", "Gantry", "2026-03") if value.lower() in kept.lower()] == []


def test_an_address_is_learned_with_all_its_lines() -> None:
    fields = (FieldSpec("site"),)

    def sheet(*address: str) -> DocumentReading:
        lines = (line(100 + 14 * at, (60, text)) for at, text in enumerate(address))
        return document(
            page(
                1,
                line(40, (60, "Gantry sheet")),
                line(80, (60, "Put up at")),
                *lines,
                line(300, (60, "Keep this sheet")),
            )
        )

    first = sheet("Hangar Seven", "Old Airfield", "Silverstone")
    spans = locate(first, "Hangar Seven", type=FieldType.STRING)[:1]
    learned = learn([lesson_of(first, fields, [Approved("site", "Hangar Seven Old Airfield Silverstone", spans)])])

    values = extract(ExtractRequest(sheet("The Corn Mill", "Water Lane", "Towcester"), fields, learned=learned))

    assert [value.value for value in values] == ["The Corn Mill Water Lane Towcester"]


def test_the_place_of_a_mended_slip_is_learned_whole() -> None:
    sheet = _slip("GS/2041", "2026-03-04", "1,240.00", "Brackley 7")
    misread = replace(locate(sheet, "GS/2041", type=FieldType.STRING)[0], text="GS/204")

    lesson = lesson_of(sheet, FIELDS, [Approved("invoice_number", "GS/2047", (misread,))])

    learned = learn([lesson, lesson])
    assert [field.constant for field in learned.layouts[0].fields] == ["GS/2041"]
    number = _read(sheet, learned)["invoice_number"]
    assert (number.value, number.method) == ("GS/2041", "learned")
