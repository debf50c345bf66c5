"""A template from a document: the fields and tables that it suggests, each with what is read of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.gridded import find_grids
from extraction.engine.fields.lexicon import concepts, is_chinese
from extraction.engine.fields.marks import MARK
from extraction.engine.fields.proposing_kinds import with_parts
from extraction.engine.fields.proposing_known import Found, known_fields
from extraction.engine.fields.proposing_labels import Label, find_labels
from extraction.engine.fields.proposing_marks import suggested_marks
from extraction.engine.fields.proposing_names import free_name, name_of, type_of_kind, type_of_text
from extraction.engine.fields.proposing_places import Places, is_prose, overlaps, without_prose
from extraction.engine.fields.proposing_tables import suggested_tables, usual_table
from extraction.engine.fields.reader import extract
from extraction.engine.fields.segments import Sheet, lay_out
from extraction.types import BBox, DocumentReading, ExtractRequest, FieldSpec, FieldType, ReadValue, Span

_MOST_LABELS = 80
_LEAST_FILLED = 0.5
_GOODS = frozenset(("description", "quantity", "unit_price", "amount"))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A field that a document suggests; `value` is what Galley reads there, tables have rows.

    `is_likely` tells the fields that people usually want, and that are read again by the draft, from doubtful ones.
    """

    spec: FieldSpec
    value: ReadValue
    is_likely: bool


def language_of(reading: DocumentReading) -> str:
    """As templates name it, by most of the words."""
    words = [word.text for page in reading.pages for word in page.words]
    chinese = sum(map(is_chinese, words))
    return "zh-hans" if words and chinese >= 0.3 * len(words) else "en"


def propose(reading: DocumentReading) -> tuple[Proposal, ...]:
    """The likely ones in the order of the page, tables last, then the doubtful ones; empty when nothing is found."""
    language = language_of(reading)
    reading = without_prose(reading)
    sheets = lay_out(reading)
    chinese = language.startswith("zh")
    places = Places(sheets)
    tables = _tables(reading, places, language=language, chinese=chinese)
    known = known_fields(reading, places, language=language, chinese=chinese)
    labelled = [found for found in known if found.value.label]
    unknown = _unknown(reading, sheets, places, labelled, language)
    # what stands beside a label of its own is not guessed to be something else
    named = [span for found in unknown if found.is_likely for span in found.value.spans]
    kept = [found for found in known if found.value.label or not any(overlaps(s, named) for s in found.value.spans)]
    ticks = _ticks(reading, sheets, [*kept, *unknown], language)
    fields = with_parts([*kept, *unknown, *ticks], reading, places, language)
    return tuple(_ordered(_read_again(fields, reading, language), tables))


def _ticks(reading: DocumentReading, sheets: tuple[Sheet, ...], known: Sequence[Found], language: str) -> list[Found]:
    """Boxes that are ticked, or may be."""
    specs = suggested_marks(sheets, Surroundings(sheets, ()))
    names = [found.spec.name for found in known]
    specs = [replace(spec, name=free_name(spec.name, names)) for spec in specs]
    values = extract(ExtractRequest(reading, tuple(specs), language)) if specs else ()
    pairs = zip(specs, values, strict=True)
    return [Found(spec, value, is_likely=True) for spec, value in pairs if not value.is_absent and value.spans]


def _tables(reading: DocumentReading, places: Places, *, language: str, chinese: bool) -> list[Proposal]:
    found: list[Proposal] = []
    for spec in (*suggested_tables(reading, chinese=chinese), usual_table(chinese=chinese)):
        if found and spec.name == found[0].spec.name:
            continue
        value = extract(ExtractRequest(reading, (spec,), language))[0]
        proposal = _filled(spec, value)
        if proposal and not _overlaps_any(value, found):
            found.append(replace(proposal, spec=_renamed(proposal.spec, found)))
            places.hold_table(value)
    return found


def _is_known_text(name: str) -> bool:
    return name in concepts() and type_of_kind(concepts()[name].kind) is FieldType.STRING


def _overlaps_any(value: ReadValue, found: Sequence[Proposal]) -> bool:
    held = [span for proposal in found for span in proposal.value.spans]
    return any(overlaps(span, held) for span in value.spans)


def _renamed(spec: FieldSpec, found: Sequence[Proposal]) -> FieldSpec:
    return replace(spec, name=free_name(spec.name, [proposal.spec.name for proposal in found]))


def _filled(spec: FieldSpec, value: ReadValue) -> Proposal | None:
    """The table with the columns that have cells; None without rows."""
    if not value.rows or _is_form(spec, value):
        return None
    shares = [sum(not row[i].is_absent for row in value.rows) / len(value.rows) for i in range(len(spec.fields))]
    kept = [i for i, share in enumerate(shares) if share > 0]
    if len(kept) < 2:
        return None
    rows = tuple(tuple(row[i] for i in kept) for row in value.rows)
    mean = sum(shares[i] for i in kept) / len(kept)
    columns = tuple(spec.fields[i] for i in kept)
    is_likely = mean >= _LEAST_FILLED and _is_told(columns, rows)
    return Proposal(replace(spec, fields=columns), replace(value, rows=rows), is_likely=is_likely)


