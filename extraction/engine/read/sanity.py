"""Whether the text of a text layer can be what the page shows, by the signs and the shapes of its words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import pairwise

from extraction.engine.raw import RawWord

LEAST_LETTERS = 40  # fewer tell nothing
ODD_SHARE = 0.3  # of signs that stand for nothing
PLAIN_SHARE = 0.75  # of letters and digits in a font that names no sign
LEAST_PAIRS, PAIRED_SHARE = 60, 0.34
LEAST_IDEOGRAPHS, COMMON_SHARE = 30, 0.6

ODD = re.compile("[\x00-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff\ufffe\uffff]")
LEADERS = re.compile(r"[._\-–—·…|=*]")
SPELLED = re.compile(r"[A-Za-z][a-z]{2,13}|[A-Z]{3,9}")  # not the codes of a protein or a parts list
IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
# usual pairs of letters: at least 0.45 of those in prose of languages in Latin script, Pinyin among them; letters that
# have changed names reach 0.2
PAIRS = (
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri"
    " ro ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut"
    " ss so rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi"
    " ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke fr oo"
)
USUAL = frozenset(PAIRS.split(" "))


def _level_one(codec: str, firsts: range, seconds: Iterable[int]) -> frozenset[str]:
    rows = bytes(byte for first in firsts for second in seconds for byte in (first, second))
    return frozenset(rows.decode(codec, "ignore"))


# the characters in common use, as the two old standards set them apart from the rare ones
COMMON = _level_one("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF)) | _level_one(
    "big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF))
)


def insane_fonts(words: Iterable[RawWord], nameless: Collection[str]) -> frozenset[str]:
    """Fonts whose text says something else than they show; `nameless` are those that name none of their signs."""
    texts: dict[str, list[str]] = {}
    for word in words:
        texts.setdefault(word.font, []).append(word.text)
    return frozenset(font for font, said in texts.items() if not is_sane(said, is_nameless=font in nameless))


def is_sane(words: Iterable[str], *, is_nameless: bool = False) -> bool:
    kept = list(words)
    signs = LEADERS.sub("", "".join(kept))
    if len(signs) < LEAST_LETTERS:
        return True
    if len(ODD.findall(signs)) > ODD_SHARE * len(signs):
        return False
    if is_nameless and sum(sign.isalnum() for sign in signs) < PLAIN_SHARE * len(signs):
        return False
    return _is_spelled(kept) and _is_common(signs)


def _is_spelled(words: Iterable[str]) -> bool:
    """Whether the words are made of usual pairs of letters; those of letters given other letters' names are not."""
    # each once: a form may repeat an abbreviation on every row
    spelled = {run.lower() for word in words for run in SPELLED.findall(word)}
    pairs = [first + second for run in spelled for first, second in pairwise(run)]
    return len(pairs) < LEAST_PAIRS or sum(pair in USUAL for pair in pairs) >= PAIRED_SHARE * len(pairs)


def _is_common(signs: str) -> bool:
    ideographs = IDEOGRAPH.findall(signs)
    common = sum(sign in COMMON for sign in ideographs)
    return len(ideographs) < LEAST_IDEOGRAPHS or common >= COMMON_SHARE * len(ideographs)
