"""Write two halves of a set of documents of many kinds, each kind in several layouts, with truths and templates.

    uv run benchmarks/samples/kinds_set.py OUT [--seed N] [--count N]

writes OUT/work and OUT/held, which has other kinds and is to be opened once, at the end: a folder for every kind with
files/, truth.jsonl as the scorer reads it and template.json (names, types and short descriptions only). A third of the
documents are scans. Needs Noto CJK as `make.py` does.
"""

# /// script
# requires-python = ">=3.12"
# dependencies = ["reportlab==5.1.0", "fonttools", "pillow", "pypdfium2"]
# ///

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import fonts
import kinds_facts
import kinds_held_en
import kinds_held_zh
import kinds_work_en
import kinds_work_zh
from fapiao_sheet import Sheet, hand, scan
from kinds_facts import Facts, Made, Pair

LEFT, RIGHT, TOP = 45.0, 550.0, 52.0
FACES = {"en": ("Helvetica", "Courier", "Sans"), "zh": ("Sans", "Serif")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=6)
    given = parser.parse_args()
    halves = {"work": (kinds_work_en, kinds_work_zh), "held": (kinds_held_en, kinds_held_zh)}
    sources = (kinds_facts, *halves["work"], *halves["held"])
    fonts.register(*(Path(source.__file__) for source in sources), faces=tuple(fonts.FACES))
    for half, modules in halves.items():
        for name, kind in [pair for module in modules for pair in module.KINDS.items()]:
            _write_kind(given.folder / half / name, kind, f"{given.seed}-{name}", given.count)


def _write_kind(folder: Path, kind: tuple[str, Any, Callable[[Facts], Made]], seed: str, count: int) -> None:
    lang, fields, make = kind
    (folder / "files").mkdir(parents=True, exist_ok=True)
    variables = [{"name": name, "type": type_, "description": said} for name, type_, said in fields]
    template = {"name": folder.name, "variables": variables}
    (folder / "template.json").write_text(json.dumps(template, ensure_ascii=False, indent=1) + "\n", "utf-8")
    lines = []
    for at in range(count):
        chance = random.Random(f"{seed}-{at}")
        layout = LAYOUTS[(at + sum(map(ord, folder.name))) % len(LAYOUTS)]
        made = _thinned(make(Facts(chance, lang)), chance)
        name = _draw(folder / "files" / f"{folder.name}-{at:02}.pdf", made, layout, lang, chance, scanned=at % 3 == 1)
        told = {pair.name: pair.answer for pair in _pairs(made)} | made.unlabelled
        truth = {key: {"type": type_, "accept": [told[key]] if key in told else []} for key, type_, _ in fields}
        lines.append({"file": name, "group": folder.name, "layout": layout.__name__, "fields": truth})
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "truth.jsonl").write_text(text, "utf-8")


