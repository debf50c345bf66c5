"""Labels that hold for layouts that nobody corrected yet."""

from __future__ import annotations

from extraction.engine.fields import extract, learn, lesson_of, locate
from extraction.types import Approved, DocumentReading, ExtractRequest, FieldSpec, FieldType, Learned, Lesson, Value
from tests.engine.fields.readings import document, line, page

FIELDS = (FieldSpec("invoice_number"),)
SHOPS = (("Gantry", "Poles and planks"), ("Corn Mill", "Flour"), ("Old Forge", "Gates and grates"), ("Dairy", "Milk"))


def _bill(shop: int, label: str, number: str, *, above: bool = False) -> DocumentReading:
    name, trade = SHOPS[shop]
    value = (
        [line(150 + 60 * shop, (80 + 90 * shop, label)), line(164 + 60 * shop, (80 + 90 * shop, number))]
        if above
        else [line(150 + 60 * shop, (80 + 90 * shop, label), (220 + 90 * shop, number))]
    )
    return document(page(1, line(40, (60 + 80 * shop, name)), line(60, (60 + 80 * shop, trade)), *value))


def _lesson(reading: DocumentReading, number: str) -> Lesson:
    spans = locate(reading, number, type=FieldType.STRING)[:1]
    return lesson_of(reading, FIELDS, [Approved("invoice_number", number, spans)])


def _read(reading: DocumentReading, learned: Learned | None = None) -> Value | None:
    return extract(ExtractRequest(reading, FIELDS, learned=learned))[0].value


def test_a_label_beside_a_value_that_a_person_pointed_at_holds_for_another_layout() -> None:
    learned = learn([_lesson(_bill(0, "Our sign", "GS/2041"), "GS/2041")])

    assert dict(learned.spread) == {"invoice_number": ("our sign",)}
    assert _read(_bill(1, "Our sign", "CM/77")) is None
    assert _read(_bill(1, "Our sign", "CM/77"), learned) == "CM/77"


def test_a_label_above_holds_once_several_layouts_agree() -> None:
    lessons = [_lesson(_bill(shop, "Our sign", f"N/{shop}41", above=True), f"N/{shop}41") for shop in range(3)]

    assert learn(lessons[:2]).spread == ()
    assert _read(_bill(3, "Our sign", "D/9901", above=True), learn(lessons)) == "D/9901"


def test_a_label_that_stands_beside_something_else_elsewhere_does_not_hold() -> None:
    fields = (*FIELDS, FieldSpec("site"))
    other = _bill(1, "Our sign", "Towcester")
    site = Approved("site", "Towcester", locate(other, "Towcester", type=FieldType.STRING)[:1])

    learned = learn([_lesson(_bill(0, "Our sign", "GS/2041"), "GS/2041"), lesson_of(other, fields, [site])])

    assert learned.spread == ()


def test_a_value_with_nothing_around_it_has_no_label() -> None:
    reading = document(page(1, line(40, (60, "GS/2041"))))

    assert learn([_lesson(reading, "GS/2041")]).spread == ()
