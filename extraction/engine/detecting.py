"""Which of a team's templates a document is of: by what its title says, the labels it prints, and known layouts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from extraction.engine.document_kinds import (
    Title,
    document_kinds,
    kind_of_name,
    kinds_in,
    titles_of,
    words_of,
)
from extraction.engine.fields.anchors import Anchor, find_anchors
from extraction.engine.fields.learn_layouts import FAMILIAR, SURE, likeness, marks_of, stem
from extraction.engine.fields.lexicon import is_chinese
from extraction.engine.fields.profiles import Profile, compile_field, field_book
from extraction.engine.fields.segments import Sheet, lay_out
from extraction.types import Detection, DocumentReading, FieldSpec, FieldType, Fit, LayoutMark, TemplateCandidate

PAGES = 2
"""Only so many of the first pages are looked at."""

FITS, APART = 0.5, 0.1
"""What the best template has to score, and by how much it has to lead."""

_LABEL = 0.72
_VALUE = re.compile(r"[\d$€£¥#(\-+]")
_COMMON = frozenset(
    {
        "issue_date", "entry_date", "total", "amount", "quantity", "unit_price", "description", "phone", "remarks",
        "position", "article", "currency", "unit", "reference_number", "title", "supplier_address", "details",
        "customer_address", "supplier_name", "email", "website", "time", "person", "tax_amount", "specification",
    }
)  # fmt: skip
"""What documents of many kinds print, so that it says little about theirs."""
_COMMON_WEIGHT = 0.4
_LEAST_WEIGHT = 2.0
"""A template that asks only for what is common is not known by its labels alone."""
_LEAST_LABELS = 2
"""Without a title fewer labels could stand there by chance."""
_COLUMN_WEIGHT = 0.6
_LONGEST_LINE = 8
"""Words of a line that may begin with a label."""
_OTHER_LANGUAGE = 0.8
_OTHER_KIND = 0.4
_SIGN = 0.4
"""What a sign of the kind says of what its title would."""

_STRIP, _WIDE = 35, 45
"""In line heights: a receipt's roll of paper is narrower, and none is wider."""

_LEAST_MARKS = 5

_OWN_LABELS, _NEARLY_ALL = 2, 0.65

_ENOUGH = 0.75
"""The share of a template's labels that is as good as all of them."""


@dataclass(frozen=True, slots=True)
class _Page:
    """What is known of the document before any template is compared; `kinds` are those that its titles name."""

    anchors: Mapping[str, Sequence[Anchor]]
    titles: tuple[Title, ...]
    kinds: Mapping[str, Title]
    signs: Mapping[str, int]
    width: float
    marks: tuple[LayoutMark, ...]
    is_chinese: bool

    def looks_like(self, kind: str) -> int:
        """Its signs; a roll of paper is two of them for those printed on one, and a wide page rules them out."""
        if not kind or not document_kinds()[kind].on_strip:
            return self.signs[kind]
        return 0 if self.width > _WIDE else self.signs[kind] + 2 * (self.width < _STRIP)


def detect(reading: DocumentReading, candidates: Sequence[TemplateCandidate]) -> Detection:
    """Compare the first pages with every candidate; no template where none fits well, or two fit alike."""
    profiles = {candidate.key: _own(candidate) for candidate in candidates}
    page = _look(replace(reading, pages=reading.pages[:PAGES]), profiles.values())
    matches = sorted((_match(candidate, profiles[candidate.key], page) for candidate in candidates), key=_order)
    return Detection(_chosen(matches), tuple(match.fit for match in matches))


def _order(match: _Match) -> tuple[bool, float, int]:
    """Where approved documents looked the same, that says more than any words."""
    return not match.fit.documents, -match.fit.score, match.fit.key


def _chosen(matches: Sequence[_Match]) -> int | None:
    if not matches or matches[0].fit.score < FITS:
        return None
    best, *others = matches
    rivals = [other for other in others if _is_rival(other, best)]
    return None if rivals else best.fit.key


def _is_rival(other: _Match, best: _Match) -> bool:
    if best.fit.documents and not other.fit.documents:
        return False
    return best.fit.score - other.fit.score < APART or not best.fit.documents and other.is_closer_than(best)


