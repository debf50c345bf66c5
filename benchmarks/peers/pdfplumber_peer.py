"""pdfplumber's tables and plain text: `pdfplumber_peer.py OUT FILE…`."""

from __future__ import annotations

import sys

import pdfplumber
from output import block, page, table, write


def main() -> None:
    for file in sys.argv[2:]:
        pages = []
        with pdfplumber.open(file) as pdf:
            for number, source in enumerate(pdf.pages):
                width, height = float(source.width), float(source.height)
                blocks = [block("text", (0, 0, width, height), source.extract_text() or "")]
                blocks += [block("table", found.bbox, table(found.extract())) for found in source.find_tables()]
                pages.append(page(number, width, height, blocks))
        write(sys.argv[1], file, pages)


main()
