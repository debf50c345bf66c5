"""What the values of a document's fields owe each other: orders of dates, sums, an amount in words and in figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from extraction.engine.fields.profiles import Profile, compile_field
from extraction.types import Value

_CENT = Decimal("0.011")
_ORDERS = (
    ("effective_date", "end_date"),
    ("issue_date", "due_date"),
    ("arrival_date", "departure_date"),
    ("pickup_date", "return_date"),
    ("admission_date", "discharge_date"),
    ("import_date", "declaration_date"),
    ("previous_reading", "current_reading"),
    ("net_weight", "gross_weight"),
)
_TOTALS = ("total", "gross_total")
_SUMS = (
    *((("subtotal", "tax_amount"), total) for total in _TOTALS),
    (("previous_reading", "usage"), "current_reading"),
    (("net_pay", "deductions"), "gross_pay"),
    (("insurance_paid", "self_paid"), "total"),
)
_PRODUCTS = (("days", "room_rate", "total"), ("nights", "room_rate", "room_charge"))
_LINE = ("quantity", "unit_price", "amount")

type Values = Sequence[Value]


@dataclass(frozen=True, slots=True)
class Constraint:
    """`holds` takes the values of the fields in the order of `names`; what is `exact` also proves its values."""

    names: tuple[str, ...]
    holds: Callable[[Values], bool]
    exact: bool


def constraints_of(profiles: Sequence[Profile]) -> list[Constraint]:
    """Those of which the template has every field."""
    by_concept: dict[str, str] = {}
    for profile in profiles:
        by_concept.setdefault(profile.concept, profile.name)
    found = [Constraint(names, _is_ordered, exact=False) for names in _named(_ORDERS, by_concept)]
    found += [Constraint(names, _is_ordered, exact=False) for names in _ranges(profiles)]
    sums = [(*parts, whole) for parts, whole in _SUMS]
    found += [Constraint(names, _is_sum, exact=True) for names in _named(sums, by_concept)]
    found += [Constraint(names, _is_product, exact=True) for names in _named(_PRODUCTS, by_concept)]
    found += [Constraint(names, _is_product, exact=True) for names in _named((_LINE,), _columns(profiles))]
    in_words = [("total_in_words", total) for total in ("total", "contract_amount", "amount_transferred")]
    found += [Constraint(names, _is_same, exact=True) for names in _named(in_words, by_concept)]
    return found


def _columns(profiles: Sequence[Profile]) -> dict[str, str]:
    """Fields that are called as the columns of item tables are, by what those mean."""
    numeric = [profile for profile in profiles if profile.kind in ("amount", "number")]
    return {compile_field(profile.spec, is_column=True).concept: profile.name for profile in reversed(numeric)}


def _named(concepts: Sequence[tuple[str, ...]], by_concept: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for keys in concepts:
        names = tuple(by_concept[key] for key in keys if key in by_concept)
        if len(names) == len(keys):
            yield names


def _ranges(profiles: Sequence[Profile]) -> Iterator[tuple[str, str]]:
    """The two ends of what one name says, as `flight_from` and `flight_to`."""
    ends = [profile for profile in profiles if profile.end]
    for left, right in combinations(ends, 2):
        if {left.end, right.end} == {"from", "to"} and left.concepts == right.concepts:
            yield (left.name, right.name) if left.end == "from" else (right.name, left.name)


def _is_ordered(values: Values) -> bool:
    first, last = values
    if isinstance(first, str) and isinstance(last, str):
        return first <= last
    return isinstance(first, Decimal) and isinstance(last, Decimal) and first <= last


def _is_sum(values: Values) -> bool:
    numbers = [value for value in values if isinstance(value, Decimal)]
    return len(numbers) == len(values) and abs(sum(numbers[:-1]) - numbers[-1]) < _CENT


def _is_product(values: Values) -> bool:
    numbers = [value for value in values if isinstance(value, Decimal)]
    return len(numbers) == len(values) and abs(numbers[0] * numbers[1] - numbers[2]) < _CENT


def _is_same(values: Values) -> bool:
    return isinstance(values[0], Decimal) and values[0] == values[1]
