"""liteparse, without its OCR: `liteparse_peer.py OUT FILE…`."""

from __future__ import annotations

import sys
from typing import Any

from liteparse import LiteParse
from output import block, page, table, write

KINDS = {"heading": "title", "code": "code", "table": "table", "grid_fallback": "table", "figure": "figure"}


def blocks_of(source: Any) -> list[dict[str, Any]]:
    found = []
    for part in source.blocks or ():
        if part.bbox is None or part.kind == "rule":
            continue
        box = (part.bbox.x, part.bbox.y, part.bbox.x + part.bbox.width, part.bbox.y + part.bbox.height)
        found.append(block(KINDS.get(part.kind, "text"), box, content_of(part)))
    return found


def content_of(part: Any) -> str:
    if part.kind == "table":
        rows = [*([part.header] if part.header else []), *(part.rows or [])]
        return table([[cell.text for cell in row] for row in rows])
    if part.kind == "grid_fallback":
        return table([line.split("  ") for line in part.lines or []])
    return part.text or "\n".join(part.lines or [])


def main() -> None:
    parser = LiteParse(ocr_enabled=False, extract_blocks=True, quiet=True)
    for file in sys.argv[2:]:
        result = parser.parse(file)
        pages = [page(source.page_num - 1, source.width, source.height, blocks_of(source)) for source in result.pages]
        write(sys.argv[1], file, pages)


main()
