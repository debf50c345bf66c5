"""opendataloader-pdf: `opendataloader_peer.py OUT FILE…`; its boxes count from the page's foot."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import opendataloader_pdf
import pypdfium2
from output import block, page, table, write

KINDS = {"heading": "title", "image": "figure", "table": "table", "caption": "figure_caption"}
KINDS |= {"header": "header", "footer": "footer"}


def text_of(part: dict[str, Any]) -> str:
    inner = [text_of(kid) for kid in [*part.get("kids", []), *part.get("list items", [])]]
    return "\n".join(text for text in [part.get("content", ""), *inner] if text)


def grid_of(part: dict[str, Any]) -> str:
    rows = [[""] * part.get("number of columns", 1) for _ in part["rows"]]
    for row in part["rows"]:
        for cell in row["cells"]:
            place = cell["column number"] - 1
            target = rows[cell["row number"] - 1]
            target.extend([""] * (place + 1 - len(target)))
            target[place] = text_of(cell)
    return table(rows)


def parts_of(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lists are given item by item, as the truths have them."""
    return [inner for part in parts for inner in (parts_of(part["list items"]) if part.get("list items") else [part])]


def main() -> None:
    out, files = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        opendataloader_pdf.convert(input_path=files, output_dir=folder, format="json", quiet=True, image_output="off")
        for file in files:
            result = json.loads(Path(folder, Path(file).stem + ".json").read_text(encoding="utf-8"))
            pdf = pypdfium2.PdfDocument(file)
            sizes = [pdf[number].get_size() for number in range(len(pdf))]
            blocks = defaultdict(list)
            for part in parts_of(result["kids"]):
                number = part.get("page number", 1) - 1
                left, foot, right, top = part["bounding box"]
                height = sizes[number][1]
                content = grid_of(part) if part["type"] == "table" else text_of(part)
                box = (left, height - top, right, height - foot)
                blocks[number].append(block(KINDS.get(part["type"], "text"), box, content))
            write(out, file, [page(number, *size, blocks[number]) for number, size in enumerate(sizes)])


main()
