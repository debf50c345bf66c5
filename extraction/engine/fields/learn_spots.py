"""Where an approved value stands, told by the texts around it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence

from extraction.engine.fields.learn_layouts import stem
from extraction.engine.fields.segments import Segment, Sheet, fold_word
from extraction.types import Pointer, Span, Spot

type Part = tuple[Segment, int, int]
"""Characters from and to of a segment."""

_ROWS_UP = 6
_ROWS_DOWN = 6
_MOST_POINTERS = 6
_NONE = Pointer("", 0.0, 0.0, 0.0, 0.0)


def shape_of(text: str) -> str:
    """Runs of digits as 9 with their length's class, of letters as A, other signs as they are: INV-0042 is A-9."""
    short = re.sub(r"\d+", "9", text.strip())
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"\s+", " ", short))[:40]


def parts_of(spans: Iterable[Span], sheets: tuple[Sheet, ...]) -> tuple[Part, ...]:
    """The stretches of segments that the spans cover, in reading order; empty where nothing is printed."""
    found: list[Part] = []
    for span in spans:
        sheet = next((sheet for sheet in sheets if sheet.number == span.page), None)
        if sheet is not None:
            found += _inside(span, sheet)
    return tuple(sorted(found, key=lambda part: (part[0].page, part[0].row, part[0].bbox.x0, part[1])))


def with_lines_below(parts: tuple[Part, ...], text: str, sheets: tuple[Sheet, ...]) -> tuple[Part, ...]:
    """The parts and the lines under them that go on with the text, where the place of a long text is its first line."""
    if not parts:
        return parts
    rest = _letters(text).removeprefix(_letters(" ".join(s.text[start:end] for s, start, end in parts)))
    sheet = next(sheet for sheet in sheets if sheet.number == parts[-1][0].page)
    below = [s for s in sheet.segments if parts[-1][0].row < s.row <= parts[-1][0].row + _ROWS_DOWN]
    for segment in below if len(rest) < len(_letters(text)) else ():
        line = _letters(segment.text)
        if len(line) > 1 and rest.startswith(line):
            parts, rest = (*parts, (segment, 0, len(segment.text))), rest.removeprefix(line)
    return parts


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _inside(span: Span, sheet: Sheet) -> Iterable[Part]:
    for segment in sheet.segments:
        box = segment.bbox
        if box.overlap(span.bbox) < 0.3 * min(box.area, span.bbox.area) or not span.bbox.overlap(box):
            continue
        part = _printed(span, segment) or _covered(span, segment)
        if part:
            yield part


def _printed(span: Span, segment: Segment) -> Part | None:
    """By its text, where the span is a stretch of one segment; the nearest to the span where it repeats."""
    text = " ".join(fold_word(span.text)[0].split())
    if not text:
        return None
    starts = [match.start() for match in re.finditer(re.escape(text), segment.text)]
    if not starts:
        return None
    width = segment.bbox.width / max(1, len(segment.text))
    start = min(starts, key=lambda at: abs(segment.bbox.x0 + at * width - span.bbox.x0))
    return segment, *_uncut(segment.text, start, start + len(text))


def _uncut(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch with the rest of a number or name that it cuts, as the place of a mended slip may."""
    while start and _run_on(text[start - 1], text[start]):
        start -= 1
    while end < len(text) and _run_on(text[end - 1], text[end]):
        end += 1
    return start, end


def _run_on(before: str, after: str) -> bool:
    return before.isascii() and after.isascii() and (before.isdigit() and after.isdigit() or (before + after).isalpha())


def _covered(span: Span, segment: Segment) -> Part | None:
    inside = [index for index, word in enumerate(segment.words) if 2 * word.bbox.overlap(span.bbox) > word.bbox.area]
    if not inside:
        return None
    last = inside[-1]
    return segment, segment.starts[inside[0]], segment.starts[last] + len(segment.origins[last])


def edges(part: Part) -> tuple[float, float]:
    """Left and right edge of a part."""
    segment, start, end = part
    box = segment.span(start, end).bbox
    return box.x0, box.x1


def spot_of(parts: Sequence[Part], sheets: tuple[Sheet, ...], taken: Mapping[int, int]) -> Spot:
    """Of a value's parts, of which there must be one; `taken` says where values begin, by segment."""
    segment, start, end = first = parts[0]
    index = next(index for index, sheet in enumerate(sheets) if sheet.number == segment.page)
    sheet = sheets[index]
    left, right = edges(first)
    return Spot(
        from_start=index,
        from_end=len(sheets) - 1 - index,
        left=round(left / sheet.width, 4),
        right=round(right / sheet.width, 4),
        middle=round(segment.bbox.centre[1] / sheet.height, 4),
        before=stem(segment.text[:start]),
        after=stem(segment.text[end:]),
        shape=shape_of(segment.text[start:end]),
        words=len(segment.text[start:end].split()),
        lines=len({part[0].row for part in parts}),
        pointers=_pointers(first, taken, sheet),
        is_cut=any(c.isalnum() for c in segment.text[end:]),
    )


def digest(text: str) -> int:
    """Tells whether a text came again without keeping it; blanks and case say nothing."""
    return zlib.crc32("".join(text.split()).lower().encode())


def _pointers(part: Part, taken: Mapping[int, int], sheet: Sheet) -> tuple[Pointer, ...]:
    """The texts that stand nearest, those of the row first; numbers and values say nothing."""
    nearest: dict[str, Pointer] = {}
    for other in sheet.segments:
        if other is part[0] or abs(other.row - part[0].row) > _ROWS_UP:
            continue
        pointer = _pointer(part, other, stem(other.text[: taken.get(id(other), len(other.text))]), sheet.line_height)
        if len(pointer.text) > 1 and pointer.weight > nearest.get(pointer.text, _NONE).weight:
            nearest[pointer.text] = pointer
    return tuple(sorted(nearest.values(), key=lambda pointer: -pointer.weight)[:_MOST_POINTERS])


def _pointer(part: Part, other: Segment, text: str, unit: float) -> Pointer:
    left, right = edges(part)
    down = (part[0].bbox.centre[1] - other.bbox.centre[1]) / unit
    gap = max(0.0, left - other.bbox.x1, other.bbox.x0 - right) / unit
    return Pointer(
        text,
        round((left - other.bbox.x0) / unit, 2),
        round((right - other.bbox.x0) / unit, 2),
        round(down, 2),
        round(_weight(gap, down, is_before=other.bbox.x0 <= left), 3),
    )


def _weight(gap: float, down: float, *, is_before: bool) -> float:
    """Labels stand left or above; what follows a value is often another one."""
    if abs(down) < 0.6:
        return (1.5 if is_before else 0.35) / (1 + 0.02 * gap)
    return (0.7 if down > 0 else 0.3) / (1 + 0.25 * (abs(down) - 1) + 0.2 * gap)
