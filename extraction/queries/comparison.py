"""The extractions of a document beside each other: which there are, by which chain, and what each machine read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from extraction.choices import JobState, VersionState
from extraction.models import (
    Correction,
    Document,
    Extraction,
    FieldRow,
    FieldValue,
    Parse,
    Team,
    TemplateField,
    TemplateVersion,
)
from extraction.queries.pages import parsed_pages
from extraction.queries.progress import DocumentProgress
from extraction.queries.review import latest_corrections, span_of, template_fields
from extraction.types import Span

_ENDED = {JobState.DONE: "ready", JobState.FAILED: "failed", JobState.CANCELLED: "cancelled"}
_READING = _ENDED | {JobState.WAITING: "waiting", JobState.QUEUED: "stored", JobState.RUNNING: "reading"}
_EXTRACTING = _ENDED | {JobState.WAITING: "waiting", JobState.QUEUED: "extracting", JobState.RUNNING: "extracting"}


def own_extraction(document: Document) -> Extraction | None:
    """The one that counts, as `queries.progress` finds it: the latest of the latest parse, without trials."""
    parse = document.parses.filter(is_trial=False).order_by("-pk").first()
    return extractions_of(document).filter(parse=parse, is_trial=False).first() if parse else None


def extractions_of(document: Document) -> QuerySet[Extraction]:
    """Newest first, with what names their chains."""
    rows = Extraction.objects.filter(parse__document=document).order_by("-pk")
    return rows.select_related("account", "parse__account", "parse__document__team", "version__template")


def trials_of(document: Document) -> QuerySet[Extraction]:
    return extractions_of(document).filter(is_trial=True)


def trials_with_progress(document: Document) -> list[tuple[Extraction, DocumentProgress]]:
    """Newest first; one query."""
    done = Sum("parse__ranges__progress_done", filter=Q(parse__ranges__version=1), default=0)
    return [(trial, _progress(document, trial)) for trial in trials_of(document).annotate(pages_done=done)]


def _progress(document: Document, trial: Extraction) -> DocumentProgress:
    job = trial.parse if trial.parse.state != JobState.DONE else trial
    return DocumentProgress(
        step=(_READING if job is trial.parse else _EXTRACTING)[JobState(job.state)],
        pages_done=trial.pages_done,
        pages_total=document.page_count,
        parse=trial.parse,
        extraction=trial,
        error_code=job.error_class,
        error_params=job.error_params,
        is_pending=job.is_pending,
    )


def versions_in(team: Team) -> QuerySet[TemplateVersion]:
    """Published versions of the team's templates in use, the newest first of each."""
    versions = TemplateVersion.objects.filter(
        template__team=team, template__is_archived=False, state=VersionState.PUBLISHED
    )
    return versions.select_related("template").order_by("template__name", "template", "-number")


@dataclass(frozen=True, slots=True)
class ReadCell:
    """A value as the machine read it; `corrected` is what a person made of it, None where nobody changed it."""

    stored: FieldValue
    spans: tuple[Span, ...]
    corrected: Correction | None


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """What one machine read: plain values by key, rows by the name of their table or list."""

    columns: tuple[TemplateField, ...]
    plain: dict[str, ReadCell]
    rows: dict[str, tuple[dict[str, ReadCell], ...]]


def read_by_machine(extraction: Extraction) -> ReadSheet:
    """As it was read, with the rows that a person took away and without those that a person added; five queries."""
    columns = tuple(template_fields(extraction))
    names = {column.pk: column.name for column in columns}
    plain: dict[str, ReadCell] = {}
    by_row: dict[int, dict[str, ReadCell]] = defaultdict(dict)
    for cell in _cells(extraction):
        home = plain if cell.stored.row_id is None else by_row[cell.stored.row_id]
        home[cell.stored.key] = cell
    rows: dict[str, list[dict[str, ReadCell]]] = defaultdict(list)
    for row in FieldRow.objects.filter(extraction=extraction, added=False).order_by("position", "pk"):
        rows[names[row.field_id]].append(by_row[row.pk])
    return ReadSheet(columns, plain, {name: tuple(found) for name, found in rows.items()})


def _cells(extraction: Extraction) -> list[ReadCell]:
    values = FieldValue.objects.filter(extraction=extraction).exclude(row__added=True)
    corrections = latest_corrections([extraction])
    return [
        ReadCell(value, spans_of(value), corrections.get(value.pk))
        for value in values.order_by("pk").prefetch_related("spans")
    ]


def spans_of(value: FieldValue) -> tuple[Span, ...]:
    rows = sorted(value.spans.all(), key=lambda row: (row.position, row.pk))
    return tuple(map(span_of, rows))


def page_sizes(parse: Parse, numbers: Iterable[int]) -> dict[int, tuple[float, float]]:
    """Width and height of those pages in the units of this parse; a page without a size is left out."""
    pages = parsed_pages(parse).filter(number__in=set(numbers), width__isnull=False)
    return {number: (width, height) for number, width, height in pages.values_list("number", "width", "height")}
