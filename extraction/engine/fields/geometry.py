"""How a value stands to a label: behind it, right of it in the row, or under it; 1 is beside, 0 is unrelated."""

from __future__ import annotations

from dataclasses import dataclass

from extraction.engine.fields.anchors import Anchor
from extraction.engine.fields.segments import Segment, Sheet


@dataclass(frozen=True, slots=True)
class Relation:
    """`kind` is behind, right, below or column."""

    score: float
    kind: str


_NONE = Relation(0.0, "")


def _is_level(left: Segment, right: Segment) -> bool:
    distance = abs(left.bbox.centre[1] - right.bbox.centre[1])
    return distance < 0.5 * max(left.height, right.height) and distance < 0.9 * min(left.height, right.height)


class Surroundings:
    """The pages with their labels by segment, to ask what lies between a label and a value."""

    def __init__(self, sheets: tuple[Sheet, ...], anchors: tuple[Anchor, ...]) -> None:
        self.sheets = {sheet.number: sheet for sheet in sheets}
        self.rows: dict[tuple[int, int], list[Segment]] = {}
        for sheet in sheets:
            for segment in sheet.segments:
                self.rows.setdefault((sheet.number, segment.row), []).append(segment)
        self._levels: dict[int, list[Segment]] = {}
        self.anchors_in: dict[int, list[Anchor]] = {}
        for anchor in anchors:
            self.anchors_in.setdefault(id(anchor.segment), []).append(anchor)
        self._labels = {
            segment: [anchor for anchor in found if anchor.strength >= 0.75]
            for segment, found in self.anchors_in.items()
        }
        self._headers: dict[tuple[int, float, float], Anchor | None] = {}

    def relation(
        self, anchor: Anchor, segment: Segment, start: int, box: tuple[float, float, float, float]
    ) -> Relation:
        if anchor.segment is segment:
            return self._behind(anchor, start)
        if anchor.segment.page != segment.page:
            return _NONE
        if _is_level(anchor.segment, segment):
            return self._right(anchor, segment, start)
        return self._below(anchor, segment, box)

    def _behind(self, anchor: Anchor, start: int) -> Relation:
        if start < anchor.end:
            return _NONE
        between = [a for a in self.labels(anchor.segment) if anchor.end <= a.start < start]
        words = len(anchor.segment.text[anchor.end : start].split())
        return Relation(max(0.2, 1.0 - 0.1 * max(0, words - 1)) * (0.3 if between else 1.0), "behind")

    def _right(self, anchor: Anchor, segment: Segment, start: int) -> Relation:
        if segment.bbox.x0 < anchor.segment.bbox.x0:
            return _NONE
        row = self.row_of(anchor.segment)
        between = [s for s in row if anchor.segment.bbox.x0 < s.bbox.x0 < segment.bbox.x0 and s is not anchor.segment]
        score = 1.0 if anchor.has_colon else 0.95
        if anchor.end < len(anchor.segment.text.rstrip(" :.")) and not anchor.has_colon:
            score *= 0.6
        for other in between:
            if other.text.strip(" :.-#*"):
                score *= 0.35 if self.labels(other) else 0.8
        if any(a.end <= start for a in self.labels(segment)):
            score *= 0.3
        gap = (segment.bbox.x0 - anchor.segment.bbox.x1) / self.sheets[segment.page].width
        return Relation(score * (1 - 0.25 * max(0.0, gap)), "right")

    def _below(self, anchor: Anchor, segment: Segment, box: tuple[float, float, float, float]) -> Relation:
        above = anchor.segment.bbox
        height = min(above.height, 1.6 * self.sheets[segment.page].line_height)
        drop = (box[1] - above.y1) / height
        if not -0.5 <= drop <= 5.0 or not self._is_aligned(anchor, segment, box, height):
            return _NONE
        score = 0.88 - 0.13 * max(0.0, drop - 0.8)
        if anchor.has_colon and self._has_value_right(anchor):
            score *= 0.45
        if any(a.end <= segment.text.rfind(" ") + 1 and a.has_colon for a in self.labels(segment)):
            score *= 0.4
        for other in self._between(anchor, segment, box):
            score *= 0.45 if self.labels(other) else 0.7
        return Relation(max(0.0, score), "below")

    def _is_aligned(self, anchor: Anchor, segment: Segment, box: tuple[float, ...], height: float) -> bool:
        above = anchor.segment.bbox
        shared = min(above.x1, box[2]) - max(above.x0, box[0])
        if shared > 0.3 * min(above.width, box[2] - box[0]):
            return True
        return abs(above.x0 - segment.bbox.x0) < height or abs(above.x1 - segment.bbox.x1) < height

    def _has_value_right(self, anchor: Anchor) -> bool:
        if anchor.segment.text[anchor.end :].strip(" :.#-"):
            return True
        row = self.row_of(anchor.segment)
        right = [s for s in row if s.bbox.x0 >= anchor.segment.bbox.x1]
        return bool(right) and not self.labels(right[0])

    def _between(self, anchor: Anchor, segment: Segment, box: tuple[float, ...]) -> list[Segment]:
        left, right = max(anchor.segment.bbox.x0, box[0]), min(anchor.segment.bbox.x1, box[2])
        return [
            other
            for row in range(anchor.segment.row + 1, segment.row)
            for other in self.rows.get((segment.page, row), ())
            if other.bbox.x0 < right and left < other.bbox.x1
        ]

    def row_of(self, segment: Segment) -> list[Segment]:
        """All that stands level with the segment, from the left; rows drift, so the neighbouring ones count too."""
        if id(segment) not in self._levels:
            near = [
                other
                for row in (segment.row - 1, segment.row, segment.row + 1)
                for other in self.rows.get((segment.page, row), ())
                if _is_level(segment, other)
            ]
            self._levels[id(segment)] = sorted(near, key=lambda other: other.bbox.x0)
        return self._levels[id(segment)]

    def labels(self, segment: Segment) -> list[Anchor]:
        return self._labels.get(id(segment), [])

    def header_of(self, segment: Segment, box: tuple[float, ...]) -> Anchor | None:
        """The nearest label above in the value's column, however far."""
        key = (id(segment), box[0], box[2])
        if key not in self._headers:
            self._headers[key] = self._nearest_header(segment, box)
        return self._headers[key]

    def _nearest_header(self, segment: Segment, box: tuple[float, ...]) -> Anchor | None:
        found: list[Anchor] = []
        for row in range(segment.row - 1, -1, -1):
            for other in self.rows.get((segment.page, row), ()):
                if other.bbox.x0 < box[2] and box[0] < other.bbox.x1:
                    found += [a for a in self.labels(other) if a.start == 0 or len(other.text) < 40]
            if found:
                return max(found, key=lambda a: min(a.segment.bbox.x1, box[2]) - max(a.segment.bbox.x0, box[0]))
        return None

    def row_labels(self, segment: Segment) -> list[Anchor]:
        """Labels left of the segment in its row."""
        return [a for other in self.row_of(segment) if other.bbox.x0 <= segment.bbox.x0 for a in self.labels(other)]
