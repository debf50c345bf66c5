"""Headings: by size, face, numbering and the air around a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extraction.engine.page.aligned import part_line
from extraction.engine.page.drafts import Column, Draft
from extraction.engine.page.kinds import NAMED, NUMBERED
from extraction.engine.page.lines import CJK, Line
from extraction.engine.page.numbering import numbering_of
from extraction.types import BlockType, TitleHint

LARGER, MUCH_LARGER = 1.12, 1.35  # of the body's size
WIDE_GAP = 2.0  # ems: what stands beyond is another text
MAX_LINES, MAX_LETTERS = 4, 220
WRAPPED_PITCH = 1.5
GAP_TO_FILL = re.compile(r"_{3,}|[（(]\s*[)）]|[（(]\u3000+[)）]")
DATE = re.compile(
    r"\d{1,2}\.?\s(?:jan|feb|mar|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])\w*\.?,?\s\d{4}$", re.IGNORECASE
)
SMALL_CAPITALS = re.compile(r"C?SC\d|Small-?Cap|[-_]SC$", re.IGNORECASE)
BULLETS = "•◦‣▪■●○◆◇▸►➢➤✓❖"


@dataclass(frozen=True, slots=True)
class Beside:
    """The lines above and below."""

    above: Line | None = None
    below: Line | None = None


def is_title(line: Line, column: Column, *, gap_above: float, gap_below: float, beside: Beside) -> bool:
    """Tell a heading's line; gaps in ems."""
    text = line.text.strip()
    if not _may_be_title(line, text):
        return False
    labels = text.endswith((":", "：")) and line.size < MUCH_LARGER * column.body and not NAMED.match(text)
    if not labels and line.size >= LARGER * column.body and (sum(map(str.isalpha, text)) >= 3 or CJK.search(text)):
        return True
    bold = line.share("bold") >= 0.8 and not column.bold
    if NAMED.match(text):
        return bold or gap_above > 0.4
    ends = text.endswith((".", "。", ":", "："))
    short = line.width < 0.85 * column.width or len(text) < 40
    if NUMBERED.match(text):
        if not bold and _is_listed(text, beside):
            return False
        if beside.below is None or beside.below.width < 0.7 * column.width:
            gap_above -= column.gap
        return _is_numbered_title(line, column, text, gap_above, bold=bold, short=short)
    if in_capitals(line) and not ends and _is_centred(line, column) and line.width < 0.6 * column.width:
        return gap_above > 0.35 and gap_below > 0.1 and len(line.segments) == 1
    return bold and short and not ends and gap_above > 0.35 and gap_below > -0.2


def _is_listed(text: str, beside: Beside) -> bool:
    """Tell whether a line beside is numbered alike, so that both are items of a list."""
    number = numbering_of(text)
    return number is not None and any(
        line and numbering_of(line.text) == number for line in (beside.above, beside.below)
    )


def in_capitals(line: Line) -> bool:
    """Tell print in capitals or small capitals."""
    letters = [sign for token in line.tokens for sign in token.text if sign.isalpha()]
    small = sum(len(token.text) for token in line.tokens if SMALL_CAPITALS.search(token.font))
    return len(letters) > 4 and (sum(map(str.isupper, letters)) > 0.8 * len(letters) or small > 0.8 * line.letters)


def continues_title(last: Line, line: Line, column: Column) -> bool:
    """Tell the next line of a heading: close below, in the same print, which is not that of the text."""
    if line.y1 - last.y1 > WRAPPED_PITCH * line.size or abs(line.size - last.size) > 0.05 * line.size:
        return False
    if len(line.segments) > 1 or NUMBERED.match(line.text) or last.text.endswith((".", "。", ":", "：")):
        return False
    if last.share("bold") >= 0.8 and not column.bold:
        return line.share("bold") >= 0.8
    return in_capitals(last) and (in_capitals(line) or line.letters <= 4 and line.text.isupper())


def _is_centred(line: Line, column: Column) -> bool:
    left, right = line.x0 - column.left, column.right - line.x1
    return left > 0.6 * line.size and abs(left - right) < 2 * line.size


