from __future__ import annotations

import unicodedata

from extraction.engine.read.radicals import RADICALS, without_radicals


def test_radicals_become_the_characters_that_were_meant() -> None:
    assert without_radicals("人⺠币 甲⽅ Paper") == "人民币 甲方 Paper"


def test_radicals_become_ideographs_only() -> None:
    assert {unicodedata.name(character).split()[0] for character in RADICALS.values()} == {"CJK"}
    assert not any(0x2E80 <= ord(character) <= 0x2FDF for character in RADICALS.values())
