"""What the field engine decides in documents whose truth is known: every value, absence and cell, right or wrong.

A set of fields is a folder of JSON as `manage.py read` writes it, a truth in JSONL (a line {"file", "group", "fields":
{name: {"type", "accept"}}}, documents of one group come from one issuer) and a template. A set of rows is such a folder
and one as `benchmarks/samples/items_set.py` makes it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.items import align
from extraction.engine.dates import find_dates
from extraction.engine.fields import extract, learn, lesson_of, locate
from extraction.engine.fields.profiles import compile_field
from extraction.engine.fields.row_signs import EMPTY_CELL
from extraction.engine.numbers import fold, parse_number
from extraction.types import Approved, DocumentReading, ExtractRequest, FieldSpec, Lesson, PageReading, ReadValue, Signs
from extraction.wire.results import json_value, load_reading
from extraction.wire.template_json import TemplateDefinition, load

_TAUGHT_BY = (1, 5)
_MOST_OF_A_GROUP = 8
_MISREAD = 0.05


@dataclass(frozen=True, slots=True)
class FieldSet:
    """Documents with plain fields."""

    name: str
    readings: Path
    truth: Path
    template: Path


@dataclass(frozen=True, slots=True)
class RowSet:
    """Documents with tables and lists; `folder` holds them, their truth and their templates.

    Each is taken in three manners: as it was read, without its blocks, and with digits misread.
    """

    name: str
    readings: Path
    folder: Path


@dataclass(frozen=True, slots=True)
class Example:
    """A decision: `signs` None where the engine gives no confidence, `taught` by how many documents of its group."""

    set: str
    document: str
    group: str
    path: str
    signs: Signs | None
    right: bool
    taught: int = 0


def add_set_arguments(parser: argparse.ArgumentParser) -> None:
    fields, rows = ("NAME", "READINGS", "TRUTH", "TEMPLATE"), ("NAME", "READINGS", "FOLDER")
    parser.add_argument("--set", nargs=4, action="append", default=[], metavar=fields, help="documents with fields")
    parser.add_argument("--rows", nargs=3, action="append", default=[], metavar=rows, help="documents with tables")


def sets_of(args: argparse.Namespace) -> list[FieldSet | RowSet]:
    fields = [FieldSet(name, *map(Path, paths)) for name, *paths in args.set]
    return [*fields, *(RowSet(name, *map(Path, paths)) for name, *paths in args.rows)]


def examples_of(sets: Sequence[FieldSet | RowSet], *, with_taught: bool = True) -> list[Example]:
    found: list[Example] = []
    for one in sets:
        if isinstance(one, RowSet):
            found += _of_rows(one)
        else:
            found += _of_fields(one, with_taught=with_taught)
    return found


def _of_fields(one: FieldSet, *, with_taught: bool) -> Iterator[Example]:
    fields = load(json.loads(one.template.read_text(encoding="utf-8"))).fields
    cases = [case for line in lines_of(one.truth) if (case := _case(one, line, fields))]
    for case in cases:
        yield from case.examples(one.name, 0, case.values)
    if any(spec.rules for spec in fields):
        yield from _misread_fields(one.name, cases, fields)
    if with_taught:
        for size in _TAUGHT_BY:
            for case, before in _in_groups(cases, size):
                learned = learn([other.lesson(fields) for other in before])
                values = extract(ExtractRequest(case.reading, fields, learned=learned))
                yield from case.examples(f"{one.name}, taught", size, values)


def _misread_fields(name: str, cases: Sequence[_Case], fields: tuple[FieldSpec, ...]) -> Iterator[Example]:
    """What rules are for: digits that OCR misread."""
    for case in cases:
        chance = random.Random(case.file)
        reading = _each_page(case.reading, partial(_misread, chance=chance))
        yield from case.examples(f"{name}, misread", 0, extract(ExtractRequest(reading, fields)))


@dataclass(frozen=True, slots=True)
class _Case:
    """A document with its truth by field, and what the engine reads of it by itself."""

    file: str
    group: str
    reading: DocumentReading
    fields: dict[str, dict[str, Any]]
    values: tuple[ReadValue, ...]

    def examples(self, name: str, taught: int, values: Sequence[ReadValue]) -> Iterator[Example]:
        for value in values:
            wanted = self.fields.get(value.name)
            if wanted:
                right = is_right(value, wanted)
                yield Example(name, self.file, self.group, value.name, value.signs, right, taught)

    def lesson(self, fields: Sequence[FieldSpec]) -> Lesson:
        by_name = {value.name: value for value in self.values}
        approved = [self._approved(spec, by_name[spec.name]) for spec in fields if spec.name in self.fields]
        return lesson_of(self.reading, fields, approved)

    def _approved(self, spec: FieldSpec, value: ReadValue) -> Approved:
        """As a person would leave the field: confirmed where it is right, else typed and looked for on the page."""
        accept = self.fields[spec.name]["accept"]
        if not accept:
            return Approved(spec.name)
        if is_right(value, self.fields[spec.name]):
            return Approved(spec.name, value.value, value.spans)
        for text in accept:
            if spans := locate(self.reading, text, type=spec.type):
                return Approved(spec.name, text, spans[:1])
        return Approved(spec.name, accept[0])


def _case(one: FieldSet, line: dict[str, Any], fields: tuple[FieldSpec, ...]) -> _Case | None:
    path = one.readings / f"{line['file']}.json"
    if not path.exists():
        return None
    reading = read(path)
    values = extract(ExtractRequest(reading, fields))
    return _Case(line["file"], line.get("group") or line["file"], reading, line["fields"], values)


def read(path: Path) -> DocumentReading:
    return load_reading(json.loads(path.read_text(encoding="utf-8")))


def _in_groups(cases: Sequence[_Case], size: int) -> Iterator[tuple[_Case, list[_Case]]]:
    """Every document after the ones before it in its group, the last before the first."""
    groups: dict[str, list[_Case]] = defaultdict(list)
    for case in cases:
        groups[case.group].append(case)
    for group in groups.values():
        group = group[:_MOST_OF_A_GROUP]
        if len(group) > size:
            for place, case in enumerate(group):
                yield case, [group[(place - back) % len(group)] for back in range(size, 0, -1)]


def is_right(value: ReadValue, wanted: dict[str, Any]) -> bool:
    """An absent value is right where nothing is accepted."""
    if value.value is None:
        return not wanted["accept"]
    return any(is_equal(value.value, text, wanted["type"]) for text in wanted["accept"])


def is_equal(value: object, text: str, kind: str = "") -> bool:
    """As a reviewer reads them: numbers and days by what they mean, texts by letters and digits; or all ways."""
    if kind in ("number", "") and (number := parse_number(text)) is not None and parse_number(str(value)) == number:
        return True
    if kind in ("date", "") and str(value) in _days(text):
        return True
    return kind not in ("number", "date") and letters(str(value)) == letters(text)


def _days(text: str) -> set[str]:
    return {found.value for day_first in (True, False) for found in find_dates(fold(text), day_first=day_first)}


def letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _of_rows(one: RowSet) -> Iterator[Example]:
    for line in lines_of(one.folder / "truth.jsonl"):
        path = one.readings / f"{line['file']}.json"
        if not path.exists():
            continue
        template = _template(one, line["template"])
        reading = read(path)
        for name, changed in _manners(one.name, reading, line["file"]):
            yield from _of_tables(name, line, template, changed)
        wider = _widened(template, [_template(one, other.name) for other in _templates(one)], line["file"])
        for example in _of_tables(f"{one.name}, more columns asked", line, wider, reading):
            if example.signs and example.signs.group == EMPTY_CELL:
                yield example


def _templates(one: RowSet) -> list[Path]:
    return sorted((one.folder / "templates").glob("*.json"))


def _template(one: RowSet, name: str) -> TemplateDefinition:
    return load(json.loads((one.folder / "templates" / name).read_text(encoding="utf-8")))


def _widened(template: TemplateDefinition, others: Sequence[TemplateDefinition], seed: str) -> TemplateDefinition:
    """Its tables with up to two columns that only the tables of other documents have."""
    chance = random.Random(seed)
    return replace(template, fields=tuple(_wider(spec, others, template.language, chance) for spec in template.fields))


def _wider(spec: FieldSpec, others: Sequence[TemplateDefinition], language: str, chance: random.Random) -> FieldSpec:
    if not spec.fields:
        return spec
    own = [compile_field(column) for column in spec.fields]
    taken = (
        {column.name for column in spec.fields}
        | {profile.concept for profile in own}
        | {profile.kind for profile in own if profile.kind == "date"}
    )
    free = {
        column.name: column
        for other in others
        if other.language == language
        for table in other.fields
        for column in table.fields
        if not {column.name, compile_field(column).concept, compile_field(column).kind} & taken
    }
    more = chance.sample(sorted(free), min(len(free), 2))
    return replace(spec, fields=(*spec.fields, *(free[name] for name in more)))


def _of_tables(
    name: str, line: dict[str, Any], template: TemplateDefinition, reading: DocumentReading
) -> Iterator[Example]:
    for value in extract(ExtractRequest(reading, template.fields, template.language)):
        yield from _of_table(name, line, template, value)


def _manners(name: str, reading: DocumentReading, seed: str) -> Iterator[tuple[str, DocumentReading]]:
    """As it was read, without its blocks as other programs read, and with digits misread as OCR misreads them."""
    chance = random.Random(seed)
    yield name, reading
    yield f"{name}, no blocks", _each_page(reading, lambda page: replace(page, blocks=()))
    yield f"{name}, misread", _each_page(reading, partial(_misread, chance=chance))


def _each_page(reading: DocumentReading, change: Callable[[PageReading], PageReading]) -> DocumentReading:
    return replace(reading, pages=tuple(map(change, reading.pages)))


def _misread(page: PageReading, chance: random.Random) -> PageReading:
    """One digit in each twentieth word that has any."""
    words = []
    for word in page.words:
        digits = [place for place, letter in enumerate(word.text) if letter.isdigit()]
        if digits and chance.random() < _MISREAD:
            place = chance.choice(digits)
            other = str((int(word.text[place]) + chance.randint(1, 9)) % 10)
            word = replace(word, text=word.text[:place] + other + word.text[place + 1 :])
        words.append(word)
    return replace(page, words=tuple(words))


def _of_table(name: str, line: dict[str, Any], template: TemplateDefinition, value: ReadValue) -> Iterator[Example]:
    document = group = line["file"]  # each is of a layout of its own
    truth = [_folded_row(row) for row in line["fields"].get(value.name) or []]
    if value.is_absent:
        yield Example(name, document, group, value.name, value.signs, not truth)
        return
    is_list = not next(spec for spec in template.fields if spec.name == value.name).fields
    given = [{"" if is_list else cell.name: _folded(cell.value) for cell in row if cell.value is not None}
             for row in value.rows]  # fmt: skip
    partners = {id(row): other for row, other in align(given, truth) if row}
    for number, (row, cells) in enumerate(zip(given, value.rows, strict=True)):
        other = partners.get(id(row), {})
        for cell in cells:
            key = "" if is_list else cell.name
            right = bool(other) and row.get(key) == other.get(key)
            yield Example(name, document, group, f"{value.name}[{number}].{cell.name}", cell.signs, right)


def _folded_row(row: Any) -> dict[str, str]:
    cells = row if isinstance(row, dict) else {"": row}
    return {key: _folded(value) for key, value in cells.items() if value is not None}


def _folded(value: Any) -> str:
    plain = json_value(value) if isinstance(value, Decimal) else value
    if isinstance(plain, int | float):
        return str(Decimal(str(plain)).normalize())
    return "".join(unicodedata.normalize("NFKC", str(plain)).casefold().split())


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