def _may_be_title(line: Line, text: str) -> bool:
    if len(text) < 2 or text[0] in BULLETS or not any(sign.isalpha() for sign in text) or line.share("math") > 0.4:
        return False
    if (
        text.endswith((",", ";", "，", "；", "、"))
        or GAP_TO_FILL.search(text)
        or DATE.match(text)
        or len(line.segments) > 2
    ):
        return False
    return not (text[-1].isdigit() and len(part_line(line, WIDE_GAP)) > 1)


def _is_numbered_title(line: Line, column: Column, text: str, gap_above: float, *, bold: bool, short: bool) -> bool:
    number = numbering_of(text)
    if bold or in_capitals(line):
        return True
    sentence = text.endswith((".", "。")) or bool(re.search(r"[.;]\s", text[6:]))
    if line.share("italic") >= 0.7:
        return not sentence and gap_above > 0.1
    centred = line.x0 - column.left > 1.5 * line.size and _is_centred(line, column)
    if number and number.is_chapter and not sentence and line.width < 0.6 * column.width:
        return True
    return not sentence and gap_above > 0.5 and (centred or short and line.width < 0.6 * column.width)


def settle_titles(drafts: Sequence[Draft], body: float) -> None:
    """Take back titles that are whole paragraphs, and authors in large print under the page's title."""
    largest = max((draft.size for draft in drafts if draft.kind is BlockType.TITLE), default=0.0)
    after_largest = False
    crowded = _is_crowded(drafts)
    for draft in drafts:
        if draft.kind is not BlockType.TITLE:
            after_largest = after_largest and draft.kind is BlockType.TEXT and draft.size > LARGER * body
            continue
        text = draft.content
        if _is_loose(draft, body, crowded=crowded) or _heads_columns(draft, drafts, body):
            draft.kind = BlockType.TEXT
            continue
        plain = draft.size < MUCH_LARGER * body and not NUMBERED.match(text) and not NAMED.match(text)
        author = after_largest and plain and draft.size < 0.85 * largest and not _is_bold(draft)
        if author or len(draft.lines) > MAX_LINES or len(text) > MAX_LETTERS or _is_prose(text):
            draft.kind = BlockType.TEXT
            continue
        if all(len(token.text) == 1 and CJK.match(token.text) for token in draft.tokens):
            draft.text = "".join(token.text for token in draft.tokens)
        draft.title_hint = TitleHint(_is_bold(draft) or all(map(in_capitals, draft.lines)))
        after_largest = after_largest or draft.size == largest > LARGER * body


def _is_crowded(drafts: Sequence[Draft]) -> bool:
    """Tell a form, on which much is large or bold, from a text with headings."""
    titles = sum(
        len(draft.lines) for draft in drafts if draft.kind is BlockType.TITLE and not NUMBERED.match(draft.content)
    )
    texts = sum(len(draft.lines) for draft in drafts if draft.kind is BlockType.TEXT)
    return titles > 4 and titles > 0.4 * texts


def _is_loose(draft: Draft, body: float, *, crowded: bool) -> bool:
    """Tell an address or a label in larger print from a heading."""
    if NUMBERED.match(draft.content) or NAMED.match(draft.content) or draft.size >= 1.6 * body:
        return False
    return len(draft.lines) >= 3 or (crowded and draft.size < MUCH_LARGER * body)


def _heads_columns(draft: Draft, drafts: Sequence[Draft], body: float) -> bool:
    """Tell the names over a table's columns, three and more in one row, from headlines side by side."""
    if draft.size >= MUCH_LARGER * body:
        return False
    middle = draft.bbox.centre[1]
    row = [other for other in drafts if other.bbox.y0 < middle < other.bbox.y1 and other.lines]
    return len(row) > 2 and all(len(other.lines) <= 3 for other in row) and not NUMBERED.match(draft.content)


def _is_prose(text: str) -> bool:
    return text.endswith((".", "。")) and len(text.split()) > 12


def _is_bold(draft: Draft) -> bool:
    return all(line.share("bold") > 0.8 for line in draft.lines)
