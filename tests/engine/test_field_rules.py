from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from extraction.engine.amount_words import parse_amount_words
from extraction.engine.checksums import is_valid, mended
from extraction.engine.rules import Broken, check
from extraction.types import Checksum, Comparison, FieldSpec, FieldType, Rule, RuleKind, Severity, Value

AMOUNT, DATE, NUMBER = FieldType.AMOUNT, FieldType.DATE, FieldType.NUMBER
WARNING = Severity.WARNING


def broken(*fields: FieldSpec, values: Mapping[str, Value | None]) -> list[Broken]:
    return check(fields, values, today=date(2026, 11, 22), by_names=False)


def test_a_pattern_holds_for_the_whole_text_and_offers_it_without_blanks() -> None:
    field = FieldSpec("number", rules=(Rule(RuleKind.PATTERN, WARNING, pattern=r"INV-\d{4,6}"),))

    params = {"pattern": r"INV-\d{4,6}"}
    assert broken(field, values={"number": "INV-12345"}) == []
    assert broken(field, values={"number": "INV-12 345"}) == [
        Broken("number", "rule_pattern", WARNING, params, "INV-12345")
    ]
    assert broken(field, values={"number": "INV-12"}) == [Broken("number", "rule_pattern", WARNING, params)]


def test_zero_is_a_limit() -> None:
    count = FieldSpec("count", NUMBER, rules=(Rule(RuleKind.RANGE, least=Decimal(0)),))

    found = broken(count, values={"count": Decimal(-1)})

    assert found == [Broken("count", "rule_too_small", params={"limit": Decimal(0)})]


def test_limits_hold_for_numbers_and_dates() -> None:
    count = FieldSpec("count", NUMBER, rules=(Rule(RuleKind.RANGE, least=Decimal(1), most=Decimal("9.5")),))
    limits = Rule(RuleKind.RANGE, least=date(2020, 1, 1), most=date(2030, 1, 1))
    day = FieldSpec("day", DATE, rules=(limits, Rule(RuleKind.RANGE, WARNING, not_future=True)))

    assert broken(count, day, values={"count": Decimal("9.5"), "day": "2026-11-22"}) == []
    assert broken(count, day, values={"count": Decimal("0.9"), "day": "2026-11-23"}) == [
        Broken("count", "rule_too_small", params={"limit": Decimal(1)}),
        Broken("day", "rule_in_future", WARNING),
    ]
    assert broken(count, day, values={"count": Decimal(10), "day": "2019-12-31"}) == [
        Broken("count", "rule_too_large", params={"limit": Decimal("9.5")}),
        Broken("day", "rule_too_early", params={"limit": "2020-01-01"}),
    ]


def test_a_checksum_offers_the_only_number_that_would_be_valid() -> None:
    field = FieldSpec("iban", rules=(Rule(RuleKind.CHECKSUM, checksum=Checksum.IBAN),))

    assert broken(field, values={"iban": "DE89 3704 0044 0532 0130 00"}) == []
    assert broken(field, values={"iban": "DE89 37O4 0044 0532 0130 00"}) == [
        Broken("iban", "rule_iban", suggestion="DE89370400440532013000")
    ]
    assert broken(field, values={"iban": "DE88 3704 0044 0532 0130 00"}) == [Broken("iban", "rule_iban")]


def test_an_authors_words_stand_in_place_of_ours() -> None:
    rule = Rule(RuleKind.CHECKSUM, checksum=Checksum.IBAN, message="Ask the supplier.")

    assert broken(FieldSpec("iban", rules=(rule,)), values={"iban": "DE88"}) == [
        Broken("iban", "rule_said", params={"message": "Ask the supplier."})
    ]


def test_a_missing_value_is_as_grave_as_its_rule_says() -> None:
    rules = (Rule(RuleKind.REQUIRED, WARNING), Rule(RuleKind.CHOICE, WARNING))
    field = FieldSpec("way", FieldType.CHOICE, options=("Cash", "Card"), required=True, rules=rules)

    assert broken(field, values={}) == [Broken("way", "rule_required", WARNING)]
    assert broken(field, values={"way": "cash"}) == [Broken("way", "rule_choice", WARNING, suggestion="Cash")]


