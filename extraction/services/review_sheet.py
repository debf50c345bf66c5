"""Reads the sheet of a review: every field with its state, its broken rules and what is offered for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from extraction.choices import CorrectionKind, FieldState, Kind
from extraction.engine.rules import Broken, check
from extraction.models import Extraction, FieldValue, TemplateField
from extraction.queries.review import (
    CurrentRow,
    CurrentValue,
    current_rows,
    current_values,
    span_from_json,
    template_fields,
)
from extraction.services.sheets import Offer, Problem, Sheet, SheetField, SheetRow, SheetTable
from extraction.services.templates import specs_from
from extraction.services.typed_values import from_json, kind_of, shown, shown_number, to_json
from extraction.types import Severity, Span, Value

_TYPE_CODES = ("rule_not_number", "rule_not_date", "rule_not_boolean")
# doubts that a provider's value carries until a person has looked at it
_FLAGS = ("does_not_fit", "not_located")
_NEEDS_PERSON = (FieldState.DOUBTFUL, FieldState.BROKEN)
# how values of DocMap and of models came
_FOREIGN_METHODS = ("provider", "model")


def read_sheet(extraction: Extraction) -> Sheet:
    """The same number of queries whatever the number of fields and rows."""
    columns = template_fields(extraction)
    values = current_values(extraction)
    rows = current_rows(extraction, values)
    top = [column for column in columns if column.parent_id is None]
    broken = _broken(top, columns, values, rows)
    plain = [column for column in top if column.type not in (Kind.TABLE, Kind.LIST)]
    by_field = {value.stored.field_id: value for value in values if value.stored.row_id is None}
    fields = tuple(
        _sheet_field(column, by_field[column.pk], broken.get(column.name, []))
        for column in plain
        if column.pk in by_field
    )
    tables = tuple(
        _sheet_table(column, columns, rows.get(column.pk, []), broken) for column in top if column not in plain
    )
    extras = tuple(_extra(value) for value in values if value.stored.field_id is None and value.stored.row_id is None)
    return Sheet(fields, tables, _groups(plain, fields), _by_page(fields), extras)


def _groups(
    columns: Sequence[TemplateField], fields: Sequence[SheetField]
) -> tuple[tuple[str, tuple[SheetField, ...]], ...]:
    by_name = {column.name: column.group for column in columns}
    groups: dict[str, list[SheetField]] = {}
    for item in fields:
        groups.setdefault(by_name[item.name], []).append(item)
    return tuple((title, tuple(members)) for title, members in groups.items())


def _by_page(fields: Iterable[SheetField]) -> dict[int, int]:
    return dict(Counter(item.home for item in fields if item.needs_check))


def _broken(
    top: Sequence[TemplateField],
    columns: Sequence[TemplateField],
    values: Sequence[CurrentValue],
    rows: dict[int, list[CurrentRow]],
) -> dict[str, list[Broken]]:
    paths: dict[str, Value | None] = {
        value.stored.key: _value(value)
        for value in values
        if value.stored.row_id is None and value.stored.field_id is not None and value.value is not None
    }
    for column in top:
        for number, row in enumerate(rows.get(column.pk, [])):
            for cell in row.values:
                paths[path_of(column, number, cell.stored.key)] = _value(cell)
    found: dict[str, list[Broken]] = {}
    by_names = all(column.version.name_checks for column in columns[:1])
    for broken in check(specs_from(columns), paths, today=timezone.localdate(), by_names=by_names):
        found.setdefault(broken.path, []).append(broken)
    return found


def path_of(column: TemplateField, number: int, key: str) -> str:
    """A cell's derived name: `line_items[0].quantity`, a list's item `parties[0]`."""
    return f"{column.name}[{number}]" if column.type == Kind.LIST else f"{column.name}[{number}].{key}"


def _value(current: CurrentValue) -> Value | None:
    return from_json(kind_of(current.stored.field), current.value)


def _sheet_field(column: TemplateField, current: CurrentValue, broken: Sequence[Broken]) -> SheetField:
    problems = tuple(_problem(rule) for rule in broken if not _is_overruled(current, rule))
    problems = (*problems, *_doubts(current, problems))
    confidence = current.stored.confidence
    kind = kind_of(column)
    made = SheetField(
        pk=current.stored.pk,
        name=column.name,
        label=column.label or column.name,
        kind=kind,
        text=shown(kind, current.value),
        state=_state(current, problems),
        percent=None if confidence is None else round(confidence * 100),
        required=column.required,
        options=tuple(column.options),
        reason=reason_of(current.stored),
        by=str(current.correction.by or "") if current.correction else "",
        printed=current.text,
        spans=current.spans,
        offers=_offers(kind, current),
        problems=problems,
        home=_home(current),
        description=column.description,
        is_nowhere=_is_nowhere(current),
    )
    return replace(made, needs_check=_needs_check(made))


def _is_nowhere(current: CurrentValue) -> bool:
    """Of a yes or no nobody expects a place."""
    typed = current.correction is not None and current.correction.kind == CorrectionKind.EDIT
    return typed and isinstance(current.value, str) and not current.spans


def reason_of(stored: FieldValue) -> str:
    """Why the engine found nothing; why a provider gave nothing, nobody knows."""
    return "" if stored.method in _FOREIGN_METHODS else stored.reason


def _extra(current: CurrentValue) -> SheetField:
    confidence = current.stored.confidence
    return SheetField(
        pk=current.stored.pk,
        name=current.stored.key,
        label=current.stored.key,
        kind=Kind.STRING,
        text=shown(Kind.STRING, current.value),
        state=_extra_state(current),
        percent=None if confidence is None else round(confidence * 100),
        by=str(current.correction.by or "") if current.correction else "",
        printed=current.text,
        spans=current.spans,
        offers=_offers(Kind.STRING, current),
        home=_home(current),
        is_extra=True,
    )


def _extra_state(current: CurrentValue) -> FieldState:
    if current.correction is None:
        return FieldState.SENT
    return FieldState.ABSENT if current.correction.kind == CorrectionKind.ABSENT else FieldState.CONFIRMED


def _doubts(current: CurrentValue, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """A flag that no person has answered; of a value, a broken rule says enough."""
    flag = current.stored.flag
    if current.correction is not None or flag not in _FLAGS:
        return ()
    if flag != "does_not_fit" and any(problem.is_error for problem in problems):
        return ()
    return (Problem(flag, {"said": current.stored.text or ""}, is_error=False),)


def _is_overruled(current: CurrentValue, rule: Broken) -> bool:
    """A person's word stands above a rule, but it does not turn text into a number."""
    if current.correction is None or rule.code in _TYPE_CODES:
        return False
    return current.correction.kind in (CorrectionKind.CONFIRM, CorrectionKind.ABSENT)


