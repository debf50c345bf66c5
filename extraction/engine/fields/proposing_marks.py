"""Tick boxes as fields: one box with its words is a yes or no, several in a row are a choice of their words."""

from __future__ import annotations

from collections.abc import Iterator

from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.marks import MARK
from extraction.engine.fields.proposing_names import clean_label, free_name, name_of
from extraction.engine.fields.segments import Segment, Sheet
from extraction.engine.fields.values import read_boolean
from extraction.types import FieldSpec, FieldType

_LONGEST = 60


def suggested_marks(sheets: tuple[Sheet, ...], around: Surroundings) -> list[FieldSpec]:
    found: dict[str, FieldSpec] = {}
    for sheet in sheets:
        for row in _rows(sheet, around):
            for spec in _of_row(row):
                found.setdefault(spec.label.lower(), spec)
    taken: list[str] = []
    for spec in found.values():
        taken.append(free_name(spec.name, taken))
    return [_named(spec, name) for spec, name in zip(found.values(), taken, strict=True)]


def _named(spec: FieldSpec, name: str) -> FieldSpec:
    return FieldSpec(name, spec.type, label=spec.label, description=spec.label, options=spec.options)


def _rows(sheet: Sheet, around: Surroundings) -> Iterator[list[Segment]]:
    """The pieces of each line that has a box."""
    seen: set[int] = set()
    for segment in sheet.segments:
        if MARK.search(segment.text) and id(segment) not in seen:
            row = around.row_of(segment)
            seen |= {id(one) for one in row}
            yield row


def _of_row(row: list[Segment]) -> Iterator[FieldSpec]:
    text = "   ".join(segment.text for segment in row)
    marks = list(MARK.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    words = [clean_label(text[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]
    label = clean_label(text[: marks[0].start()])
    if not all(words) or any(len(word) > _LONGEST for word in words):
        return
    if len(words) > 1 and label and len(label) <= _LONGEST:
        yield _choice(label, words)
    elif not label:
        for word in words:
            yield FieldSpec(name_of(word), FieldType.BOOLEAN, label=word)


def _choice(label: str, words: list[str]) -> FieldSpec:
    """Yes and no are no options."""
    if all(read_boolean(word) is not None for word in words):
        return FieldSpec(name_of(label), FieldType.BOOLEAN, label=label)
    return FieldSpec(name_of(label), FieldType.CHOICE, label=label, options=tuple(dict.fromkeys(words)))
