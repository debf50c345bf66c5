"""SoMark's pages and blocks: their numbers count from 0, their boxes are in the pixels of `page_size`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from extraction.errors import InvalidReply
from extraction.types import BBox, Block, BlockType, DocumentReading, PageReading
from extraction.wire import scalars

# an A4 page at 150 dpi, for pages whose size is not told; they have no boxes and a warning
UNKNOWN_SIZE = (1240.0, 1754.0)
# a box may reach this far in both directions, in longer sides of its page: some pages are told as they lay before a
# turn, and some boxes stick out a little
_REACH = 1.05
_CAPTION_TYPES = (BlockType.FIGURE_CAPTION, BlockType.TABLE_CAPTION)


def load_pages(shapes: Any) -> tuple[PageReading, ...]:
    """Raise InvalidReply for no page at all, a page that comes twice, or anything that is no page."""
    if not isinstance(shapes, list) or not shapes:
        raise InvalidReply("an answer without pages")
    if not all(isinstance(shape, Mapping) for shape in shapes):
        raise InvalidReply("a page is a JSON object")
    numbers = _page_numbers(shapes)
    pages = [_load_page(shape, number) for shape, number in zip(shapes, numbers, strict=True)]
    return tuple(sorted(pages, key=lambda page: page.number))


def _page_numbers(shapes: list[Mapping[str, Any]]) -> list[int]:
    """From 1; by their order where one is not told."""
    told = [scalars.whole(shape.get("page_num")) for shape in shapes]
    found = [number + 1 for number in told if number is not None and number >= 0]
    if None in told:
        return [*range(1, len(shapes) + 1)]
    if len(set(found)) < len(shapes):
        raise InvalidReply("a page comes twice, or before the first")
    return found


def _load_page(shape: Mapping[str, Any], number: int) -> PageReading:
    size = _size(scalars.mapping(shape.get("page_size")))
    width, height = size or UNKNOWN_SIZE
    return PageReading(
        number=number,
        width=width,
        height=height,
        blocks=_load_blocks(shape.get("blocks"), size),
        continues_previous=shape.get("merge_content_from_pre_page") in (True, "true"),
        warnings=() if size else ("page_size_unknown",),
    )


def _size(shape: Mapping[str, Any]) -> tuple[float, float] | None:
    width, height = scalars.number(shape.get("w")), scalars.number(shape.get("h"))
    return (width, height) if width and height and width > 0 and height > 0 else None


def _load_blocks(shapes: Any, size: tuple[float, float] | None) -> tuple[Block, ...]:
    if shapes is None:
        return ()
    if not isinstance(shapes, list) or not all(isinstance(shape, Mapping) for shape in shapes):
        raise InvalidReply("blocks are a list of JSON objects")
    told = [scalars.whole(shape.get("idx")) for shape in shapes]
    sound = None not in told and len(set(told)) == len(told)
    # by their order where the numbers do not tell the blocks apart; captions follow the first that had theirs
    names = {idx: idx if sound else place for place, idx in reversed([*enumerate(told)]) if idx is not None}
    blocks = [
        _load_block(shape, idx if sound and idx is not None else place, size)
        for place, (shape, idx) in enumerate(zip(shapes, told, strict=True))
    ]
    captions = [scalars.sequence(shape.get("captions")) for shape in shapes]
    if any(captions):
        blocks = _with_captions(blocks, captions, names)
    return tuple(sorted(blocks, key=lambda block: block.idx))


def _load_block(shape: Mapping[str, Any], idx: int, size: tuple[float, float] | None) -> Block:
    return Block(
        idx=idx,
        type=scalars.text(shape.get("type")) or BlockType.TEXT,
        bbox=_load_box(shape.get("bbox"), size),
        content=scalars.text(shape.get("content")),
        format=scalars.text(shape.get("format")) or "text",
        image=scalars.text(shape.get("img_url")) or None,
        title_level=scalars.whole(shape.get("title_level")),
    )


def _load_box(edges: Any, size: tuple[float, float] | None) -> BBox | None:
    if size is None or not isinstance(edges, list) or len(edges) != 4:
        return None
    x0, y0, x1, y1 = map(scalars.number, edges)
    if x0 is None or y0 is None or x1 is None or y1 is None or x1 <= x0 or y1 <= y0:
        return None
    return _on_page(BBox(x0, y0, x1, y1), *size)


def _on_page(box: BBox, width: float, height: float) -> BBox | None:
    """The box, or None for one that lies elsewhere: a box that tells nothing is none, never the whole page."""
    longer = max(width, height)
    far, near = longer * _REACH, longer * (1 - _REACH)
    is_near = box.x0 >= near and box.y0 >= near and box.x1 <= far and box.y1 <= far
    return box if is_near and box.x1 > 0 and box.y1 > 0 else None


def _with_captions(blocks: list[Block], captions: list[list[Any]], names: Mapping[int, int]) -> list[Block]:
    """Captions as numbers: texts find the caption block that says so, else become one at the page's end."""
    saying = {block.content.strip(): block.idx for block in reversed(blocks) if block.type in _CAPTION_TYPES}
    free = max(block.idx for block in blocks) + 1
    added: list[Block] = []
    done = []
    for block, told in zip(blocks, captions, strict=True):
        found = []
        for caption in told:
            idx = scalars.whole(caption)
            if idx is not None and (idx in names or not isinstance(caption, str)):
                found.append(names.get(idx, idx))
            elif isinstance(caption, str) and (words := scalars.text(caption).strip()):
                if words not in saying:
                    saying[words] = free + len(added)
                    added.append(_caption(words, saying[words], block))
                found.append(saying[words])
        done.append(replace(block, captions=tuple(dict.fromkeys(found))))
    return [*done, *added]


