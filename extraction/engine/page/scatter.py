"""Areas of a form: short texts side by side, gathered into small blocks instead of lines across the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise, zip_longest

from extraction.engine.page.aligned import part_line
from extraction.engine.page.drafts import Column
from extraction.engine.page.kinds import LIST_ITEM, TOC_ENTRY, has_equation_number, is_equation
from extraction.engine.page.lines import Line, Segment, lines_of, make_line, make_segment

WIDE_GAP = 2.0  # ems between two texts that have nothing to do with one another
PAIR_GAP = 6.0  # ems between a column of labels and their values
LABEL_GAP = 14.0  # ems between a label with a colon and its value
LABEL_LETTERS = 24
EDGE_SLACK = 1.5  # points between left edges that are one column's
LONE_ROWS = 3  # of two texts alone: labels and values, however far apart
HEAD_LETTERS = 12
FIGURE_SHARE = 0.4  # of the letters and digits
MAX_BETWEEN = 2
OPTION = re.compile(r"[（(]?([A-Ha-h])[)）.．、]")
AMOUNT = re.compile(r"^[^\w\s]{0,2}(?:[A-Z]{2,3}|RM|Rp)?\s?[-(]?[^\w\s]?\d[\d.,' ]*\)?\s?(?:[^\w\s]|[A-Z]{3}|%)?$")


def scattered_runs(lines: Sequence[Line], column: Column) -> list[tuple[int, int]]:
    """First and past-last numbers of the stretches whose lines hold several texts."""
    marked = [number for number, line in enumerate(lines) if _is_scattered(line, column)]
    result: list[tuple[int, int]] = []
    for number in marked:
        if result and number - result[-1][1] < MAX_BETWEEN:
            result[-1] = (result[-1][0], number + 1)
        else:
            result.append((number, number + 1))
    return result


def _is_scattered(line: Line, column: Column) -> bool:
    parts = part_line(line, WIDE_GAP)
    return len(parts) > 1 and not _is_mark(parts[0]) and not _is_one_text(line, column)


def _is_one_text(line: Line, column: Column) -> bool:
    return has_equation_number(line) or is_equation(line, column) or bool(TOC_ENTRY.search(line.text))


def clusters_of(lines: Sequence[Line], column: Column) -> list[list[Line]]:
    """Texts that stand under one another, each as lines; clusters in rows from the top, then from the left."""
    rows = [_texts(line, column, below) for line, below in zip_longest(lines, lines[1:])]
    labels = _label_edges(rows)
    clusters: list[list[Line]] = []
    for row in rows:
        are_options = _are_options(row)
        for text in _paired(row, labels):
            joins = (cluster for cluster in reversed(clusters) if _continues(cluster, text) and not are_options)
            home = next(joins, None)
            if home is None:
                clusters.append([make_line([text])])
            else:
                home.append(make_line([text]))
    return _read_across(clusters)


def _are_options(row: Sequence[Segment]) -> bool:
    """Tell a question's options, which count on across the page: A beside B, then C beside D."""
    marks = [match[1] for text in row if (match := OPTION.match(text.text))]
    return len(row) > 1 and len(marks) == len(row) and all(ord(b) == ord(a) + 1 for a, b in pairwise(marks))


def _label_edges(rows: Sequence[Sequence[Segment]]) -> list[tuple[float, float]]:
    """Left edges of two columns that are labels and their values: close together, or alone in several rows."""
    seen: list[tuple[float, float]] = []
    near: Counter[int] = Counter()
    alone: Counter[int] = Counter()
    for row in rows:
        for label, value in pairwise(row):
            gap = (value.x0 - label.x1) / label.size
            if label.letters > LABEL_LETTERS or gap >= LABEL_GAP:
                continue
            place = next((number for number, edges in enumerate(seen) if _same_edges(edges, label, value)), len(seen))
            if place == len(seen):
                seen.append((label.x0, value.x0))
            near[place] += gap < PAIR_GAP
            alone[place] += len(row) == 2
    return [edges for place, edges in enumerate(seen) if near[place] >= 2 or alone[place] >= LONE_ROWS]


