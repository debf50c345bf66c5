"""Lines of choices: tick marks with their labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extraction.engine.page.aligned import part_line
from extraction.engine.page.drafts import Column, Draft
from extraction.engine.page.lines import Line, Segment, join_lines, make_line
from extraction.engine.page.ticks import options_of, whole_marks
from extraction.types import BBox, BlockType

WIDE_GAP = 2.0  # ems between two texts that have nothing to do with one another
LABEL_GAP = 14.0  # ems between what is asked and its first option
LABEL_LETTERS, LONE_LETTERS = 40, 20
BOXES = frozenset("☐☑☒□❏❑")
ROUNDS = frozenset("○●◯◉")
EMPTY_BRACKETS = re.compile(r"\[\s{0,3}\]|\(\s{1,3}\)")
TOLD = re.compile(r"[:：]\s*\S")  # a label that has its value already


@dataclass(frozen=True, slots=True)
class ChoiceRun:
    """Lines from `first` up to `end` that are choices: what stands beside them is no part."""

    first: int
    end: int
    before: list[Line]
    draft: Draft
    behind: list[Line]


def choice_runs(lines: Sequence[Line], column: Column) -> list[ChoiceRun]:
    result: list[ChoiceRun] = []
    first = 0
    while first < len(lines):
        end = _run_end(lines, first, column)
        if end > first and any(_is_sure(line) for line in lines[first:end]) or _mixes(lines[first:end]):
            result.append(_run(lines, first, end))
        first = max(end, first + 1)
    return result


def _run_end(lines: Sequence[Line], first: int, column: Column) -> int:
    """Past the last of the lines with marks, and of the lines that go on with a label."""
    if not _may_be_choice(lines[first]):
        return first
    end, last_mark = first + 1, lines[first]
    while end < len(lines) and lines[end].y0 - lines[end - 1].y1 < 1.5 * column.body:
        if _may_be_choice(lines[end]):
            if not _are_alike(last_mark, lines[end]):
                break
            last_mark = lines[end]
        elif not _goes_on(lines[end], lines[end - 1], last_mark, column):
            break
        end += 1
    return end


def _are_alike(first: Line, second: Line) -> bool:
    """Tell lines of one list of choices: a line of mere bullets has them under the boxes."""
    if _is_sure(first) is _is_sure(second):
        return True
    return _begins_with_mark(first) and _begins_with_mark(second) and abs(first.x0 - second.x0) < 0.5 * first.size


def _may_be_choice(line: Line) -> bool:
    """Tell a line whose marks are followed, or each preceded, by a label."""
    if not _has_mark(line):
        return False
    _, options = options_of(line.text)
    if not any(option.label for option in options):
        return False
    start, end = next(whole_marks(line.text)).span()
    if len(options) > 1 or not start:
        return True
    # a lone mark inside or behind a sentence is none
    if not line.text[end:].strip():
        return start <= LONE_LETTERS
    asked = line.text[:start].rstrip().endswith((":", "："))
    return start <= LABEL_LETTERS and (asked or len(line.text) <= 1.5 * LABEL_LETTERS)


def _has_mark(line: Segment) -> bool:
    return any(True for _ in whole_marks(line.text)) and not any(
        token.math for token in line.tokens if token.text[:1] in BOXES | ROUNDS
    )


def _is_sure(line: Line) -> bool:
    """Tell marks that are no bullets: boxes, empty brackets, or several rounds in one line."""
    marks = [mark.group() for mark in whole_marks(line.text)]
    boxes = [mark for mark in marks if mark in BOXES]
    brackets = [mark for mark in marks if EMPTY_BRACKETS.fullmatch(mark)]
    _, options = options_of(line.text)
    if boxes and (len(marks) > 1 or options[0].label):
        return True
    if brackets and (len(marks) > 1 or EMPTY_BRACKETS.match(line.text)):
        return True
    return sum(1 for mark in marks if mark in ROUNDS) > 1


def _mixes(lines: Sequence[Line]) -> bool:
    """Tell empty and full rounds under one another: bullets of one level are alike."""
    starts = {(round(line.x0), line.text[:1]) for line in lines if line.text[:1] in ROUNDS}
    places = [place for place, _ in starts]
    return len(places) > len(set(places))


def _goes_on(line: Line, above: Line, marked: Line, column: Column) -> bool:
    """Tell the second line of a label: it stands under its option, whose line is full."""
    if line.y0 - above.y1 > 0.6 * column.body or above.x1 < column.right - 0.2 * column.width:
        return False
    return line.x0 >= marked.x0 - 0.5 * line.size and abs(line.size - above.size) < 0.1 * line.size


def _run(lines: Sequence[Line], first: int, end: int) -> ChoiceRun:
    before, behind = [], []
    kept: list[Line] = []
    texts: list[str] = []
    for line in lines[first:end]:
        left, own, right = _parted(line) if _may_be_choice(line) else ([], line, [])
        before += [make_line([part]) for part in left]
        behind += [make_line([part]) for part in right]
        kept.append(own)
        if _may_be_choice(own) or not texts:
            texts.append(own.text)
        else:
            texts[-1] = join_lines([*kept[-2:]]) if texts[-1] == kept[-2].text else f"{texts[-1]} {own.text}"
    box = BBox.around(*(line.bbox for line in kept))
    draft = Draft(BlockType.CHOICE, box, kept, text="\n".join(texts))
    return ChoiceRun(first, end, before, draft, behind)


def _parted(line: Line) -> tuple[list[Segment], Line, list[Segment]]:
    """A line's other texts to the left, its choices with what they are asked of, and texts to the right."""
    parts = part_line(line, WIDE_GAP)
    marked = [number for number, part in enumerate(parts) if _has_mark(part)]
    if not marked:
        return [], line, []
    first, last = marked[0], marked[-1]
    if first and _begins_with_mark(parts[first]) and _is_label(parts[first - 1], parts[first]):
        first -= 1
    if last + 1 < len(parts) and not options_of(parts[last].text)[1][-1].label and _begins_with_mark(parts[last]):
        last += 1
    return parts[:first], make_line(parts[first : last + 1]), parts[last + 1 :]


def _begins_with_mark(part: Segment) -> bool:
    return next(whole_marks(part.text)).start() == 0


def _is_label(part: Segment, option: Segment) -> bool:
    near = option.x0 - part.x1 < LABEL_GAP * part.size
    return near and part.letters <= LABEL_LETTERS and not TOLD.search(part.text)