@dataclass(frozen=True, slots=True)
class _Label:
    """A field of a template as something that may be printed, and how much it says about the document's kind."""

    profile: Profile
    meaning: str
    weight: float


@dataclass(frozen=True, slots=True)
class _Match:
    """A fit with what its template's labels stand for, all of them and those on the page."""

    fit: Fit
    labels: frozenset[str]
    found: frozenset[str]

    def is_closer_than(self, other: _Match) -> bool:
        """Whether nearly all that only this template asks for is printed, and less of what only the other does."""
        mine, others = self.labels - other.labels, other.labels - self.labels
        if len(mine) < _OWN_LABELS:
            return False
        share = len(mine & self.found) / len(mine)
        return share >= _NEARLY_ALL and share > len(others & other.found) / max(1, len(others))


def _own(candidate: TemplateCandidate) -> tuple[_Label, ...]:
    """The template's labels, named so that no two templates share a name."""
    return tuple(
        replace(label, profile=replace(label.profile, spec=replace(label.profile.spec, name=f"{candidate.key} {n}")))
        for n, label in enumerate(_labels(candidate.fields))
    )


@lru_cache(maxsize=200)
def _labels(fields: tuple[FieldSpec, ...]) -> tuple[_Label, ...]:
    """Of all fields that are found by a label, the columns of tables among them."""
    plain = [compile_field(spec) for spec in fields if spec.type is not FieldType.TABLE]
    tables = [spec for spec in fields if spec.type is FieldType.TABLE]
    columns = [compile_field(column, is_column=True) for spec in tables for column in spec.fields]
    labels = [_Label(profile, _meaning(profile), _weight(profile)) for profile in plain]
    labels += [_Label(profile, _meaning(profile), _weight(profile) * _COLUMN_WEIGHT) for profile in columns]
    return tuple(label for label in labels if not label.profile.unlabelled)


def _meaning(profile: Profile) -> str:
    return profile.concept or words_of(profile.spec.label or profile.name)


def _weight(profile: Profile) -> float:
    return _COMMON_WEIGHT if profile.concept in _COMMON else 1.0


def _look(reading: DocumentReading, owned: Iterable[Sequence[_Label]]) -> _Page:
    sheets = lay_out(reading)
    book = field_book(tuple(label.profile for own in owned for label in own))
    titles = titles_of(reading.pages[0], sheets[0]) if sheets else ()
    kinds = kinds_in(titles)
    said = {title.text for title in kinds.values()}
    anchors: dict[str, list[Anchor]] = defaultdict(list)
    for anchor in find_anchors(tuple(map(_without_prose, sheets)), book):
        if _is_label(anchor, said):
            for key in {*anchor.says, *anchor.fields}:
                anchors[key].append(anchor)
    width = _width(sheets[0]) if sheets and sheets[0].segments else _WIDE
    return _Page(anchors, titles, kinds, _signs(anchors), width, marks_of(sheets[:1], {}), _is_chinese(sheets))


def _without_prose(sheet: Sheet) -> Sheet:
    """No label stands in a long line, unless a colon ends it."""
    short = (s for s in sheet.segments if len(s.words) <= _LONGEST_LINE or ":" in s.text or is_chinese(s.text))
    return replace(sheet, segments=tuple(short))


def _signs(anchors: Mapping[str, Sequence[Anchor]]) -> Mapping[str, int]:
    """By kind how many things are printed that its documents have."""
    printed = {key for key, found in anchors.items() if any(a.says.get(key, 0.0) >= _LABEL for a in found)}
    return Counter({key: len(printed & set(kind.signs)) for key, kind in document_kinds().items()})


def _width(sheet: Sheet) -> float:
    """Of what is printed, in line heights."""
    left, right = min(s.bbox.x0 for s in sheet.segments), max(s.bbox.x1 for s in sheet.segments)
    return (right - left) / sheet.line_height


def _is_chinese(sheets: Iterable[Sheet]) -> bool:
    """Mostly: a sign of Chinese says as much as two letters."""
    text = "".join(segment.text for sheet in sheets for segment in sheet.segments)
    signs = sum(map(is_chinese, text))
    return 2 * signs > sum(map(str.isalpha, text)) - signs


