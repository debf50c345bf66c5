from __future__ import annotations

import re
from pathlib import Path

from extraction.choices import SENTENCES, sentence_of

ROOT = Path(__file__).parent.parent / "extraction"
CODE = re.compile(r"\bcode(?:: str)? ?= ?\"([a-z_]+)\"")
# caught where it is raised; nobody reads it
INTERNAL = {"lost_lease", "stopped"}


def codes_raised() -> set[str]:
    rooms = ("engine", "providers", "services", "wire")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    return {code for path in [*files, ROOT / "errors.py"] for code in CODE.findall(path.read_text())} - INTERNAL


def test_every_code_that_is_raised_has_a_sentence() -> None:
    missing = codes_raised() - set(SENTENCES)

    assert missing == set()


def test_sentence_fills_in_the_values() -> None:
    assert sentence_of("too_large", {"limit": 200}).startswith("This file is larger than 200 MB.")


def test_sentence_of_an_unknown_code_says_what_to_do() -> None:
    assert sentence_of("never_heard_of") == SENTENCES["unexpected"]


def test_sentence_without_its_values_is_the_general_one() -> None:
    assert sentence_of("too_large", {}) == SENTENCES["unexpected"]
