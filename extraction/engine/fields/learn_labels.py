"""Words that approved values stood beside: in their own layout, and which of them hold for any."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from extraction.engine.fields.learn_layouts import stem
from extraction.types import LearnedField, Lesson

_MOST = 3
_SEVERAL = 3
_LEVEL = 0.6
"""In line heights: a label so far up or down stands in the value's own line."""

type Labels = tuple[tuple[str, tuple[str, ...]], ...]
"""By field, the most usual first."""


def labels_beside(field: LearnedField) -> list[str]:
    """The words right before the value, or the nearest left of it or above."""
    if not field.spots:
        return []
    spot = field.spots[0]
    if spot.before:
        return [spot.before]
    return [pointer.text for pointer in spot.pointers[:1] if pointer.weight >= 0.5]


def repeated_labels(lessons: Sequence[Lesson]) -> Labels:
    """Labels that stood beside a field in two documents at least."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for lesson in lessons:
        for name, label in lesson.labels:
            counts[name][stem(label)] += 1
    kept = {name: tuple(label for label, n in found.most_common(_MOST) if n >= 2) for name, found in counts.items()}
    return tuple((name, labels) for name, labels in kept.items() if labels)


def spread_labels(groups: Sequence[Sequence[Lesson]]) -> Labels:
    """Labels to look for in layouts that are not known; the lessons are grouped by layout.

    Several layouts agree on them, or a person pointed from another place to a value in the label's own line; and no
    document has them beside anything else.
    """
    lessons = [lesson for group in groups for lesson in group]
    layouts: dict[tuple[str, str], set[int]] = defaultdict(set)
    for number, group in enumerate(groups):
        for lesson in group:
            for name, label in lesson.labels:
                layouts[name, label].add(number)
    pointed = {said for lesson in lessons for said in _pointed_at(lesson)}
    sure = [said for said, where in layouts.items() if len(where) >= _SEVERAL or said in pointed]
    kept: dict[str, list[str]] = defaultdict(list)
    for name, label in sorted(sure, key=lambda said: -len(layouts[said])):
        if not any(_speaks_against(lesson, name, label) for lesson in lessons) and len(kept[name]) < _MOST:
            kept[name].append(label)
    return tuple((name, tuple(labels)) for name, labels in kept.items() if labels)


def _pointed_at(lesson: Lesson) -> list[tuple[str, str]]:
    """Labels in the line of a value that the engine by itself had not chosen."""
    mended = [field for field in lesson.layout.fields if field.mended and field.spots]
    level = [field for field in mended if field.spots[0].before or _is_level(field)]
    return [(field.name, label) for field in level for label in labels_beside(field)]


def _is_level(field: LearnedField) -> bool:
    return any(abs(pointer.down) < _LEVEL for pointer in field.spots[0].pointers[:1])


def _speaks_against(lesson: Lesson, name: str, label: str) -> bool:
    """Whether the words stand beside another field here, or here too but away from the field's value."""
    if any(other != name and said == label for other, said in lesson.labels):
        return True
    has_value = any(said == name for said, _ in lesson.texts)
    here = any(mark.text == label for mark in lesson.layout.marks)
    return here and has_value and (name, label) not in lesson.labels
