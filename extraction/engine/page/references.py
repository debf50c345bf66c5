"""Lists of references: the entries under their heading, told by number, by hanging indent or as paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extraction.engine.page.drafts import Draft, make_draft
from extraction.engine.page.lines import Line
from extraction.types import Block, BlockType, PageReading

HEADING = re.compile(
    r"^(?:\d{1,2}\.?\s*|[IVX]+\.\s*|[一二三四五六七八九十]+、)?"
    r"(?:references(?: and notes)?|bibliography|literature(?: cited)?|works cited"
    r"|(?:主要)?参\s*考\s*(?:文\s*献|资料|书目)|參\s*考\s*文\s*獻|引用文献)"
    r"\s*[:：]?$",
    re.IGNORECASE,
)
NUMBER = re.compile(r"^(?:\[(\d{1,3})\]|\(?(\d{1,3})[.)]|［(\d{1,3})］|(\d{1,3})(?=\s+[^\W\d_]))\s*\S?")
SOURCE = re.compile(
    r"(?:19|20)\d\d|\barXiv\b|\bdoi\b|\bet al\b|\bpp?\.|[:：]\s?\d+\s?[-–]\s?\d+|\[[A-Z]\]", re.IGNORECASE
)
HANGING = (0.5, 5.0)  # ems by which an entry's further lines stand in
SAME_EDGE = 0.3  # ems


def mark_references(drafts: list[Draft]) -> None:
    """Part the text under a heading of references, to the next title or the page's end, into its entries."""
    heading: Draft | None = None
    position = 0
    while position < len(drafts):
        draft = drafts[position]
        if draft.kind is BlockType.TITLE and not (heading and _is_entry(draft, heading)):
            heading = draft if HEADING.match(draft.content.strip()) else None
        elif heading and _is_text(draft, heading):
            end = _end(drafts, position, heading)
            entries = _entries([line for part in drafts[position:end] for line in part.lines])
            drafts[position:end] = entries
            position += len(entries) - 1
        position += 1


def with_references(pages: Sequence[PageReading]) -> list[PageReading]:
    """Text that a list of references goes on with on the next pages, up to a title, names sources too."""
    result: list[PageReading] = []
    listed = False
    for page in pages:
        blocks: list[Block] = []
        for block in page.blocks:
            if block.type == BlockType.TITLE:
                listed = bool(HEADING.match(block.content.strip()))
            names = listed and block.type == BlockType.TEXT and bool(SOURCE.search(block.content))
            blocks.append(replace(block, type=BlockType.REFERENCE) if names else block)
        result.append(replace(page, blocks=tuple(blocks)))
    return result


def _is_entry(draft: Draft, heading: Draft) -> bool:
    """Tell a numbered line in lesser print than the heading of references, which looked like a title."""
    lesser = draft.size < 0.95 * heading.size or _depth(draft) > _depth(heading)
    return draft.kind is BlockType.TITLE and lesser and bool(NUMBER.match(draft.content))


def _depth(draft: Draft) -> tuple[int, bool]:
    hint = draft.title_hint
    return (-1, False) if hint is None else (hint.level or 0, not hint.is_strong)


def _is_text(draft: Draft, heading: Draft) -> bool:
    plain = draft.kind in (BlockType.TEXT, BlockType.REFERENCE) or _is_entry(draft, heading)
    return plain and draft.text is None and bool(draft.lines)


def _end(drafts: Sequence[Draft], start: int, heading: Draft) -> int:
    """The draft after the last of a column's text."""
    end = start + 1
    while end < len(drafts) and _is_text(drafts[end], heading) and drafts[end].bbox.y0 >= drafts[end - 1].bbox.y0:
        end += 1
    return end


def _entries(lines: Sequence[Line]) -> list[Draft]:
    starts = _numbered(lines) or _hanging(lines) or _paragraphs(lines)
    bounds = sorted({0, *starts})
    parts = [lines[first:end] for first, end in pairwise([*bounds, len(lines)])]
    return [make_draft(BlockType.REFERENCE, part) for part in parts]


def _numbered(lines: Sequence[Line]) -> list[int]:
    """Lines whose numbers count on."""
    starts: list[int] = []
    last: int | None = None
    for position, line in enumerate(lines):
        match = NUMBER.match(line.text)
        number = int(next(filter(None, match.groups()))) if match else None
        if number is not None and (last is None or number == last + 1):
            starts.append(position)
            last = number
    return starts if len(starts) > 1 else []


def _hanging(lines: Sequence[Line]) -> list[int]:
    """Lines at the column's edge, where others hang under them."""
    left = min(line.x0 for line in lines)
    size = lines[0].size
    edge = [line.x0 - left < SAME_EDGE * size for line in lines]
    hung = sum(HANGING[0] * size < line.x0 - left < HANGING[1] * size for line in lines)
    if not hung or hung + sum(edge) < 0.9 * len(lines):
        return []
    return [position for position, starts in enumerate(edge) if starts]


def _paragraphs(lines: Sequence[Line]) -> list[int]:
    """Lines after a wider gap, or after a short line that ends a sentence."""
    right = max(line.x1 for line in lines)
    gaps = [second.y0 - first.y1 for first, second in pairwise(lines)]
    usual = sorted(gaps)[len(gaps) // 4] if gaps else 0.0
    return [
        position
        for position, ((last, line), gap) in enumerate(zip(pairwise(lines), gaps, strict=True), start=1)
        if gap > usual + 0.3 * line.size or (last.x1 < right - 3 * line.size and last.text.endswith((".", "。", "．")))
    ]
