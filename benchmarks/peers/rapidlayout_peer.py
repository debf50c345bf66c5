"""rapid-layout's CDLA model on page images, boxes without text: `rapidlayout_peer.py OUT FILE…`."""

from __future__ import annotations

import sys

from output import block, page, write
from PIL import Image
from rapid_layout import ModelType, RapidLayout

KINDS = {
    "title": "title",
    "figure": "figure",
    "figure_caption": "figure_caption",
    "table": "table",
    "table_caption": "table_caption",
    "header": "header",
    "footer": "footer",
    "reference": "reference",
    "equation": "equation",
}


def main() -> None:
    engine = RapidLayout(model_type=ModelType.PP_LAYOUT_CDLA)
    for file in sys.argv[2:]:
        found = engine(file)
        with Image.open(file) as picture:
            size = picture.size
        blocks = [
            block(KINDS.get(name, "text"), tuple(float(edge) for edge in box))
            for box, name in zip(found.boxes, found.class_names, strict=True)
        ]
        write(sys.argv[1], file, [page(0, *size, blocks)])


main()
