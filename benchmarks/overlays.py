"""Draw what the engine found on the pages it read: one PNG a page, to be looked at.

    uv run benchmarks/overlays.py FILE… --out DIR [--pages 1 3]

Every block has its box in its type's colour, its idx and type at its corner, and a heading its level. A grey line with
an arrowhead goes from block to block in reading order, a dashed line from a block to its caption. Cells of tables are
drawn thin, filled where they are headers. `FILE-PAGE.png` stands beside `FILE.md`, the document as Markdown.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from extraction.engine.markdown import to_markdown  # noqa: E402
from extraction.engine.raw import Pixels  # noqa: E402
from extraction.engine.read.kind import sniff  # noqa: E402
from extraction.errors import GalleyError  # noqa: E402
from extraction.providers.embedded import EmbeddedParser  # noqa: E402
from extraction.types import BBox, Block, DocumentReading, PageReading, ParseRequest  # noqa: E402

MOST_PAGES = 300
COLOURS = {
    "text": "#1f6feb",
    "title": "#d1242f",
    "figure": "#8250df",
    "figure_caption": "#bf3989",
    "table": "#1a7f37",
    "table_caption": "#bf3989",
    "header": "#6e7781",
    "footer": "#6e7781",
    "sider": "#6e7781",
    "footnote": "#9a6700",
    "cate": "#0a7ea4",
    "cate_item": "#0a7ea4",
    "code": "#57606a",
    "choice": "#bc4c00",
    "blank": "#bc4c00",
    "reference": "#116329",
    "equation": "#a40e26",
}
OTHER = "#000000"
ORDER = "#8c959f"
ARROW = 11  # pixels
DASH = 6

type Point = tuple[float, float]


def draw(page: PageReading, pixels: Pixels) -> Image.Image:
    """The page's picture under its boxes."""
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
    canvas = ImageDraw.Draw(image, "RGBA")
    scale = pixels.width / page.width
    boxes = {block.idx: _scaled(block.bbox, scale) for block in page.blocks if block.bbox}
    for block in page.blocks:
        _cells(canvas, block, scale)
    _order(canvas, [boxes[block.idx] for block in page.blocks if block.idx in boxes])
    for block in page.blocks:
        for caption in block.captions:
            if block.idx in boxes and caption in boxes:
                _dashed(canvas, boxes[block.idx].centre, boxes[caption].centre)
        if block.idx in boxes:
            _block(canvas, block, boxes[block.idx])
    return image


def _cells(canvas: ImageDraw.ImageDraw, block: Block, scale: float) -> None:
    for cell in block.cells:
        if cell.bbox:
            box = _scaled(cell.bbox, scale)
            canvas.rectangle(_corners(box), outline="#2da44eb0", fill="#2da44e30" if cell.is_header else None)


def _block(canvas: ImageDraw.ImageDraw, block: Block, box: BBox) -> None:
    colour = COLOURS.get(block.type, OTHER)
    canvas.rectangle(_corners(box), outline=colour, fill=f"{colour}14", width=2)
    level = f" h{block.title_level}" if block.title_level else ""
    label = f"{block.idx} {block.type}{level}"
    font = ImageFont.load_default(13)
    place = (box.x0, max(0.0, box.y0 - 14))
    canvas.rectangle(canvas.textbbox(place, label, font=font), fill="#ffffffd0")
    canvas.text(place, label, fill=colour, font=font)


def _order(canvas: ImageDraw.ImageDraw, boxes: list[BBox]) -> None:
    """An arrow from the end of every block to the start of the next."""
    for one, other in pairwise(boxes):
        _arrow(canvas, (one.x0 + 0.5 * one.width, one.y1), (other.x0 + 0.5 * other.width, other.y0))


def _arrow(canvas: ImageDraw.ImageDraw, start: Point, end: Point) -> None:
    canvas.line([start, end], fill=ORDER, width=2)
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    sides = [(end[0] - ARROW * math.cos(angle + turn), end[1] - ARROW * math.sin(angle + turn)) for turn in (-0.4, 0.4)]
    canvas.polygon([end, *sides], fill=ORDER)


def _dashed(canvas: ImageDraw.ImageDraw, start: Point, end: Point) -> None:
    length = math.dist(start, end) or 1.0
    for step in range(0, int(length), 2 * DASH):
        parts = (step / length, min(1.0, (step + DASH) / length))
        canvas.line([_between(start, end, part) for part in parts], fill=COLOURS["figure_caption"], width=2)


def _between(start: Point, end: Point, part: float) -> Point:
    return start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])


def _scaled(box: BBox, scale: float) -> BBox:
    return BBox(box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale)


def _corners(box: BBox) -> list[Point]:
    return [(box.x0, box.y0), (box.x1, box.y1)]


def read(
    parser: EmbeddedParser, path: Path, pages: tuple[int, ...] | None
) -> tuple[DocumentReading, dict[int, Pixels]]:
    """The reading with the pages' pictures."""
    pictures: dict[int, Pixels] = {}
    with path.open("rb") as file:
        kind = sniff(file)
    request = ParseRequest(path, kind, path.name, pages=pages, max_pages=MOST_PAGES)
    return parser.run(request, lambda page: None, on_image=pictures.__setitem__), pictures


def write(reading: DocumentReading, pictures: dict[int, Pixels], target: Path) -> Iterator[Path]:
    target.with_name(f"{target.name}.md").write_text(to_markdown(reading), encoding="utf-8")
    for page in reading.pages:
        path = target.with_name(f"{target.name}-{page.number}.png")
        draw(page, pictures[page.number]).save(path)
        yield path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--pages", type=int, nargs="+", metavar="N", help="only these pages")
    options = parser.parse_args()
    pages = tuple(options.pages) if options.pages else None
    options.out.mkdir(parents=True, exist_ok=True)
    with EmbeddedParser() as engine:
        for path in options.files:
            try:
                reading, pictures = read(engine, path, pages)
            except (GalleyError, OSError) as exc:
                print(f"{path}: {exc}", file=sys.stderr)
                continue
            for written in write(reading, pictures, options.out / path.name):
                print(written)


if __name__ == "__main__":
    main()