def _thinned(made: Made, chance: random.Random) -> Made:
    """Some of the optional pairs left out, and one wording chosen for every label."""

    def kept(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        left = [pair for pair in pairs if not (pair.optional and chance.random() < 0.4)]
        return tuple(replace(pair, labels=(chance.choice(pair.labels),)) for pair in left)

    return replace(made, groups=tuple(map(kept, made.groups)), sums=kept(made.sums), foot=kept(made.foot))


def _pairs(made: Made) -> list[Pair]:
    return [pair for group in (*made.groups, made.sums, made.foot) for pair in group if pair.name]


def _draw(path: Path, made: Made, layout: Callable[..., float], lang: str, chance: random.Random, *,
          scanned: bool) -> str:  # fmt: skip
    style = replace(hand(chance), face=chance.choice(FACES[lang]), spread=lang == "zh" and chance.random() < 0.3)
    if lang == "en":
        # the built-in faces have neither a wide colon nor boxes to tick
        boxed = any(sign in pair.printed for pair in _pairs(made) for sign in "□■√✓")
        style = replace(style, colon=":", face="Sans" if boxed else style.face)
    sheet = Sheet(path, 595.0, 842.0, style)
    y = _letterhead(sheet, made, chance)
    for group in made.groups:
        y = layout(sheet, group, y) + 16
    y = _table(sheet, made, y, ruled=chance.random() < 0.5) if made.heads else y
    y = _sums(sheet, made.sums, y + 6, chance.choice((330.0, 400.0)))
    inline(sheet, made.foot, y + 14)
    sheet.canvas.save()
    if not scanned:
        return path.name
    scan(path, path.with_suffix(".jpg"), chance)
    path.unlink()
    return path.with_suffix(".jpg").name


def _letterhead(sheet: Sheet, made: Made, chance: random.Random) -> float:
    y, place = TOP, chance.choice(("left", "middle"))
    x = LEFT if place == "left" else sheet.width / 2
    for at, line in enumerate(made.head):
        sheet.text(x, y, line, 14 if at == 0 else 8.5, place=place, bold=at == 0)
        y += 19 if at == 0 else 12
    sheet.text(x, y + 12, made.title, 16, place=place, bold=True)
    return y + 40


def inline(sheet: Sheet, pairs: tuple[Pair, ...], y: float) -> float:
    """Two pairs on a line, each value right after its label."""
    for at, pair in enumerate(pairs):
        sheet.pair(LEFT if at % 2 == 0 else 310, y, pair.labels[0], pair.printed, gap=3)
        y += 16 if at % 2 else 0
    return y + 16 * (len(pairs) % 2)


def column(sheet: Sheet, pairs: tuple[Pair, ...], y: float) -> float:
    """One pair a line, the values in a column of their own; no colons."""
    for pair in pairs:
        sheet.text(LEFT, y, pair.labels[0], ink=sheet.hand.label_ink)
        sheet.text(200, y, pair.printed)
        y += 17
    return y


def above(sheet: Sheet, pairs: tuple[Pair, ...], y: float) -> float:
    """Small labels above their values, two or three on a line."""
    for start in range(0, len(pairs), 2):
        for x, pair in zip((LEFT, 310), pairs[start : start + 2], strict=False):
            sheet.text(x, y, pair.labels[0], 7, ink=sheet.hand.label_ink)
            sheet.text(x, y + 12, pair.printed)
        y += 30
    return y


def grid(sheet: Sheet, pairs: tuple[Pair, ...], y: float) -> float:
    """Ruled cells: label, value, label, value."""
    for start in range(0, len(pairs), 2):
        for x, pair in zip((LEFT, LEFT + 253), pairs[start : start + 2], strict=False):
            sheet.box(x, y - 13, x + 90, y + 7)
            sheet.box(x + 90, y - 13, x + 252, y + 7)
            sheet.text(x + 4, y, pair.labels[0], ink=sheet.hand.label_ink)
            sheet.text(x + 94, y, pair.printed, 8)
        y += 20
    return y


LAYOUTS = (inline, column, above, grid)


def _table(sheet: Sheet, made: Made, y: float, *, ruled: bool) -> float:
    wide = (RIGHT - LEFT) / len(made.heads)
    for at, row in enumerate((made.heads, *made.rows)):
        for cell, said in enumerate(row):
            last = cell == len(row) - 1
            sheet.text(LEFT + wide * (cell + last) + (-6 if last else 4), y, said, place="right" if last else "left",
                       ink=sheet.hand.label_ink, bold=at == 0)  # fmt: skip
            if ruled:
                sheet.box(LEFT + wide * cell, y - 12, LEFT + wide * (cell + 1), y + 5)
        y += 17
    return y


def _sums(sheet: Sheet, pairs: tuple[Pair, ...], y: float, at: float) -> float:
    for pair in pairs:
        sheet.text(at, y, pair.labels[0], place="right" if at > 350 else "left", ink=sheet.hand.label_ink)
        sheet.text(RIGHT - 6, y, pair.printed, place="right")
        y += 16
    return y


if __name__ == "__main__":
    main()