def _match(candidate: TemplateCandidate, labels: Sequence[_Label], page: _Page) -> _Match:
    found = [label for label in labels if _is_printed(label.profile, page)]
    share = sum(label.weight for label in found) / max(_LEAST_WEIGHT, sum(label.weight for label in labels))
    title, agrees = _agreement(candidate, page)
    if not title and len(found) + page.signs[kind_of_name(words_of(candidate.name))] < _LEAST_LABELS:
        agrees = min(agrees, 0.0)
    score = _score(min(1.0, share / _ENOUGH), agrees)
    if _speaks_chinese(candidate) is not page.is_chinese:
        score *= _OTHER_LANGUAGE
    known, documents = _layout(candidate, page, is_other=agrees < 0)
    fit = Fit(candidate.key, round(known or score, 4), len(found), len(labels), title, documents)
    return _Match(fit, _meanings(labels), _meanings(found))


def _meanings(labels: Iterable[_Label]) -> frozenset[str]:
    """What the labels that say something stand for."""
    return frozenset(label.meaning for label in labels if label.weight > _COMMON_WEIGHT)


def _is_printed(profile: Profile, page: _Page) -> bool:
    keys = {profile.name, *(key for key, _strength in profile.concepts)}
    return any(anchor.score(profile) >= _LABEL for key in keys for anchor in page.anchors.get(key, ()))


def _is_label(anchor: Anchor, titles: Collection[str]) -> bool:
    """Whether it stands as labels do: at the beginning, and alone, before a colon or before a number."""
    text = anchor.segment.text
    if text.strip() in titles or any(map(str.isalpha, text[: anchor.start])):
        return False
    following = text[anchor.end :].strip()
    return anchor.has_colon or not following or bool(_VALUE.match(following)) or is_chinese(following[0])


def _speaks_chinese(candidate: TemplateCandidate) -> bool:
    """By its name, or by what people read of its fields; the fields' own names may be for programs."""
    said = [text for spec in candidate.fields if (text := spec.label or spec.description)]
    return is_chinese(candidate.name) or sum(map(is_chinese, said)) > len(said) / 2


def _score(share: float, agrees: float) -> float:
    """Labels alone, or a title alone, are not enough."""
    return share * _OTHER_KIND if agrees < 0 else 0.55 * share + 0.45 * agrees


def _agreement(candidate: TemplateCandidate, page: _Page) -> tuple[str, float]:
    """The title that says what the template is for, and how well: from -1, where it says something else, to 1."""
    name = words_of(candidate.name)
    kind = kind_of_name(name)
    signs = page.looks_like(kind)
    rivals = [page.looks_like(key) for key, other in document_kinds().items() if kind in other.close]
    own = next((title for title in page.titles if name and title.says(name)), page.kinds.get(kind))
    if own:
        behind = max(0, max(rivals, default=0) - signs)
        return own.text, max(0.0, 1.0 - behind * _SIGN)
    if kind and page.kinds and not any(other in document_kinds()[kind].close for other in page.kinds):
        return "", -1.0
    return "", min(1.0, signs * _SIGN)


def _layout(candidate: TemplateCandidate, page: _Page, *, is_other: bool) -> tuple[float, int]:
    """What the most alike of the known layouts says, and how many approved documents have it.

    Where the title says another kind, only a layout with the same title counts: a house prints all its papers alike.
    """
    best, documents = 0.0, 0
    for layout in candidate.learned.layouts if candidate.learned else ():
        marks = tuple(mark for mark in layout.marks if mark.page == 0)
        alike = likeness(marks, page.marks) if _shares_enough(marks, page) else 0.0
        if alike > best and alike >= FAMILIAR and not (is_other and _is_untitled(marks, page)):
            best, documents = alike, layout.documents
    if not documents:
        return 0.0, 0
    return min(1.0, FITS + (1 - FITS) * (best - FAMILIAR) / (SURE - FAMILIAR)), documents


def _shares_enough(marks: Sequence[LayoutMark], page: _Page) -> bool:
    """A few words in common prove no layout."""
    return len({mark.text for mark in marks} & {mark.text for mark in page.marks}) >= _LEAST_MARKS


def _is_untitled(marks: Sequence[LayoutMark], page: _Page) -> bool:
    """Whether none of the page's titles stands still in the layout."""
    texts = {mark.text for mark in marks}
    return not any(stem(title.text) in texts for title in page.kinds.values())
