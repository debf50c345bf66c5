"""Segments in which values are looked for: the same text, the same number or date, text that is nearly alike."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from extraction.engine.dates import parse_date
from extraction.engine.fields.candidates import Candidate, Habits, dates_in, numbers_in
from extraction.engine.fields.comparing import alike_part, is_whole, packed, worded
from extraction.engine.fields.lexicon import plain
from extraction.engine.fields.segments import Segment, segment
from extraction.engine.numbers import parse_number
from extraction.types import BBox, FieldType, Precision, Span, Value, Word

_NUMBERS = (FieldType.NUMBER, FieldType.AMOUNT)
_GRAM = 3
_SHARED = 0.4  # of the grams: a slip in ten letters costs three of them

type Part = tuple[Segment, int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a value: characters of a segment, or of several where it runs over lines."""

    parts: tuple[Part, ...]
    precision: Precision = Precision.WORD

    @property
    def line(self) -> tuple[int, int]:
        """Page and row on it."""
        return self.parts[0][0].page, self.parts[0][0].row

    @property
    def spans(self) -> tuple[Span, ...]:
        return tuple(self._span(*part) for part in self.parts)

    def _span(self, segment: Segment, start: int, end: int) -> Span:
        if self.precision is Precision.WORD:
            return segment.span(start, end)
        return Span(segment.page, segment.bbox, segment.text[start:end], segment.words[0].block, self.precision)


class PlaceIndex:
    """Every question is prepared for when it is first asked; `precision` is that of the segments' boxes."""

    def __init__(
        self, segments: Sequence[Segment], habits: Callable[[], Habits], precision: Precision = Precision.WORD
    ) -> None:
        self._segments = segments
        self._habits = habits
        self._precision = precision

    def exact(self, text: str) -> Iterator[Place]:
        wanted = packed(text)
        at = self._compact.find(wanted) if wanted else -1
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            found, places = self._segments[number], self._positions(number)
            start = at - self._starts[number]
            first, last = places[start], places[start + len(wanted) - 1] + 1
            if is_whole(found.text, first, last):
                yield self._place(found, first, last)
            at = self._compact.find(wanted, at + len(wanted))

    def typed(self, text: str, type: FieldType) -> tuple[Place, ...]:
        """Numbers and dates of the same value, written in any way."""
        if type in _NUMBERS:
            # as the document writes numbers, else as people and programs do
            for comma in (self._habits().decimal_comma, None):
                number = parse_number(text, decimal_comma=comma)
                if number is not None and (found := self.numbers.get(number)):
                    return found
            return ()
        if type is FieldType.DATE:
            date = parse_date(text, day_first=self._habits().day_first)
            return self.dates.get(date, ()) if date is not None else ()
        return ()

    def alike(self, text: str, type: FieldType) -> Iterator[Place]:
        """Text at least 0.9 alike, the likest first."""
        wanted = worded(text)
        if type in (*_NUMBERS, FieldType.DATE):
            return
        found: list[tuple[float, Place]] = []
        for number in self._sharing(wanted):
            if part := alike_part(wanted, self._plain[number]):
                score, start, end = part
                found.append((score, self._place(self._segments[number], start, end)))
        yield from (place for _, place in sorted(found, key=lambda pair: -pair[0]))

    @cached_property
    def numbers(self) -> dict[Value, tuple[Place, ...]]:
        return self._by_value(candidate for candidate in self._numbers)

    @cached_property
    def percents(self) -> dict[Value, tuple[Place, ...]]:
        return self._by_value(candidate for candidate in self._numbers if candidate.is_percent)

    @cached_property
    def dates(self) -> dict[Value, tuple[Place, ...]]:
        return self._by_value(date for dates in self._dates for date in dates)

    @cached_property
    def _dates(self) -> list[list[Candidate]]:
        return [dates_in(segment, self._habits()) for segment in self._segments]

    @cached_property
    def _numbers(self) -> list[Candidate]:
        pairs = zip(self._segments, self._dates, strict=True)
        return [number for segment, dates in pairs for number in numbers_in(segment, self._habits(), dates)]

    def _by_value(self, candidates: Iterator[Candidate]) -> dict[Value, tuple[Place, ...]]:
        found: dict[Value, list[Place]] = defaultdict(list)
        for candidate in candidates:
            found[candidate.value].append(self._place(candidate.segment, candidate.start, candidate.end))
        return {value: tuple(places) for value, places in found.items()}

    def _place(self, segment: Segment, first: int, last: int) -> Place:
        return Place(((segment, first, last),), self._precision)

    @cached_property
    def _plain(self) -> list[str]:
        return [plain(segment.text) for segment in self._segments]

    @cached_property
    def _compact(self) -> str:
        """All texts without blanks, a line each, so that one search goes through them all."""
        return "\n".join("".join(text.split()) for text in self._plain)

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for line in self._compact.split("\n"):
            starts.append(at)
            at += len(line) + 1
        return starts

    def _positions(self, number: int) -> list[int]:
        """For each character of the compact text where it stands in the segment's."""
        return [at for at, character in enumerate(self._plain[number]) if not character.isspace()]

    def _sharing(self, wanted: str) -> list[int]:
        """The segments, in order, that have enough of the text's letters side by side to be alike."""
        grams = {wanted[at : at + _GRAM] for at in range(len(wanted) - _GRAM + 1)}
        shared: Counter[int] = Counter()
        for gram in grams:
            shared.update(self._grams.get(gram, ()))
        return sorted(number for number, count in shared.items() if count >= _SHARED * len(grams))

    @cached_property
    def _grams(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(self._plain):
            for gram in {text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)}:
                found[gram].append(number)
        return found


def whole_segment(page: int, text: str, box: BBox, block: int | None, *, row: int = 0) -> Segment:
    """A text of which only the box around it is known."""
    return segment(page, row, [Word(" ".join(text.split()), box, block=block)])
