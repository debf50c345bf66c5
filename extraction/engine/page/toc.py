"""Tables of contents: the heading above them, and an entry for each line that ends in a page's number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extraction.engine.page.aligned import part_line
from extraction.engine.page.drafts import Column, Draft, make_draft
from extraction.engine.page.kinds import NUMBERED, TOC_ENTRY
from extraction.engine.page.lines import Line, join_lines
from extraction.types import BlockType

HEADING = re.compile(
    r"^(?:(?:table of )?contents|目\s*[录錄次]|inhalt(?:sverzeichnis)?|sommaire|índice)\s*[:：]?$", re.IGNORECASE
)
PAGE = re.compile(r"^(?:[A-Z]-?)?\d{1,4}$|^[ivxlc]{1,7}$", re.IGNORECASE)
LEADER = re.compile(r"\s*(?:(?:[.·．]\s?){4,}|…{2,}|-{6,}|_{6,})\s*")
LEAST = 2  # entries that prove the heading's word
NUMBER_GAP = 1.2  # ems before the page's number where no leader is printed


def contents_runs(lines: Sequence[Line], column: Column) -> list[tuple[int, int, list[Draft]]]:
    """Tables of contents in a column's lines: first line, the one after the last, and the drafts."""
    result: list[tuple[int, int, list[Draft]]] = []
    position = 0
    while position < len(lines):
        headed = bool(HEADING.match(lines[position].text.strip()))
        start = position + headed
        ends = _entry_ends(lines, start, column, headed=headed)
        if len(ends) < LEAST:
            position += 1
            continue
        heading = [make_draft(BlockType.CATE, [lines[position]])] if headed else []
        result.append((position, ends[-1], [*heading, *_entries(lines, start, ends)]))
        position = ends[-1]
    return result


def _entry_ends(lines: Sequence[Line], start: int, column: Column, *, headed: bool) -> list[int]:
    """Where each entry that begins at `start` or behind another ends; a long one may wrap once."""
    ends: list[int] = []
    last, right = 0, 0.0
    position = start
    while position < len(lines):
        size = next((n for n in (1, 2) if _is_entry(lines[position : position + n], column, headed=headed)), 0)
        if not size:
            break
        number = _page_number(lines[position + size - 1])
        edge = lines[position + size - 1].x1
        if number < last or (ends and not _is_led(lines[position + size - 1]) and abs(edge - right) > column.body):
            break
        last, right = number, edge
        position += size
        ends.append(position)
    return ends


def _is_entry(lines: Sequence[Line], column: Column, *, headed: bool) -> bool:
    """Tell an entry: a leader before its number, or under the heading a wide gap."""
    if not lines or any(_page_number(line) >= 0 and _is_led(line) for line in lines[:-1]):
        return False
    if any(second.y0 - first.y1 > 0.8 * column.body + 0.5 * column.pitch for first, second in pairwise(lines)):
        return False
    if len(lines) == 2 and (NUMBERED.match(lines[1].text) or len(part_line(lines[0], NUMBER_GAP)) > 2):
        return False
    return _is_led(lines[-1]) or headed and _page_number(lines[-1]) >= 0


def _is_led(line: Line) -> bool:
    return bool(TOC_ENTRY.search(line.text))


def _page_number(line: Line) -> int:
    """The number a line ends in, behind a leader or a wide gap; -1 for none, 0 for a Roman one."""
    led = TOC_ENTRY.search(line.text)
    parts = part_line(line, NUMBER_GAP)
    tail = line.text.split()[-1].lstrip(".…·") if led else parts[-1].text if len(parts) > 1 else ""
    if not PAGE.match(tail):
        return -1
    digits = re.sub(r"\D", "", tail)
    return int(digits) if digits else 0


def _entries(lines: Sequence[Line], start: int, ends: Sequence[int]) -> list[Draft]:
    drafts = [make_draft(BlockType.CATE_ITEM, lines[first:end]) for first, end in pairwise([start, *ends])]
    for draft in drafts:
        draft.text = LEADER.sub(" … ", join_lines(draft.lines))
    return drafts
