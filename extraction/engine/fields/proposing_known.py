"""Fields that the lexicon knows and the document prints: all of them are looked for, what stands there is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extraction.engine.fields.lexicon import concepts, is_chinese, tokens
from extraction.engine.fields.matching import concept_book
from extraction.engine.fields.proposing_names import clean_label, standard_label, type_of_kind
from extraction.engine.fields.proposing_places import Places, is_prose
from extraction.engine.fields.reader import extract
from extraction.engine.fields.shapes import address_score
from extraction.types import DocumentReading, ExtractRequest, FieldSpec, ReadValue

_LEAST_SAID = 0.78
_LEAST_SURE, _SURE_UNLABELLED = 0.6, 0.7
_UNLABELLED = ("supplier_name", "supplier_address", "invoice_number", "invoice_code", "issue_date", "currency", "title")
_SELDOM = frozenset(("title", "currency", "rounding", "change", "paid", "total_quantity", "print_date", "time"))
_SUMS = ("subtotal", "tax_amount", "total", "gross_total", "commission", "discount")
_LONG_KINDS = ("address", "clause", "party")


@dataclass(frozen=True, slots=True)
class Found:
    """A field with what is read of it; `is_likely` where people usually want it and nothing speaks against it."""

    spec: FieldSpec
    value: ReadValue
    is_likely: bool


def known_fields(reading: DocumentReading, places: Places, *, language: str, chinese: bool) -> list[Found]:
    wanted = [concept for concept in concepts().values() if not concept.only_column and concept.kind != "party"]
    specs = tuple(FieldSpec(concept.key, type_of_kind(concept.kind)) for concept in wanted)
    values = extract(ExtractRequest(reading, specs, language))
    fit = [value for value in values if not value.is_absent and _is_fit(value, places)]
    return [Found(_spec(value, chinese=chinese), value, _is_likely(value)) for value in _once_a_label(fit)]


def _is_fit(value: ReadValue, places: Places) -> bool:
    if any(places.is_in_margin(span) for span in value.spans):
        return False
    kind = concepts()[value.name].kind
    if kind not in _LONG_KINDS and is_prose(value.text or ""):
        return False
    if value.label is None:
        is_like = kind != "address" or address_score(value.text or "") >= 1
        return is_like and value.name in _UNLABELLED and (value.confidence or 0.0) >= _LEAST_SURE
    if places.is_in_margin(value.label):
        return False
    if value.method == "column" and value.name in _SUMS:
        return not any(places.is_in_table(span) for span in value.spans)
    if (
        _said(value) < _LEAST_SAID
        or places.is_in_table(value.label)
        or any(places.is_in_table(span) for span in value.spans)
    ):
        return False
    return places.is_label(value.label, value.spans[0] if value.spans else None)


def _said(value: ReadValue) -> float:
    """How surely the label says this very concept."""
    return concept_book().match(tokens(value.label.text)).get(value.name, 0.0) if value.label else 0.0


def _once_a_label(values: list[ReadValue]) -> Iterator[ReadValue]:
    """Of several fields beside one label the one that it says best."""
    best: dict[object, ReadValue] = {}
    for value in values:
        key = (value.label.page, value.label.bbox) if value.label else value.name
        if key not in best or _rank(value) > _rank(best[key]):
            best[key] = value
    yield from best.values()


def _rank(value: ReadValue) -> tuple[float, float]:
    return round(_said(value), 2), value.confidence or 0.0


def _is_likely(value: ReadValue) -> bool:
    sure = value.confidence or 0.0
    if value.label is None:
        return value.name not in _SELDOM and sure >= _SURE_UNLABELLED
    return (value.name not in _SELDOM or value.name == "currency") and sure >= 0.5


def _spec(value: ReadValue, *, chinese: bool) -> FieldSpec:
    """Labelled as printed; where that does not say whose it is, by the usual name: the lexicon knows the label."""
    concept = concepts()[value.name]
    printed = clean_label(value.label.text) if value.label else ""
    usual = standard_label(concept, chinese=is_chinese(printed) if printed else chinese)
    kind = type_of_kind(concept.kind)
    label = usual if concept.role or value.method == "column" or not printed else printed
    return FieldSpec(value.name, kind, label=label, description=usual)
