"""What a team takes away: approved values with their places, document by document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from extraction.choices import AbsentReason, CorrectionKind, Kind, ReviewState
from extraction.errors import StepNotAllowed
from extraction.models import Document, Extraction, ParsedPage, Review, Team, TemplateField
from extraction.queries.progress import progress_of
from extraction.queries.queue_rows import QueueFilter, reviewed_pairs
from extraction.queries.review import CurrentRow, CurrentValue, current_rows, current_values, template_fields
from extraction.services.typed_values import from_json, kind_of
from extraction.types import BBox, Value

_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class ExportedValue:
    """A value as approved; `page` from 1 and `bbox` in that page's units are None where no place is known.

    `corrected` when a person changed it; `reviewer` is who changed or confirmed it, None where nobody did either.
    """

    path: str
    field: TemplateField
    value: Value | None
    text: str
    page: int | None
    bbox: BBox | None
    confidence: float | None
    reason: str
    corrected: bool
    reviewer: str | None


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """A table, or a list as a table of one column that is the list itself."""

    field: TemplateField
    columns: tuple[TemplateField, ...]
    rows: tuple[tuple[ExportedValue, ...], ...]


@dataclass(frozen=True, slots=True)
class ExportedDocument:
    """`state` is the review's; `pages` holds number, width and height of every page."""

    document: Document
    extraction: Extraction
    review: Review | None
    fields: tuple[ExportedValue, ...]
    tables: tuple[ExportedTable, ...]
    pages: tuple[tuple[int, float, float], ...]

    @property
    def state(self) -> str:
        return str(self.review.state) if self.review else ""

    @property
    def reviewer(self) -> str:
        return str(self.review.finished_by) if self.review and self.review.finished_by else ""


def export_document(document: Document, *, approved_only: bool = True) -> ExportedDocument:
    """Raises StepNotAllowed while nobody has approved the document, or nothing was extracted from it."""
    progress = progress_of([document])[document.pk]
    if progress.extraction is None or progress.review is None:
        raise StepNotAllowed("nothing was extracted from this document", code="export_without_fields")
    if approved_only and progress.review.state != ReviewState.APPROVED:
        raise StepNotAllowed("this document is not approved", code="export_not_approved")
    return next(_exported([(progress.extraction.pk, progress.review.pk)]))


class DocumentExport:
    """The documents of a filtered queue that have fields; iterating reads some at a time."""

    def __init__(self, team: Team, chosen: QueueFilter) -> None:
        self._pairs = reviewed_pairs(team, chosen)

    def __iter__(self) -> Iterator[ExportedDocument]:
        for start in range(0, len(self._pairs), _AT_ONCE):
            yield from _exported(self._pairs[start : start + _AT_ONCE])

    def columns(self) -> list[TemplateField]:
        return columns_of([extraction for extraction, _ in self._pairs])


def columns_of(extractions: Sequence[int]) -> list[TemplateField]:
    """Fields and columns of the extractions' template versions, by version and position."""
    found: dict[int, TemplateField] = {}
    for start in range(0, len(extractions), 500):
        part = extractions[start : start + 500]
        fields = TemplateField.objects.filter(version__extractions__in=part).select_related("parent").distinct()
        found |= {field.pk: field for field in fields.order_by("version", "position", "pk")}
    return list(found.values())


def _exported(pairs: Sequence[tuple[int, int]]) -> Iterator[ExportedDocument]:
    extractions = Extraction.objects.select_related(
        "parse__document__blob", "parse__document__team", "version__template"
    ).in_bulk([extraction for extraction, _ in pairs])
    reviews = Review.objects.select_related("finished_by").in_bulk([review for _, review in pairs])
    for extraction_pk, review_pk in pairs:
        if extraction_pk in extractions and review_pk in reviews:  # else deleted in the meantime
            yield _one(extractions[extraction_pk], reviews[review_pk])


def _one(extraction: Extraction, review: Review) -> ExportedDocument:
    columns = template_fields(extraction)
    values = current_values(extraction)
    rows = current_rows(extraction, values)
    plain = {value.stored.field_id: value for value in values if value.stored.row_id is None}
    top = [column for column in columns if column.parent_id is None]
    return ExportedDocument(
        document=extraction.parse.document,
        extraction=extraction,
        review=review,
        fields=tuple(_plain(column, plain.get(column.pk)) for column in top if not _has_rows(column)),
        tables=tuple(_table(column, columns, rows.get(column.pk, [])) for column in top if _has_rows(column)),
        pages=_page_sizes(extraction),
    )


def _has_rows(column: TemplateField) -> bool:
    return column.type in (Kind.TABLE, Kind.LIST)


def _plain(column: TemplateField, current: CurrentValue | None) -> ExportedValue:
    return _absent(column, column.name) if current is None else _value(column, column.name, current)


def _table(column: TemplateField, columns: Iterable[TemplateField], rows: Sequence[CurrentRow]) -> ExportedTable:
    inner = tuple(child for child in columns if child.parent_id == column.pk) or (column,)
    return ExportedTable(column, inner, tuple(_row(column, inner, row, number) for number, row in enumerate(rows)))


def _row(
    table: TemplateField, columns: Sequence[TemplateField], row: CurrentRow, number: int
) -> tuple[ExportedValue, ...]:
    by_key = {value.stored.key: value for value in row.values}
    cells = []
    for column in columns:
        path = f"{table.name}[{number}]" + ("" if column == table else f".{column.name}")
        current = by_key.get(column.name)
        cells.append(_absent(column, path) if current is None else _value(column, path, current))
    return tuple(cells)


def _absent(column: TemplateField, path: str) -> ExportedValue:
    return ExportedValue(path, column, None, "", None, None, None, AbsentReason.NOT_READ.value, False, None)


def _value(column: TemplateField, path: str, current: CurrentValue) -> ExportedValue:
    """A list's value is of its items' type; the box goes around the spans on the first of their pages."""
    value = from_json(kind_of(column), current.value)
    page = min((span.page for span in current.spans), default=None)
    correction = current.correction
    corrected = correction is not None and correction.kind != CorrectionKind.CONFIRM
    return ExportedValue(
        path=path,
        field=column,
        value=value,
        text=current.text,
        page=page,
        bbox=BBox.around(*(span.bbox for span in current.spans if span.page == page)) if current.spans else None,
        confidence=None if corrected else current.stored.confidence,  # it was the machine's, of its own value
        reason=current.stored.reason if value is None else "",
        corrected=corrected,
        reviewer=(str(correction.by) if correction.by else "") if correction else None,
    )


def _page_sizes(extraction: Extraction) -> tuple[tuple[int, float, float], ...]:
    """The latest reading of each page; failed pages have no size and are left out."""
    pages = ParsedPage.objects.filter(parse=extraction.parse_id).order_by("number", "version")
    rows = pages.values_list("number", "width", "height")
    sizes = {number: (number, width, height) for number, width, height in rows if width and height}
    return tuple(sizes.values())


def plain_data(exported: ExportedDocument) -> dict[str, Any]:
    """Values by field name, tables as lists of objects: decimals are kept, so the caller chooses how to write them."""
    data: dict[str, Any] = {value.path: value.value for value in exported.fields}
    for table in exported.tables:
        is_list = table.columns == (table.field,)
        data[table.field.name] = [
            row[0].value if is_list else {cell.field.name: cell.value for cell in row} for row in table.rows
        ]
    return data
