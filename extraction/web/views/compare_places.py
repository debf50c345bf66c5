"""Where both values of a field stand: the pages with the boxes of both readings, each scaled from its own units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extraction.models import Document, FieldValue
from extraction.queries.comparison import page_sizes, spans_of
from extraction.types import BBox, Span

WIDTH = 1000.0  # every page is drawn so wide, whatever its readings' units
A4 = (595.0, 842.0)
MOST_PAGES = 4
# how far a box stands off its words: two equal boxes are both seen
_GAPS = {"a": 3.0, "b": 9.0}
_TAG = (30.0, 26.0)
_OFF = 12.0


@dataclass(frozen=True, slots=True)
class Place:
    """A box of reading `side` (a or b) in a page's drawn units, with its letter's place and the window of its crop."""

    side: str
    x: float
    y: float
    width: float
    height: float
    tag_x: float
    tag_y: float
    text: str

    @property
    def box(self) -> BBox:
        return BBox(self.x, self.y, self.x + self.width, self.y + self.height)

    @property
    def window(self) -> str:
        margin = max(self.height * 0.6, 12.0)
        edges = (self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin)
        return " ".join(f"{edge:.1f}" for edge in edges)


@dataclass(frozen=True, slots=True)
class PlacedPage:
    number: int
    height: float
    places: tuple[Place, ...]


def places_of(document: Document, values: Mapping[str, int], label: str) -> dict[str, Any]:
    """`values` are the primary keys of the FieldValues by side; others' values are not looked at."""
    rows = FieldValue.objects.filter(extraction__parse__document=document).select_related("extraction__parse")
    found = rows.prefetch_related("spans").in_bulk(list(values.values()))
    by_side = {side: found[pk] for side, pk in values.items() if pk in found}
    spans = {side: spans_of(value) for side, value in by_side.items()}
    pages = sorted({span.page for places in spans.values() for span in places})[:MOST_PAGES]
    sizes = {side: page_sizes(value.extraction.parse, pages or [1]) for side, value in by_side.items()}
    placed = [_page(number, spans, sizes) for number in pages or [1]]
    return {
        "document": document,
        "label": label,
        "crops": [crop for side in ("a", "b") for crop in _crops(placed, side)[:1]],
        "missing": [side for side in ("a", "b") if not spans.get(side)],
        "placed_pages": placed,
    }


def _crops(pages: Sequence[PlacedPage], side: str) -> list[tuple[int, float, Place]]:
    return [(page.number, page.height, place) for page in pages for place in page.places if place.side == side]


def _page(
    number: int, spans: Mapping[str, tuple[Span, ...]], sizes: Mapping[str, Mapping[int, tuple[float, float]]]
) -> PlacedPage:
    width, height = next((known[number] for known in sizes.values() if number in known), A4)
    drawn = WIDTH * height / width
    places: list[Place] = []
    for side, found in spans.items():
        for span in found:
            if span.page == number:
                box = _drawn(span.bbox, sizes[side].get(number, A4), drawn, _GAPS[side])
                places.append(_place(side, box, span.text, others=[place for place in places if place.side != side]))
    return PlacedPage(number, round(drawn, 1), tuple(places))


def _drawn(box: BBox, size: tuple[float, float], page_height: float, gap: float) -> BBox:
    across, down = WIDTH / size[0], page_height / size[1]
    return BBox(box.x0 * across - gap, box.y0 * down - gap, box.x1 * across + gap, box.y1 * down + gap)


def _place(side: str, box: BBox, text: str, *, others: Sequence[Place]) -> Place:
    """Its letter stands behind the box, or before it at the page's edge; behind the other's letter where both meet."""
    wide, high = _TAG
    shift = wide + 4 if any(place.box.overlap(box) for place in others) else 0
    tag_x = box.x1 + _OFF + shift
    if tag_x + wide > WIDTH:
        tag_x = max(0.0, box.x0 - _OFF - wide - shift)
    edges = (box.x0, box.y0, box.width, box.height, tag_x, (box.y0 + box.y1 - high) / 2)
    return Place(side, *(round(edge, 1) for edge in edges), text)
