"""Lessons and what was learned as the JSON that rows keep: dataclasses as lists of their fields, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Any

from extraction.types import (
    Calibration,
    Check,
    LayoutMark,
    Learned,
    LearnedColumn,
    LearnedField,
    LearnedLayout,
    LearnedTable,
    Lesson,
    Option,
    Pointer,
    RankedField,
    Ranking,
    Spot,
    Trial,
)

type Plain = list[Any]

ADRIFT = 3
"""Where a lesson has its `adrift`."""

_POINTERS = 10
"""Where a spot's pointers stand; what stands behind them came later."""

_COUNTS = 3
"""What a layout has between its fields and its tables: documents, order of dates, sign of decimals."""


def dump_lesson(lesson: Lesson) -> Plain:
    return list(_plain(lesson))


def dump_learned(learned: Learned) -> Plain:
    return list(_plain(learned))


def load_lesson(data: Plain) -> Lesson:
    """Raises TypeError or ValueError for anything that `dump_lesson` did not write."""
    layout, texts, labels, adrift, *later = data
    trials = _each(_trial, later[0]) if later else ()
    checks = _each(lambda check: Check(*check), later[1]) if len(later) > 1 else ()
    return Lesson(_layout(layout), _pairs(texts), _pairs(labels), tuple(adrift), trials, checks)


def load_learned(data: Plain) -> Learned:
    """Raises TypeError or ValueError for anything that `dump_learned` did not write."""
    return _learned(data, _layout)


def load_outline(data: Plain) -> Learned:
    """Layouts without their marks and fields: several times as quick where they are only counted."""
    return _learned(data, _bare)


def load_looks(data: Plain) -> Learned:
    """Layouts with the marks of their first page alone: what says how a document looks."""
    return _learned(data, _look)


def _learned(data: Plain, load: Callable[[Plain], LearnedLayout]) -> Learned:
    layouts, labels, documents, *later = data
    ranking, spread, *last = later or (None, [])
    calibration = _calibration(last[0]) if last else None
    return Learned(_each(load, layouts), _words(labels), documents, _ranking(ranking), _words(spread), calibration)


def _calibration(data: Plain | None) -> Calibration | None:
    if data is None:
        return None
    checked, before, after, slope, shift, added = data
    return Calibration(checked, before, after, slope, shift, tuple((name, one) for name, one in added))


def _bare(data: Plain) -> LearnedLayout:
    _marks, _fields, *rest = data
    return LearnedLayout((), (), *rest[:_COUNTS])


def _look(data: Plain) -> LearnedLayout:
    marks = (LayoutMark(*mark) for mark in data[0])
    return replace(_bare(data), marks=tuple(mark for mark in marks if mark.page == 0))


def _words(data: Plain) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, tuple(words)) for name, words in data)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    return value


def _layout(data: Plain) -> LearnedLayout:
    marks, own, *rest = data
    counts, tables = rest[:_COUNTS], rest[_COUNTS] if len(rest) > _COUNTS else ()
    own_marks = _each(lambda mark: LayoutMark(*mark), marks)
    told = (own_marks, _each(_field, own), *counts, _each(_table, tables))
    return LearnedLayout(*told)


def _trial(data: Plain) -> Trial:
    name, least, is_absent, options = data
    return Trial(name, least, is_absent, _each(_option, options))


def _option(data: Plain) -> Option:
    score, label, features, is_right, place = data
    return Option(score, label, tuple((key, value) for key, value in features), is_right, tuple(place))


def _ranking(data: Plain | None) -> Ranking | None:
    if data is None:
        return None
    documents, asked, before, after, ranked = data
    fields = (RankedField(name, tuple((key, weight) for key, weight in weights)) for name, weights in ranked)
    return Ranking(documents, asked, before, after, tuple(fields))


def _table(data: Plain) -> LearnedTable:
    name, columns, items, others = data
    return LearnedTable(name, _each(_column, columns), tuple(items), tuple(others))


def _column(data: Plain) -> LearnedColumn:
    name, labels, left, right = data
    return LearnedColumn(name, tuple(labels), left, right)


def _field(data: Plain) -> LearnedField:
    name, spots, *rest = data
    return LearnedField(name, _each(_spot, spots), *rest)


def _spot(data: Plain) -> Spot:
    near = _each(lambda pointer: Pointer(*pointer), data[_POINTERS])
    is_cut, echoes = data[_POINTERS + 1 :] or (False, ())
    told = (*data[:_POINTERS], near, is_cut, tuple(echoes))
    return Spot(*told)


def _each[T](load: Callable[[Plain], T], data: Iterable[Plain]) -> tuple[T, ...]:
    return tuple(load(item) for item in data)


def _pairs(data: Iterable[Plain]) -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for name, text in data)
