"""A second reading of a document that was read already, made without any provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from extraction.choices import JobState, Provider
from extraction.models import Extraction, FieldRow, FieldValue, Parse, ParsedPage, ProviderAccount, Review, Span, Team
from extraction.services.accounts import embedded_account
from extraction.services.readings import page_columns, page_reading
from extraction.types import BBox, PageReading


def make_account(
    team: Team, provider: Provider = Provider.SOMARK, name: str = "SoMark", **columns: Any
) -> ProviderAccount:
    return ProviderAccount.objects.create(
        team=team, provider=provider, name=name, base_url="https://provider.example", **columns
    )


def embedded(team: Team) -> ProviderAccount:
    return embedded_account(team)


def make_trial(
    review: Review,
    *,
    changes: Mapping[str, Any] | None = None,
    without_rows: Sequence[int] = (),
    scale: float = 2.0,
    account: ProviderAccount | None = None,
) -> Extraction:
    """What the review's extraction read but for `changes` by key and rows left out; by SoMark, in its own units."""
    own = review.extraction
    document = own.parse.document
    account = account or make_account(document.team)
    parse = Parse.objects.create(
        document=document, state=JobState.DONE, provider=account.provider, account=account, is_trial=True
    )
    for page in own.parse.pages.all():
        ParsedPage.objects.create(
            parse=parse, number=page.number, **page_columns(_in_other_units(page_reading(page), scale))
        )
    trial = Extraction.objects.create(parse=parse, version=own.version, state=JobState.DONE, is_trial=True)
    _copy_values(own, trial, changes or {}, without_rows, scale)
    return trial


def _in_other_units(reading: PageReading, scale: float) -> PageReading:
    def scaled(box: BBox | None) -> BBox | None:
        return box and BBox(*(edge * scale for edge in box))

    return replace(
        reading,
        width=reading.width * scale,
        height=reading.height * scale,
        words=tuple(replace(word, bbox=scaled(word.bbox)) for word in reading.words),
        blocks=tuple(
            replace(
                block,
                bbox=scaled(block.bbox),
                cells=tuple(replace(cell, bbox=scaled(cell.bbox)) for cell in block.cells),
            )
            for block in reading.blocks
        ),
    )


def _copy_values(
    own: Extraction, trial: Extraction, changes: Mapping[str, Any], without_rows: Sequence[int], scale: float
) -> None:
    rows = {
        row.pk: FieldRow.objects.create(extraction=trial, field=row.field, position=row.position)
        for number, row in enumerate(own.rows.order_by("position"), start=1)
        if number not in without_rows
    }
    for value in own.values.filter(row=None) | own.values.filter(row__in=rows):
        copy = FieldValue.objects.create(
            extraction=trial,
            row=rows.get(value.row_id),
            field=value.field,
            key=value.key,
            value=value.value if value.row_id else changes.get(value.key, value.value),
            text=value.text,
            reason=value.reason,
        )
        for span in value.spans.all():
            edges = {edge: getattr(span, edge) * scale for edge in ("x0", "y0", "x1", "y1")}
            Span.objects.create(value=copy, page=span.page, text=span.text, precision=span.precision, **edges)