def _caption(words: str, idx: int, block: Block) -> Block:
    kind = BlockType.TABLE_CAPTION if block.type == BlockType.TABLE else BlockType.FIGURE_CAPTION
    return Block(idx, kind, None, words)


def dump_pages(reading: DocumentReading, *, address: Callable[[str], str] = str) -> dict[str, Any]:
    """The `{"pages": …}` of `outputs.json`; `address` makes a picture's absolute URL of a block's `image`."""
    return {"pages": [_dump_page(page, address) for page in _in_order(reading.pages)]}


def _in_order(pages: Iterable[PageReading]) -> list[PageReading]:
    return sorted(pages, key=lambda page: page.number)


def _dump_page(page: PageReading, address: Callable[[str], str]) -> dict[str, Any]:
    blocks = _carried(page)
    return {
        "page_num": page.number - 1,
        "page_size": {"h": scalars.plain(page.height), "w": scalars.plain(page.width)},
        "merge_content_from_pre_page": page.continues_previous,
        "blocks": [_dump_block(block, address) for block in blocks],
    }


def _dump_block(block: Block, address: Callable[[str], str]) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "idx": block.idx,
        "type": str(block.type),
        "bbox": None if block.bbox is None else [scalars.plain(edge) for edge in block.bbox],
        "content": block.content,
        "format": block.format,
        "captions": list(block.captions),
        "img_url": address(block.image) if block.image else "",
    }
    if block.title_level is not None:
        shape["title_level"] = block.title_level
    return shape


def public_part(reading: DocumentReading) -> DocumentReading:
    """What SoMark's format can carry: no words, cells, confidences, turns, warnings or failed pages."""
    pages = (
        PageReading(page.number, page.width, page.height, _carried(page), continues_previous=page.continues_previous)
        for page in _in_order(reading.pages)
    )
    return DocumentReading(tuple(pages))


def _carried(page: PageReading) -> tuple[Block, ...]:
    blocks = (_carried_block(block, page.width, page.height) for block in page.blocks)
    return tuple(sorted(blocks, key=lambda block: block.idx))


def _carried_block(block: Block, width: float, height: float) -> Block:
    return Block(
        idx=block.idx,
        type=scalars.text(block.type) or BlockType.TEXT,
        bbox=None if block.bbox is None else _on_page(block.bbox, width, height),
        content=scalars.text(block.content),
        format=scalars.text(block.format) or "text",
        captions=tuple(dict.fromkeys(block.captions)),
        image=block.image or None,
        title_level=block.title_level,
    )
