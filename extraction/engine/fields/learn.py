"""From approved documents to what a template has learned: lessons of single documents, and layouts merged of them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from extraction.engine.dates import find_dates
from extraction.engine.fields.candidates import Typed, find_habits, find_typed
from extraction.engine.fields.learn_layouts import FAMILIAR, common_marks, likeness, marks_of, stem
from extraction.engine.fields.learn_spots import Part, digest, parts_of, spot_of, with_lines_below
from extraction.engine.fields.learn_tables import merged_tables, table_of
from extraction.engine.fields.segments import Sheet, lay_out
from extraction.types import (
    Approved,
    DocumentReading,
    FieldSpec,
    FieldType,
    Learned,
    LearnedField,
    LearnedLayout,
    Lesson,
    Spot,
)

_MOST_SPOTS = 6
_MOST_PLACES = 3
_NUMERIC = (FieldType.NUMBER, FieldType.AMOUNT)
_ROWS = (FieldType.TABLE, FieldType.LIST)


def lesson_of(reading: DocumentReading, fields: Sequence[FieldSpec], approved: Iterable[Approved]) -> Lesson:
    """What an approved document teaches about its fields."""
    sheets = lay_out(reading)
    kinds = {spec.name: spec.type for spec in _plain(fields)}
    tabled = {spec.name: spec for spec in fields if spec.type in _ROWS and not spec.single}
    approved = list(approved)
    tables = [table_of(one, tabled[one.name], sheets) for one in approved if one.name in tabled]
    said = [one for one in approved if one.name in kinds]
    parts = {one.name: _parts(one, sheets) for one in said if one.value is not None}
    placed = {name: found for name, found in parts.items() if found}
    taken = _taken(part for found in placed.values() for part in found)
    habits = find_habits(sheets)
    typed = find_typed(sheets, habits)
    spots = {name: _spot(kinds[name], found, sheets, taken, typed) for name, found in placed.items()}
    learned = [_field(one, spots.get(one.name)) for one in said]
    layout = LearnedLayout(
        marks_of(sheets, taken),
        tuple(field for field in learned if field.spots or field.absent),
        day_first=_day_first([one for one in said if kinds[one.name] is FieldType.DATE], placed),
        decimal_comma=habits.decimal_comma,
        tables=tuple(table for table in tables if table),
    )
    return Lesson(
        layout,
        texts=tuple((name, _text(found)) for name, found in placed.items()),
        labels=tuple((field.name, label) for field in learned for label in _labels(field)),
        adrift=tuple(name for name, found in parts.items() if not found),
    )


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


def _field(one: Approved, spot: Spot | None) -> LearnedField:
    if one.value is None:
        return LearnedField(one.name, absent=1)
    return LearnedField(one.name, spots=(spot,) if spot else ())


def _spot(
    kind: FieldType, parts: tuple[Part, ...], sheets: tuple[Sheet, ...], taken: Mapping[int, int], typed: Typed
) -> Spot:
    spot = spot_of(parts, sheets, taken)
    if kind is FieldType.STRING:
        return replace(spot, echoes=tuple(digest(segment.text[start:end]) for segment, start, end in parts))
    also = [spot_of((place,), sheets, taken) for place in _same_value(kind, parts[0], typed)]
    return replace(spot, also=tuple(also[:_MOST_PLACES]))


def _same_value(kind: FieldType, part: Part, typed: Typed) -> list[Part]:
    """Where else the value of a date or number stands."""
    segment, start, end = part
    of_kind = typed.dates if kind is FieldType.DATE else typed.numbers if kind in _NUMERIC else ()
    own = [one for one in of_kind if one.segment is segment and one.start < end and start < one.end]
    if not own:
        return []
    return [(one.segment, one.start, one.end) for one in of_kind if one.value == own[0].value and one not in own]


def _text(parts: Sequence[Part]) -> str:
    return " ".join(segment.text[start:end].strip() for segment, start, end in parts)


def _labels(field: LearnedField) -> list[str]:
    """The words right before the value, or the nearest left of it or above."""
    if not field.spots:
        return []
    spot = field.spots[0]
    if spot.before:
        return [spot.before]
    return [pointer.text for pointer in spot.pointers[:1] if pointer.weight >= 0.5]


def _day_first(dates: Sequence[Approved], placed: dict[str, tuple[Part, ...]]) -> bool | None:
    """By approved dates that could be read either way; None where they disagree or there are none."""
    votes = set()
    for one in dates:
        found = find_dates(_text(placed.get(one.name, ())), day_first=True)
        if len(found) == 1 and found[0].other and one.value in (found[0].value, found[0].other):
            votes.add(one.value == found[0].value)
    return votes.pop() if len(votes) == 1 else None


def learn(lessons: Sequence[Lesson]) -> Learned:
    """Merge lessons, in the order in which they were approved, by layout."""
    groups: list[list[Lesson]] = []
    for lesson in lessons:
        known = familiar(lesson, groups)
        if known is None:
            groups.append([lesson])
        else:
            groups[known].append(lesson)
    return merge(groups)


def familiar(lesson: Lesson, groups: Sequence[Sequence[Lesson]]) -> int | None:
    """The place of the group whose layout the lesson has."""
    alike = [max(likeness(other.layout.marks, lesson.layout.marks) for other in group[-3:]) for group in groups]
    best = max(range(len(groups)), key=alike.__getitem__, default=None)
    return best if best is not None and alike[best] >= FAMILIAR else None


def merge(groups: Sequence[Sequence[Lesson]]) -> Learned:
    """Lessons that are grouped by layout already."""
    lessons = [lesson for group in groups for lesson in group]
    return Learned(tuple(_merged(group) for group in groups), _repeated_labels(lessons), len(lessons))


def _merged(group: Sequence[Lesson]) -> LearnedLayout:
    last = group[-1].layout
    marks = last.marks
    for lesson in group[:-1][-3:]:
        marks = common_marks(marks, lesson.layout.marks)
    names = dict.fromkeys(field.name for lesson in group for field in lesson.layout.fields)
    return replace(
        last,
        marks=marks,
        fields=tuple(_merged_field(name, group) for name in names),
        documents=len(group),
        day_first=_agreed(lesson.layout.day_first for lesson in group),
        decimal_comma=_agreed(lesson.layout.decimal_comma for lesson in group),
        tables=merged_tables([table for lesson in group for table in lesson.layout.tables]),
    )


def _merged_field(name: str, group: Sequence[Lesson]) -> LearnedField:
    same = [field for lesson in group for field in lesson.layout.fields if field.name == name]
    spots = [spot for field in same for spot in field.spots]
    texts = [text for lesson in group for other, text in lesson.texts if other == name]
    constant = texts[0] if len(texts) >= 2 and len({_compact(text) for text in texts}) == 1 else ""
    return LearnedField(name, tuple(spots[-_MOST_SPOTS:]), sum(field.absent for field in same), constant)


def _compact(text: str) -> str:
    return re.sub(r"\s", "", text).lower()


def _agreed(said: Iterable[bool | None]) -> bool | None:
    votes = {vote for vote in said if vote is not None}
    return votes.pop() if len(votes) == 1 else None


def _repeated_labels(lessons: Sequence[Lesson]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Labels that stood beside a field in two documents at least."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for lesson in lessons:
        for name, label in lesson.labels:
            counts[name][stem(label)] += 1
    kept = {name: tuple(label for label, n in found.most_common(3) if n >= 2) for name, found in counts.items()}
    return tuple((name, labels) for name, labels in kept.items() if labels)