def test_fields_and_columns_make_a_sum() -> None:
    items = FieldSpec("items", FieldType.TABLE, label="Items", fields=(FieldSpec("amount", AMOUNT),))
    rule = Rule(RuleKind.SUM, of=("items.amount", "shipping"), less=("discount",))
    total = FieldSpec("total", AMOUNT, rules=(rule,))
    fields = (items, FieldSpec("shipping", AMOUNT, label="Shipping"), FieldSpec("discount", AMOUNT), total)
    values: dict[str, Value | None] = {
        "items[0].amount": Decimal("10.00"), "items[1].amount": Decimal("2.50"), "shipping": Decimal("1.00"),
    }  # fmt: skip

    assert broken(*fields, values=values | {"total": Decimal("13.50")}) == []
    assert broken(*fields, values=values | {"total": Decimal("12.50"), "discount": Decimal("-1.00")}) == []
    assert broken(*fields, values=values | {"total": Decimal("12.50")}) == [
        Broken("total", "rule_total", params={"parts": "Items amount + Shipping", "sum": Decimal("13.50")},
               suggestion=Decimal("13.50")),
    ]  # fmt: skip
    assert broken(*fields, values={"total": Decimal("12.50"), "shipping": Decimal(1)}) == []


def test_columns_are_multiplied_and_compared_row_by_row() -> None:
    columns = (
        FieldSpec("quantity", NUMBER, label="Qty"),
        FieldSpec("price", AMOUNT, label="Price"),
        FieldSpec("amount", AMOUNT, rules=(
            Rule(RuleKind.PRODUCT, of=("quantity", "price")),
            Rule(RuleKind.COMPARE, WARNING, of=("total",), comparison=Comparison.AT_MOST),
        )),
    )  # fmt: skip
    fields = (FieldSpec("items", FieldType.TABLE, fields=columns), FieldSpec("total", AMOUNT, label="Total"))
    row: dict[str, Value | None] = {"items[0].quantity": Decimal(3), "items[0].price": Decimal("2.00")}

    assert broken(*fields, values=row | {"items[0].amount": Decimal(6), "total": Decimal(6)}) == []
    assert broken(*fields, values=row | {"items[0].amount": Decimal(7), "total": Decimal(6)}) == [
        Broken("items[0].amount", "rule_total", params={"parts": "Qty × Price", "sum": Decimal("6.00")},
               suggestion=Decimal("6.00")),
        Broken("items[0].amount", "rule_not_at_most", WARNING, {"name": "Total", "value": Decimal(6)}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("comparison", "holds"),
    [("less", (1, 0, 0)), ("at_most", (1, 1, 0)), ("equal", (0, 1, 0)), ("at_least", (0, 1, 1)), ("more", (0, 0, 1))],
)
def test_dates_are_compared(comparison: str, holds: tuple[int, int, int]) -> None:
    rule = Rule(RuleKind.COMPARE, of=("end",), comparison=Comparison(comparison))
    fields = (FieldSpec("start", DATE, rules=(rule,)), FieldSpec("end", DATE, label="End"))
    days = ("2026-01-01", "2026-01-02", "2026-01-03")

    found = [broken(*fields, values={"start": day, "end": "2026-01-02"}) for day in days]

    suggestion = "2026-01-02" if comparison == "equal" else None
    params = {"name": "End", "value": "2026-01-02"}
    told = [Broken("start", f"rule_not_{comparison}", params=params, suggestion=suggestion)]
    assert found == [[] if held else told for held in holds]


@pytest.mark.parametrize(
    "words", [Decimal("1234.56"), "壹仟贰佰叁拾肆元伍角陆分", "One thousand two hundred thirty-four and 56/100"]
)
def test_the_amount_in_words_is_the_one_in_figures(words: Value) -> None:
    total = FieldSpec("total", AMOUNT, rules=(Rule(RuleKind.WORDS, of=("words",)),))
    fields = (total, FieldSpec("words", AMOUNT if isinstance(words, Decimal) else FieldType.STRING, label="大写"))

    assert broken(*fields, values={"total": Decimal("1234.56"), "words": words}) == []
    assert broken(*fields, values={"total": Decimal("1284.56"), "words": words}) == [
        Broken("total", "rule_words", params={"name": "大写", "sum": Decimal("1234.56")},
               suggestion=Decimal("1234.56")),
    ]  # fmt: skip


def test_rules_of_a_list_hold_for_every_item() -> None:
    field = FieldSpec("days", FieldType.LIST, items=DATE, rules=(Rule(RuleKind.RANGE, not_future=True),))

    assert broken(field, values={"days[0]": "2026-01-01", "days[1]": "2027-01-01"}) == [
        Broken("days[1]", "rule_in_future")
    ]


def test_checks_by_names_give_way_to_rules_and_can_be_switched_off() -> None:
    plain = (FieldSpec("subtotal", AMOUNT), FieldSpec("tax", AMOUNT), FieldSpec("total", AMOUNT))
    ruled = (*plain[:2], FieldSpec("total", AMOUNT, rules=(Rule(RuleKind.SUM, WARNING, of=("subtotal", "tax")),)))
    values: dict[str, Value | None] = {"subtotal": Decimal(10), "tax": Decimal(2), "total": Decimal(13)}
    today = date(2026, 11, 22)

    assert [one.severity for one in check(plain, values, today=today)] == [Severity.ERROR]
    assert [one.severity for one in check(ruled, values, today=today)] == [Severity.WARNING]
    assert check(plain, values, today=today, by_names=False) == []


VALID = {
    Checksum.EU_VAT: "ATU13585627 BE0428759497 DE136695976 DK13585628 EE100931558 EL094259216 FI20774740 FR40303265045"
    " HR33392005961 HU12892312 IE6433435F IE6433435OA IT00743110157 LU15027442 MT11679112 NL004495445B01 PL8567346215"
    " PT501964843 RO18547290 SE556188840401 SI50223054 SK2022749619 ESB58378431 CZ25123891",
    Checksum.USCC: "91110000600037341L 914403001922038216 91350100M000100Y43",
    Checksum.LUHN: "4111-1111-1111-1111 79927398713",
    Checksum.EAN: "4006381333931 96385074 036000291452",
    Checksum.IBAN: "GB82WEST12345698765432 NL91ABNA0417164300",
}  # fmt: skip


@pytest.mark.parametrize(
    ("checksum", "number"), [(checksum, number) for checksum, numbers in VALID.items() for number in numbers.split()]
)
def test_a_number_proves_itself_and_no_other_last_digit_does(checksum: Checksum, number: str) -> None:
    place = max(index for index, sign in enumerate(number) if sign.isdigit())
    others = [number[:place] + digit + number[place + 1 :] for digit in "0123456789" if digit != number[place]]

    assert is_valid(checksum, number)
    assert number[:2] in ("CZ", "ES", "NL") or sum(is_valid(checksum, other) for other in others) <= 1


@pytest.mark.parametrize(
    "text", ["", "DE", "XX123456789", "DE12345678", "DE１３６６９５９７６", "４１１１１１１１１１１１１１１１"]
)
@pytest.mark.parametrize("checksum", list(Checksum))
def test_what_has_not_the_form_is_not_valid(checksum: Checksum, text: str) -> None:
    assert not is_valid(checksum, text)


def test_nothing_is_offered_where_two_numbers_would_be_valid() -> None:
    assert mended(Checksum.EU_VAT, "DE1366959Z6") is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("SAY US DOLLARS SEVEN THOUSAND FOUR HUNDRED TWENTY-ONE AND CENTS NINETY-ONE ONLY", "7421.91"),
        ("Five euros and six cents", "5.06"),
        ("fifty cents", "0.5"),
        ("Ringgit Malaysia one million only", "1000000"),
        ("零元整", "0"),
        ("1,234.50", "1234.50"),
        ("Twelve apples", None),
        ("", None),
        ("only", None),
    ],
)
def test_amounts_in_words(text: str, amount: str | None) -> None:
    assert parse_amount_words(text) == (Decimal(amount) if amount else None)
