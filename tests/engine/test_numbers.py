from __future__ import annotations

from decimal import Decimal

import pytest

from extraction.engine.numbers import FoundNumber, currency_of, find_numbers, parse_capital, parse_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1'234.50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1,00,000", "100000"),
        ("1,234,567.89", "1234567.89"),
        ("1.234.567,00", "1234567.00"),
        ("1,234", "1234"),
        ("1.234", "1.234"),
        ("0,234", "0.234"),
        ("12,5", "12.5"),
        (".5", "0.5"),
        ("(5.00)", "-5.00"),
        ("5.00-", "-5.00"),
        ("\u22125", "-5"),
        ("-$5.00", "-5.00"),
        ("($5.00)", "-5.00"),
        ("１２３．４５", "123.45"),
        ("￥1,234.00", "1234.00"),
        ("RM 9.00", "9.00"),
        ("5,00 €", "5.00"),
        ("EUR 1.234,50", "1234.50"),
        ("13%", "13"),
        ("壹仟贰佰叁拾肆元伍角陆分", "1234.56"),
        ("人民币壹万零伍拾元整", "10050"),
        ("贰亿叁仟万元", "230000000"),
        ("伍角", "0.5"),
        ("三十五", "35"),
    ],
)
def test_parse_number_reads_every_way_of_writing(text: str, number: str) -> None:
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "1/2", "12:30", "INV-12", "1 2", "12 kg", "2026-10-14", "元", "3.4.5"])
def test_parse_number_refuses_what_is_not_one_number(text: str) -> None:
    assert parse_number(text) is None


def test_parse_number_keeps_the_printed_decimals() -> None:
    assert str(parse_number("12.50")) == "12.50"


def test_parse_number_follows_the_decimal_comma_of_its_document() -> None:
    assert parse_number("1.234", decimal_comma=True) == Decimal(1234)


def test_find_numbers_gives_places_currencies_and_signs() -> None:
    found = find_numbers("Totals 2 $250.00 ($37.50) EUR 212,50")

    assert found == (
        FoundNumber(7, 8, Decimal(2)),
        FoundNumber(9, 16, Decimal("250.00"), "USD", 2),
        FoundNumber(17, 25, Decimal("-37.50"), "USD", 2),
        FoundNumber(26, 36, Decimal("212.50"), "EUR", 2),
    )


@pytest.mark.parametrize("text", ["INV0012", "TEL:03-12345678", "11:14:00", "AB-12-34", "1/50"])
def test_find_numbers_leaves_ids_and_times_alone(text: str) -> None:
    assert find_numbers(text) == ()


def test_currency_of_names_the_first_currency() -> None:
    assert [currency_of(text) for text in ("HK$ 5", "5 元", "USD 1", "five")] == ["HKD", "CNY", "USD", None]


@pytest.mark.parametrize("text", ["一" * 5000, "亿" * 5000])
def test_parse_capital_leaves_ornaments_alone(text: str) -> None:
    assert parse_capital(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.5万元", 125000),
        ("¥3 万", 30000),
        ("USD 3.5 million", 3500000),
        ("(2 million)", -2000000),
        ("1254kWh", 1254),
        ("2.3km", Decimal("2.3")),
        ("12万达广场", 12),
        ("1,234.50 CR", Decimal("1234.50")),
    ],
)
def test_find_numbers_reads_scales_and_units(text: str, value: Decimal) -> None:
    assert [found.value for found in find_numbers(text)] == [value]
