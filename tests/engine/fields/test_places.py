from __future__ import annotations

from extraction.engine.fields import locate
from extraction.types import BBox, DateOrder, DecimalMark, FieldType, Notation, Span
from tests.engine.fields import samples
from tests.engine.fields.readings import document, line, page


def texts(spans: tuple[Span, ...]) -> list[tuple[int, str]]:
    return [(span.page, span.text) for span in spans]


def test_locate_finds_the_same_text_whatever_its_case_and_spaces() -> None:
    spans = locate(samples.invoice(), "northwind  lamps LTD", type=FieldType.STRING)

    assert spans == (Span(1, BBox(40, 40, 135, 50), "Northwind Lamps Ltd"),)


def test_locate_finds_every_place() -> None:
    spans = locate(samples.invoice(), "Description", type=FieldType.STRING)

    assert texts(spans) == [(1, "Description"), (2, "Description")]


def test_locate_finds_a_number_written_another_way() -> None:
    reading = document(
        page(1, line(40, (40, "Total"), (200, "EUR 1.234,50")), line(60, (40, "Net"), (200, "1.000,00")))
    )

    assert texts(locate(reading, "1234.5", type=FieldType.AMOUNT)) == [(1, "EUR 1.234,50")]


def test_locate_finds_a_date_written_another_way() -> None:
    assert texts(locate(samples.fapiao(), "2026-10-14", type=FieldType.DATE)) == [(1, "2026年10月14日")]


def test_locate_takes_no_part_of_a_longer_number_or_word() -> None:
    reading = document(page(1, line(40, (40, "120"), (100, "3.12"), (200, "12.50"), (300, "B12"), (400, "12"))))

    assert [span.bbox.x0 for span in locate(reading, "12", type=FieldType.NUMBER)] == [400]


def test_locate_follows_a_text_over_several_lines() -> None:
    reading = document(page(1, line(40, (40, "Kanalstrasse 7,")), line(52, (40, "20095 Hamburg"), (300, "Page 1"))))

    spans = locate(reading, "Kanalstrasse 7, 20095 Hamburg", type=FieldType.STRING)

    assert texts(spans) == [(1, "Kanalstrasse 7,"), (1, "20095 Hamburg")]


def test_locate_forgives_a_slip_of_ocr() -> None:
    reading = document(page(1, line(40, (40, "Harb0ur Cafe GmbH"))))

    assert texts(locate(reading, "Harbour Cafe GmbH", type=FieldType.STRING)) == [(1, "Harb0ur Cafe GmbH")]


def test_locate_finds_nothing_that_is_not_there() -> None:
    reading = samples.invoice()

    found = [
        locate(reading, text, type=kind)
        for text, kind in (("Southwind", FieldType.STRING), ("77.77", FieldType.AMOUNT), ("", FieldType.STRING))
    ]

    assert found == [(), (), ()]


def test_locate_reads_as_the_template_says_its_documents_write() -> None:
    reading = document(page(1, line(40, (40, "Due 03/04/2026"), (200, "1,234"))))
    told = Notation(DateOrder.MONTH_FIRST, DecimalMark.COMMA)

    printed = [texts(locate(reading, text, type=FieldType.DATE)) for text in ("2026-04-03", "2026-03-04")]
    said = [texts(locate(reading, text, type=FieldType.DATE, notation=told)) for text in ("2026-04-03", "2026-03-04")]
    weight = [texts(locate(reading, text, type=FieldType.NUMBER, notation=told)) for text in ("1.234", "1234")]

    assert printed == [[(1, "03/04/2026")], []]
    assert said == [[], [(1, "03/04/2026")]]
    assert weight == [[(1, "1,234")], []]


def test_locate_ends_with_the_word_that_a_nearly_alike_text_ends_in() -> None:
    reading = document(page(1, line(40, (40, "Order PO-58213"), (300, "Harbourside"))))

    assert texts(locate(reading, "PO-5821", type=FieldType.STRING)) == [(1, "PO-58213")]
    assert locate(reading, "Harbour", type=FieldType.STRING) == ()
