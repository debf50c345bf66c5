"""Where a model's answer stands: on the lines that it cites, else elsewhere in the document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from extraction.engine.dates import find_dates
from extraction.engine.fields.candidates import dates_in, numbers_in
from extraction.engine.fields.comparing import alike_part, is_whole, packed, worded
from extraction.engine.fields.lexicon import is_chinese, plain
from extraction.engine.fields.places import Places
from extraction.engine.fields.said import typed_as
from extraction.engine.fields.segments import Segment, segment
from extraction.engine.numbers import fold
from extraction.types import (
    AS_PRINTED,
    Answer,
    DocumentReading,
    FieldSpec,
    FieldType,
    LinePart,
    Notation,
    NumberedLine,
    Precision,
    Span,
    Value,
)

_MOST_LINES = 100
_NEAR_LINES = 3.0
_TYPED = (FieldType.NUMBER, FieldType.AMOUNT, FieldType.DATE)

type Place = tuple[Span, ...]
"""One place of a value: a span, or one a line."""


@dataclass(frozen=True, slots=True)
class Found:
    """The places of a value, best first, and how they were found."""

    places: tuple[Place, ...]
    method: str


@dataclass(frozen=True, slots=True)
class _Printed:
    """A part of a line as it is searched."""

    part: LinePart
    segment: Segment

    def span(self, start: int, end: int) -> Span:
        """The whole part where its words are not known."""
        if self.part.precision is Precision.WORD:
            return self.segment.span(start, end)
        word = self.part.words[0]
        return Span(self.segment.page, word.bbox, word.text, word.block, self.part.precision)


class Citations:
    """Looks up answers: exact on the cited lines, exact elsewhere, the same typed value, text at least 0.9 alike."""

    def __init__(
        self,
        reading: DocumentReading,
        lines: Sequence[NumberedLine],
        *,
        language: str,
        notation: Notation = AS_PRINTED,
    ) -> None:
        self.widths = {page.number: page.width for page in reading.pages}
        self._places = Places(reading, language=language, notation=notation)
        self._language = language
        self._lines = {line.id: line for line in lines}
        self._order = {line.id: order for order, line in enumerate(lines)}
        self._printed: dict[str, tuple[_Printed, ...]] = {}
        self._habits = self._places.habits
        self._all = tuple(lines)

    def text(self, ids: Sequence[str]) -> str:
        """What the lines say, packed."""
        return packed("".join(self._lines[id].text for id in ids if id in self._lines))

    @cached_property
    def repeated(self) -> frozenset[str]:
        """Packed texts of lines that stand on more than one page, as a table's header does."""
        pages: dict[str, set[int]] = {}
        for line in self._all:
            pages.setdefault(packed(line.text), set()).add(line.page)
        return frozenset(text for text, numbers in pages.items() if len(numbers) > 1)

    def find(self, spec: FieldSpec, value: Value, answer: Answer, *, is_cell: bool = False) -> Found | None:
        """`is_cell` looks for text that is only alike on the cited lines and nowhere else."""
        cited = self._cited(answer)
        if spec.type in _TYPED:
            return self._find_typed(spec, value, answer, cited)
        if spec.type is FieldType.BOOLEAN:
            return self._find_text(answer.quote, cited, is_cell=True)
        found = self._find_text(str(value), cited, is_cell=is_cell)
        if found is None and spec.type is FieldType.CHOICE:
            # a choice may be told from other words than its own: these are its evidence
            return self._find_text(answer.quote, cited, is_cell=True)
        return found

    def exact(self, text: str, answer: Answer) -> Place:
        """The best place of the same text; empty where there is none."""
        found = self._exact(text, self._cited(answer))
        return found.places[0] if found else ()

    def _find_text(self, text: str, cited: Sequence[_Printed], *, is_cell: bool) -> Found | None:
        return self._exact(text, cited) or self._alike(text, cited, is_cell=is_cell)

    def _exact(self, text: str, cited: Sequence[_Printed]) -> Found | None:
        if not packed(text):
            return None
        on_lines = tuple(_spelled(text, cited))
        if on_lines:
            return Found(on_lines, "cited line")
        spans = self._near(text, self._places.exact(text), cited)
        if spans:
            return Found(tuple((span,) for span in spans), "elsewhere")
        over_lines = self._places.over_lines(text)
        return Found((over_lines,), "elsewhere") if over_lines else None

    def _alike(self, text: str, cited: Sequence[_Printed], *, is_cell: bool) -> Found | None:
        """A slip of the recognition is forgiven, another digit is not."""
        spans = _alike_on(text, cited) or (() if is_cell else self._places.alike(text))
        same = tuple((span,) for span in spans if _digits(span.text) == _digits(text))
        return Found(same, "alike") if same else None

    def _find_typed(self, spec: FieldSpec, value: Value, answer: Answer, cited: Sequence[_Printed]) -> Found | None:
        on_lines = tuple((span,) for span in self._equal_on(spec, value, cited))
        if on_lines:
            return Found(on_lines, "cited line")
        if self._says(spec, answer.quote, value):
            found = self._exact(answer.quote, cited)
            if found:
                return found
        spans = self._near(str(value), self._places.equal(value, spec.type), cited)
        return Found(tuple((span,) for span in spans), "elsewhere") if spans else None

    def _says(self, spec: FieldSpec, quote: str, value: Value) -> bool:
        """Whether the quote is the value; a date may be meant in either order."""
        if typed_as(spec, quote, language=self._language) == value:
            return True
        dates = find_dates(fold(quote)) if spec.type is FieldType.DATE else ()
        return any(value in (date.value, date.other) for date in dates)

    def _equal_on(self, spec: FieldSpec, value: Value, cited: Sequence[_Printed]) -> Iterator[Span]:
        for printed in cited:
            dates = dates_in(printed.segment, self._habits)
            numbers = [] if spec.type is FieldType.DATE else numbers_in(printed.segment, self._habits, dates)
            for candidate in dates if spec.type is FieldType.DATE else numbers:
                if candidate.value == value:
                    yield printed.span(candidate.start, candidate.end)

    def _near(self, text: str, spans: Sequence[Span], cited: Sequence[_Printed]) -> list[Span]:
        """Nearest to the cited lines first; a value of one or two signs, which stands anywhere, only close to them."""
        if not cited:
            return list(spans) if _is_telling(text) else []
        home = cited[0].segment
        ordered = sorted(spans, key=lambda span: (abs(span.page - home.page), _drop(span, home)))
        if _is_telling(text):
            return ordered
        return [span for span in ordered if span.page == home.page and _drop(span, home) < _NEAR_LINES * home.height]

    def _cited(self, answer: Answer) -> tuple[_Printed, ...]:
        known = sorted({id for id in answer.lines if id in self._lines}, key=self._order.__getitem__)
        return tuple(printed for id in known[:_MOST_LINES] for printed in self._print(id))

    def _print(self, id: str) -> tuple[_Printed, ...]:
        if id not in self._printed:
            line = self._lines[id]
            self._printed[id] = tuple(
                _Printed(part, segment(line.page, line.number, list(part.words))) for part in line.parts if part.words
            )
        return self._printed[id]


