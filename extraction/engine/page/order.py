"""Reading order: a page's segments cut into columns and bands."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from statistics import median

from extraction.engine.page.lines import Segment, lines_of

type Region = list[Segment]

MIN_GUTTER = 0.9  # of the size
INNER_GUTTER = 0.5  # the same between columns of one side
MIN_COLUMN = 9.0  # ems of a column of running text
CROSSING = 0.45
AREA_WEIGHT = 3.0  # ems
MOST_LOOKS = 400_000
MAX_DEPTH = 4
BAND_GAP = 0.9  # of the size
FEW, TALL = 5, 8
LARGE = 1.2  # of the size: headlines
WIDER = 1.2


def reading_regions(segments: Sequence[Segment], depth: int = 0) -> list[Region]:
    """Cut into regions in reading order; a region is one column of text, or an area without columns."""
    region = sorted(segments, key=lambda segment: (segment.y0, segment.x0))
    if len(region) < 6 or depth >= MAX_DEPTH:
        return [region] if region else []
    gutter = _gutter(region)
    if gutter is None:
        return [region]
    return _by_bands(region, gutter, depth)


def _gutter(region: Region) -> float | None:
    """Find the x that parts the region best: little crosses it and much stands on both sides."""
    left, right = min(part.x0 for part in region), max(part.x1 for part in region)
    total = _weight(region)
    best: tuple[float, float] | None = None
    for x in _candidates(region):
        if not left < x < right:
            continue
        crossing = _weight(part for part in region if part.x0 < x - 1 and part.x1 > x + 1)
        before = _weight(part for part in region if part.x1 <= x + 1)
        after = total - crossing - before
        if crossing > CROSSING * total or min(before, after) < 0.15 * total:
            continue
        score = min(before, after) - crossing
        if (best is None or score > best[0]) and _has_columns(region, x):
            best = (score, x)
    return best[1] if best else None


def _weight(parts: Iterable[Segment]) -> float:
    """Height of the lines; a table or figure over all columns counts little, whatever its height."""
    return sum(min(part.height, AREA_WEIGHT * part.size) for part in parts)


def _candidates(region: Region) -> list[float]:
    """Left edges that several segments share, moved into the gap before them."""
    edges = sorted(part.x0 for part in region)
    result: list[float] = []
    for position, edge in enumerate(edges):
        if position + 2 < len(edges) and edges[position + 2] - edge < 4 and (not result or edge - result[-1] > 6):
            result.append(edge - 2)
    # each candidate looks at all parts: of a page with tens of thousands only some are tried
    return result[:: 1 + len(result) * len(region) // MOST_LOOKS]


def _has_columns(region: Region, x: float) -> bool:
    return any(columned for _, columned in _strips(region, x))


def _by_bands(region: Region, x: float, depth: int) -> list[Region]:
    result: list[Region] = []
    for strip, columned in _strips(region, x):
        if not columned:
            result.extend(_rest(strip, depth))
            continue
        for side in (
            [part for part in strip if part.x0 + part.x1 < 2 * x],
            [part for part in strip if part.x0 + part.x1 >= 2 * x],
        ):
            result.extend(reading_regions(side, depth + 1))
    return result


def _strips(region: Region, x: float) -> list[tuple[Region, bool]]:
    """The region's bands from the top, joined where they follow one another with columns, or without.

    A few lines between columns, as a heading on either side, go with them.
    """
    result: list[tuple[Region, bool]] = []
    whole = [
        part
        for band, spans in _trimmed(_bands(region, x), x)
        for part in ([(band, spans)] if spans or _is_columned_throughout(band, x) else _parted(band))
    ]
    for band, spans in whole:
        columned = not spans and _is_columned(band, x)
        goes_on = not spans and len(band) <= FEW and bool(result) and result[-1][1]
        if result and result[-1][1] == (columned or goes_on):
            result[-1][0].extend(band)
        else:
            result.append((list(band), columned))
    return result


def _trimmed(bands: Sequence[tuple[Region, bool]], x: float) -> list[tuple[Region, bool]]:
    """Bands of columns without the short lines above and below that belong to the wide text they stand at."""
    result: list[tuple[Region, bool]] = []
    for number, (band, spans) in enumerate(bands):
        if spans:
            result.append((band, True))
            continue
        right = [part for part in band if part.x0 + part.x1 >= 2 * x]
        top, bottom = min((part.y0 for part in right), default=0.0), max((part.y1 for part in right), default=0.0)
        pieces = [piece for piece, _ in _parted(band)] if right else []
        head = [piece for piece in pieces if number and max(part.y1 for part in piece) <= top]
        tail = [piece for piece in pieces if number + 1 < len(bands) and min(part.y0 for part in piece) >= bottom]
        loose = {id(part) for piece in [*head, *tail] for part in piece}
        rest = [part for part in band if id(part) not in loose]
        result += [(piece, True) for piece in head] + [(rest, False)] + [(piece, True) for piece in tail]
    return result


def _rest(plain: Region, depth: int) -> list[Region]:
    return reading_regions(plain, depth + 1) if plain else []


def _bands(region: Region, x: float) -> list[tuple[Region, bool]]:
    """Runs from the top that cross x, and runs that do not."""
    spanning = sorted((part for part in region if part.x0 < x - 1 and part.x1 > x + 1), key=lambda part: part.y0)
    tops = [part.y0 for part in spanning]
    tallest = max((part.height for part in spanning), default=0.0)
    result: list[tuple[Region, bool]] = []
    for part in sorted(region, key=lambda part: part.y0 + part.y1):
        near = spanning[bisect_left(tops, part.y0 - tallest) : bisect_left(tops, part.y1)]
        spans = any(_beside(other, part) for other in near)
        if result and result[-1][1] == spans:
            result[-1][0].append(part)
        else:
            result.append(([part], spans))
    return result


def _is_columned_throughout(band: Region, x: float) -> bool:
    return _is_columned(band, x) and not any(_reaches_over(part, x) for part, _ in _parted(band))


def _reaches_over(band: Region, x: float) -> bool:
    """Tell a table whose columns lie on both sides of x: most rows have several parts on either."""
    rows = lines_of(band)
    over = sum(1 for row in rows if 2 <= sum(part.x0 < x for part in row.segments) <= len(row.segments) - 2)
    return over >= 3 and over >= 0.6 * len(rows) and not _is_text_throughout(band)


def _is_text_throughout(band: Region) -> bool:
    """Tell several columns of running text, as a newspaper sets them, from a table's."""
    size = median(part.size for part in band)
    columns = _side_columns([part for part in band if part.size < LARGE * size], size)
    return len(columns) > 2 and all(len(c) >= TALL and _is_running(c, size, full=0.6) for c in columns)


