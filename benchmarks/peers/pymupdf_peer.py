"""pymupdf with its layout model (AGPL, a yardstick only): `pymupdf_peer.py OUT FILE…`."""

from __future__ import annotations

import json
import sys
from typing import Any

from output import block, page, table, write
from pymupdf import pymupdf4llm

KINDS = {
    "title": "title",
    "section-header": "title",
    "picture": "figure",
    "table": "table",
    "formula": "equation",
    "caption": "figure_caption",
    "footnote": "footnote",
    "page-header": "header",
    "page-footer": "footer",
}


def content_of(part: dict[str, Any]) -> str:
    if part.get("table"):
        return table(part["table"].get("extract") or [])
    lines = ["".join(span["text"] for span in line["spans"]) for line in part.get("textlines") or []]
    return "\n".join(lines)


def main() -> None:
    for file in sys.argv[2:]:
        result = json.loads(pymupdf4llm.to_json(file))
        pages = []
        for number, source in enumerate(result["pages"]):
            blocks = [
                block(
                    KINDS.get(part["boxclass"], "text"),
                    (part["x0"], part["y0"], part["x1"], part["y1"]),
                    content_of(part),
                )
                for part in source["boxes"]
            ]
            pages.append(page(number, source["width"], source["height"], blocks))
        write(sys.argv[1], file, pages)


main()
