"""rapidocr as it is installed, each line a block: `rapidocr_peer.py OUT FILE…`."""

from __future__ import annotations

import sys

from output import block, page, write
from PIL import Image
from rapidocr import RapidOCR


def main() -> None:
    engine = RapidOCR()
    for file in sys.argv[2:]:
        found = engine(file)
        with Image.open(file) as picture:
            size = picture.size
        blocks = []
        for box, text in zip([] if found.boxes is None else found.boxes, found.txts or (), strict=True):
            (left, top), (right, foot) = box.min(axis=0), box.max(axis=0)
            blocks.append(block("text", (float(left), float(top), float(right), float(foot)), text))
        write(sys.argv[1], file, [page(0, *size, blocks)])


main()
