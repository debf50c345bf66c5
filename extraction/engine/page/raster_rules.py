"""Printed rules of a page's picture: long straight runs of ink, also slightly broken ones and rows of dots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy
from numpy.typing import NDArray

from extraction.engine.page.raster_scene import Mask, Scene, as_picture
from extraction.engine.raw import RawRule
from extraction.types import BBox

STROKE, PIECE = 1.4, 0.8  # of a line's height: shorter runs are strokes of letters, thin ones pieces of broken rules
THIN = 0.15  # of a line's height
SHORTEST = 2.2  # of a line's height: a rule
THICKEST = 0.45  # of a line's height
BREAK = 0.8  # of a line's height: a gap in a broken rule
DOT = 0.3  # of a line's height
DOTS = 6  # so many in a row make a dotted rule
MANY = 20_000
EDGE = 0.3  # of a line's height: so close to the picture's edge there is only the scanned sheet's own


@dataclass(frozen=True, slots=True)
class _Run:
    """A straight run of ink: its place across it, its ends along it, how thick it is and how much of it is ink."""

    at: float
    low: float
    high: float
    width: float
    inked: float

    @property
    def length(self) -> float:
        return self.high - self.low


def find_rules(scene: Scene) -> list[RawRule]:
    """Rules in pixels of the scene; upright ones are found on the picture laid on its side."""
    boxes = [line.bbox for line in scene.lines]
    across = _rules_across((scene.ink, scene.clear_ink), scene.text_height, boxes)
    sideways = [BBox(box.y0, box.x0, box.y1, box.x1) for box in boxes]
    inks = as_picture(cv2.transpose(scene.ink)), as_picture(cv2.transpose(scene.clear_ink))
    down = _rules_across(inks, scene.text_height, sideways)
    return [RawRule(run.low, run.at, run.high, run.at, run.width) for run in across] + [
        RawRule(run.at, run.low, run.at, run.high, run.width) for run in down
    ]


def _rules_across(inks: tuple[Mask, Mask], text_height: float, lines: Sequence[BBox]) -> list[_Run]:
    """Rules of the ink, and rows of dots of the clear ink: faint ones are the paper's grain."""
    ink, clear_ink = inks
    runs = _solid_runs(ink, text_height) + _dotted_runs(clear_ink, text_height)
    joined = _joined(runs, BREAK * text_height)
    texts = _Texts(lines)
    edge = EDGE * text_height
    return [
        run
        for run in joined
        if run.length >= SHORTEST * text_height and edge < run.at < ink.shape[0] - edge and not texts.hold(run)
    ]


def _solid_runs(ink: Mask, text_height: float) -> list[_Run]:
    length = max(8, round(PIECE * text_height))
    # a rule that leans a little steps from row to row: its pieces overlap when each row lends its ink to the next
    lent = cv2.dilate(ink, numpy.ones((2, 1), numpy.uint8))
    kept = cv2.morphologyEx(lent, cv2.MORPH_OPEN, numpy.ones((1, length), numpy.uint8))
    runs = _runs(as_picture(kept), 1.0)
    thin, stroke = max(2.0, THIN * text_height), STROKE * text_height
    thickest = max(3.0, THICKEST * text_height)
    return [run for run in runs if run.width <= thin or (run.length >= stroke and run.width <= thickest)]


def _dotted_runs(ink: Mask, text_height: float) -> list[_Run]:
    """Rows of dots or short dashes of one height, at a distance less than that of letters."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count > MANY:
        return []
    widths, heights = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    is_dot = (heights <= max(2.0, DOT * text_height)) & (widths <= 1.2 * text_height)
    is_dot[0] = False
    dots = as_picture(is_dot[labels] * numpy.uint8(255))
    gap = max(3, round(0.6 * text_height))
    strung = cv2.morphologyEx(dots, cv2.MORPH_CLOSE, numpy.ones((1, gap), numpy.uint8))
    length = max(12, round(3 * text_height))
    strung = cv2.morphologyEx(strung, cv2.MORPH_OPEN, numpy.ones((1, length), numpy.uint8))
    centres = (stats[is_dot][:, 0] + widths[is_dot] / 2, stats[is_dot][:, 1] + heights[is_dot] / 2)
    return [run for run in _runs(as_picture(strung), 0.0) if _is_strung(run, *centres)]


def _is_strung(run: _Run, xs: NDArray[Any], ys: numpy.ndarray) -> bool:
    return int(((abs(ys - run.at) <= 2) & (xs >= run.low) & (xs <= run.high)).sum()) >= DOTS


def _runs(mask: Mask, lent: float) -> list[_Run]:
    """Runs of a mask; `lent` are the pixels by which each is taller than its ink."""
    _, _, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return [
        _Run(float(centre[1]) + 0.5 - lent / 2, float(x), float(x + width), max(1.0, area / width - lent), float(width))
        for (x, _, width, _, area), centre in zip(stats[1:].tolist(), centres[1:].tolist(), strict=True)
    ]


def _joined(runs: Sequence[_Run], reach: float) -> list[_Run]:
    """Join runs that go on where another ends, at the same height."""
    result: list[_Run] = []
    for run in sorted(runs, key=lambda run: (run.low, run.at)):
        slack = max(1.5, run.width)
        mate = next(
            (
                place
                for place in range(len(result) - 1, -1, -1)
                if abs(result[place].at - run.at) <= slack and run.low - result[place].high <= reach
            ),
            None,
        )
        if mate is None:
            result.append(run)
            continue
        last = result[mate]
        whole = last.length + run.length
        result[mate] = _Run(
            (last.at * last.length + run.at * run.length) / whole,
            last.low,
            max(last.high, run.high),
            (last.width * last.length + run.width * run.length) / whole,
            last.inked + run.inked,
        )
    return result


class _Texts:
    """Lines of text, whose strokes are no rules: what lies within one, away from its foot, is part of its letters."""

    def __init__(self, lines: Sequence[BBox]) -> None:
        self._lines = lines

    def hold(self, run: _Run) -> bool:
        inside = 0.0
        for line in self._lines:
            lies = line.width >= line.height
            # an underline lies at the foot of its line's box, longer than a letter
            foot = 0.2 * line.height if lies and run.length > 1.3 * line.height else 0.0
            if line.y0 + 0.25 * foot < run.at < line.y1 - foot:
                inside += max(0.0, min(line.x1, run.high) - max(line.x0, run.low))
        return inside > 0.7 * run.length


def without_rules(mask: Mask, rules: Sequence[RawRule]) -> Mask:
    """The mask with the rules wiped out."""
    result = mask.copy()
    for rule in rules:
        thick = round(rule.width) + 3
        ends = (round(rule.x0), round(rule.y0)), (round(rule.x1), round(rule.y1))
        cv2.line(result, *ends, 0, thick)
    return result
