"""The numbers that headings carry, and what they say of a heading's depth."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CJK = "[零〇一二三四五六七八九十百\\d]"
_SCHEMES = (
    ("part", rf"第\s*{_CJK}+\s*[编編篇卷]|(?:part|book)\s+(?:[IVX]+|\d+|[A-Z])\b"),
    ("part", rf"第\s*{_CJK}+\s*部[分份]"),
    ("chapter", rf"第\s*{_CJK}+\s*章|chapter\s+(?:[IVX]+|\d+)\b|(?:appendix|annex)\s+[A-Z\d]\b"),
    ("section", rf"第\s*{_CJK}+\s*[节節]|section\s+(?:[IVX]+|\d+(?:\.\d+)*)\b"),
    ("article", rf"第\s*{_CJK}+\s*[条條]|article\s+(?:[IVX]+|\d+)\b"),
    ("decimal", r"(?:§\s*)?(?:\d{1,2}(?:[.．]\d{1,2}){1,4}|[A-Z](?:\.\d{1,2}){1,4})(?![\d%])[.．]?(?=\s|[^\W\d_])"),
    ("roman", r"[IVX]{1,5}[.．](?=\s|[\u4e00-\u9fff])"),
    ("cjk", r"[一二三四五六七八九十]{1,3}[、.．]"),
    ("cjk_bracket", r"[（(][一二三四五六七八九十]{1,3}[）)]"),
    ("letter", r"[A-Z][.．](?=\s)"),
    ("decimal", r"(?:§\s*)?\d{1,2}(?:[.．、](?=\s|[^\W\d_])|(?=\s))"),
    ("bracket", r"[（(](?:\d{1,2}|[a-z])[）)]|\d{1,2}[）)]"),
)
_PATTERNS = tuple((name, re.compile(pattern, re.IGNORECASE if "\\s+" in pattern else 0)) for name, pattern in _SCHEMES)
_ORDER = ("part", "chapter", "section", "article", "cjk", "cjk_bracket", "roman", "letter", "decimal", "bracket")


@dataclass(frozen=True, slots=True, order=True)
class Numbering:
    """How a heading is numbered: `rank` orders the schemes from the outermost, `depth` counts a number's parts."""

    rank: int
    depth: int

    @property
    def is_chapter(self) -> bool:
        """Tell a number that only headings carry, as 第一章 and 第一条 do."""
        return self.rank <= _ORDER.index("cjk")


def numbering_of(text: str) -> Numbering | None:
    """What number a heading begins with; None for none."""
    for name, pattern in _PATTERNS:
        if match := pattern.match(text):
            parts = len(re.split(r"[.．]", match.group().rstrip(".．、 "))) if name == "decimal" else 1
            return Numbering(_ORDER.index(name), parts)
    return None
