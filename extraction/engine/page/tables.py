"""Tables that rules show: whole frames, and stacks of horizontal rules."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from extraction.engine.page.aligned import Row, aligned_grid, gutters_of, part_line, place_row
from extraction.engine.page.cells import Cell, Grid, compact, table_draft
from extraction.engine.page.drafts import Draft
from extraction.engine.page.inner import band_lines, parted_frames
from extraction.engine.page.kinds import is_caption_start
from extraction.engine.page.lattice import lattice_grid
from extraction.engine.page.lines import Line, Segment, Token, common_size, lines_of, segments_of
from extraction.engine.page.rules import Frame, Rule, frames_of, join_rules, page_rules, stacks_of
from extraction.engine.page.stripes import stripe_sides
from extraction.engine.page.stubs import with_stub
from extraction.engine.page.torn import mended
from extraction.engine.raw import RawPage
from extraction.types import BBox

BAR_REACH = 45.0  # points between a header bar's top and the rules below it
TEXT_LINES = 10  # so many lines between two rules are no row
MIN_STACK = 60.0  # points: shorter rules are fraction bars and underlines


def ruled_tables(raw: RawPage, tokens: Sequence[Token]) -> tuple[list[Draft], list[Token]]:
    """Tables that rules show, and the tokens that are left."""
    across, down = page_rules(raw)
    down = join_rules([*down, *sides]) if (sides := stripe_sides(raw)) else down
    drafts: list[Draft] = []
    rest = list(tokens)
    for frame in sorted(frames_of(across, down), key=lambda frame: -frame.bbox.area):
        bands, parts = parted_frames(frame, rest)
        for strip in bands:
            rest = _take(drafts, rest, _band_table(frame, strip, rest))
        for part in parts:
            rest = _take(drafts, rest, _frame_table(_with_posts(part, down), rest, rows=1 if bands else 2))
    for stack in stacks_of([rule for rule in across if rule.length >= MIN_STACK]):
        for band in _table_bands(stack, rest):
            posts = [rule.at for rule in down if rule.low <= band[0].at + 5 and rule.high >= band[-1].at - 5]
            rest = _take(drafts, rest, _stack_table(_under_bar(band, across), posts, rest))
    return drafts, rest


def _with_posts(frame: Frame, down: Sequence[Rule]) -> Frame:
    """Add the upright rules that stand free inside the frame."""
    box = frame.bbox
    free = [
        rule
        for rule in down
        if rule not in frame.down and box.x0 < rule.at < box.x1 and box.y0 - 3 <= rule.low and rule.high <= box.y1 + 3
    ]
    return Frame(frame.across, (*frame.down, *free))


def _take(drafts: list[Draft], rest: list[Token], draft: Draft | None) -> list[Token]:
    if draft is None:
        return rest
    drafts.append(draft)
    taken = {token.index for token in draft.tokens}
    return [token for token in rest if token.index not in taken]


def _inside(tokens: Sequence[Token], box: BBox) -> list[Token]:
    return [
        token
        for token in tokens
        if box.x0 - 1 <= (token.x0 + token.x1) / 2 <= box.x1 + 1 and box.y0 <= (token.y0 + token.y1) / 2 <= box.y1
    ]


def _frame_table(frame: Frame, tokens: Sequence[Token], *, rows: int = 2) -> Draft | None:
    """The frame as a table of at least so many rows."""
    box = frame.bbox
    if box.height < 10 or box.width < 20:
        return None
    grid = lattice_grid(frame, tokens)
    if grid is None:
        return None
    grid = compact(_without_outer_text(grid))
    held = [token for cell in grid.cells for token in cell.tokens]
    if _is_coarse(grid):
        return _open_frame_table(frame, tokens, held)
    if grid.columns == 1 and grid.rows >= 3 and (striped := _open_frame_table(frame, tokens, held)):
        return striped
    if grid.columns >= 2 and grid.rows >= rows and len(grid.filled) >= 2 * rows:
        is_table = not _is_prose(grid) and len(grid.filled) >= 0.25 * grid.rows * grid.columns
        return table_draft(grid) if is_table else None
    if grid.columns == 1 and grid.rows >= 2 and len(frame.down) >= 2:
        return None if _is_framed_prose(grid) else table_draft(grid)
    inside = _inside(tokens, box)
    return _open_frame_table(frame, tokens, inside) if _fill_height(inside) >= 0.5 * box.height else None


def _fill_height(tokens: Sequence[Token]) -> float:
    return max(token.y1 for token in tokens) - min(token.y0 for token in tokens) if tokens else 0.0


def _band_table(frame: Frame, band: tuple[float, float], tokens: Sequence[Token]) -> Draft | None:
    grid = aligned_grid(band_lines(frame, band, tokens), floors=[rule.at for rule in frame.across])
    return table_draft(grid) if grid and grid.rows >= 2 else None


def _is_coarse(grid: Grid) -> bool:
    """Tell rules that only part groups of columns: their cells hold lines of many texts, or of several figures."""
    lines = [part_line(line) for cell in grid.filled for line in cell.lines]
    many = sum(1 for parts in lines if len(parts) >= 4 or (len(parts) > 1 and all(map(_is_figure, parts))))
    return many >= max(3, 0.25 * len(lines))


def _is_figure(part: Segment) -> bool:
    return 2 * sum(sign.isdigit() for sign in part.text) >= part.letters


def _is_framed_prose(grid: Grid) -> bool:
    """Tell a box of running text whose lines have shades of their own."""
    widest = max(line.width for cell in grid.filled for line in cell.lines)
    prose = [cell for cell in grid.filled if len(cell.lines) == 1 and cell.lines[0].width > 0.8 * widest]
    return len(prose) > 0.4 * len(grid.filled) and sum(token.wordy for c in prose for token in c.tokens) > 5 * len(
        prose
    )


def _without_outer_text(grid: Grid) -> Grid:
    """Leave out captions and whole paragraphs that the frame holds above and below the table's rows."""
    cells = list(grid.cells)
    while cells and (outer := _outer_text(cells, grid.columns)):
        cells = [cell for cell in cells if cell.row not in outer]
    return Grid(grid.rows, grid.columns, cells)


