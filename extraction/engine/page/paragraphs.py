"""Lines of one column to drafts: paragraphs, titles, captions, formulas, lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extraction.engine.page.aligned import part_line
from extraction.engine.page.broken import is_broken
from extraction.engine.page.drafts import Column, Draft, column_of, make_draft
from extraction.engine.page.kinds import (
    CLAUSE,
    GAP_ONLY,
    LIST_ITEM,
    NUMBERED,
    REFERENCE,
    TOC_ENTRY,
    caption_kind,
    has_equation_number,
    is_caption_start,
    is_equation,
    is_label_only,
)
from extraction.engine.page.lines import Line
from extraction.engine.page.titles import MUCH_LARGER, Beside, continues_title, is_title
from extraction.types import BlockType

PAIR_GAP = 2.0  # ems between a label and its value
OWN_EDGE, MOST_SHORT = 3, 8  # lines
UNEVEN = 1.2  # ems
BREAK_PITCH = 1.35
FULL = 2.5  # ems that the last word of a full line leaves
ROOM = 3.0  # ems that a heading's line may leave empty


def drafts_of(lines: Sequence[Line], body: float) -> list[Draft]:
    """Group a column's lines, given from the top."""
    if not lines:
        return []
    column = column_of(lines, body)
    drafts = _grouped(lines, column)
    for draft in drafts:
        if draft.kind is BlockType.TEXT:
            draft.right = _right_edge(draft.lines, column)
    return drafts


def _right_edge(lines: Sequence[Line], column: Column) -> float:
    """Where lines are broken: those of a paragraph beside a picture before the column's edge."""
    if len(lines) <= OWN_EDGE or _is_address(lines, column):
        return column.right
    return max(line.x1 for line in lines)


def _is_address(lines: Sequence[Line], column: Column) -> bool:
    """Tell a few short lines of any length from running text in a narrow space."""
    longest = max(line.x1 for line in lines)
    uneven = sum(1 for line in lines if longest - line.x1 > UNEVEN * line.size)
    return len(lines) <= MOST_SHORT and longest < column.left + 0.6 * column.width and 2 * uneven >= len(lines)


def cluster_drafts(lines: Sequence[Line], body: float) -> list[Draft]:
    """Group the lines of an address or of labels with values: bold face is no heading there, and lines stay lines."""
    drafts = _grouped(lines, replace(column_of(lines, body), bold=True))
    for draft in drafts:
        pairs = sum(1 for line in draft.lines if len(part_line(line, PAIR_GAP)) > 1)
        draft.keeps_lines = len(draft.lines) < 6 or 2 * pairs > len(draft.lines) or not _fills(draft.lines)
    return drafts


def _fills(lines: Sequence[Line]) -> bool:
    """Tell running text: most lines are as long as the longest."""
    longest = max(line.width for line in lines)
    return sum(1 for line in lines if line.width > 0.8 * longest) > 0.6 * len(lines)


def _grouped(lines: Sequence[Line], column: Column) -> list[Draft]:
    kinds = _kinds(lines, column)
    groups: list[tuple[BlockType, list[Line]]] = []
    for position, line in enumerate(lines):
        kind = kinds[position]
        if groups and _joins(groups[-1], kind, line, column):
            groups[-1][1].append(line)
        else:
            groups.append((kind, [line]))
    return [make_draft(kind, group) for kind, group in groups]


def _kinds(lines: Sequence[Line], column: Column) -> list[BlockType]:
    kinds = [_kind(lines, position, column) for position in range(len(lines))]
    _spread_titles(lines, kinds, column)
    _spread_equations(lines, kinds)
    _drop_lone_references(lines, kinds)
    return kinds


def _kind(lines: Sequence[Line], position: int, column: Column) -> BlockType:
    line, text = lines[position], lines[position].text
    if is_caption_start(line):
        return caption_kind(text) or BlockType.TEXT
    if GAP_ONLY.match(text):
        ends = position > 0 and _is_full(lines[position - 1], line, column)
        return BlockType.TEXT if ends else BlockType.BLANK
    if TOC_ENTRY.search(text):
        return BlockType.CATE_ITEM
    if is_equation(line, column) and not (position and _runs_on(lines[position - 1], line, column)):
        return BlockType.EQUATION
    if REFERENCE.match(text):
        return BlockType.REFERENCE
    above = (line.y0 - lines[position - 1].y1) / column.body if position else 9.0
    below = (lines[position + 1].y0 - line.y1) / column.body if position + 1 < len(lines) else 9.0
    beside = Beside(*(lines[n] if 0 <= n < len(lines) else None for n in (position - 1, position + 1)))
    titled = is_title(line, column, gap_above=above, gap_below=below, beside=beside)
    return BlockType.TITLE if titled else BlockType.TEXT


def _runs_on(last: Line, line: Line, column: Column) -> bool:
    """Tell the end of a paragraph from a formula: it begins at the column's edge, below a full line of words."""
    if has_equation_number(line) or line.x0 - column.left > 0.5 * column.body:
        return False
    full = last.x1 > column.right - column.body and last.width > 0.8 * column.width
    return full and last.share("wordy") > 0.5 and line.y0 - last.y1 < 0.6 * column.body