def _parted(band: Region) -> list[tuple[Region, bool]]:
    """Cut a band that crosses nothing where the page is white from side to side: a table may stand over columns."""
    result: list[tuple[Region, bool]] = []
    reach = -1.0
    for part in sorted(band, key=lambda part: part.y0):
        if result and part.y0 - reach < BAND_GAP * part.size:
            result[-1][0].append(part)
        else:
            result.append(([part], False))
        reach = max(reach, part.y1)
    return result


def _beside(spanning: Segment, part: Segment) -> bool:
    shared = min(spanning.y1, part.y1) - max(spanning.y0, part.y0)
    return shared > 0.5 * min(spanning.height, part.height)


def _is_columned(band: Region, x: float) -> bool:
    """Tell running text on both sides of x from the columns of a table or a form."""
    left = [part for part in band if part.x0 + part.x1 < 2 * x]
    right = [part for part in band if part.x0 + part.x1 >= 2 * x]
    if not left or not right:
        return False
    size = median(part.size for part in band)
    inner = sorted(part.x1 for part in left)[int(0.97 * (len(left) - 1))]
    gap = sorted(part.x0 for part in right)[int(0.03 * (len(right) - 1))] - inner
    if gap < MIN_GUTTER * size:
        return False
    return (_runs_on(left, size) and _runs_on(right, size)) or (
        _runs_on([*left, *right], size) and len(left) + len(right) > 12 and min(_fill(left), _fill(right)) > 0.3
    )


def _fill(side: Region) -> float:
    width = max(part.x1 for part in side) - min(part.x0 for part in side)
    return median(part.width for part in side) / width


def _runs_on(side: Region, size: float) -> bool:
    """Tell whether these segments look like lines of running text, in one column or in several side by side."""
    if _is_running(side, size, full=0.4):
        return True
    columns = _side_columns([part for part in side if part.size < LARGE * size], size)
    return len(columns) > 1 and all(len(column) >= FEW and _is_running(column, size, full=0.6) for column in columns)


def _is_running(side: Region, size: float, *, full: float) -> bool:
    """Tell lines of one column: so many of them reach from edge to edge, and they hold several words."""
    width = max(part.x1 for part in side) - min(part.x0 for part in side)
    if len(side) < 3 or width < MIN_COLUMN * size:
        return False
    reaching = sum(1 for part in side if part.width >= 0.75 * width)
    words = sum(len(part.tokens) for part in side) / len(side)
    letters = sum(part.letters for part in side) / len(side)
    return reaching >= full * len(side) and (words >= 3.5 or letters >= 14) and letters >= 10


def _side_columns(side: Region, size: float) -> list[Region]:
    """Part segments where white runs down between them; what is much wider than the rest stands over columns."""
    if not side:
        return []
    usual = sorted(part.width for part in side)[int(0.8 * (len(side) - 1))]
    result: list[Region] = []
    reach = 0.0
    for part in sorted(side, key=lambda part: part.x0):
        if part.width > WIDER * usual:
            continue
        if result and part.x0 - reach < INNER_GUTTER * size:
            result[-1].append(part)
        else:
            result.append([part])
        reach = max(reach, part.x1)
    return result
