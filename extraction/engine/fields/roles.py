"""Whose a value is: the seller's or the buyer's, by the heading of the region it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from extraction.engine.fields.anchors import Anchor
from extraction.engine.fields.candidates import Candidate
from extraction.engine.fields.lexicon import is_chinese, regions, tokens
from extraction.engine.fields.matching import PhraseBook
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.scoring import Scored
from extraction.engine.fields.segments import Segment, Sheet
from extraction.types import BBox

_REACH_LINES = 9.0
_ABOVE_LINES = 2.5
_OTHERS = 0.35
_UNMARKED = 0.55
_UPRIGHT = {"购": "customer", "销": "supplier"}
_ORDER = re.compile(r"\W*(?:purchase\s*order|采\s*购\s*(?:订\s*)?单|订\s*[购货]\s*单)\W*", re.IGNORECASE)
_HEAD = 0.35
_TO = frozenset({"end"})  # the lexicon's word for to
_OWN_LABELS = {"supplier": ("supplier_name",), "customer": ("customer_name", "customer_address", "delivery_address")}
_ROLE_NAMES = {
    "supplier": re.compile(r"销[售货]?方|卖方|收款[方单]"),
    "customer": re.compile(r"购[买货]?方|买方|付款[方单]"),
}


@dataclass(frozen=True, slots=True)
class Marker:
    """A heading that says whose the values near it are."""

    page: int
    bbox: BBox
    role: str


class Roles:
    """The document's seller and buyer headings, to weigh candidates by; `writer` is whose paper it is."""

    def __init__(self, sheets: tuple[Sheet, ...], anchors: tuple[Anchor, ...]) -> None:
        self._line_heights = {sheet.number: sheet.line_height for sheet in sheets}
        self._widths = {sheet.number: sheet.width for sheet in sheets}
        self.writer = "customer" if any(_is_order(sheet) for sheet in sheets[:1]) else "supplier"
        self.markers = [marker for sheet in sheets for segment in sheet.segments for marker in _upright(segment)]
        book = _region_book()
        for anchor in anchors:
            role = _role_of(anchor, book)
            if role:
                role = "supplier" if self.writer == "customer" and anchor.words == _TO else role
                bbox = anchor.segment.span(anchor.start, anchor.end).bbox
                self.markers.append(Marker(anchor.segment.page, bbox, role))

    def weigh(self, profile: Profile, scored: list[Scored]) -> list[Scored]:
        if not profile.role or profile.kind in ("amount", "number", "date"):
            return scored
        return [self._weighed(profile, entry, order) for order, entry in enumerate(_from_top(scored))]

    def _weighed(self, profile: Profile, entry: Scored, order: int) -> Scored:
        factor = 1.0
        if not _names_role(entry.label, profile):
            role = self.role_at(entry.candidate)
            if role:
                factor = 1.0 if role == profile.role else _OTHERS
            elif not self.markers and entry.label and is_chinese(entry.label.segment.text):
                # Without headings the buyer is printed first: so on every form of VAT invoice.
                factor = 0.98**order if profile.role == "customer" else 0.9 + 0.02 * min(order, 5)
            elif profile.role != self.writer:
                factor = _UNMARKED
        return replace(entry, score=entry.score * factor, features={**entry.features, "role": factor})

    def role_at(self, candidate: Candidate) -> str:
        """The role of the nearest heading above or left of the value, empty where none is near."""
        x0, y0, _, y1 = candidate.box
        page = candidate.segment.page
        best, best_cost = "", float("inf")
        for marker in self.markers:
            if marker.page == page:
                cost = self._cost(marker, x0, (y0 + y1) / 2)
                if cost < best_cost:
                    best, best_cost = marker.role, cost
        return best

    def _cost(self, marker: Marker, x0: float, middle: float) -> float:
        height, width = self._line_heights[marker.page], self._widths[marker.page]
        aside = x0 - marker.bbox.x0
        down = max(0.0, middle - marker.bbox.y1)
        up = max(0.0, marker.bbox.y0 - middle)
        if aside < -2 * height or aside > 0.45 * width or down > _REACH_LINES * height or up > _ABOVE_LINES * height:
            return float("inf")
        return down + 2 * up + 0.5 * abs(aside)


def _is_order(sheet: Sheet) -> bool:
    """Whether the page is an order, which the buyer writes to the seller."""
    return any(_ORDER.fullmatch(s.text) for s in sheet.segments if s.bbox.y1 < _HEAD * sheet.height)


def _upright(segment: Segment) -> list[Marker]:
    """A heading printed downwards, of which each character is a line of its own."""
    text = segment.text.strip()
    if text[:1] in _UPRIGHT and (len(text) == 1 or re.match(r"[购销](?:\s|[买售货]\s?方)", text)):
        return [Marker(segment.page, segment.span(0, 1).bbox, _UPRIGHT[text[0]])]
    return []


def _region_book() -> PhraseBook:
    book = PhraseBook()
    for role, phrases in regions().items():
        for phrase in phrases:
            book.add(role, phrase)
    return book


def _role_of(anchor: Anchor, book: PhraseBook) -> str:
    scores = book.match(tokens(anchor.segment.text[anchor.start : anchor.end]))
    role = max(scores, key=lambda key: scores[key], default="")
    return role if role and scores[role] >= 0.9 else ""


def _names_role(label: Anchor | None, profile: Profile) -> bool:
    """Whether the label itself says whose it is, as `Supplier VAT ID` or 销售方名称."""
    if label is None or label.words == _TO:
        return False
    if label.fields.get(profile.name, 0.0) >= 0.85:
        return True
    role = profile.role
    text = label.segment.text[label.start : label.end]
    if is_chinese(text):
        return bool(_ROLE_NAMES[role].search(text))
    return role in label.words or any(label.says.get(key, 0.0) >= 0.9 for key in _OWN_LABELS[role])


def _from_top(scored: list[Scored]) -> list[Scored]:
    return sorted(
        scored,
        key=lambda entry: (entry.candidate.segment.page, entry.candidate.segment.row, entry.candidate.segment.bbox.x0),
    )