def _outer_text(cells: Sequence[Cell], columns: int) -> set[int]:
    filled = [cell for cell in cells if cell.tokens]
    if len(filled) < 2:
        return set()
    result = set()
    for row in (min(cell.row for cell in filled), max(cell.row + cell.rows - 1 for cell in filled)):
        members = [cell for cell in filled if cell.row <= row < cell.row + cell.rows]
        if len(members) == 1 and members[0].columns == columns and _is_outer(members[0], columns):
            result.add(members[0].row)
    return result


def _is_outer(cell: Cell, columns: int) -> bool:
    lines = cell.lines
    if is_caption_start(lines[0]):
        return True
    letters = sum(line.letters for line in lines)
    return columns > 1 and (len(lines) >= 4 or letters > 250)


def _open_frame_table(frame: Frame, tokens: Sequence[Token], inside: Sequence[Token]) -> Draft | None:
    """A frame whose rules part little: its columns show by alignment."""
    box = BBox.around(*(BBox(token.x0, token.y0, token.x1, token.y1) for token in inside)) if inside else frame.bbox
    lines = lines_of(segments_of(inside))
    if len(lines) < 3 or len(frame.across) < 2 or _rowish_share(lines) < 0.6:
        return None
    posts = [rule.at for rule in frame.down]
    lines = with_neighbours(
        lines, _around(tokens, box), gutters_of([Row(line, part_line(line)) for line in lines], posts)
    )
    grid = aligned_grid(lines, posts=posts, floors=[rule.at for rule in frame.across])
    return table_draft(grid) if grid and grid.rows >= 2 else None


def _is_prose(grid: Grid) -> bool:
    """Tell framed running text from a table: a few cells hold nearly all the letters, in long lines."""
    sizes = sorted((sum(len(token.text) for token in cell.tokens) for cell in grid.filled), reverse=True)
    return len(sizes) <= 6 and sizes[0] > 400 and sizes[0] > 0.6 * sum(sizes)


def _table_bands(stack: Sequence[Rule], tokens: Sequence[Token]) -> list[list[Rule]]:
    """Runs of rules with rows of a table between them."""
    runs: list[list[Rule]] = []
    for above, below in pairwise(stack):
        box = BBox(above.low, above.at, max(above.high, above.low + 1), below.at) if below.at > above.at else None
        parts = mended(segments_of(_inside(tokens, box))) if box else []
        lines = lines_of(parts)
        if not lines or not _is_tabular(lines) or _is_columned_text(lines):
            continue
        if runs and runs[-1][-1] is above:
            runs[-1].append(below)
        else:
            runs.append([above, below])
    return runs


def _is_tabular(lines: Sequence[Line]) -> bool:
    share = _rowish_share(lines)
    return share >= 0.5 or (share >= 0.3 and _keeps_columns(lines))


def _is_columned_text(lines: Sequence[Line]) -> bool:
    """Tell columns of running text between two rules: most of their lines reach from edge to edge."""
    if len(lines) < TEXT_LINES:
        return False
    columns = [column for column in _columns_between(lines) if len(column) >= 0.5 * TEXT_LINES]
    return len(columns) > 1 and all(map(_is_text_column, columns))


