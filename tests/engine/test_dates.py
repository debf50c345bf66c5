from __future__ import annotations

import pytest

from extraction.engine.dates import FoundDate, find_dates, guess_day_first, parse_date


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-14",
        "2026/10/14",
        "14.10.2026",
        "14/10/2026",
        "10/14/26",
        "14 Oct 2026",
        "14-OCT-26",
        "14OCT2026",
        "14th October, 2026",
        "14th day of October, 2026",
        "October 14, 2026",
        "Oct. 14th 2026",
        "14. Oktober 2026",
        "14 octobre 2026",
        "14 de octubre de 2026",
        "2026年10月14日",
        "2026 年 10 月 14 日",
        "二〇二六年十月十四日",
        "２０２６－１０－１４",
        "20261014",
        "14/10/2026 18:46",
    ],
)
def test_parse_date_reads_every_way_of_writing(text: str) -> None:
    assert parse_date(text) == "2026-10-14"


@pytest.mark.parametrize(
    "text", ["", "14 October", "31/02/2026", "2026-13-01", "10/2026", "14.10.2026 and 15.10.2026", "12.50"]
)
def test_parse_date_refuses_what_is_not_one_full_date(text: str) -> None:
    assert parse_date(text) is None


def test_parse_date_asks_for_the_order_of_an_ambiguous_date() -> None:
    readings = [parse_date("03/04/2026", day_first=day_first) for day_first in (None, True, False)]

    assert readings == [None, "2026-04-03", "2026-03-04"]


def test_parse_date_takes_dots_for_day_first() -> None:
    assert parse_date("03.04.2026", day_first=False) == "2026-04-03"


@pytest.mark.parametrize("text", ["HT20260401", "XS-20260401", "No. HT20260401"])
def test_find_dates_leaves_numbers_that_hold_a_date(text: str) -> None:
    assert find_dates(text) == ()


def test_find_dates_gives_places_and_second_readings() -> None:
    found = find_dates("Flight 03/04/26 - 03/15/26", day_first=False)

    assert found == (FoundDate(7, 15, "2026-03-04", "2026-04-03"), FoundDate(18, 26, "2026-03-15"))


def test_guess_day_first_trusts_unambiguous_dates_before_addresses() -> None:
    american = "Atlanta, GA 30324"

    assert [guess_day_first(texts) for texts in (["01/02/26"], [american], [american, "14/10/26"], ["10/14/26"])] == [
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "text", ["民国115年10月14日", "中華民國 115 年 10 月 14 日", "26年10月14日", "二〇二六年十月十四日"]
)
def test_parse_date_knows_the_republics_years_and_short_ones(text: str) -> None:
    assert [found.value for found in find_dates(text)] == ["2026-10-14"]


@pytest.mark.parametrize("text", ["令和8年10月14日", "平成26年10月14日"])
def test_years_of_other_eras_are_not_guessed(text: str) -> None:
    assert find_dates(text) == ()