def _is_form(spec: FieldSpec, value: ReadValue) -> bool:
    """One row under its labels, on one page or on each: fields of their own, unless they are those of goods."""
    kinds = {tuple(cell.text for cell in row) for row in value.rows}
    names = {column.name for column in spec.fields}
    return len(kinds) == 1 and len(names & _GOODS) < 2


def _is_told(columns: Sequence[FieldSpec], rows: Sequence[Sequence[ReadValue]]) -> bool:
    """A column of words, and one that is known or holds numbers or dates."""
    words = [
        any(cell.text and not any(c.isdigit() for c in cell.text) for cell in cells)
        for cells in zip(*rows, strict=True)
    ]
    typed = [column.type is not FieldType.STRING or _is_known_text(column.name) for column in columns]
    return any(typed) and (any(words) or len(columns) > 2)


def _unknown(
    reading: DocumentReading, sheets: tuple[Sheet, ...], places: Places, known: Sequence[Found], language: str
) -> list[Found]:
    """Labels that the lexicon does not know, with the values that the engine finds beside them."""
    printed = find_labels(sheets, Surroundings(sheets, ()), find_grids(reading))
    labels = [label for label in printed if _is_free(label, places, known)]
    labels = labels[:_MOST_LABELS]
    asked = [FieldSpec(f"label {number}", label=label.text) for number, label in enumerate(labels)]
    specs = (*(found.spec for found in known), *asked)
    values = extract(ExtractRequest(reading, specs, language))[len(known) :]
    held = [span for found in known for span in found.value.spans]
    beside = [label.bbox for label in labels]
    found: list[Found] = []
    for label, value in zip(labels, values, strict=True):
        if _is_value(value, places, held) and not _is_on(value, beside) and _is_of(value, label):
            found.append(_made(label, value, places, [one.spec.name for one in (*known, *found)]))
    return found


def _is_free(label: Label, places: Places, known: Sequence[Found]) -> bool:
    """Not said by a known field already, and no part of a table or a running head."""
    span = Span(label.page, label.bbox, label.text)
    taken = [place for found in known for place in (*found.value.spans, *_labels(found.value))]
    return not (overlaps(span, taken) or places.is_in_table(span) or places.is_in_margin(span))


def _labels(value: ReadValue) -> tuple[Span, ...]:
    return (value.label,) if value.label else ()


def _is_value(value: ReadValue, places: Places, held: Sequence[Span]) -> bool:
    text = value.text or ""
    if value.is_absent or not value.spans or is_prose(text) or MARK.search(text) or value.method == "column":
        return False
    return not any(
        overlaps(span, held) or places.is_in_table(span) or places.is_in_margin(span) for span in value.spans
    )


def _is_on(value: ReadValue, labels: Sequence[BBox]) -> bool:
    """Whether the value is another label."""
    return any(2 * span.bbox.overlap(box) > span.bbox.area for span in value.spans for box in labels)


def _is_of(value: ReadValue, label: Label) -> bool:
    """Whether the engine read it beside this very label, and not another label in its place."""
    if value.label is None or value.text is None or value.text.endswith(("#", ":")):
        return False
    return value.label.page == label.page and value.label.bbox.overlap(label.bbox) > 0


def _made(label: Label, value: ReadValue, places: Places, taken: Sequence[str]) -> Found:
    """Likely where a colon or a form labels it, or where a label without them has a value that is no word."""
    text = value.text or ""
    kind = type_of_text(text, label.text)
    spec = FieldSpec(free_name(name_of(label.text), taken), kind, label=label.text, description=label.text)
    is_told = label.is_sure and (value.method != "right" or label.has_colon or any(c.isdigit() for c in text))
    return Found(spec, value, is_told and not (value.label and places.is_repeated(value.label)))


def _read_again(found: Sequence[Found], reading: DocumentReading, language: str) -> list[Proposal]:
    """What the draft itself reads: likely where it is the same."""
    values = extract(ExtractRequest(reading, tuple(one.spec for one in found), language))
    again = []
    for one, value in zip(found, values, strict=True):
        is_same = not value.is_absent and _overlaps_all(value.spans, one.value.spans)
        again.append(Proposal(one.spec, value if is_same else one.value, is_likely=one.is_likely and is_same))
    return again


def _overlaps_all(spans: Sequence[Span], others: Sequence[Span]) -> bool:
    return bool(spans) and all(overlaps(span, others) for span in spans)


def _ordered(fields: list[Proposal], tables: list[Proposal]) -> list[Proposal]:
    fields = sorted(fields, key=_place)
    likely = [one for one in fields if one.is_likely]
    doubtful = [one for one in fields if not one.is_likely]
    return [*likely, *(one for one in tables if one.is_likely), *doubtful, *(t for t in tables if not t.is_likely)]


def _place(proposal: Proposal) -> tuple[int, float, float]:
    span = proposal.value.label or proposal.value.spans[0]
    return span.page, round(span.bbox.y0 / 4), span.bbox.x0
