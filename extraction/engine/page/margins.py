"""What stands around the text: running heads, page numbers, footnotes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extraction.engine.page.aligned import part_line
from extraction.engine.page.drafts import Draft
from extraction.engine.raw import RawPage, RawRule
from extraction.types import BlockType

TOP, BOTTOM = 0.14, 0.86  # shares of the height: where heads end and feet begin
VERY_EDGE, SMALL, EDGE_GAP = 0.07, 0.92, 1.5  # shares of the height and of the body's size; ems
NUMBER_GAP = 1.0  # ems that part the page's number from a running head
PAGE_NUMBER = re.compile(
    r"^[-–—~|·•.\s]{0,3}(?:page|seite|p\.|第)?\s*(?:[A-Z]{0,2}[-.]?\d{1,4}|[ivxlc]{1,7})\s*页?"
    r"(?:\s*[（(]?(?:/|of|von|共)\s*\d{1,4}\s*页?[）)]?)?[-–—~|·•.\s]{0,3}$",
    re.IGNORECASE,
)
PROSE = (BlockType.TEXT, BlockType.TITLE, BlockType.REFERENCE)


def mark_margins(raw: RawPage, drafts: Sequence[Draft], body: float) -> None:
    """Set the kind of heads, feet and footnotes."""
    printed = [draft for draft in drafts if draft.lines]
    if not printed:
        return
    _mark_edge(printed, raw, body, top=True)
    _mark_edge(printed, raw, body, top=False)
    if raw.source == "text":
        _mark_small_edge(printed, raw, body, top=True)
        _mark_small_edge(printed, raw, body, top=False)
    for rule in raw.rules:
        if rule.is_horizontal and 0.04 * raw.width < rule.x1 - rule.x0 < 0.5 * raw.width:
            _mark_footnotes(rule, printed, raw, body)
    _mark_noted(printed, raw, body)


def _mark_edge(drafts: Sequence[Draft], raw: RawPage, body: float, *, top: bool) -> None:
    """A line with the page's number at the page's very edge is a head or a foot."""
    edge = [d for d in drafts if (d.bbox.y1 < TOP * raw.height if top else d.bbox.y0 > BOTTOM * raw.height)]
    for draft in edge:
        if draft.kind not in PROSE or len(draft.lines) > 2:
            continue
        middle = draft.bbox.centre[1]
        beyond = [d for d in drafts if d is not draft and (d.bbox.centre[1] < middle) is top]
        outermost = all(abs(d.bbox.centre[1] - middle) < body or d in edge for d in beyond)
        titled = top and draft.kind is BlockType.TITLE and not _ends_in_page_number(draft)
        if outermost and not titled and _has_page_number(draft):
            _mark_row(edge, draft, BlockType.HEADER if top else BlockType.FOOTER)


def _mark_small_edge(drafts: Sequence[Draft], raw: RawPage, body: float, *, top: bool) -> None:
    """A line in small print at the page's very edge, far from the text, is a head or a foot."""
    reach = VERY_EDGE * raw.height
    edge = [d for d in drafts if (d.bbox.y1 < reach if top else d.bbox.y0 > raw.height - reach)]
    rest = [d for d in drafts if d not in edge and d.kind not in (BlockType.HEADER, BlockType.FOOTER, BlockType.SIDER)]
    if not rest or not edge:
        return
    limit = min(d.bbox.y0 for d in rest) if top else max(d.bbox.y1 for d in rest)
    for draft in edge:
        away = limit - draft.bbox.y1 if top else draft.bbox.y0 - limit
        small = draft.size < SMALL * body and len(draft.lines) <= 2
        if draft.kind in PROSE and small and away > EDGE_GAP * body:
            draft.kind = BlockType.HEADER if top else BlockType.FOOTER


def _has_page_number(draft: Draft) -> bool:
    line = draft.lines[0]
    if PAGE_NUMBER.match(line.text):
        return True
    parts = part_line(line, NUMBER_GAP)
    return len(parts) > 1 and any(PAGE_NUMBER.match(end.text) for end in (parts[0], parts[-1]))


def _ends_in_page_number(draft: Draft) -> bool:
    return bool(PAGE_NUMBER.match(part_line(draft.lines[0], NUMBER_GAP)[-1].text))


def _mark_row(edge: Sequence[Draft], draft: Draft, kind: BlockType) -> None:
    for other in edge:
        level = abs(other.bbox.centre[1] - draft.bbox.centre[1]) < 0.7 * draft.size
        if other is draft or (level and other.kind in PROSE and len(other.lines) <= 2):
            other.kind = kind


def _mark_footnotes(rule: RawRule, drafts: Sequence[Draft], raw: RawPage, body: float) -> None:
    """All small print of the column below a short rule is a footnote, when nothing else follows there."""
    if rule.y0 < 0.3 * raw.height:
        return
    below = [d for d in drafts if d.bbox.y0 > rule.y0 - 2 and d.bbox.x0 < rule.x1 and d.bbox.x1 > rule.x0]
    below = [d for d in below if d.kind not in (BlockType.FOOTER, BlockType.HEADER)]
    if not below or min(d.bbox.y0 for d in below) - rule.y0 > 2.5 * body:
        return
    if all(d.kind in PROSE and d.size < 0.96 * body for d in below) and abs(below[0].bbox.x0 - rule.x0) < 3 * body:
        for draft in below:
            draft.kind = BlockType.FOOTNOTE


NOTE_MARK = re.compile(r"^(?:[*†‡§¶∗※①-⑳]|注\d{0,2}[:：]|\d{1,2}(?=[^\W\d]|\s|\())")


def _mark_noted(drafts: Sequence[Draft], raw: RawPage, body: float) -> None:
    """Small print with a raised mark at the column's foot is a footnote, rule or not."""
    for draft in drafts:
        if draft.kind not in PROSE or draft.bbox.y0 < 0.6 * raw.height or draft.size > 0.9 * body:
            continue
        first = draft.lines[0].tokens[0]
        raised = first.size < 0.85 * draft.size and len(first.text) <= 3
        if (raised or NOTE_MARK.match(first.text)) and not _goes_on_below(draft, drafts, body):
            draft.kind = BlockType.FOOTNOTE


def _goes_on_below(draft: Draft, drafts: Sequence[Draft], body: float) -> bool:
    return any(
        other.bbox.y0 > draft.bbox.y1 - 2
        and other.bbox.x0 < draft.bbox.x1
        and other.bbox.x1 > draft.bbox.x0
        and other.size > 0.95 * body
        and other.kind in PROSE
        for other in drafts
    )