def _same_edges(edges: tuple[float, float], label: Segment, value: Segment) -> bool:
    return abs(edges[0] - label.x0) < EDGE_SLACK and abs(edges[1] - value.x0) < EDGE_SLACK


def _paired(row: Sequence[Segment], labels: Sequence[tuple[float, float]]) -> list[Segment]:
    """Join labels with their values."""
    result: list[Segment] = []
    for text in row:
        if result and any(_same_edges(edges, result[-1], text) for edges in labels):
            result[-1] = make_segment([*result[-1].tokens, *text.tokens])
        else:
            result.append(text)
    return result


def _texts(line: Line, column: Column, below: Line | None) -> list[Segment]:
    """The separate texts of a line; a label that ends in a colon keeps its value."""
    parts = part_line(line, WIDE_GAP)
    if len(parts) < 2 or _is_one_text(line, column) or _is_row(parts) or _are_heads(parts, below):
        return [line]
    result = parts[:1]
    for part in parts[1:]:
        last = result[-1]
        near = part.x0 - last.x1 < LABEL_GAP * line.size
        amount = len(parts) == 2 and AMOUNT.match(part.text) and last.letters <= 30
        if near and (last.text.endswith((":", "：")) or _is_mark(last) or amount):
            result[-1] = make_segment([*last.tokens, *part.tokens])
        else:
            result.append(part)
    return result


def _is_row(parts: Sequence[Segment]) -> bool:
    """Tell an item with its figures: they are read across, whatever stands below."""
    figures = [_is_figure(part.text) for part in parts[1:]]
    return any(figures) and all(figure or part.letters <= 3 for figure, part in zip(figures, parts[1:], strict=True))


def _are_heads(parts: Sequence[Segment], below: Line | None) -> bool:
    """Tell short heads over items with figures."""
    short = len(parts) > 2 and all(part.letters <= HEAD_LETTERS for part in parts)
    return short and below is not None and len(under := part_line(below, WIDE_GAP)) > 1 and _is_row(under)


def _is_figure(text: str) -> bool:
    """Tell amounts and counts, also with a currency or a code beside them."""
    return sum(map(str.isdigit, text)) >= FIGURE_SHARE * sum(map(str.isalnum, text)) > 0


def _read_across(clusters: Sequence[list[Line]]) -> list[list[Line]]:
    """Take columns of figures together with the texts beside them, row by row."""
    result: list[list[Line]] = []
    for cluster in clusters:
        home = next((other for other in reversed(result) if _are_figures_of(cluster, other)), None)
        if home is None:
            result.append(cluster)
        else:
            home[:] = lines_of([*home, *cluster])
    return result


def _are_figures_of(cluster: Sequence[Line], other: Sequence[Line]) -> bool:
    if not all(_is_figure(line.text) for line in cluster) or other[0].x0 > cluster[0].x0:
        return False
    shared = min(cluster[-1].y1, other[-1].y1) - max(cluster[0].y0, other[0].y0)
    lower = min(cluster[-1].y1 - cluster[0].y0, other[-1].y1 - other[0].y0)
    return len(cluster) + len(other) > 2 and shared > 0.5 * lower


def _is_mark(part: Segment) -> bool:
    return part.letters <= 4 and bool(LIST_ITEM.match(part.text + " x"))


def _continues(cluster: Sequence[Line], text: Segment) -> bool:
    last = cluster[-1]
    size = max(last.size, text.size)
    if not -0.3 * size <= text.y0 - last.y1 <= 0.8 * size or abs(last.size - text.size) > 0.15 * size:
        return False
    if text.share("bold") > last.share("bold") + 0.5:
        return False
    centres = abs(text.x0 + text.x1 - last.x0 - last.x1) / 2
    return min(abs(text.x0 - last.x0), abs(text.x1 - last.x1), centres) <= size and _overlap(last, text)


def _overlap(first: Segment, second: Segment) -> bool:
    return min(first.x1, second.x1) - max(first.x0, second.x0) > 0.3 * min(first.width, second.width)
