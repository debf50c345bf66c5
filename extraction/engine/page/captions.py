"""Captions bound to the figure or table they stand beside."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.page.drafts import Draft
from extraction.types import BBox, BlockType

REACH = 6.0  # ems between a caption and what it captions


def bind_captions(drafts: Sequence[Draft], body: float) -> None:
    for caption in drafts:
        wanted = _captioned(caption.kind)
        if not wanted:
            continue
        near = [
            (_distance(caption.bbox, draft.bbox), number)
            for number, draft in enumerate(drafts)
            if draft.kind in wanted and _distance(caption.bbox, draft.bbox) < REACH * body
        ]
        if near:
            drafts[min(near)[1]].captions.append(caption)


def _captioned(kind: BlockType) -> tuple[BlockType, ...]:
    if kind is BlockType.FIGURE_CAPTION:
        return (BlockType.FIGURE,)
    return (BlockType.TABLE,) if kind is BlockType.TABLE_CAPTION else ()


def _distance(first: BBox, second: BBox) -> float:
    """White between two boxes, measured down where they stand above one another, else along."""
    across = max(first.x0 - second.x1, second.x0 - first.x1, 0.0)
    down = max(first.y0 - second.y1, second.y0 - first.y1, 0.0)
    return across + down