def _problem(rule: Broken) -> Problem:
    params = {name: _shown_param(value) for name, value in rule.params.items()}
    kind = Kind.AMOUNT if isinstance(rule.suggestion, Decimal) else Kind.STRING
    fix = "" if rule.suggestion is None else shown(kind, to_json(rule.suggestion))
    return Problem(rule.code, params, rule.severity is Severity.ERROR, fix)


def _shown_param(value: Any) -> Any:
    return shown_number(value).replace("-", "−") if isinstance(value, Decimal) else value


def _state(current: CurrentValue, problems: Sequence[Problem]) -> FieldState:
    if any(problem.is_error for problem in problems):
        return FieldState.BROKEN
    if current.correction and current.correction.kind == CorrectionKind.ABSENT:
        return FieldState.ABSENT
    if current.value in (None, "") and not _is_misfit(current):
        return FieldState.EMPTY
    if problems:
        return FieldState.DOUBTFUL
    if current.correction:
        return FieldState.CONFIRMED
    return FieldState.SURE if _is_sure(current.stored.confidence) else FieldState.DOUBTFUL


def _is_misfit(current: CurrentValue) -> bool:
    """The provider did say something."""
    return current.correction is None and current.stored.flag == "does_not_fit"


def _is_sure(confidence: float | None) -> bool:
    return confidence is not None and round(confidence * 100) >= settings.GALLEY_SURE_PERCENT


def _needs_check(item: SheetField) -> bool:
    if item.state in _NEEDS_PERSON:
        return True
    # an absence that the machine is sure of needs nobody
    return item.state == FieldState.EMPTY and (item.percent is None or item.percent < settings.GALLEY_SURE_PERCENT)


def _offers(kind: str, current: CurrentValue) -> tuple[Offer, ...]:
    now = shown(kind, current.value)
    offers = (_offer(kind, data) for data in current.stored.alternatives)
    machine = Offer(shown(kind, current.stored.value), (), None)
    first = (machine,) if current.correction and machine.text else ()
    return tuple({offer.text: offer for offer in (*offers, *first) if offer.text and offer.text != now}.values())[:4]


def _offer(kind: str, data: dict[str, Any]) -> Offer:
    confidence = data.get("confidence")
    spans = tuple(span for span in map(_offer_span, data.get("spans") or ()) if span)
    return Offer(shown(kind, data.get("value")), spans, None if confidence is None else round(confidence * 100))


def _offer_span(data: dict[str, Any]) -> Span | None:
    return span_from_json(data) if data.get("bbox") else None


def _home(current: CurrentValue) -> int:
    if current.spans:
        return current.spans[0].page
    return int((current.stored.label_span or {}).get("page") or 1)


def _sheet_table(
    column: TemplateField,
    columns: Sequence[TemplateField],
    rows: Sequence[CurrentRow],
    broken: dict[str, list[Broken]],
) -> SheetTable:
    inner = [column] if column.type == Kind.LIST else [child for child in columns if child.parent_id == column.pk]
    made = (_sheet_row(column, inner, number, row, broken) for number, row in enumerate(rows))
    problems = tuple(_problem(rule) for rule in broken.get(column.name, []))
    return SheetTable(column.pk, column.name, column.label or column.name, tuple(inner), tuple(made), problems)


def _sheet_row(
    table: TemplateField,
    columns: Sequence[TemplateField],
    number: int,
    row: CurrentRow,
    broken: dict[str, list[Broken]],
) -> SheetRow:
    by_key = {value.stored.key: value for value in row.values}
    cells = tuple(
        replace(
            _sheet_field(column, by_key[column.name], broken.get(path_of(table, number, column.name), [])),
            row=number + 1,
        )
        for column in columns
        if column.name in by_key
    )
    return SheetRow(row.row.pk, number + 1, cells)
