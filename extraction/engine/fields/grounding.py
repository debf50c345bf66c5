"""A model's answers as values with their places: what stands nowhere in the document is only a suggestion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extraction.engine.fields.citations import Citations
from extraction.engine.fields.corroboration import corroborate
from extraction.engine.fields.drafts import draft, says_nothing, settle_draft
from extraction.engine.fields.model_rows import cell_answers, ground_rows
from extraction.engine.fields.numbered import number_lines
from extraction.engine.fields.reader import extract
from extraction.engine.fields.tables import spans_around
from extraction.types import (
    AS_PRINTED,
    AbsentReason,
    Alternative,
    Answer,
    Answers,
    DocumentReading,
    ExtractRequest,
    FieldSpec,
    FieldType,
    Notation,
    ReadValue,
)

_MOST_OTHERS = 3


def ground(
    answers: Answers,
    reading: DocumentReading,
    fields: Sequence[FieldSpec],
    *,
    language: str = "en",
    notation: Notation = AS_PRINTED,
) -> tuple[ReadValue, ...]:
    """One value per field in the order of the fields.

    A value that stands in the document has its spans, and a confidence where the engine reads the same by itself. One
    that stands nowhere is flagged and doubtful, one that does not fit its field is kept as text.
    """
    said = place_answers(answers, reading, fields, language=language, notation=notation)
    return corroborate(said, extract(ExtractRequest(reading, tuple(fields), language, notation=notation)))


def place_answers(
    answers: Answers,
    reading: DocumentReading,
    fields: Sequence[FieldSpec],
    *,
    language: str = "en",
    notation: Notation = AS_PRINTED,
) -> tuple[ReadValue, ...]:
    """As `ground`, without what the engine reads by itself."""
    citations = Citations(reading, number_lines(reading), language=language, notation=notation)
    finder = _Finder(citations, language)
    return tuple(finder.field(spec, answers.get(spec.name, ())) for spec in fields)


@dataclass(frozen=True, slots=True)
class _Finder:
    citations: Citations
    language: str

    def field(self, spec: FieldSpec, answers: Sequence[Answer]) -> ReadValue:
        if spec.type is FieldType.LIST:
            return self._list(spec, answers)
        if spec.type is not FieldType.TABLE:
            return self._plain(spec, answers)
        if spec.single:
            return _table(spec, self._object(spec, answers))
        return _table(spec, ground_rows(spec.fields, answers, self.citations, language=self.language))

    def _read(self, spec: FieldSpec, answers: Sequence[Answer]) -> list[ReadValue]:
        return [
            settle_draft(draft(spec, answer, self.citations, language=self.language), self.citations)
            for answer in answers
            if not says_nothing(answer.value)
        ]

    def _plain(self, spec: FieldSpec, answers: Sequence[Answer]) -> ReadValue:
        """The first answer that stands in the document, the others that do as alternatives."""
        read = self._read(spec, answers)
        placed = [value for value in read if value.spans and not value.flag]
        if not placed:
            return read[0] if read else _absent(spec)
        others = {
            value.value: Alternative(value.value, value.text or "", value.spans)
            for value in placed[1:]
            if value.value is not None and value.value != placed[0].value
        }
        return replace(placed[0], alternatives=tuple(others.values())[:_MOST_OTHERS])

    def _list(self, spec: FieldSpec, answers: Sequence[Answer]) -> ReadValue:
        item = replace(spec, type=spec.items or FieldType.STRING, items=None)
        items = {(value.value, value.text, value.spans): value for value in self._read(item, answers)}
        return _table(spec, tuple((value,) for value in items.values()))

    def _object(self, spec: FieldSpec, answers: Sequence[Answer]) -> tuple[tuple[ReadValue, ...], ...]:
        cells = tuple(self._plain(column, cell_answers(column, answers)) for column in spec.fields)
        return (cells,) if any(not cell.is_absent or cell.flag for cell in cells) else ()


def _absent(spec: FieldSpec) -> ReadValue:
    return ReadValue(spec.name, reason=AbsentReason.LABEL_NOT_FOUND, method="model")


def _table(spec: FieldSpec, rows: tuple[tuple[ReadValue, ...], ...]) -> ReadValue:
    if not rows:
        return _absent(spec)
    spans = spans_around(rows)
    return ReadValue(spec.name, text=" ".join(span.text for span in spans), spans=spans, method="model", rows=rows)
