"""Charts as the numbers of their SVG; all lengths are in the units of the viewBox, written as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from extraction.queries.dashboard import Day

SPARK_WIDTH, SPARK_HEIGHT = 84, 26
CHART_WIDTH, CHART_HEIGHT = 850, 204
_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 842, 10, 180
_GAP = 1
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Lines between the known values, as path data, and the area under each."""

    line: str
    area: str


@dataclass(frozen=True, slots=True)
class Bar:
    kind: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class DayBars:
    day: Day
    x: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class GridLine:
    y: str
    text_y: str
    value: int


@dataclass(frozen=True, slots=True)
class DateMark:
    x: str
    day: date


@dataclass(frozen=True, slots=True)
class BarChart:
    grid: tuple[GridLine, ...]
    days: tuple[DayBars, ...]
    marks: tuple[DateMark, ...]

    @property
    def is_empty(self) -> bool:
        return not any(day.bars for day in self.days)


def sparkline(values: Sequence[float | None]) -> Sparkline:
    """A gap where a value is None; empty where no two values stand beside each other."""
    known = [value for value in values if value is not None]
    lowest, highest = min(known, default=0), max(known, default=0)
    points = [_spark_point(number, value, len(values), lowest, highest) for number, value in enumerate(values)]
    runs = [run for run in _runs(points) if len(run) > 1]
    line = " ".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in run) for run in runs)
    area = " ".join(_area(run) for run in runs)
    return Sparkline(line, area)


def _spark_point(
    number: int, value: float | None, count: int, lowest: float, highest: float
) -> tuple[float, float] | None:
    if value is None:
        return None
    share = (value - lowest) / (highest - lowest) if highest > lowest else 0.5
    return number * SPARK_WIDTH / max(1, count - 1), SPARK_HEIGHT - 2 - share * (SPARK_HEIGHT - 4)


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return runs


def _area(run: Sequence[tuple[float, float]]) -> str:
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in run)
    return f"M{line}L{run[-1][0]:.1f} {SPARK_HEIGHT}L{run[0][0]:.1f} {SPARK_HEIGHT}Z"


def bar_chart(days: Sequence[Day]) -> BarChart:
    """Reviews and failures a day, stacked, with a date under every third day."""
    step = _step(max((day.total for day in days), default=0))
    top = step * 4
    slot = (_RIGHT - _LEFT) / max(1, len(days))
    lefts = [_LEFT + slot * number + (slot - slot * 0.63) / 2 for number in range(len(days))]
    return BarChart(
        grid=tuple(_grid_line(step * number, top) for number in range(5)),
        days=tuple(
            DayBars(day, f"{left:.1f}", _bars(day, left, slot * 0.63, top))
            for day, left in zip(days, lefts, strict=True)
        ),
        marks=tuple(
            DateMark(f"{left + slot * 0.315:.1f}", day.day)
            for number, (day, left) in enumerate(zip(days, lefts, strict=True))
            if number % 3 == 0
        ),
    )


def _step(highest: int) -> int:
    """A quarter of the axis: 1, 2 or 5 times a power of ten, so that four of them hold the highest bar."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power * 4 >= highest:
                return step * power
        power *= 10


def _height(value: int, top: int) -> float:
    return value * (_BOTTOM - _TOP) / top


def _grid_line(value: int, top: int) -> GridLine:
    y = _BOTTOM - _height(value, top)
    return GridLine(f"{y:.1f}", f"{y + 4:.1f}", value)


def _bars(day: Day, left: float, width: float, top: int) -> tuple[Bar, ...]:
    bars: list[Bar] = []
    bottom = float(_BOTTOM)
    for kind, count in (("auto", day.unchanged), ("rev", day.with_changes), ("fail", day.failed)):
        if count:
            height = max(1.0, _height(count, top) - _GAP)
            bottom -= height + _GAP
            bars.append(Bar(kind, f"{left:.1f}", f"{bottom:.1f}", f"{width:.1f}", f"{height:.1f}"))
    return tuple(bars)


@dataclass(frozen=True, slots=True)
class MonthBar:
    """`bar` is None in a month without any; `x` is where its name stands."""

    month: str
    value: int
    x: str
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class MonthChart:
    grid: tuple[GridLine, ...]
    months: tuple[MonthBar, ...]

    @property
    def is_empty(self) -> bool:
        return not any(month.bar for month in self.months)


def month_chart(values: Sequence[tuple[str, int]]) -> MonthChart:
    """One bar a month, by month and value."""
    step = _step(max((value for _, value in values), default=0))
    slot = (_RIGHT - _LEFT) / max(1, len(values))
    return MonthChart(
        grid=tuple(_grid_line(step * number, step * 4) for number in range(5)),
        months=tuple(_month_bar(*pair, _LEFT + slot * number, slot, step * 4) for number, pair in enumerate(values)),
    )


def _month_bar(month: str, value: int, left: float, slot: float, top: int) -> MonthBar:
    height = max(1.0, _height(value, top))
    place = left + slot * 0.18
    bar = Bar("auto", f"{place:.1f}", f"{_BOTTOM - height:.1f}", f"{slot * 0.64:.1f}", f"{height:.1f}")
    return MonthBar(month, value, f"{left + slot / 2:.1f}", bar if value else None)
