"""Which column of a grid is which field: by the header's labels, by what stands in it, by arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, permutations

from extraction.engine.fields.contents import NUMERIC, Content, fit, look_into, number_of
from extraction.engine.fields.gridded import Grid, GridRow
from extraction.engine.fields.lexicon import concepts, tokens
from extraction.engine.fields.matching import PhraseBook, concept_book
from extraction.engine.fields.profiles import DENIES, Profile, denial

_LEAST_LABEL = 0.62
_KNOWN = 0.8
_LABEL_WEIGHT = 3.0
_STATES = 400
_MOST_TEXTS = 60
_PROVEN = 0.8

type Labels = dict[int, dict[int, float]]
type Numbers = list[dict[int, Decimal]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Fields by column; `labels` has the labels' scores of those that have one, `score` tells how sure all are."""

    fields: dict[int, int]
    labels: dict[int, float]
    score: float


def labels_of(text: str, columns: tuple[Profile, ...], book: PhraseBook) -> dict[int, float]:
    """The fields that a header's text may name, with their scores."""
    label = tokens(text)
    if not label or len(label) > 7:
        return {}
    own, said = book.match(label), concept_book().match(label)
    found = {}
    for index, profile in enumerate(columns):
        best = max((strength * said.get(key, 0.0) for key, strength in profile.concepts), default=0.0)
        score = max(own.get(profile.name, 0.0), best)
        if score >= _LEAST_LABEL and own.get(denial(profile.name), 0.0) < DENIES:
            found[index] = score
    return found


def assign(
    grid: Grid, rows: list[GridRow], heads: dict[int, str], columns: tuple[Profile, ...], book: PhraseBook
) -> Columns:
    """The best assignment of the fields to the grid's columns; `heads` has the headers' texts, empty without one."""
    labels = {column: labels_of(text, columns, book) for column, text in heads.items()}
    texts = {c: [row.text(c) for row in rows[:_MOST_TEXTS] if c in row.cells] for c in grid.columns}
    contents = {column: look_into(found) for column, found in texts.items()}
    longest = max((content.length for content in contents.values() if content.words >= 0.5), default=0.0)
    proven = _proven(rows, columns, contents)
    known = {column for column, text in heads.items() if not labels.get(column) and _means(text)}
    scores: Labels = {
        column: {
            index: _LABEL_WEIGHT * labels.get(column, {}).get(index, 0.0)
            + fit(profile, contents[column], longest)
            + (1.0 if (index, column) in proven else 0.0)
            - (1.0 if column in known else 0.0)
            for index, profile in enumerate(columns)
        }
        for column in grid.columns
    }
    chosen, score = _choose(grid.columns, scores, least=0.5 if heads else 0.25)
    if heads:
        _fill(chosen, grid.columns, columns, contents, known)
    said = {index: labels[column][index] for column, index in chosen.items() if index in labels.get(column, {})}
    return Columns(chosen, said, score)


def _means(text: str) -> bool:
    """Whether the header names a column that tables have and nobody asked for."""
    said = concept_book().match(tokens(text))
    return any(score >= _KNOWN and concepts()[key].column for key, score in said.items())


def _choose(places: list[int], scores: Labels, *, least: float) -> tuple[dict[int, int], float]:
    """Each field at most once: the assignment with the highest sum, the best partial ones kept at every column."""
    states: dict[frozenset[int], tuple[float, tuple[tuple[int, int], ...]]] = {frozenset(): (0.0, ())}
    for order, column in enumerate(places):
        grown = dict(states)
        for taken, (score, pairs) in states.items():
            for index, value in scores[column].items():
                # fields usually stand in the template as on the page
                value -= 0.01 * abs(index - order)
                if index not in taken and value >= least:
                    key = taken | {index}
                    if key not in grown or grown[key][0] < score + value:
                        grown[key] = (score + value, (*pairs, (column, index)))
        states = dict(sorted(grown.items(), key=lambda item: -item[1][0])[:_STATES])
    score, pairs = max(states.values(), key=lambda state: state[0])
    return dict(pairs), score


def _fill(
    chosen: dict[int, int],
    places: list[int],
    columns: tuple[Profile, ...],
    contents: dict[int, Content],
    known: set[int],
) -> None:
    """The only field left for the only column left of its kind, when the column's header says nothing else."""
    for numeric in (True, False):
        fields = [i for i, p in enumerate(columns) if i not in chosen.values() and (p.kind in NUMERIC) == numeric]
        left = [c for c in places if c not in chosen and c not in known and _is_numeric(contents[c]) == numeric]
        if len(fields) == len(left) == 1 and columns[fields[0]].kind != "date":
            chosen[left[0]] = fields[0]


def _is_numeric(content: Content) -> bool:
    return content.numbers >= 0.6 and content.dates < 0.5


def _proven(rows: list[GridRow], columns: tuple[Profile, ...], contents: dict[int, Content]) -> set[tuple[int, int]]:
    """Fields and columns that arithmetic ties: quantity times price is the amount, a balance goes on."""
    numeric = [column for column, content in contents.items() if _is_numeric(content)]
    by_concept = {profile.concept: index for index, profile in enumerate(columns)}
    table: Numbers = [
        {c: value for c in numeric if c in row.cells and (value := number_of(row.text(c))) is not None}
        for row in rows[:_MOST_TEXTS]
    ]
    found: set[tuple[int, int]] = set()
    if len(numeric) <= 8:
        for triple in permutations(numeric, 3):
            keys = _product(triple, table, contents) or _running(triple, table, by_concept)
            found |= {(by_concept[key], column) for key, column in keys.items() if key in by_concept}
    return found


def _product(triple: tuple[int, ...], table: Numbers, contents: dict[int, Content]) -> dict[str, int]:
    quantity, price, amount = triple
    rows = [row for row in table if all(column in row for column in triple)]
    right = sum(abs(row[quantity] * row[price] - row[amount]) <= abs(row[amount]) / 200 for row in rows)
    plain = all(row[quantity] == 1 or row[price] == 1 for row in rows)
    if right < max(2.0, _PROVEN * len(rows)) or plain:
        return {}
    if contents[quantity].whole < contents[price].whole:
        return {}
    return {"quantity": quantity, "unit_price": price, "amount": amount}


def _running(triple: tuple[int, ...], table: Numbers, by_concept: dict[str, int]) -> dict[str, int]:
    """Columns of which one adds to the balance in the third and one takes from it."""
    plus, minus, balance = triple
    if "balance" not in by_concept:
        return {}
    steps = list(pairwise(row for row in table if balance in row))
    moves = [(after[balance] - before[balance], after.get(plus, 0) - after.get(minus, 0)) for before, after in steps]
    right = sum(move == said for move, said in moves)
    if right < max(2.0, _PROVEN * len(steps)):
        return {}
    return {"deposit": plus, "withdrawal": minus, "charge": plus, "payment_received": minus, "balance": balance}
