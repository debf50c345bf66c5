"""Fonts of this machine for text whose document brings none: found by the parent, opened before the child locks."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    os.path.expanduser("~/.local/share/fonts"),
    os.path.expanduser("~/.fonts"),
    "/System/Library/Fonts",
    "/Library/Fonts",
)
SYSTEM_CONFIGURATION = "/etc/fonts/fonts.conf"
OWN_CONFIGURATION = str(Path(__file__).with_name("fonts.conf"))
CONFIGURATION = (
    OWN_CONFIGURATION,
    "/etc/fonts",
    "/usr/share/fontconfig",
    "/var/cache/fontconfig",
    "/usr/share/xml/fontconfig",
)
# families with Chinese glyphs, the better first; a family with "serif" or "song" in it stands for printed serif text
SANS = (
    "NotoSansCJK", "NotoSansSC", "NotoSansCJKsc", "SourceHanSans", "wqy-microhei", "wqy-zenhei", "msyh", "simhei",
    "PingFang", "STHeiti", "DroidSansFallback",
)  # fmt: skip
SERIF = ("NotoSerifCJK", "NotoSerifSC", "SourceHanSerif", "simsun", "Songti", "uming", "ukai", "FandolSong")
LATIN = ("DejaVuSans", "NotoSans", "LiberationSans", "Arial")
SUFFIXES = (".ttc", ".otc", ".otf", ".ttf")
CJK = re.compile("[⺀-〿぀-ヿ㐀-鿿가-힯豈-﫿\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class FontPaths:
    """Files that stand in for fonts a document names but lacks; None where the machine has none."""

    sans: str | None = None
    sans_bold: str | None = None
    serif: str | None = None
    serif_bold: str | None = None
    latin: str | None = None

    @property
    def has_cjk(self) -> bool:
        return bool(self.sans or self.serif)


@cache
def installed_fonts() -> FontPaths:
    """Look through the font folders once per process."""
    files = {path.stem.lower(): str(path) for folder in FOLDERS for path in _files(folder)}
    return FontPaths(
        sans=_find(files, SANS, ("-regular", "")),
        sans_bold=_find(files, SANS, ("-bold", "bd")),
        serif=_find(files, SERIF, ("-regular", "")),
        serif_bold=_find(files, SERIF, ("-bold", "bd")),
        latin=_find(files, LATIN, ("-regular", "")),
    )


def _files(folder: str) -> Iterator[Path]:
    for base, _, names in os.walk(folder):
        yield from (Path(base, name) for name in sorted(names) if name.lower().endswith(SUFFIXES))


def _find(files: dict[str, str], families: tuple[str, ...], endings: tuple[str, ...]) -> str | None:
    names = (family.lower() + ending for family in families for ending in endings)
    return next((files[name] for name in names if name in files), None)


def face_offsets(head: bytes) -> tuple[int, ...]:
    """Where the faces of a font collection begin; one at 0 for a single font."""
    if head[:4] != b"ttcf" or len(head) < 12:
        return (0,)
    count = min(struct.unpack(">I", head[8:12])[0], (len(head) - 12) // 4)
    return struct.unpack(f">{count}I", head[12 : 12 + 4 * count]) or (0,)


def has_cjk(text: str) -> bool:
    return CJK.search(text) is not None
