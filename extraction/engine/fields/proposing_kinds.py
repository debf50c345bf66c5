"""Proposed fields that are more than one value: a period becomes its two days, a run of items a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extraction.engine.dates import find_dates
from extraction.engine.fields.lexicon import concepts, is_chinese, tokens
from extraction.engine.fields.matching import concept_book
from extraction.engine.fields.proposing_known import Found
from extraction.engine.fields.proposing_names import type_of_kind
from extraction.engine.fields.proposing_places import Places
from extraction.engine.fields.reader import extract
from extraction.types import DocumentReading, ExtractRequest, FieldSpec, FieldType, ReadValue

_LISTS = ("attendees", "attachments", "serial_numbers", "payment_dates")
_ENDS = {"from": ("start", "起"), "to": ("end", "止")}
_ENDED = ("effective_date", "end_date")
_BULLET = re.compile(r"\s*(?:[-•*·▪●]|\d{1,2}[.)、])\s*\S")
_LEAST_ITEMS = 2


def with_parts(found: Sequence[Found], reading: DocumentReading, places: Places, language: str) -> list[Found]:
    """The same fields, each in the kind that holds all that stands beside its label."""
    asked = {one.spec.name: tuple(_parts_of(one, places)) for one in found}
    specs = tuple(spec for parts in asked.values() for spec in parts)
    values = {value.name: value for value in extract(ExtractRequest(reading, specs, language))} if specs else {}
    return [made for one in found for made in _made(one, asked[one.spec.name], values)]


def _parts_of(one: Found, places: Places) -> Iterator[FieldSpec]:
    spec = one.spec
    if _is_range(one, places):
        for end, (word, sign) in _ENDS.items():
            said = f"{spec.label}{sign}" if is_chinese(spec.label) else f"{spec.label}, {word}"
            yield replace(spec, name=f"{spec.name}_{end}", type=FieldType.DATE, description=said)
    concept = _list_concept(spec.label)
    if concept or spec.type is FieldType.STRING and _BULLET.match(one.value.text or ""):
        items = type_of_kind(concepts()[concept].kind) if concept else FieldType.STRING
        yield replace(spec, type=FieldType.LIST, items=items)


def _is_range(one: Found, places: Places) -> bool:
    if one.value.label is None or one.spec.name in _ENDED:
        return False
    dates = find_dates(one.value.text or "")
    return len(dates) == len(_ENDS) or one.spec.type is FieldType.DATE and places.is_range(one.value)


def _list_concept(label: str) -> str:
    said = concept_book().match(tokens(label))
    return next((key for key in _LISTS if said.get(key, 0.0) >= 0.9), "")


def _made(one: Found, parts: tuple[FieldSpec, ...], values: dict[str, ReadValue]) -> Iterator[Found]:
    read = [values[spec.name] for spec in parts]
    is_list = len(read) == 1 and len(read[0].rows) >= _LEAST_ITEMS
    is_range = len(read) == len(_ENDS) and len({value.value for value in read} - {None}) == len(_ENDS)
    if not is_list and not is_range:
        yield one
        return
    for spec, value in zip(parts, read, strict=True):
        yield Found(spec, replace(value, label=value.label or one.value.label), one.is_likely)
