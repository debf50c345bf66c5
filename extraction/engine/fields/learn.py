"""From lessons of single documents to what a template has learned: layouts, labels, a ranking."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extraction.engine.fields.learn_labels import repeated_labels, spread_labels
from extraction.engine.fields.learn_layouts import FAMILIAR, common_marks, likeness
from extraction.engine.fields.learn_tables import merged_tables
from extraction.engine.fields.ranking_fit import rank
from extraction.engine.fields.recalibrate import calibrate
from extraction.types import Learned, LearnedField, LearnedLayout, Lesson, Ranking

_MOST_SPOTS = 6


def learn(lessons: Sequence[Lesson]) -> Learned:
    """Merge lessons, in the order in which they were approved, by layout."""
    groups: list[list[Lesson]] = []
    for lesson in lessons:
        known = familiar(lesson, groups)
        if known is None:
            groups.append([lesson])
        else:
            groups[known].append(lesson)
    return merge(groups, rank([lesson.trials for lesson in lessons]))


def familiar(lesson: Lesson, groups: Sequence[Sequence[Lesson]]) -> int | None:
    """The place of the group whose layout the lesson has."""
    alike = [max(likeness(other.layout.marks, lesson.layout.marks) for other in group[-3:]) for group in groups]
    best = max(range(len(groups)), key=alike.__getitem__, default=None)
    return best if best is not None and alike[best] >= FAMILIAR else None


def merge(groups: Sequence[Sequence[Lesson]], ranking: Ranking | None = None) -> Learned:
    """Lessons that are grouped by layout already, and the ranking that they were tried for."""
    lessons = [lesson for group in groups for lesson in group]
    layouts = tuple(_merged(group) for group in groups)
    calibration = calibrate([lesson.checks for lesson in lessons])
    return Learned(layouts, repeated_labels(lessons), len(lessons), ranking, spread_labels(groups), calibration)


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
    absent, mended = sum(field.absent for field in same), sum(field.mended for field in same)
    return LearnedField(name, tuple(spots[-_MOST_SPOTS:]), absent, constant, mended)


def _compact(text: str) -> str:
    return re.sub(r"\s", "", text).lower()


def _agreed(said: Iterable[bool | None]) -> bool | None:
    votes = {vote for vote in said if vote is not None}
    return votes.pop() if len(votes) == 1 else None
