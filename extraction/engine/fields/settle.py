"""A provider's untyped data as values under our fields: typed, placed in our words, doubted where either fails."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from extraction.engine.fields.drafts import DOES_NOT_FIT, NOT_LOCATED
from extraction.engine.fields.labelled_places import LabelledPlaces
from extraction.engine.fields.place_index import Place
from extraction.engine.fields.places import Places
from extraction.engine.fields.provider_keys import (
    coerced,
    column_names,
    is_scalar,
    keys_of,
    own_name,
    says_nothing,
)
from extraction.engine.fields.row_places import CellPlaces, choose_rows
from extraction.engine.fields.said import text_of
from extraction.engine.fields.tables import spans_around
from extraction.engine.numbers import CURRENCY_CODES
from extraction.types import (
    AS_PRINTED,
    AbsentReason,
    DocumentReading,
    FieldSpec,
    FieldType,
    Notation,
    Precision,
    ReadValue,
    Span,
    Value,
)

METHOD = "provider"
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


def settle(
    data: Mapping[str, Any],
    reading: DocumentReading,
    fields: Sequence[FieldSpec],
    *,
    names: Mapping[str, str] = _NO_NAMES,
    language: str = "en",
    notation: Notation = AS_PRINTED,
) -> tuple[ReadValue, ...]:
    """One value per field in the order of the fields, then those of the keys that no field takes.

    `names` has the provider's key by our field's name (a column's as `line_items.quantity`); keys that it leaves out
    are matched by name. Nothing is dropped: what does not fit its field is kept as text and flagged. No confidence is
    known.
    """
    settler = _Settler(Places(reading, language=language, notation=notation), fields, names, language)
    keys = keys_of(data, fields, names)
    known = [settler.field(spec, data.get(keys[spec.name]) if spec.name in keys else None) for spec in fields]
    return (*known, *settler.others(data, set(keys.values()), [spec.name for spec in fields]))


@dataclass(frozen=True, slots=True)
class _Said:
    """What a provider said under a field: `value` is None where it does not fit or says nothing."""

    spec: FieldSpec
    said: Any
    value: Value | None

    @property
    def text(self) -> str:
        return text_of(self.said)


class _Settler:
    def __init__(self, places: Places, fields: Sequence[FieldSpec], names: Mapping[str, str], language: str) -> None:
        self._places = places
        self._labelled = LabelledPlaces(self._places, [spec for field in fields for spec in _plain(field)])
        self._names = names
        self._language = language

    def field(self, spec: FieldSpec, said: Any) -> ReadValue:
        if says_nothing(said):
            return _absent(spec.name)
        if spec.type is FieldType.LIST:
            return self._list(spec, said)
        if spec.type is FieldType.TABLE:
            return self._table(spec, said)
        return self._scalar(self._read(spec, said))

    def others(self, data: Mapping[str, Any], taken: set[str], names: list[str]) -> list[ReadValue]:
        """The keys that no field takes, under their own names, all as text."""
        values: list[ReadValue] = []
        for key, said in data.items():
            if key not in taken:
                name = own_name(key, [*names, *(value.name for value in values)])
                values.append(self._other(name, said))
        return values

    def _other(self, name: str, said: Any) -> ReadValue:
        if says_nothing(said):
            return _absent(name)
        if not is_scalar(said):
            return ReadValue(name, value=text_of(said), text=text_of(said), method=METHOD)
        return replace(self._scalar(self._read_other(name, said)), value=text_of(said))

    def _read(self, spec: FieldSpec, said: Any) -> _Said:
        value = coerced(spec, said, habits=self._places.habits, language=self._language)
        return _Said(spec, said, value)

    def _read_other(self, name: str, said: Any) -> _Said:
        """Of a key without a field: what it says as what it looks like."""
        kind = FieldType.STRING
        if isinstance(said, int | float | Decimal) and not isinstance(said, bool):
            kind = FieldType.NUMBER
        elif isinstance(said, str) and _ISO_DATE.fullmatch(said):
            kind = FieldType.DATE
        read = self._read(FieldSpec(name, kind), said)
        return read if read.value is not None else _Said(FieldSpec(name), said, text_of(said))

    def _scalar(self, read: _Said) -> ReadValue:
        found = self._found(read)
        if not found:
            return _valued(read, None)
        place, label = self._labelled.best(read.spec, found)
        return replace(_valued(read, place), label=label)

    def _found(self, read: _Said) -> tuple[Place, ...]:
        """All places of what was said, in the words, else in the provider's cells and blocks."""
        if read.value is None:
            return self._places.places(read.text, FieldType.STRING)
        if isinstance(read.value, bool):
            return self._labelled.marked(read.spec, read.value)
        found = self._places.value_places(read.value, read.text, read.spec.type)
        if not found and read.value in CURRENCY_CODES:
            found = self._labelled.currency(read.spec, str(read.value))
        return found or self._places.rough_places(read.text, read.spec.type)

    def _list(self, spec: FieldSpec, said: Any) -> ReadValue:
        item = replace(spec, type=spec.items or FieldType.STRING, items=None)
        parts = _parsed(said)
        reads = [self._read(item, _lone(part)) for part in (parts if isinstance(parts, list) else [parts])]
        rows: list[tuple[ReadValue, ...]] = []
        used: list[Place] = []
        for read in reads:
            if says_nothing(read.said):
                continue
            found = self._found(read)
            free = [place for place in found if place not in used] or list(found)
            place = self._labelled.best(item, free)[0] if free else None
            used += [place] if place else []
            rows.append((_valued(read, place),))
        return _with_rows(spec.name, tuple(rows))

    def _table(self, spec: FieldSpec, said: Any) -> ReadValue:
        parts = _parsed(said)
        rows = [_row(part, spec) for part in (parts if isinstance(parts, list) else [parts]) if not says_nothing(part)]
        if spec.single and len(rows) == 1:
            return _with_rows(spec.name, (self._object(spec, rows[0]),))
        reads = [self._read_row(spec, row) for row in rows]
        chosen = choose_rows([[self._cell_places(read) for read in row] for row in reads])
        placed = tuple(
            tuple(_valued(read, places.get(read.spec.name)) for read in row)
            for row, places in zip(reads, chosen, strict=True)
        )
        return _with_rows(spec.name, placed)

    def _object(self, spec: FieldSpec, row: Mapping[str, Any]) -> tuple[ReadValue, ...]:
        """The members of an object stand where their labels do, not in a row."""
        return tuple(
            _absent(read.spec.name) if says_nothing(read.said) else self._scalar(read)
            for read in self._read_row(spec, row)
        )

    def _read_row(self, spec: FieldSpec, row: Mapping[str, Any]) -> list[_Said]:
        """The row's cells in the order of the columns, then those that no column takes."""
        keys = keys_of(row, spec.fields, column_names(spec, self._names))
        reads = [
            self._read(column, row.get(keys[column.name]) if column.name in keys else None) for column in spec.fields
        ]
        names = [column.name for column in spec.fields]
        for key, said in row.items():
            if key not in keys.values():
                names.append(own_name(key, names))
                other = self._read_other(names[-1], said) if is_scalar(said) else None
                reads.append(_Said(FieldSpec(names[-1]), said, text_of(said)) if other is None else other)
        return reads

    def _cell_places(self, read: _Said) -> CellPlaces:
        nothing = says_nothing(read.said) or isinstance(read.value, bool)
        return CellPlaces(read.spec.name, read.text, () if nothing else self._found(read))


def _plain(spec: FieldSpec) -> tuple[FieldSpec, ...]:
    """The fields that labels stand beside."""
    if spec.type is FieldType.TABLE:
        return spec.fields if spec.single else ()
    return (replace(spec, type=spec.items or FieldType.STRING) if spec.type is FieldType.LIST else spec,)


def _parsed(said: Any) -> Any:
    """A list or object that was sent as its JSON text."""
    if isinstance(said, str) and said.strip()[:1] in ("[", "{"):
        try:
            return json.loads(said, parse_float=Decimal)
        except ValueError:
            return said
    return said


def _lone(said: Any) -> Any:
    """The one value of an object that has no other."""
    return next(iter(said.values())) if isinstance(said, Mapping) and len(said) == 1 else said


def _row(said: Any, spec: FieldSpec) -> Mapping[str, Any]:
    """A row by keys; one sent as a list goes by the order of the columns, a bare value to the first."""
    if isinstance(said, Mapping):
        return said
    values = said if isinstance(said, list) else [said]
    names = [column.name for column in spec.fields][: len(values)]
    more = {f"{number}": value for number, value in enumerate(values[len(names) :], start=len(names) + 1)}
    return {**dict(zip(names, values, strict=False)), **more}


def _valued(read: _Said, place: Place | None) -> ReadValue:
    """The value as it is kept: as printed where our words say it, else as it was said."""
    if says_nothing(read.said):
        return _absent(read.spec.name)
    spans = place.spans if place else ()
    if read.value is None:
        reason = AbsentReason.NOT_READ
        return ReadValue(read.spec.name, text=read.text, spans=spans, reason=reason, method=METHOD, flag=DOES_NOT_FIT)
    text = _printed(spans) if place and place.precision is Precision.WORD else read.text
    flag = "" if place else NOT_LOCATED
    return ReadValue(read.spec.name, value=read.value, text=text, spans=spans, method=METHOD, flag=flag)


def _with_rows(name: str, rows: tuple[tuple[ReadValue, ...], ...]) -> ReadValue:
    if not rows:
        return _absent(name)
    spans = spans_around(rows)
    return ReadValue(name, text=_printed(spans), spans=spans, method=METHOD, rows=rows)


def _printed(spans: Sequence[Span]) -> str:
    return " ".join(span.text for span in spans)


def _absent(name: str) -> ReadValue:
    return ReadValue(name, reason=AbsentReason.NOT_READ, method=METHOD)
