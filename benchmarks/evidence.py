"""Whether the words under each value's box, read again from the file, say what the engine says stands there.

    uv run benchmarks/evidence.py RESULTS --files FOLDER --readings DIR

RESULTS is what `manage.py extract` wrote. Under a PDF's boxes the text is taken from the file by PDFium, not from the
engine; where the file has no text there, or is a picture, the words of its reading that stand under the box are taken.
"""

from __future__ import annotations

import argparse
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2

MARGIN = 0.15
"""Of the box's height: glyphs may reach over it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--readings", type=Path, required=True)
    given = parser.parse_args()
    good, bad, unplaced = 0, [], []
    for line in given.results.read_text("utf-8").splitlines():
        result = json.loads(line)
        reading = json.loads((given.readings / f"{result['file']}.json").read_text("utf-8"))
        for name, evidence in _answers(result):
            where = f"{result['file']} {name}"
            if evidence["bbox"] is None:
                unplaced.append(where)
                continue
            under = _under(given.files / result["file"], reading["pages"][evidence["page"] - 1], evidence)
            if all(_folded(word) in under for word in evidence["text"].split()):
                good += 1
            else:
                bad.append(f"{where}: {evidence['text']!r} is not in {under!r}")
    print(f"{good} of {good + len(bad)} boxes hold their words; {len(unplaced)} values without a box")
    print("\n".join(bad + unplaced))


def _answers(result: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, value in (result["extractedData"] or {}).items():
        if value not in (None, "", []) and name in result["evidence"]:
            yield name, result["evidence"][name]


def _under(path: Path, page: dict[str, Any], evidence: dict[str, Any]) -> str:
    box = _grown(evidence["bbox"])
    printed = _printed(path, evidence["page"], page["page_size"], box) if path.suffix == ".pdf" else ""
    return _folded(printed) or _folded("".join(word["text"] for word in page["words"] if _is_under(word["bbox"], box)))


def _grown(box: list[float]) -> tuple[float, float, float, float]:
    more = MARGIN * (box[3] - box[1])
    return box[0] - more, box[1] - more, box[2] + more, box[3] + more


def _is_under(word: list[float], box: tuple[float, ...]) -> bool:
    shared = min(word[2], box[2]) - max(word[0], box[0])
    middle = (word[1] + word[3]) / 2
    return shared > 0 and box[1] <= middle <= box[3]


def _printed(path: Path, number: int, size: dict[str, float], box: tuple[float, ...]) -> str:
    with pypdfium2.PdfDocument(path) as document:
        page = document[number - 1]
        across, down = page.get_width() / size["w"], page.get_height() / size["h"]
        corners = [_unturned(page, box[at] * across, box[at + 1] * down) for at in (0, 2)]
        (left, right), (bottom, top) = (sorted(sides) for sides in zip(*corners, strict=True))
        text: str = page.get_textpage().get_text_bounded(left=left, bottom=bottom, right=right, top=top)
        return text


def _unturned(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
    """A point of the page as shown, from its top left, in the file's own units, which know no rotation."""
    width, height = page.get_size()
    return {0: (x, height - y), 90: (y, x), 180: (width - x, y), 270: (height - y, width - x)}[page.get_rotation()]


def _folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


if __name__ == "__main__":
    main()