def _is_full(last: Line, line: Line, column: Column) -> bool:
    """Tell a line that goes on below, since it is full."""
    near = line.y1 - last.y1 <= BREAK_PITCH * max(column.pitch, 1.05 * line.size)
    return near and last.x1 > column.right - FULL * last.size and not last.text.endswith((".", "。"))


def _spread_titles(lines: Sequence[Line], kinds: list[BlockType], column: Column) -> None:
    for position in range(1, len(lines)):
        wraps = kinds[position - 1] is BlockType.TITLE and kinds[position] is BlockType.TEXT
        if wraps and continues_title(lines[position - 1], lines[position], column):
            kinds[position] = BlockType.TITLE


def _spread_equations(lines: Sequence[Line], kinds: list[BlockType]) -> None:
    """Take the loose parts of a formula (limits, numerators) along with it."""
    for position, line in enumerate(lines):
        if kinds[position] is not BlockType.TEXT or line.share("wordy") > 0.2:
            continue
        near = [
            other
            for other in (position - 1, position + 1)
            if 0 <= other < len(lines)
            and kinds[other] is BlockType.EQUATION
            and min(abs(lines[other].y0 - line.y1), abs(line.y0 - lines[other].y1)) < 0.6 * line.size
        ]
        if near:
            kinds[position] = BlockType.EQUATION


def _drop_lone_references(lines: Sequence[Line], kinds: list[BlockType]) -> None:
    """Take back lines of running text that happen to begin with a reference: a list counts on."""
    marks = {
        position: line.text[1 : line.text.index("]")]
        for position, line in enumerate(lines)
        if kinds[position] is BlockType.REFERENCE
    }
    numbers = {int(mark) for mark in marks.values() if mark.isdigit()}
    for position, mark in marks.items():
        listed = {int(mark) - 1, int(mark) + 1} & numbers if mark.isdigit() else len(marks) > 2
        if not listed and len(lines) > 3:
            kinds[position] = BlockType.TEXT


def _joins(group: tuple[BlockType, list[Line]], kind: BlockType, line: Line, column: Column) -> bool:
    last_kind, lines = group
    last = lines[-1]
    pitch = line.y1 - last.y1
    if last_kind is BlockType.EQUATION or kind is BlockType.EQUATION:
        return kind is last_kind and line.y0 - last.y1 < 0.8 * column.body
    if abs(line.size - last.size) > 0.12 * max(line.size, last.size):
        return False
    if pitch > BREAK_PITCH * max(column.pitch, 1.05 * line.size):
        return False
    if kind is BlockType.TITLE:
        alike = last_kind is kind and abs(line.share("bold") - last.share("bold")) < 0.5
        return alike and not NUMBERED.match(line.text) and not _had_room(last, line, column)
    if last_kind is BlockType.TITLE:
        return False
    if last_kind in (BlockType.FIGURE_CAPTION, BlockType.TABLE_CAPTION):
        return kind is BlockType.TEXT and not _ends_caption(last, line, column)
    if kind is not BlockType.TEXT:
        return False
    if last_kind is BlockType.CATE_ITEM:
        return False
    return not _starts_paragraph(last, line, lines, column)


def _ends_caption(last: Line, line: Line, column: Column) -> bool:
    """Tell what stands below a caption from its next line: that would have begun on the line above."""
    centres = abs(last.x0 + last.x1 - line.x0 - line.x1) / 2
    is_label = is_label_only(last.text)
    return not is_label and centres > line.size and is_broken(last, line, column.right)


def _had_room(last: Line, line: Line, column: Column) -> bool:
    """Tell two headings from one of two lines: the upper would have held the lower one's first word."""
    first = line.tokens[0]
    end = last.x1 + first.x1 - first.x0 + ROOM * line.size
    in_text = line.size < MUCH_LARGER * column.body
    return in_text and abs(last.x0 - line.x0) < line.size and end < column.right


def _starts_paragraph(last: Line, line: Line, lines: Sequence[Line], column: Column) -> bool:
    if LIST_ITEM.match(line.text) or CLAUSE.match(line.tokens[0].text):
        return True
    if _ends_item(lines, line):
        return True
    indent, before = line.x0 - column.left, last.x0 - column.left
    short = last.x1 < column.right - 0.15 * column.width
    if indent > 0.7 * line.size and before < 0.3 * line.size and len(lines) > 1:
        return True
    if short and last.text.endswith((".", "。", ":", "：", "!", "?")):
        return True
    if before > 0.4 * column.width and indent < line.size:
        return True
    return abs(line.x0 - last.x0) > 3 * line.size and short


def _ends_item(lines: Sequence[Line], line: Line) -> bool:
    """Tell text that goes back to the left of a list's item, whose own lines hang under its words."""
    first = lines[0]
    if not LIST_ITEM.match(first.text):
        return False
    hangs = len(lines) > 1 and lines[1].x0 > first.x0 + 0.5 * first.size
    return line.x0 < first.x0 + (0.3 if hangs else -0.5) * first.size
