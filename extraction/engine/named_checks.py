"""Checks that the names of the fields suggest, where their author wrote no rule: sums, products, order of dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from extraction.engine.broken import CENTS, Broken, Values, round_to_cents, row_count
from extraction.types import FieldSpec, FieldType, RuleKind, Severity

_NUMBERS = (FieldType.NUMBER, FieldType.AMOUNT)
_SUBTOTAL = re.compile(
    r"sub_?total|^net$|net_(amount|total|sum)|(amount|total)_(without|excl\w*|before)_(tax|vat)|小计|不含税|金额合计|合计金额|^合计$"
)
_TAX = re.compile(r"(^|_)(tax|vat|gst|mwst|tva|iva)($|_amount|_total|_sum)|total_(tax|vat)|^税额|税额合计|合计税额")
_TOTAL = re.compile(
    r"^(grand_?)?total$|(^|_)total_(amount|due|sum|price|with_tax|incl\w*)|amount_due|total_amount|balance_due|价税合计|总计|总金额|应付"
)
_EXTRA = re.compile(r"shipping|freight|delivery_(fee|cost)|service_charge|surcharge|tip$|rounding|运费|服务费")
_LESS = re.compile(r"discount|rebate|deduction|折扣|优惠")
_START = re.compile(
    r"(^|_)(issue|issued|invoice|start|effective|commencement|begin|signing)(_?on)?_?date|^date$|date_of_issue|valid_from|开票日期|生效|开始|签订"
)
_END = re.compile(r"(^|_)(due|end|expiry|expiration|termination|payment)_?date|valid_(to|until)|到期|终止|结束|截止")
_QUANTITY = re.compile(r"^(quantity|qty|units|count|数量)$")
_PRICE = re.compile(r"unit_?price|price_per|^price$|^rate$|单价")
_AMOUNT = re.compile(r"^(line_?)?(amount|total|sum|net_amount|line_total|total_price|金额)$")


_ARITHMETIC = (RuleKind.SUM, RuleKind.PRODUCT)


def check_by_names(fields: Sequence[FieldSpec], values: Values) -> Iterator[Broken]:
    """What no rule of the author's looks after already."""
    yield from _check_total(fields, values)
    yield from _check_dates(fields, values)
    for spec in fields:
        if spec.type is FieldType.TABLE:
            yield from _check_table(spec, fields, values)


def _has_rule(spec: FieldSpec, *kinds: RuleKind) -> bool:
    return any(rule.kind in kinds for rule in spec.rules)


def _keys(spec: FieldSpec) -> tuple[str, ...]:
    return tuple(re.sub(r"[\s\-]+", "_", text.strip().lower()) for text in (spec.name, spec.label) if text)


def _find(fields: Sequence[FieldSpec], pattern: re.Pattern[str], *types: FieldType) -> FieldSpec | None:
    return next(
        (spec for spec in fields if spec.type in types and any(pattern.search(key) for key in _keys(spec))), None
    )


def _number(spec: FieldSpec | None, values: Values, prefix: str = "") -> Decimal | None:
    value = values.get(f"{prefix}{spec.name}") if spec else None
    return value if isinstance(value, Decimal) else None


def _check_total(fields: Sequence[FieldSpec], values: Values) -> Iterator[Broken]:
    subtotal, tax, total = (_find(fields, pattern, *_NUMBERS) for pattern in (_SUBTOTAL, _TAX, _TOTAL))
    parts = [_number(spec, values) for spec in (subtotal, tax, total)]
    if not (subtotal and tax and total) or len({subtotal.name, tax.name, total.name}) < 3 or None in parts:
        return
    if _has_rule(total, *_ARITHMETIC):
        return
    net, vat, whole = (part for part in parts if part is not None)
    extras = _extras(fields, values)
    if any(abs(net + vat + extra - whole) <= CENTS for extra in {Decimal(0), *extras}):
        return
    params = {"parts": f"{subtotal.label or subtotal.name} + {tax.label or tax.name}", "sum": net + vat}
    yield Broken(total.name, "rule_total", params=params, suggestion=None if extras else net + vat)


def _extras(fields: Sequence[FieldSpec], values: Values) -> set[Decimal]:
    """What discounts and charges together could add: each alone, and all of them; empty where there are none."""
    more = _number(_find(fields, _EXTRA, *_NUMBERS), values)
    less = _number(_find(fields, _LESS, *_NUMBERS), values)
    sums = {more or Decimal(0), -abs(less or Decimal(0)), (more or Decimal(0)) - abs(less or Decimal(0))}
    return sums - {Decimal(0)}


def _check_dates(fields: Sequence[FieldSpec], values: Values) -> Iterator[Broken]:
    end = _find(fields, _END, FieldType.DATE)
    start = _find([spec for spec in fields if spec is not end], _START, FieldType.DATE)
    if not (start and end) or _has_rule(start, RuleKind.COMPARE) or _has_rule(end, RuleKind.COMPARE):
        return
    first, last = values.get(start.name), values.get(end.name)
    if isinstance(first, str) and isinstance(last, str) and first > last:
        params = {"start": start.label or start.name, "end": end.label or end.name}
        yield Broken(end.name, "rule_date_order", Severity.WARNING, params)


def _check_table(spec: FieldSpec, fields: Sequence[FieldSpec], values: Values) -> Iterator[Broken]:
    rows = row_count(spec.name, values)
    for row in range(rows):
        yield from _check_product(spec, f"{spec.name}[{row}].", values)
    if not any(name.startswith(f"{spec.name}.") for other in fields for rule in other.rules for name in rule.names):
        yield from _check_sum(spec, fields, values, rows=rows)


def _check_product(spec: FieldSpec, prefix: str, values: Values) -> Iterator[Broken]:
    columns = (_find(spec.fields, pattern, *_NUMBERS) for pattern in (_QUANTITY, _PRICE, _AMOUNT))
    quantity, price, amount = columns
    numbers = [_number(column, values, prefix) for column in (quantity, price, amount)]
    if amount is None or _has_rule(amount, *_ARITHMETIC) or None in numbers:
        return
    if _number(_find(spec.fields, _LESS, *_NUMBERS), values, prefix):
        return
    count, each, printed = (number for number in numbers if number is not None)
    product = round_to_cents(count * each)
    if abs(product - printed) <= CENTS + abs(count) * Decimal("0.005"):
        return
    params = {"quantity": count, "price": each, "product": product, "amount": printed}
    yield Broken(prefix + amount.name, "rule_row_product", params=params, suggestion=product)


def _check_sum(spec: FieldSpec, fields: Sequence[FieldSpec], values: Values, *, rows: int) -> Iterator[Broken]:
    """The rows' amounts make the subtotal or the total; the first of the two that is there is named."""
    amount = _find(spec.fields, _AMOUNT, *_NUMBERS)
    numbers = [_number(amount, values, f"{spec.name}[{row}].") for row in range(rows)]
    targets = [_find(fields, pattern, *_NUMBERS) for pattern in (_SUBTOTAL, _TOTAL)]
    known = [(target, number) for target in targets if target and (number := _number(target, values)) is not None]
    if not known or not numbers or None in numbers:
        return
    total = sum((number for number in numbers if number is not None), Decimal(0))
    if any(abs(total - number) <= CENTS for _, number in known):
        return
    target, number = known[0]
    params = {"sum": total, "name": target.label or target.name, "target": number, "difference": total - number}
    yield Broken(spec.name, "rule_row_sum", Severity.WARNING, params)
