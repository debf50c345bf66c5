"""Texts that run over several lines."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.fields.segments import Segment, Sheet


def run_over_lines(sheet: Sheet, wanted: str, letters: Sequence[str]) -> list[Segment]:
    """The run of segments that spells the wanted letters, each under the one before; `letters` are the segments'."""
    for first, spelled in enumerate(letters):
        if spelled and wanted.startswith(spelled):
            run = _run(first, sheet, wanted, letters)
            if run:
                return run
    return []


def _run(first: int, sheet: Sheet, wanted: str, letters: Sequence[str]) -> list[Segment]:
    run, spelled = [sheet.segments[first]], letters[first]
    while spelled != wanted:
        following = next(
            (
                number
                for number, segment in enumerate(sheet.segments)
                if letters[number] and wanted.startswith(letters[number], len(spelled)) and _is_next(run[-1], segment)
            ),
            None,
        )
        if following is None:
            return []
        run.append(sheet.segments[following])
        spelled += letters[following]
    return run if len(run) > 1 else []


def _is_next(segment: Segment, following: Segment) -> bool:
    if following.row == segment.row:
        return following.bbox.x0 >= segment.bbox.x1
    drop = following.bbox.y0 - segment.bbox.y1
    overlaps = following.bbox.x0 < segment.bbox.x1 and segment.bbox.x0 < following.bbox.x1
    return following.row > segment.row and drop < 2 * segment.height and overlaps
