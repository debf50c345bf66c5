from __future__ import annotations

import re
import time

import pytest

from extraction.types import matches
from extraction.types.patterns import LONGEST_TEXT, InvalidPattern, check_pattern

TEXTS = ("", "a", "ab", "abab", "INV-2026", "INV-20260", "inv-1", "发票12", "12345678", "x]", "a.b", "A-1", "\n", "٣")
PATTERNS = (
    "", "a*", "(ab)+", "(?:ab){2}", r"INV-\d{4,5}", r"(?i)inv-\d+", r"[A-Z]-?\d", r"\d{8}|\d{20}", r"[^\d]+", r"x\]",
    "[]x]+", "a.b", r"a\.b", "发票[0-9]{1,}", "(a|b)*", "((a?){3}b?)*", ".", r"\w+", "a|", "^a$", "()*a", r"[\w.]+",
)  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_match_as_regular_expressions_do(pattern: str) -> None:
    expected = [bool(re.fullmatch(pattern, text, re.DOTALL)) for text in TEXTS]

    assert [matches(pattern, text) for text in TEXTS] == expected


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "a**", "*a", "[z-a]", r"\1", r"\b", "(?=a)", "(?P<n>a)", "a{3,2}", "a{", "[a", "[[a]]", "[a--b]",
     "a" * 201, "(a{100}){100}", "(((){999}){999}){999}", "((((a{0}){999}){999}){999}){999}", "(" * 30 + ")" * 30],
)  # fmt: skip
def test_what_cannot_be_matched_safely_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidPattern):
        check_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(a|aa)+b", "(a*)*b", "(.*){20}b", "[a-c]{0,200}b", "(a?){100}a{100}"])
def test_no_pattern_takes_long(pattern: str) -> None:
    before = time.process_time()

    matches(pattern, "a" * (LONGEST_TEXT - 1) + "c")

    assert time.process_time() - before < 1


def test_a_text_that_is_too_long_matches_nothing() -> None:
    assert not matches("a*", "a" * (LONGEST_TEXT + 1))
