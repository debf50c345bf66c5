"""Score what documents propose as a template, and templates made from one document on the others of its layout.

    uv run benchmarks/samples/fapiao_set.py SET; manage.py read SET/develop/vat/files/* --out READINGS
    uv run benchmarks/proposals.py fields SET/develop/vat/truth.jsonl READINGS [--rest]
    uv run benchmarks/proposals.py layouts SET/develop/vat/truth.jsonl READINGS --template SET/develop/vat.json
    uv run benchmarks/samples/items_set.py SET; manage.py read SET/work/*.pdf SET/work/*.jpg --out READINGS
    uv run benchmarks/proposals.py tables SET/work/truth.jsonl READINGS

*fields*: the share of the printed fields whose value is proposed, and ticked; the share of the ticked proposals that
hold a value of the truth. `--rest` prints the other ticked ones, to be judged by eye. *layouts*: a draft is made of the
ticked proposals of one document; a true field is the proposal that held its value there. Recall on all other documents
of the group, beside that of the hand-written template. *tables*: the share of the true columns of which a proposed
column holds at least nine of ten cells, and of the proposed columns that are true.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from extraction.engine.fields.proposing import Proposal, language_of, propose
from extraction.engine.fields.reader import extract
from extraction.engine.numbers import parse_number
from extraction.types import DocumentReading, ExtractRequest, FieldSpec, ReadValue
from extraction.wire.results import load_reading
from extraction.wire.template_json import load

LEAST_CELLS = 0.9
LONG = re.compile(r"0\d+|[\d ]{10,}")

type Line = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("fields", "layouts", "tables"))
    parser.add_argument("truth", type=Path)
    parser.add_argument("readings", type=Path)
    parser.add_argument("--template", type=Path, help="the hand-written one, to compare with")
    parser.add_argument("--rest", action="store_true", help="print what is ticked and stands in no truth")
    parser.add_argument("--missed", action="store_true", help="print the fields whose value is not proposed")
    options = parser.parse_args()
    lines = [json.loads(line) for line in options.truth.read_text().splitlines()]
    {"fields": score_fields, "layouts": score_layouts, "tables": score_tables}[options.what](lines, options)


def reading_of(line: Line, options: argparse.Namespace) -> DocumentReading:
    return load_reading(json.loads((options.readings / f"{line['file']}.json").read_text()))


def plain(text: object) -> str:
    """As values are compared: numbers by value, words without blanks, signs between them and case."""
    folded = unicodedata.normalize("NFKC", str(text))
    number = parse_number(folded) if not LONG.fullmatch(folded) else None
    if number is not None:
        return str(number.normalize() if number else Decimal(0))
    return re.sub(r"[\s;,，；。.]+", "", folded).lower()


def accepted(field: Any) -> set[str]:
    values = field["accept"] if isinstance(field, dict) else [field]
    return {plain(value) for value in values}


def said(value: ReadValue) -> set[str]:
    return {plain(one) for one in (value.value, value.text) if one is not None}


def score_fields(lines: Sequence[Line], options: argparse.Namespace) -> None:
    printed = proposed = ticked = right = taken = 0
    for line in lines:
        proposals = [one for one in propose(reading_of(line, options)) if not one.spec.fields]
        true = {name: values for name, field in line["fields"].items() if (values := accepted(field))}
        everything = set().union(*true.values())
        for name, values in true.items():
            holders = [one for one in proposals if said(one.value) & values]
            printed += 1
            proposed += bool(holders)
            ticked += any(one.is_likely for one in holders)
            if options.missed and not holders:
                print(f"{line['file']:28} missed {name}: {sorted(values)}")
        for one in (one for one in proposals if one.is_likely):
            taken += 1
            right += bool(said(one.value) & everything)
            if options.rest and not said(one.value) & everything:
                print(f"{line['file']:28} {one.spec.name}: {one.spec.label!r} = {one.value.value!r}")
    print(f"printed fields {printed}: proposed {proposed / printed:.3f}, ticked {ticked / printed:.3f}; "
          f"ticked proposals {taken}: in the truth {right / taken:.3f}")  # fmt: skip


def score_layouts(lines: Sequence[Line], options: argparse.Namespace) -> None:
    by_hand = load(json.loads(options.template.read_text())).fields if options.template else ()
    totals: dict[str, list[int]] = {}
    for group, members in groups_of(lines, options).items():
        made = hand = total = 0
        for sample, reading in members:
            draft, owners = draft_of(sample, reading)
            for other, target in members:
                if other is sample:
                    continue
                wanted = {name: accepted(field) for name, field in other["fields"].items()}
                wanted = {name: wanted[name] for name in owners.keys() | missed(sample, owners) if wanted.get(name)}
                mine, theirs = values_of(draft, target), values_of(by_hand, target)
                total += len(wanted)
                made += sum(bool(mine.get(owners.get(name, ""), set()) & values) for name, values in wanted.items())
                hand += sum(bool(theirs.get(name, set()) & values) for name, values in wanted.items())
        totals[group] = [made, hand, total]
    for group, (made, hand, total) in [
        *totals.items(),
        ("all", [sum(column) for column in zip(*totals.values(), strict=True)]),
    ]:
        print(f"{group:24} fields {total:5}  from a sample {made / total:.3f}  by hand {hand / total:.3f}")


def groups_of(lines: Sequence[Line], options: argparse.Namespace) -> dict[str, list[tuple[Line, DocumentReading]]]:
    groups: dict[str, list[tuple[Line, DocumentReading]]] = {}
    for line in lines:
        groups.setdefault(line["group"], []).append((line, reading_of(line, options)))
    return groups


def draft_of(line: Line, reading: DocumentReading) -> tuple[tuple[FieldSpec, ...], dict[str, str]]:
    """The ticked fields, and for each true field of the sample the name of the one that holds its value."""
    ticked = [one for one in propose(reading) if one.is_likely]
    owners = {}
    for name, field in line["fields"].items():
        holder = next((one for one in ticked if said(one.value) & accepted(field)), None)
        if holder:
            owners[name] = holder.spec.name
    return tuple(one.spec for one in ticked), owners


def missed(line: Line, owners: dict[str, str]) -> set[str]:
    """Fields that the sample prints and the draft does not have: they count as wrong."""
    return {name for name, field in line["fields"].items() if accepted(field) and name not in owners}


def values_of(fields: tuple[FieldSpec, ...], reading: DocumentReading) -> dict[str, set[str]]:
    if not fields:
        return {}
    values = extract(ExtractRequest(reading, fields, language_of(reading)))
    return {value.name: said(value) for value in values if not value.is_absent}


def score_tables(lines: Sequence[Line], options: argparse.Namespace) -> None:
    true = found = proposed = right = 0
    for line in (line for line in lines if line["manner"]):
        tables = [one for one in propose(reading_of(line, options)) if one.spec.fields]
        columns = [column for one in tables if one.is_likely for column in columns_of(one)]
        wanted = list(true_columns(line))
        held = [any(is_same(column, one) for one in columns) for _, column in wanted]
        true, found = true + len(wanted), found + sum(held)
        proposed += len(columns)
        right += sum(any(is_same(column, one) for _, column in wanted) for one in columns)
        missing = [name for (name, _), is_held in zip(wanted, held, strict=True) if not is_held]
        print(f"{line['file']:28} {sum(held)}/{len(wanted)} of {len(columns)}  {' '.join(missing)}")
    print(f"true columns {true}: proposed {found / true:.3f}; proposed columns {proposed}: true {right / proposed:.3f}")


def columns_of(proposal: Proposal) -> Iterator[list[set[str]]]:
    for place in range(len(proposal.spec.fields)):
        yield [said(row[place]) for row in proposal.value.rows]


def true_columns(line: Line) -> Iterator[tuple[str, list[str]]]:
    for rows in line["fields"].values():
        if rows and isinstance(rows[0], dict):
            for name in rows[0]:
                yield name, [plain(row[name]) if row.get(name) not in (None, "") else "" for row in rows]


def is_same(true: list[str], column: list[set[str]]) -> bool:
    """Of the cells read nearly all are the column's, and half of its rows are read or more."""
    known = set(true)
    filled = [read for read in column if read]
    return 2 * len(column) >= len(true) and sum(bool(read & known) for read in filled) >= LEAST_CELLS * len(filled) > 0


if __name__ == "__main__":
    main()