def _columns_between(lines: Sequence[Line]) -> list[list[Segment]]:
    """The lines' parts by column; headings and lines over all columns are none of them."""
    size = common_size(token for line in lines for token in line.tokens)
    whole = [part for line in lines for part in line.segments if abs(part.size - size) < 0.1 * size]
    usual = median(part.width for part in whole)
    result: list[list[Segment]] = []
    reach = 0.0
    for part in sorted((part for part in whole if part.width < 1.5 * usual), key=lambda part: part.x0):
        if result and part.x0 < reach:
            result[-1].append(part)
        else:
            result.append([part])
        reach = max(reach, part.x1)
    return result


def _is_text_column(column: Sequence[Segment]) -> bool:
    left, right = min(part.x0 for part in column), max(part.x1 for part in column)
    full = [part for part in column if part.width > 0.8 * (right - left)]
    words = sum(sum(token.wordy for token in part.tokens) for part in full)
    return len(full) >= 0.4 * len(column) and words >= 2.5 * len(full)


def _keeps_columns(lines: Sequence[Line]) -> bool:
    """Tell rows whose cells wrap, each to its own number of lines: nothing crosses from column to column."""
    rows = [Row(line, part_line(line)) for line in lines]
    gutters = gutters_of(rows)
    pieces = [piece for row in rows for piece in place_row(row, gutters)] if len(gutters) >= 2 else []
    return bool(pieces) and sum(piece.first == piece.last for piece in pieces) >= 0.95 * len(pieces)


def _rowish_share(lines: Sequence[Line]) -> float:
    return sum(1 for line in lines if len(part_line(line)) >= 2) / len(lines)


def _under_bar(band: Sequence[Rule], across: Sequence[Rule]) -> list[Rule]:
    """Widen a stack to the header bar above it, when that reaches farther to the sides."""
    top = band[0]
    bars = [
        rule
        for rule in across
        if rule.low <= top.low + 5 and rule.high >= top.high - 5 and rule.length > 1.05 * top.length
        if 2 < top.at - rule.at < BAR_REACH
    ]
    if not bars:
        return list(band)
    bar = min(bars, key=lambda rule: rule.at)
    return [bar, *(Rule(rule.at, bar.low, bar.high) for rule in band)]


def _stack_table(band: Sequence[Rule], posts: Sequence[float], tokens: Sequence[Token]) -> Draft | None:
    box = with_stub(BBox(band[0].low, band[0].at, band[0].high, band[-1].at), tokens)
    lines = lines_of(segments_of(_inside(tokens, box)))
    if len(lines) < 2:
        return None
    gutters = gutters_of([Row(line, part_line(line)) for line in lines], posts)
    lines = with_neighbours(lines, _around(tokens, box), gutters)
    grid = aligned_grid(lines, posts=posts, floors=[rule.at for rule in band])
    if grid is None or grid.rows < 2 or grid.columns < 2:
        return None
    return table_draft(grid)


def _around(tokens: Sequence[Token], box: BBox) -> list[Line]:
    """Printed lines in a frame's columns, also those above and below it."""
    return lines_of(segments_of(_inside(tokens, BBox(box.x0, max(0.0, box.y0 - 60), box.x1, box.y1 + 200))))


def with_neighbours(lines: list[Line], near: Sequence[Line], gutters: Sequence[tuple[float, float]]) -> list[Line]:
    """Add the rows just above and below the rules that keep to the table's columns."""
    if len(gutters) < 2:
        return lines
    taken = {token.index for line in lines for token in line.tokens}
    near = [line for line in near if taken.isdisjoint(token.index for token in line.tokens)]
    above = [line for line in near if line.y1 <= lines[0].y0 + 1]
    below = [line for line in near if line.y0 >= lines[-1].y1 - 1]
    result = list(lines)
    for line in reversed(above):
        if result[0].y0 - line.y1 > 0.9 * line.size or not _fits(line, gutters):
            break
        result.insert(0, line)
    for line in below:
        if line.y0 - result[-1].y1 > 0.9 * line.size or not _fits(line, gutters):
            break
        result.append(line)
    return result


def _fits(line: Line, gutters: Sequence[tuple[float, float]]) -> bool:
    """Tell a row of the table: it fills half of the columns, each piece in one."""
    pieces = place_row(Row(line, part_line(line)), gutters)
    straight = sum(1 for piece in pieces if piece.first == piece.last)
    return len(pieces) >= max(3, 0.5 * (len(gutters) + 1)) and straight >= 0.8 * len(pieces)
