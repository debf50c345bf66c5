"""A team's extractions as its interfaces list them, and what was read, for many in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from extraction.choices import ReviewState
from extraction.models import Extraction, FieldValue, Review, Team, Template, TemplateField
from extraction.queries.review import CurrentValue, as_it_stands, latest_corrections, stored_spans

# of the values of so many extractions at once: a list of one run can be of any length
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """`before` leaves out what was listed at that time or later, `since` what was earlier; both None for all."""

    template: Template | None = None
    run_id: str = ""
    since: datetime | None = None
    before: datetime | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """`values` as approved, with people's changes, or else as the machine read them; `columns` are the version's."""

    columns: tuple[TemplateField, ...]
    values: tuple[CurrentValue, ...]
    is_approved: bool


def listed_extractions(team: Team) -> QuerySet[Extraction]:
    """The newest first, with what a record tells of them; without trials and those that another one took over from."""
    own = Extraction.objects.filter(parse__document__team=team, is_trial=False, listed_at__isnull=False)
    return own.select_related("parse__document", "version__template").order_by("-listed_at", "-pk")


def record_page(team: Team, chosen: RecordFilter) -> tuple[list[Extraction], bool]:
    """Those of the filter, and whether there are more of them."""
    rows = listed_extractions(team)
    if chosen.template is not None:
        rows = rows.filter(version__template=chosen.template)
    if chosen.run_id:
        rows = rows.filter(parse__document__run_id=chosen.run_id)
    if chosen.since is not None:
        rows = rows.filter(listed_at__gte=chosen.since)
    if chosen.before is not None:
        rows = rows.filter(listed_at__lt=chosen.before)
    if chosen.limit is None:
        return list(rows), False
    found = list(rows[: chosen.limit + 1])
    return found[: chosen.limit], len(found) > chosen.limit


def stored_records(extractions: Sequence[Extraction], *, with_spans: bool = False) -> dict[int, StoredRecord]:
    """By the extractions' primary keys."""
    found: dict[int, StoredRecord] = {}
    for start in range(0, len(extractions), _AT_ONCE):
        found |= _stored(extractions[start : start + _AT_ONCE], with_spans=with_spans)
    return found


def _stored(extractions: Sequence[Extraction], *, with_spans: bool) -> dict[int, StoredRecord]:
    approved = set(
        Review.objects.filter(extraction__in=extractions, state=ReviewState.APPROVED).values_list(
            "extraction", flat=True
        )
    )
    columns = _columns({extraction.version_id for extraction in extractions})
    values = FieldValue.objects.filter(extraction__in=extractions).select_related("row", "field").order_by("pk")
    shown = [value for value in values if _is_shown(value, value.extraction_id in approved)]
    corrections = latest_corrections(approved) if approved else {}
    spans = stored_spans(extractions) if with_spans else {}
    current: dict[int, list[CurrentValue]] = defaultdict(list)
    for value in shown:
        now = as_it_stands(value, corrections.get(value.pk), spans.get(value.pk, ()))
        current[value.extraction_id].append(now)
    return {
        extraction.pk: StoredRecord(
            tuple(columns[extraction.version_id]), tuple(current[extraction.pk]), extraction.pk in approved
        )
        for extraction in extractions
    }


def _is_shown(value: FieldValue, is_approved: bool) -> bool:
    """Rows that a person removed or added count once the review is approved."""
    if value.row is None:
        return True
    return not (value.row.removed if is_approved else value.row.added)


def _columns(versions: Iterable[int]) -> dict[int, list[TemplateField]]:
    found: dict[int, list[TemplateField]] = defaultdict(list)
    for column in TemplateField.objects.filter(version__in=versions).order_by("version", "position", "pk"):
        found[column.version_id].append(column)
    return found
