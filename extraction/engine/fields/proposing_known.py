"""Fields that the lexicon knows and the document prints: all of them are looked for, what stands there is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from extraction.engine.dates import find_dates
from extraction.engine.fields.lexicon import Concept, concepts, is_chinese, tokens, word_list
from extraction.engine.fields.marks import MARK
from extraction.engine.fields.matching import concept_book
from extraction.engine.fields.proposing_names import clean_label, standard_label, type_of_kind, type_of_text
from extraction.engine.fields.proposing_places import Places, is_prose, overlaps
from extraction.engine.fields.reader import extract
from extraction.engine.fields.shapes import address_score
from extraction.types import DocumentReading, ExtractRequest, FieldSpec, FieldType, ReadValue

_LEAST_SAID, _NEAR_BEST = 0.78, 0.05
_LEAST_SURE, _SURE_UNLABELLED, _SURE_ORGANISATION = 0.6, 0.7, 0.8
_UNLABELLED = ("supplier_name", "supplier_address", "invoice_number", "invoice_code", "issue_date", "currency", "title")
_SELDOM = frozenset(("title", "currency", "rounding", "change", "paid", "total_quantity", "print_date", "time"))
_SUMS = ("subtotal", "tax_amount", "total", "gross_total", "commission", "discount")
_ROLES = ("supplier", "customer")
_OF_PARTIES = ("bank_account", "bank_and_account", "bank_name", "bic", "company_number", "contact")
_KINDS_OF_PARTIES = ("phone", "email", "iban", "url")
_BARE = {"invoice_number": ("invoice", "发票"), "receipt_number": ("receipt", "收据")}
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
    values = _with_own_number(extract(ExtractRequest(reading, specs, language)), places)
    fit = [value for value in values if not value.is_absent and _is_fit(value, places)]
    fit = list(_of_both(fit, reading, places, language))
    labels = [value.label for value in fit if value.label]
    fit = [value for value in fit if value.label or not any(overlaps(span, labels) for span in value.spans)]
    return [Found(_spec(value, chinese=chinese), value, _is_likely(value, places)) for value in _once_a_label(fit)]


def _with_own_number(values: Iterable[ReadValue], places: Places) -> list[ReadValue]:
    """A number beside a bare `No.` is that of the document: an invoice's or a receipt's where it says to be one."""
    values = list(values)
    own = next((name for name, words in _BARE.items() if places.says(*words)), "")
    bare = [value for value in values if value.label and not value.is_absent and _is_bare(value.label.text)]
    if not own or len(bare) != 1 or any(value.name == own and not value.is_absent for value in values):
        return values
    return [*(value for value in values if value.name not in (own, bare[0].name)), replace(bare[0], name=own)]


def _is_bare(label: str) -> bool:
    return bool(label) and {token.text for token in tokens(label)} <= {"number"}


def _of_both(values: list[ReadValue], reading: DocumentReading, places: Places, language: str) -> Iterator[ReadValue]:
    """What is printed for the seller and for the buyer under one label becomes a field of each."""
    twice = [value for value in values if _may_be_of_both(value, places)]
    specs = tuple(FieldSpec(f"{role}_{value.name}") for value in twice for role in _ROLES)
    found = {value.name: value for value in extract(ExtractRequest(reading, specs, language))} if specs else {}
    for value in values:
        pair = [found[name] for role in _ROLES if (name := f"{role}_{value.name}") in found]
        is_pair = len({one.text for one in pair if not one.is_absent and _is_fit(one, places)}) == len(_ROLES)
        yield from pair if is_pair else [value]


def _may_be_of_both(value: ReadValue, places: Places) -> bool:
    concept = _concept_of(value)
    is_of_party = concept.key in _OF_PARTIES or concept.kind in _KINDS_OF_PARTIES
    return is_of_party and not concept.role and value.label is not None and places.count(value.label) == len(_ROLES)


def _concept_of(value: ReadValue) -> Concept:
    """Of `supplier_phone` that of `phone`, with the role."""
    role, _, rest = value.name.partition("_")
    known = concepts()
    return known[value.name] if value.name in known else replace(known[rest], role=role)


def _key(value: ReadValue) -> str:
    return _concept_of(value).key


def _is_address(text: str) -> bool:
    return address_score(text) >= 1 and any(c.isdigit() for c in text) and not find_dates(text) and ":" not in text


def _is_fit(value: ReadValue, places: Places) -> bool:
    if any(places.is_in_margin(span) for span in value.spans):
        return False
    kind = _concept_of(value).kind
    if kind not in _LONG_KINDS and is_prose(value.text or "") or MARK.search(value.text or ""):
        return False
    if value.label is None:
        is_like = kind != "address" or _is_address(value.text or "")
        return is_like and value.name in _UNLABELLED and (value.confidence or 0.0) >= _LEAST_SURE
    if places.is_in_margin(value.label):
        return False
    if value.method == "column":
        return value.name in _SUMS and not any(places.is_in_table(span) for span in value.spans)
    if not _says(value) or any(places.is_in_table(span) for span in (value.label, *value.spans)):
        return False
    return places.is_label(value.label, value.spans[0] if value.spans else None)


def _said(value: ReadValue) -> float:
    """How surely the label says this very concept."""
    return concept_book().match(tokens(value.label.text)).get(_key(value), 0.0) if value.label else 0.0


def _says(value: ReadValue) -> bool:
    """Whether the label says this very concept, and no other one better."""
    label = value.label.text if value.label else ""
    said = concept_book().match(tokens(label))
    best = max((score for key, score in said.items() if not concepts()[key].only_column), default=0.0)
    if _is_bare(label):
        return value.name in _BARE
    is_end = label.strip(" :").lower() in word_list("ends")
    return said.get(_key(value), 0.0) >= max(_LEAST_SAID, best - _NEAR_BEST) and not is_end


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


def _is_likely(value: ReadValue, places: Places) -> bool:
    sure = value.confidence or 0.0
    if type_of_kind(_concept_of(value).kind) is FieldType.AMOUNT and _is_count(value.text or ""):
        return False
    if value.label and places.is_repeated(value.label):
        return False
    if value.label is None:
        least = _SURE_ORGANISATION if _concept_of(value).kind == "org" else _SURE_UNLABELLED
        return value.name not in _SELDOM and sure >= least
    return (value.name not in _SELDOM or value.name == "currency") and sure >= 0.5


def _is_count(text: str) -> bool:
    """Digits without cents or a currency; sums in words are amounts."""
    return any(c.isdigit() for c in text) and type_of_text(text) in (FieldType.NUMBER, FieldType.STRING)


def _spec(value: ReadValue, *, chinese: bool) -> FieldSpec:
    """Labelled as printed; where that does not say whose it is, by the usual name: the lexicon knows the label."""
    concept = _concept_of(value)
    printed = clean_label(value.label.text) if value.label else ""
    usual = standard_label(concept, chinese=is_chinese(printed) if printed else chinese)
    kind = type_of_kind(concept.kind)
    is_told = bool(printed) and not concept.role and value.method != "column" and not _is_bare(printed)
    label = printed if is_told else usual
    return FieldSpec(value.name, kind, label=label, description=usual)
