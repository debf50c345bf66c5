"""A reading as Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from extraction.engine.markdown_lists import Item, choices_text, items_of, list_text
from extraction.engine.markdown_tables import pipe_table
from extraction.engine.markdown_text import escaped, fenced, inline
from extraction.types import Block, BlockType, DocumentReading, PageReading

MARGINS = frozenset({BlockType.HEADER, BlockType.FOOTER, BlockType.SIDER})
FORMULAS = frozenset({BlockType.EQUATION, BlockType.CS_EQUATION})
LISTED = frozenset({BlockType.TEXT, BlockType.REFERENCE})
_LEADERS = re.compile(r"\s*(?:\.\s?){4,}\s*|\s*…{2,}\s*|\s*·{4,}\s*")


class TableForm(StrEnum):
    HTML = "html"
    MARKDOWN = "markdown"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Style:
    """How it is written: `address` gives a link for a block's image, empty for none."""

    tables: TableForm = TableForm.HTML
    keeps_margins: bool = False
    address: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """Something between two blank lines: a text, or items and entries that form a list with their neighbours."""

    text: str = ""
    items: tuple[Item, ...] = ()
    is_entry: bool = False


def to_markdown(reading: DocumentReading, style: Style | None = None) -> str:
    """Blocks in order, a blank line between them; by default tables are HTML, running heads and feet left out.

    Captions stand with what they caption, footnotes at their page's end. Text is escaped, so that it shows as printed;
    content of another format than "text" is taken as it is.
    """
    style = style or Style()
    parts = [part for page in reading.pages for part in _page_texts(page, style)]
    return "\n\n".join(parts) + "\n" if parts else ""


def _page_texts(page: PageReading, style: Style) -> Iterator[str]:
    parts = [part for block in _in_order(page.blocks) for part in _parts(block, style)]
    for (is_list, is_toc), group in groupby(parts, key=lambda part: (bool(part.items), part.is_entry)):
        if is_list:
            yield list_text([item for part in group for item in part.items], page.width)
        elif is_toc:
            yield "\n".join(part.text for part in group)
        else:
            yield from (part.text for part in group)


def _in_order(blocks: Sequence[Block]) -> Iterator[Block]:
    """The page's order, captions beside what they caption, footnotes last."""
    by_idx = {block.idx: block for block in blocks}
    bound = {idx for block in blocks for idx in block.captions if idx in by_idx and idx != block.idx}
    told: set[int] = set()
    for block in [*_without(blocks, BlockType.FOOTNOTE), *(b for b in blocks if b.type == BlockType.FOOTNOTE)]:
        if block.idx in bound:
            continue
        captions = [by_idx[idx] for idx in block.captions if idx in bound - told]
        told.update(caption.idx for caption in captions)
        yield from (caption for caption in captions if _is_before(caption, block))
        yield block
        yield from (caption for caption in captions if not _is_before(caption, block))
    # blocks that caption one another
    yield from (by_idx[idx] for idx in sorted(bound - told))


def _without(blocks: Sequence[Block], kind: BlockType) -> Iterator[Block]:
    return (block for block in blocks if block.type != kind)


def _is_before(caption: Block, block: Block) -> bool:
    if caption.bbox is None or block.bbox is None:
        return caption.idx < block.idx
    return (caption.bbox.centre[1], caption.idx) < (block.bbox.centre[1], block.idx)


def _parts(block: Block, style: Style) -> Iterator[_Part]:
    if block.type == BlockType.BLANK or block.type in MARGINS and not style.keeps_margins:
        return
    link = style.address(block.image) if style.address and block.image else ""
    if link:
        yield _Part(f"![]({link})")
    # a table that is given as its image is not given twice
    if block.content.strip() and not (link and block.type == BlockType.TABLE and style.tables is TableForm.IMAGE):
        yield _content(block, style)


def _content(block: Block, style: Style) -> _Part:
    content = block.content.strip()
    is_plain = block.format == "text"
    if block.type == BlockType.TITLE:
        return _Part(f"{'#' * max(1, min(6, block.title_level or 1))} {_heading(content, is_plain=is_plain)}")
    if block.type == BlockType.CODE:
        return _Part(fenced(block.content.strip("\r\n")))
    if block.type in FORMULAS and block.format == "latex" and "$" not in content:
        return _Part(f"$$\n{content}\n$$")
    if block.type == BlockType.TABLE:
        return _Part(_table(block, style))
    if not is_plain:
        return _Part(content)
    if block.type == BlockType.CHOICE:
        return _Part(choices_text(content))
    if block.type in (BlockType.CATE, BlockType.CATE_ITEM):
        return _Part("\n".join(f"- {_entry(line)}" for line in content.splitlines()), is_entry=True)
    items = items_of(content, block.bbox.x0 if block.bbox else 0.0) if block.type in LISTED else None
    return _Part(items=tuple(items)) if items else _Part(escaped(content))


def _heading(content: str, *, is_plain: bool) -> str:
    """On one line; signs at its end would be taken for the heading's own."""
    text = inline(content) if is_plain else " ".join(content.split())
    return re.sub(r"(?<=\s)(#+)$", r"\\\1", text)


def _entry(line: str) -> str:
    """An entry of a table of contents, its dots cut short."""
    return inline(_LEADERS.sub(" … ", line.strip()).strip())


def _table(block: Block, style: Style) -> str:
    if style.tables is TableForm.MARKDOWN and (piped := pipe_table(block)):
        return piped
    if block.format == "text":
        return escaped(block.content)
    # a blank line ends HTML inside Markdown
    return re.sub(r"\n\s*\n", "\n", block.content.strip())
