"""Where a value that a person typed, or that another provider gave, stands on the page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from itertools import islice

from extraction.engine.fields.candidates import Habits, as_told, find_habits
from extraction.engine.fields.comparing import letters_of
from extraction.engine.fields.place_index import Place, PlaceIndex, whole_segment
from extraction.engine.fields.segments import lay_out
from extraction.engine.fields.text_runs import run_over_lines
from extraction.engine.spelling import without_markup
from extraction.types import AS_PRINTED, DocumentReading, FieldType, Notation, Precision, Span, Value

_MOST = 20
_MONEY = re.compile(r"[.,]\d\d(?!\d)|[^\d\s.,'()+-]")
_TYPED = (FieldType.NUMBER, FieldType.AMOUNT, FieldType.DATE)


def locate(
    reading: DocumentReading, text: str, *, type: FieldType, language: str = "", notation: Notation = AS_PRINTED
) -> tuple[Span, ...]:
    """Every place of the value, best first: the same text, else the same typed value, else text at least 0.9 alike."""
    return _spans(Places(reading, language=language, notation=notation).places(text, type))


class Places:
    """A reading laid out once, for who looks up many values in it.

    What the notation does not say is as printed, and as the language has it where the print leaves it open.
    """

    def __init__(self, reading: DocumentReading, *, language: str = "", notation: Notation = AS_PRINTED) -> None:
        self._reading = reading
        self._language = language
        self._notation = notation
        self.sheets = lay_out(reading)
        self._words = PlaceIndex([segment for sheet in self.sheets for segment in sheet.segments], self._get_habits)

    @cached_property
    def habits(self) -> Habits:
        return as_told(find_habits(self.sheets, language=self._language), self._notation)

    def _get_habits(self) -> Habits:
        return self.habits

    def places(self, text: str, type: FieldType) -> tuple[Place, ...]:
        """As `locate`, without a limit, and with the spans of each place together."""
        return (
            tuple(self._words.exact(text))
            or self._words.typed(text, type)
            or self._over_lines(text, type)
            or tuple(self._words.alike(text, type))
        )

    def value_places(self, value: Value, text: str, type: FieldType) -> tuple[Place, ...]:
        """Every place of a typed value, however it is written there; `text` is what its provider said.

        A rate given as 0.19 stands at 19 %.
        """
        found: tuple[Place, ...] = ()
        if isinstance(value, Decimal):
            found = self._words.numbers.get(value, ()) or self._words.percents.get(value * 100, ())
            found = tuple(sorted(found, key=_is_bare)) if type is FieldType.AMOUNT else found
        elif type is FieldType.DATE:
            found = self._words.dates.get(value, ())
        return found or self.places(text, type)

    def rough_places(self, text: str, type: FieldType) -> tuple[Place, ...]:
        """Cells, else blocks, in which a provider read what our words do not say."""
        for index in (self._cells, self._blocks):
            found = tuple(index.exact(text)) or index.typed(text, type)
            if found:
                return found
        return ()

    def exact(self, text: str) -> tuple[Span, ...]:
        return _spans(self._words.exact(text))

    def equal(self, value: Value, type: FieldType) -> tuple[Span, ...]:
        """The number or date that is this value."""
        known = self._words.dates if type is FieldType.DATE else self._words.numbers
        return _spans(known.get(value, ()))

    def over_lines(self, text: str) -> tuple[Span, ...]:
        """A text over several lines, as an address: the run of segments that spells it, each under the one before."""
        return _spans(self._over_lines(text, FieldType.STRING)[:1])

    def alike(self, text: str) -> tuple[Span, ...]:
        return _spans(self._words.alike(text, FieldType.STRING))

    def _over_lines(self, text: str, type: FieldType) -> tuple[Place, ...]:
        """One place a page."""
        wanted = letters_of(text)
        if type in _TYPED or len(wanted) < 6:
            return ()
        runs = (run_over_lines(sheet, wanted, self._letters[sheet.number]) for sheet in self.sheets)
        return tuple(Place(tuple((segment, 0, len(segment.text)) for segment in run)) for run in runs if run)

    @cached_property
    def _letters(self) -> dict[int, list[str]]:
        return {sheet.number: [letters_of(segment.text) for segment in sheet.segments] for sheet in self.sheets}

    @cached_property
    def _cells(self) -> PlaceIndex:
        cells = [
            whole_segment(page.number, cell.text, cell.bbox, block.idx, row=cell.row)
            for page in self._reading.pages
            for block in page.blocks
            for cell in block.cells
            if cell.bbox and cell.text.strip()
        ]
        return PlaceIndex(cells, self._get_habits, Precision.CELL)

    @cached_property
    def _blocks(self) -> PlaceIndex:
        blocks = [
            whole_segment(page.number, text, block.bbox, block.idx)
            for page in self._reading.pages
            for block in page.blocks
            if block.bbox and (text := without_markup(block.content, block.format)).strip()
        ]
        return PlaceIndex(blocks, self._get_habits, Precision.BLOCK)


def _is_bare(place: Place) -> bool:
    """Whether a number is printed without cents and currency, as few amounts are."""
    segment, start, end = place.parts[0]
    return not _MONEY.search(segment.text[start:end])


def _spans(places: Iterable[Place]) -> tuple[Span, ...]:
    return tuple(islice((span for place in places for span in place.spans), _MOST))
