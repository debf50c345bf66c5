"""Text that a label points at: behind it, right of it, under it, shaped by the field's kind."""

from __future__ import annotations

from collections.abc import Iterator

from extraction.engine.fields.anchors import Anchor
from extraction.engine.fields.candidates import Candidate
from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.scoring import LEAST_LABEL, Scored
from extraction.engine.fields.segments import Segment
from extraction.engine.fields.shapes import fit, shaped

_ROWS_BELOW = 4


def score_texts(profile: Profile, anchors: list[Anchor], around: Surroundings) -> list[Scored]:
    found: dict[tuple[int, int, int], Scored] = {}
    for anchor in anchors:
        label = anchor.score(profile)
        if label < LEAST_LABEL:
            continue
        for segment, start, end in places_of(anchor, around):
            scored = _scored(profile, anchor, label, (segment, start, end), around)
            if scored:
                key = (id(segment), scored.candidate.start, scored.candidate.end)
                if key not in found or scored.score > found[key].score:
                    found[key] = scored
    return list(found.values())


def _scored(
    profile: Profile, anchor: Anchor, label: float, place: tuple[Segment, int, int], around: Surroundings
) -> Scored | None:
    segment, start, end = place
    text = segment.text[start:end]
    edges = shaped(profile.kind, text)
    if edges is None:
        return None
    first, last = start + edges[0], start + edges[1]
    candidate = Candidate(segment, first, last, segment.text[first:last])
    relation = around.relation(anchor, segment, first, candidate.box)
    fitting = fit(profile.kind, segment.text[first:last])
    score = label * relation.score * fitting
    if score <= 0.05:
        return None
    return Scored(candidate, score, anchor, relation.kind, {"label": label, "relation": relation.score, "fit": fitting})


def places_of(anchor: Anchor, around: Surroundings) -> Iterator[tuple[Segment, int, int]]:
    segment = anchor.segment
    end = min((a.start for a in around.labels(segment) if a.start >= anchor.end), default=len(segment.text))
    if segment.text[anchor.end : end].strip(" :.#-"):
        yield segment, _after_mark(segment.text, anchor.end), end
    row = around.row_of(segment)
    right = [s for s in row if s.bbox.x0 > segment.bbox.x0 and s is not segment]
    for other in [s for s in right if any(c.isalnum() for c in s.text)][:2]:
        yield other, _lead(other.text), _until_label(other, around)
    for number in range(segment.row + 1, segment.row + 1 + _ROWS_BELOW):
        for other in around.rows.get((segment.page, number), ()):
            if other.bbox.x0 < segment.bbox.x1 + segment.height and segment.bbox.x0 - segment.height < other.bbox.x1:
                yield other, _lead(other.text), _until_label(other, around)


def _until_label(segment: Segment, around: Surroundings) -> int:
    labels = around.labels(segment)
    if not labels:
        return len(segment.text)
    first = min(labels, key=lambda anchor: anchor.start)
    # A segment that begins with a label is not a value; one that ends with a label of its own is cut there.
    if first.start <= 1:
        return 0 if first.has_colon or first.strength > 0.9 else len(segment.text)
    return first.start if first.has_colon else len(segment.text)


def _after_mark(text: str, start: int) -> int:
    while start < len(text) and text[start] in " :.#-=*|":
        start += 1
    return start


def _lead(text: str) -> int:
    return _after_mark(text, 0)
