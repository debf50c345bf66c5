"""Whole figures from their parts: panels side by side, axes, frames, and the short texts around them."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.page.kinds import CAPTION
from extraction.engine.page.raster_scene import PrintedLine, Scene
from extraction.engine.raw import RawRule
from extraction.types import BBox

APART = 3.5  # of a line's height: white between the parts of one figure
LABEL_LETTERS = 24
RUNNING_LETTERS = 40
TEXT_SHARE = 0.45
SPARSE_TEXT, MOSTLY_TEXT = 0.1, 3.0  # of the box, and of its other ink: what the read lines cover
SWALLOWED = 0.1  # of a long line: a figure does not reach that far into the text
BESIDE, BELOW, ABOVE = 3.0, 1.2, 0.4  # of a line's height: white between a figure and its label
PITCH = 0.8  # of a line's height: white between the lines of a paragraph
NARROW = 0.5  # of the figure's width: a label above or below
LEAST_LABELLED = 6.0  # of a line's height: a smaller figure has no labels
LONGER = 1.7  # of a figure's side: its axes and frame
ROUNDS = 3


def whole_figures(parts: Sequence[BBox], rules: Sequence[RawRule], scene: Scene) -> list[BBox]:
    """Grow the parts, in pixels of the scene, where this takes in no area of text."""
    figures = _one_figure(_with_rules(parts, rules, scene), scene)
    labels = [line.bbox for line in scene.lines if _is_label(line, scene)]
    grown = [_with_labels(box, labels, scene) for box in figures]
    chosen = [box if is_text(whole, scene) else whole for box, whole in zip(figures, grown, strict=True)]
    return [box for box in _one_figure(chosen, scene) if not is_text(box, scene)]


def is_text(box: BBox, scene: Scene, *, inked: float = 1.0) -> bool:
    """Tell an area of text, of whose box so much ink is left besides the read lines."""
    inside = [line for line in scene.lines if line.bbox.overlap(box) > 0.5 * line.bbox.area]
    running = [line for line in inside if len(line.text) >= RUNNING_LETTERS]
    covered = sum(line.bbox.overlap(box) for line in inside) / box.area
    return len(running) >= 3 or covered > TEXT_SHARE or covered > max(SPARSE_TEXT, MOSTLY_TEXT * inked)


def _with_rules(pictures: Sequence[BBox], rules: Sequence[RawRule], scene: Scene) -> list[BBox]:
    """Grow pictures by the axes and frames that touch them."""
    result = list(pictures)
    near = 0.6 * scene.text_height
    spans = [BBox(rule.x0, rule.y0, max(rule.x1, rule.x0 + 1), max(rule.y1, rule.y0 + 1)) for rule in rules]
    for _ in range(2):
        for place, box in enumerate(result):
            mates = [span for span in spans if _near(box, span, near) and _is_of_size(span, box)]
            grown = BBox.around(box, *mates)
            if mates and not _swallows(grown, [box], scene):
                result[place] = grown
    return result


def _is_of_size(span: BBox, figure: BBox) -> bool:
    """Tell an axis or a side of a frame from a rule across the page."""
    return span.width <= LONGER * figure.width and span.height <= LONGER * figure.height


def _one_figure(boxes: Sequence[BBox], scene: Scene) -> list[BBox]:
    """Join the parts of one figure: close to one another, and no running text between them."""
    result = list(boxes)
    merged = True
    while merged:
        merged = False
        for place, box in enumerate(result):
            mate = next((other for other in result[place + 1 :] if _belong(box, other, scene)), None)
            if mate is not None:
                result = [other for other in result if other not in (box, mate)] + [BBox.around(box, mate)]
                merged = True
                break
    return result


def _belong(first: BBox, second: BBox, scene: Scene) -> bool:
    near = _near(first, second, APART * scene.text_height)
    return near and not _swallows(BBox.around(first, second), (first, second), scene)


def _swallows(whole: BBox, parts: Sequence[BBox], scene: Scene) -> bool:
    """Tell whether a box takes in lines of text that its parts do not hold."""
    long = (line.bbox for line in scene.lines if len(line.text) > LABEL_LETTERS)
    return any(box.overlap(whole) - max(map(box.overlap, parts)) > SWALLOWED * box.area for box in long)


def _is_label(line: PrintedLine, scene: Scene) -> bool:
    """Tell a short text by itself from a caption and the last line of a paragraph."""
    if len(line.text) > LABEL_LETTERS or CAPTION.match(line.text):
        return False
    box, reach = line.bbox, PITCH * scene.text_height
    around = BBox(box.x0, box.y0 - reach, box.x1, box.y1 + reach)
    return not any(len(other.text) > LABEL_LETTERS and other.bbox.overlap(around) > 0 for other in scene.lines)


def _with_labels(figure: BBox, labels: Sequence[BBox], scene: Scene) -> BBox:
    """Grow by the short texts at a figure's sides: numbers of axes, names of parts, a legend."""
    result = figure
    if min(figure.width, figure.height) < LEAST_LABELLED * scene.text_height:
        return figure
    for _ in range(ROUNDS):
        before = result
        for label in labels:
            grown = BBox.around(result, label)
            if grown != result and _stands_at(label, result, scene) and not _swallows(grown, [result], scene):
                result = grown
        if result == before:
            break
    return result


def _stands_at(label: BBox, figure: BBox, scene: Scene) -> bool:
    x, y = label.centre
    across = max(figure.x0 - label.x1, label.x0 - figure.x1)
    if figure.y0 <= y <= figure.y1:
        return across <= BESIDE * scene.text_height
    reach = ABOVE if y < figure.y0 else BELOW
    down = max(figure.y0 - label.y1, label.y0 - figure.y1)
    narrow = label.width <= NARROW * figure.width
    return narrow and figure.x0 <= x <= figure.x1 and down <= reach * scene.text_height


def _near(first: BBox, second: BBox, reach: float) -> bool:
    return (
        first.x0 - reach <= second.x1
        and second.x0 - reach <= first.x1
        and first.y0 - reach <= second.y1
        and second.y0 - reach <= first.y1
    )
