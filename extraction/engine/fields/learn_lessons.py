"""What a single approved document teaches: its layout, where its values stand, what there was to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extraction.engine.dates import find_dates
from extraction.engine.fields.candidates import Habits, find_habits
from extraction.engine.fields.learn_labels import labels_beside
from extraction.engine.fields.learn_layouts import marks_of
from extraction.engine.fields.learn_spots import Part, digest, parts_of, spot_of, with_lines_below
from extraction.engine.fields.learn_tables import table_of
from extraction.engine.fields.ranking import trial_of
from extraction.engine.fields.reader import candidates_of
from extraction.engine.fields.segments import Sheet, lay_out
from extraction.types import (
    Approved,
    DocumentReading,
    FieldSpec,
    FieldType,
    LearnedField,
    LearnedLayout,
    LearnedTable,
    Lesson,
    Spot,
    Trial,
)

_ROWS = (FieldType.TABLE, FieldType.LIST)


def lesson_of(reading: DocumentReading, fields: Sequence[FieldSpec], approved: Iterable[Approved]) -> Lesson:
    """What an approved document teaches about its fields."""
    approved = tuple(approved)
    seen = _look(reading, fields, approved)
    trials = tuple(_trials(reading, fields, seen))
    confirmed = {trial.name for trial in trials if trial.options and trial.options[0].is_right}
    learned = [_field(one, seen, is_mended=one.name not in confirmed) for one in seen.said]
    layout = LearnedLayout(
        marks_of(seen.sheets, seen.taken),
        tuple(field for field in learned if field.spots or field.absent),
        day_first=_day_first(seen),
        decimal_comma=seen.habits.decimal_comma,
        tables=tuple(_tables(fields, approved, seen.sheets)),
    )
    return Lesson(
        layout,
        texts=tuple((name, _text(found)) for name, found in seen.parts.items() if found),
        labels=tuple((field.name, label) for field in learned for label in labels_beside(field)),
        adrift=tuple(_adrift(approved, seen)),
        trials=trials,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A document with its approved plain values: where each stands, and by segment where the first begins."""

    sheets: tuple[Sheet, ...]
    kinds: dict[str, FieldType]
    said: tuple[Approved, ...]
    parts: dict[str, tuple[Part, ...]]
    taken: dict[int, int]
    habits: Habits


def _look(reading: DocumentReading, fields: Sequence[FieldSpec], approved: Sequence[Approved]) -> _Seen:
    sheets = lay_out(reading)
    kinds = {spec.name: spec.type for spec in _plain(fields)}
    said = tuple(one for one in approved if one.name in kinds)
    parts = {one.name: _parts(one, sheets) for one in said if one.value is not None}
    taken = _taken(part for found in parts.values() for part in found)
    return _Seen(sheets, kinds, said, parts, taken, find_habits(sheets))


def _tables(
    fields: Sequence[FieldSpec], approved: Sequence[Approved], sheets: tuple[Sheet, ...]
) -> Iterator[LearnedTable]:
    specs = {spec.name: spec for spec in fields if spec.type in _ROWS and not spec.single}
    found = (table_of(one, specs[one.name], sheets) for one in approved if one.name in specs)
    return (table for table in found if table)


def _adrift(approved: Sequence[Approved], seen: _Seen) -> Iterator[str]:
    """Fields and columns with a value that stands nowhere; of a yes or no nobody expects a place."""
    yield from (name for name, found in seen.parts.items() if not found and seen.kinds[name] is not FieldType.BOOLEAN)
    cells = ((one.name, cell) for one in approved for row in one.rows for cell in row)
    lost = (f"{name}.{cell.name}" for name, cell in cells if isinstance(cell.value, str | Decimal) and not cell.spans)
    yield from dict.fromkeys(lost)


def _trials(reading: DocumentReading, fields: Sequence[FieldSpec], seen: _Seen) -> Iterator[Trial]:
    """Of values that stand on the page, and of absent ones."""
    asked = {one.name for one in seen.said if one.value is None or seen.parts.get(one.name)}
    by_number = {sheet.number: sheet for sheet in seen.sheets}
    specs = [spec for spec in _plain(fields) if spec.name in asked]
    for profile, entries in candidates_of(reading, specs, seen.sheets):
        trial = trial_of(profile, entries, seen.parts.get(profile.name, ()), by_number)
        if trial:
            yield trial


def _plain(fields: Sequence[FieldSpec]) -> Iterator[FieldSpec]:
    """Fields of one value, an object's members among them."""
    for spec in fields:
        if spec.type not in _ROWS:
            yield spec
        elif spec.single:
            yield from (replace(member, name=f"{spec.name}.{member.name}") for member in spec.fields)


def _parts(one: Approved, sheets: tuple[Sheet, ...]) -> tuple[Part, ...]:
    parts = parts_of(one.spans, sheets)
    return with_lines_below(parts, one.value, sheets) if isinstance(one.value, str) else parts


def _taken(parts: Iterable[Part]) -> dict[int, int]:
    """Where the first value begins, by segment."""
    taken: dict[int, int] = {}
    for segment, start, _end in parts:
        taken[id(segment)] = min(start, taken.get(id(segment), start))
    return taken


def _field(one: Approved, seen: _Seen, *, is_mended: bool) -> LearnedField:
    if one.value is None:
        return LearnedField(one.name, absent=1)
    spots = (_spot(one.name, seen),) if seen.parts[one.name] else ()
    return LearnedField(one.name, spots=spots, mended=int(is_mended))


def _spot(name: str, seen: _Seen) -> Spot:
    parts = seen.parts[name]
    spot = spot_of(parts, seen.sheets, seen.taken)
    if seen.kinds[name] is not FieldType.STRING:
        return spot
    return replace(spot, echoes=tuple(digest(segment.text[start:end]) for segment, start, end in parts))


def _text(parts: Sequence[Part]) -> str:
    return " ".join(segment.text[start:end].strip() for segment, start, end in parts)


def _day_first(seen: _Seen) -> bool | None:
    """By approved dates that could be read either way; None where they disagree or there are none."""
    votes = set()
    for one in seen.said:
        found = find_dates(_text(seen.parts.get(one.name, ())), day_first=True)
        if seen.kinds[one.name] is FieldType.DATE and len(found) == 1 and one.value in (found[0].value, found[0].other):
            votes |= {one.value == found[0].value} if found[0].other else set()
    return votes.pop() if len(votes) == 1 else None
