"""Make documents with line items and lists, with their truth: to work with, to open once, to fit confidence to.

    uv run benchmarks/samples/items_set.py OUT

writes OUT/work, OUT/held and OUT/fit: files, `truth.jsonl` ({"file", "template", "scanned", "manner", "fields"}) and
templates. A third of the documents are pictures. Needs Noto Sans CJK as `make.py` does.
"""

# /// script
# requires-python = ">=3.12"
# dependencies = ["reportlab==5.1.0", "fonttools", "pillow", "pypdfium2", "numpy"]
# ///

from __future__ import annotations

import json
import random
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import fonts
import items_lists
import items_words
import numpy
import pypdfium2
from items_kinds import KINDS, TABLES, template, truth_rows
from items_paper import Manner, Printer
from PIL import Image, ImageFilter

HALVES = {"work": 61, "held": 907, "fit": 353}
LISTS = 6
RULES, WRAPS = ("grid", "lines", "none", "zebra", "head"), ("top", "top", "middle", "bottom")


def main() -> None:
    fonts.register(Path(items_words.__file__), *Path(__file__).parent.glob("items_[kpl]*.py"))
    for half, seed in HALVES.items():
        folder = Path(sys.argv[1]) / half
        folder.mkdir(parents=True, exist_ok=True)
        lines = [*_tables(folder, random.Random(seed)), *_lists(folder, random.Random(seed + 1))]
        (folder / "truth.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        print(f"{folder}: {len(lines)} documents, {sum(line['scanned'] for line in lines)} scanned")


def _tables(folder: Path, chance: random.Random) -> list[dict[str, Any]]:
    """Every kind in both languages twice, once short and once over pages, and one of 120 rows over three pages."""
    found = []
    for lang in ("en", "zh"):
        for kind in KINDS:
            for long in (False, chance.random() < 0.5):
                count = chance.randint(40, 60) if long else chance.randint(2, 18)
                stem, scanned = f"{kind}-{lang}-{len(found):02d}", len(found) % 3 == 1
                manner = _manner(chance, pages=long)
                found.append(_write(folder, stem, (kind, lang, count), manner, chance, scanned=scanned))
    whole = Manner(rules=chance.choice(("lines", "zebra")), size=7.0, repeat=chance.random() < 0.5, carried=True)
    found.append(_write(folder, "rows120", ("invoice", "en", 120), whole, chance, scanned=False))
    return found


def _manner(chance: random.Random, *, pages: bool = False) -> Manner:
    rules = chance.choice(RULES)
    return Manner(
        rules=rules,
        heads="none" if not pages and chance.random() < 0.15 else chance.choice(("one", "one", "two")),
        wrap=chance.choice(WRAPS),
        mixed=chance.random() < 0.3,
        sections=chance.random() < 0.25,
        discounts=chance.random() < 0.25,
        repeat=chance.random() < 0.6,
        carried=pages and chance.random() < 0.5,
        size=chance.choice((8.0, 9.0, 9.5)),
        airy=rules == "none" or chance.random() < 0.4,
    )


def _write(folder: Path, stem: str, what: tuple[str, str, int], manner: Manner, chance: random.Random, *,
           scanned: bool) -> dict[str, Any]:  # fmt: skip
    kind, lang, count = what
    made = KINDS[kind](chance, lang, count)
    path = folder / f"{stem}.pdf"
    Printer(path, made, lang, manner, chance).print()
    name = _scan(path, chance).name if scanned else path.name
    _template(folder, f"{kind}-{lang}.json", template(kind, lang))
    fields = {TABLES[lang][0]: truth_rows(made, lang)}
    return {"file": name, "template": f"{kind}-{lang}.json", "scanned": scanned, "manner": asdict(manner),
            "fields": fields}  # fmt: skip


def _lists(folder: Path, chance: random.Random) -> list[dict[str, Any]]:
    found = []
    for number in range(LISTS):
        lang = ("en", "zh")[number % 2]
        path = folder / f"record-{lang}-{number}.pdf"
        truth = items_lists.write(path, chance, lang)
        scanned = number % 3 == 2
        name = _scan(path, chance).name if scanned else path.name
        _template(folder, f"record-{lang}.json", items_lists.template(lang))
        found.append({"file": name, "template": f"record-{lang}.json", "scanned": scanned, "manner": None,
                      "fields": truth})  # fmt: skip
    return found


def _template(folder: Path, name: str, data: dict[str, Any]) -> None:
    (folder / "templates").mkdir(exist_ok=True)
    (folder / "templates" / name).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def _scan(path: Path, chance: random.Random) -> Path:
    """The document as an office scanner gives it: a little turned, a little soft, with noise."""
    pages = []
    noise = numpy.random.default_rng(chance.randint(0, 9999))
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            picture = page.render(scale=200 / 72).to_pil().convert("L")
            picture = picture.rotate(chance.uniform(-0.6, 0.6), Image.Resampling.BICUBIC, fillcolor=255)
            picture = picture.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 0.8)))
            grey = numpy.asarray(picture, dtype=float) + noise.normal(0, 6, (picture.height, picture.width))
            pages.append(Image.fromarray(grey.clip(0, 250).astype("uint8")))
    path.unlink()
    if len(pages) == 1:
        out = path.with_suffix(".jpg")
        pages[0].save(out, quality=82, dpi=(200, 200))
        return out
    out = path.with_name(f"{path.stem}-scan.pdf")
    pages[0].save(out, save_all=True, append_images=pages[1:], resolution=200, quality=82)
    return out


if __name__ == "__main__":
    main()