def _is_telling(text: str) -> bool:
    return sum(2 if is_chinese(sign) else 1 for sign in text if sign.isalnum()) > 2


def _drop(span: Span, home: Segment) -> float:
    return abs(span.bbox.centre[1] - home.bbox.centre[1])


def _digits(text: str) -> list[str]:
    return [sign for sign in fold(text) if sign.isdigit()]


def _alike_on(text: str, cited: Sequence[_Printed]) -> list[Span]:
    wanted = worded(text)
    found: list[tuple[float, Span]] = []
    for printed in cited:
        if part := alike_part(wanted, plain(printed.segment.text)):
            score, start, end = part
            found.append((score, printed.span(start, end)))
    return [span for _, span in sorted(found, key=lambda pair: -pair[0])]


def _spelled(text: str, cited: Sequence[_Printed]) -> Iterator[Place]:
    """Where the cited parts say the text, one after the other; a number ends with its part."""
    wanted, breaks = packed(text), _breaks(text)
    signs: list[tuple[str, int, int]] = [
        (sign, index, position)
        for index, printed in enumerate(cited)
        for position, sign in enumerate(plain(printed.segment.text))
        if not sign.isspace()
    ]
    compact = "".join(sign for sign, _, _ in signs)
    start = compact.find(wanted)
    while start >= 0:
        hit = signs[start : start + len(wanted)]
        if _is_whole_hit(hit, cited, lambda offset: offset in breaks):
            yield tuple(_hit_spans(hit, cited))
        start = compact.find(wanted, start + len(wanted))


def _breaks(text: str) -> frozenset[int]:
    """Before which signs of the packed text a blank stands."""
    return frozenset(accumulate(len(packed(word)) for word in text.split()))


def _is_whole_hit(
    hit: Sequence[tuple[str, int, int]], cited: Sequence[_Printed], is_break: Callable[[int], bool]
) -> bool:
    for offset in range(1, len(hit)):
        (left, index, _), (right, following, _) = hit[offset - 1], hit[offset]
        is_joined = left.isascii() and left.isalnum() and right.isascii() and right.isalnum()
        if index != following and is_joined and not is_break(offset):
            return False
    return all(is_whole(cited[index].segment.text, first, last + 1) for index, first, last in _ranges(hit))


def _hit_spans(hit: Sequence[tuple[str, int, int]], cited: Sequence[_Printed]) -> Iterator[Span]:
    for index, first, last in _ranges(hit):
        yield cited[index].span(first, last + 1)


def _ranges(hit: Sequence[tuple[str, int, int]]) -> list[tuple[int, int, int]]:
    """Part by part: its index, its first and its last sign."""
    ranges: dict[int, tuple[int, int]] = {}
    for _, index, position in hit:
        first, _last = ranges.get(index, (position, position))
        ranges[index] = (first, position)
    return [(index, first, last) for index, (first, last) in ranges.items()]
