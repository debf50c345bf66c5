"""List fields: every value that stands with the label, one row each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extraction.engine.fields.anchors import Anchor
from extraction.engine.fields.candidates import Candidate, Typed
from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.gridded import Place, joined
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.row_signs import signs_of_item, signs_of_no_rows
from extraction.engine.fields.scoring import LEAST_LABEL, Scored, score_typed
from extraction.engine.fields.segments import Segment
from extraction.engine.fields.shapes import shaped
from extraction.engine.fields.signs import Readings
from extraction.engine.fields.texts import places_of
from extraction.types import AbsentReason, ReadValue

_SEPARATOR = re.compile(r"\s*[,;、；，|]\s*|\s+(?:and|und|et)\s+")
_BULLET = re.compile(r"^\s*(?:[-•·*▪●○]|\(?\d{1,2}[.)、](?!\d)|\(?[a-z][.)])\s*")
_TYPED = ("date", "amount", "number")


def read_list(
    profile: Profile,
    *,
    stated: list[Scored],
    typed: Typed,
    anchors: list[Anchor],
    around: Surroundings,
    readings: Readings,
) -> ReadValue:
    """The items that running text states, else those that stand with the label."""
    found = stated or _labelled_items(profile, typed, anchors, around)
    if not found:
        label = max((anchor.score(profile) for anchor in anchors), default=0.0)
        return ReadValue(profile.name, reason=_reason(label), signs=signs_of_no_rows(label, readings))
    rows = tuple((_item(profile, scored, len(found), readings),) for scored in found)
    spans = tuple(span for row in rows for span in row[0].spans)
    text = " ".join(span.text for span in spans)
    return ReadValue(profile.name, text=text, spans=spans, method="list", rows=rows)


def _reason(label: float) -> AbsentReason:
    return AbsentReason.LABEL_WITHOUT_VALUE if label >= 0.75 else AbsentReason.LABEL_NOT_FOUND


def _item(profile: Profile, scored: Scored, count: int, readings: Readings) -> ReadValue:
    candidate = scored.candidate
    return ReadValue(
        profile.name,
        value=candidate.value,
        text=candidate.text,
        spans=candidate.spans,
        method=scored.method,
        signs=signs_of_item(profile, scored, count, readings),
    )


def _labelled_items(profile: Profile, typed: Typed, anchors: list[Anchor], around: Surroundings) -> list[Scored]:
    best = max(anchors, key=lambda anchor: anchor.score(profile), default=None)
    if best is None or best.score(profile) < LEAST_LABEL + 0.1:
        return []
    lines = list(_lines(best, around))
    if profile.kind not in _TYPED:
        return [item for places in _parts(lines) if (item := _text_item(profile, best, places))]
    candidates = typed.dates if profile.kind == "date" else typed.numbers
    inside = [
        Scored(candidate, 0.9 * best.score(profile), best, "list", {"label": best.score(profile), "relation": 0.9})
        for segment, start, end in lines
        for candidate in candidates
        if candidate.segment is segment and start <= candidate.start and candidate.end <= end
    ]
    near = [scored for scored in score_typed(profile, typed, anchors, around) if scored.score >= 0.4]
    return inside if len(inside) >= len(near) else near


def _lines(anchor: Anchor, around: Surroundings) -> Iterator[Place]:
    """What stands behind the label and goes on below it, or the run of lines under the label."""
    beside = [place for place in places_of(anchor, around) if _is_level(place[0], anchor.segment, around)]
    beside = [(made, start, end) for made, start, end in beside if end > start]
    left = beside[0][0].bbox.x0 if beside and beside[0][0] is not anchor.segment else anchor.segment.bbox.x0
    yield from beside
    last = (beside[-1] if beside else (anchor.segment, 0, 0))[0]
    goes_on = not beside
    for segment in _below(anchor, last, around):
        if segment.bbox.y0 - last.bbox.y1 > 1.2 * segment.height or _opens_with_label(segment, around):
            return
        if beside and (abs(segment.bbox.x0 - left) > 1.5 * segment.height or not _goes_on(last, anchor)):
            return
        if goes_on:
            left, goes_on = segment.bbox.x0, False
        elif abs(segment.bbox.x0 - left) > 1.5 * segment.height:
            return
        yield segment, 0, len(segment.text)
        last = segment


def _is_level(segment: Segment, other: Segment, around: Surroundings) -> bool:
    return segment is other or any(segment is level for level in around.row_of(other))


def _goes_on(line: Segment, anchor: Anchor) -> bool:
    """A line that ends with a separator; in a column of its own also one that the column's end cuts."""
    ended = re.search(r"[,;、；，]\s*$", line.text)
    return bool(ended) or line is not anchor.segment and bool(_SEPARATOR.search(line.text))


def _opens_with_label(segment: Segment, around: Surroundings) -> bool:
    """Whether another field's label opens the line, or is all of it."""
    labels = [label for label in around.labels(segment) if label.start <= 1]
    if any(label.has_colon or label.end >= len(segment.text.rstrip()) for label in labels):
        return True
    return bool(re.match(r"[^\d,;、，；]{2,24}:\s*(?:\S|$)", segment.text))


def _below(anchor: Anchor, last: Segment, around: Surroundings) -> Iterator[Segment]:
    """The lines under a place, one a row: the segment that begins nearest to the label's left edge."""
    sheet = around.sheets[anchor.segment.page]
    lowest = max((segment.row for segment in sheet.segments), default=0)
    for row in range(anchor.segment.row + 1, lowest + 1):
        found = [s for s in around.rows.get((anchor.segment.page, row), ()) if s.bbox.y0 >= anchor.segment.bbox.y1 - 2]
        right = [s for s in found if s.bbox.x0 >= anchor.segment.bbox.x0 - anchor.segment.height]
        near = [s for s in right if s.bbox.x0 <= max(anchor.segment.bbox.x1, last.bbox.x0 + last.height)]
        if near:
            yield min(near, key=lambda s: s.bbox.x0)


def _parts(lines: list[Place]) -> Iterator[list[Place]]:
    """Items by their places: cut at separators and bullets; an item that a line's end cuts goes on in the next."""
    open_item: list[Place] = []
    inline = len(lines) > 1 and not _BULLET.match(lines[0][0].text[lines[0][1] : lines[0][2]])
    wraps = inline and any(_SEPARATOR.search(made.text, start, end) for made, start, end in lines[:-1])
    for made, start, end in lines:
        bullet = _BULLET.match(made.text[start:end])
        position = start + (bullet.end() if bullet else 0)
        for match in _SEPARATOR.finditer(made.text, position, end):
            if match.start() > position or open_item:
                yield [*open_item, (made, position, match.start())]
            open_item, position = [], match.end()
        if position < end:
            open_item.append((made, position, end))
        if open_item and not wraps:
            yield open_item
            open_item = []
    if open_item:
        yield open_item


def _text_item(profile: Profile, anchor: Anchor, places: list[Place]) -> Scored | None:
    places = [place for place in places if place[0].text[place[1] : place[2]].strip()]
    if not places:
        return None
    label = anchor.score(profile)
    made, start, end = places[0]
    if len(places) == 1:
        shape = shaped(profile.kind, made.text[start:end])
        if shape is None:
            return None
        start, end = start + shape[0], start + shape[1]
    value = made.text[start:end] if len(places) == 1 else joined(places)
    candidate = Candidate(made, start, end, value, more=tuple(places[1:]))
    return Scored(candidate, label * 0.9, anchor, "list", {"label": label, "relation": 0.9})
