"""What corrected rows teach: the next document of the layout has its line items right."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from extraction.models import Extraction, FieldRow, FieldValue, Review, Team, Template, TemplateField, User
from extraction.providers.embedded import EmbeddedParser
from extraction.queries.review import current_rows, current_values
from extraction.services.corrections import add_row, correct_value, remove_row
from extraction.services.documents import store_document
from extraction.services.reviews import approve_review
from extraction.services.templates import create_template, publish_draft
from extraction.services.work import work_once
from extraction.types import FieldSpec, FieldType
from extraction.wire.template_json import TemplateDefinition
from tests.hire_sheets import HIRE_SHEETS, HireSheet

COLUMNS = (
    FieldSpec("description"),
    FieldSpec("quantity", FieldType.NUMBER),
    FieldSpec("unit_price", FieldType.AMOUNT),
    FieldSpec("amount", FieldType.AMOUNT),
)
FIELDS = (FieldSpec("invoice_number"), FieldSpec("line_items", FieldType.TABLE, fields=COLUMNS))


@pytest.fixture
def template(team: Team) -> Template:
    template = create_template(team=team, definition=TemplateDefinition("Hire sheet", FIELDS), by=None)
    publish_draft(template=template)
    return template


@pytest.fixture
def read(engine: EmbeddedParser, template: Template) -> Callable[[HireSheet], Review]:
    def go(sheet: HireSheet) -> Review:
        file = ContentFile(sheet.pdf(), name=f"{sheet.number.replace('/', '-')}.pdf")
        document = store_document(team=template.team, file=file, by=None, template=template)
        while work_once(engine):
            pass
        return Review.objects.get(extraction__parse__document=document)

    return go


def rows_of(extraction: Extraction) -> list[dict[str, object]]:
    rows = current_rows(extraction, current_values(extraction))
    return [{cell.stored.key: cell.value for cell in row.values} for found in rows.values() for row in found]


def right(sheet: HireSheet) -> list[dict[str, object]]:
    return [
        {key: text if key == "description" else str(Decimal(text)) for key, text in row.items()} for row in sheet.rows
    ]


def plain(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Numbers without the noughts behind them."""
    return [
        {
            key: value if key == "description" or value is None else str(Decimal(str(value)))
            for key, value in row.items()
        }
        for row in rows
    ]


def correct(review: Review, sheet: HireSheet, by: User) -> None:
    """Take out what is no row, add what is missing, and type or confirm every cell."""
    table = TemplateField.objects.get(version=review.extraction.version, name="line_items")
    rows = list(FieldRow.objects.filter(extraction=review.extraction))
    for row in rows[len(sheet.rows) :]:
        remove_row(review=review, row=row, by=by, version=review.version)
    while len(rows) < len(sheet.rows):
        rows.append(add_row(review=review, field=table, by=by, version=review.version))
    for row, wanted in zip(rows, sheet.rows, strict=False):
        for value in FieldValue.objects.filter(row=row):
            correct_value(review=review, value=value, text=wanted[value.key], by=by, version=review.version)


def test_line_items_of_a_corrected_layout_need_no_correction(
    read: Callable[[HireSheet], Review],
    alice: User,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    first = read(HIRE_SHEETS[0])
    before = plain(rows_of(first.extraction))
    correct(first, HIRE_SHEETS[0], alice)
    with django_capture_on_commit_callbacks(execute=True):
        approve_review(review=first, version=first.version, by=alice, anyway=True)

    later = [read(sheet) for sheet in HIRE_SHEETS[1:]]

    assert before != right(HIRE_SHEETS[0])
    assert [plain(rows_of(review.extraction)) for review in later] == [right(sheet) for sheet in HIRE_SHEETS[1:]]
