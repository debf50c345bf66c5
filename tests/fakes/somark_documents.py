"""Pages that a SoMark could make of an uploaded file: what a PDF really says, in pixels at 150 dpi."""

from __future__ import annotations

import html
import io
import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
from PIL import Image

SCALE = 150 / 72
# PDFium serves one thread at a time
_PDFIUM = threading.Lock()


@dataclass
class Run:
    """Signs that stand side by side; edges in pixels from the top left."""

    text: str
    edges: list[float]


@dataclass
class Row:
    runs: list[Run] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(run.text for run in self.runs)

    @property
    def edges(self) -> list[float]:
        return around([run.edges for run in self.runs])

    @property
    def height(self) -> float:
        return self.edges[3] - self.edges[1]


def around(boxes: list[list[float]]) -> list[float]:
    return [*(min(box[i] for box in boxes) for i in (0, 1)), *(max(box[i] for box in boxes) for i in (2, 3))]


def pages_of(data: bytes, picture_url: str) -> list[dict[str, Any]]:
    """A title, paragraphs, tables where lines have columns, and a figure on the first page."""
    if data.startswith(b"%PDF"):
        with _PDFIUM:
            return list(_pdf_pages(data, picture_url))
    width, height = _picture_size(data)
    blocks = [_block(0, "figure", [0, 0, width, height], "", image=picture_url)]
    return [_page(0, width, height, blocks)]


def made_up_pages(pages: int, blocks: int) -> list[dict[str, Any]]:
    """So many pages of so many lines."""
    return [
        _page(number, 1240, 1754, [_made_up(number, idx, blocks) for idx in range(blocks)]) for number in range(pages)
    ]


def picture() -> bytes:
    """A grey PNG of 8 × 8 pixels."""
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * 8 for _ in range(8)))
    parts = (b"IHDR" + struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0), b"IDAT" + rows, b"IEND")
    chunks = (struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def markdown_of(pages: list[dict[str, Any]]) -> str:
    """The blocks' contents one under another."""
    marked = {"title": "# {}", "figure": "![]({})"}
    blocks = (block for page in pages for block in page["blocks"])
    return "\n\n".join(marked.get(b["type"], "{}").format(b["content"] or b["img_url"]) for b in blocks)


def _picture_size(data: bytes) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(data)) as image:
            return image.size
    except OSError:
        return 1240, 1754


def _made_up(page: int, idx: int, blocks: int) -> dict[str, Any]:
    step = 1700 / blocks
    box = [100, 20 + idx * step, 1140, 20 + (idx + 0.8) * step]
    return _block(idx, "text", box, f"Page {page + 1}, line {idx + 1}: what a paragraph of some length says here.")


def _page(number: int, width: int, height: int, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "page_num": number,
        "page_size": {"h": height, "w": width},
        "merge_content_from_pre_page": False,
        "blocks": blocks,
    }


def _block(idx: int, kind: str, box: list[float], content: str, form: str = "text", image: str = "") -> dict[str, Any]:
    bbox = [round(edge) for edge in box]
    return {
        "idx": idx,
        "type": kind,
        "bbox": bbox,
        "content": content,
        "format": form,
        "captions": [],
        "img_url": image,
    }


def _pdf_pages(data: bytes, picture_url: str) -> Iterator[dict[str, Any]]:
    document = pypdfium2.PdfDocument(data)
    try:
        for number, page in enumerate(document):
            width, height = (round(side * SCALE) for side in page.get_size())
            blocks = _blocks(_rows(_runs(page)))
            if number == 0:
                blocks.append(_block(len(blocks), "figure", [width - 90, 10, width - 10, 90], "", image=picture_url))
            yield _page(number, width, height, blocks)
            page.close()
    finally:
        document.close()


def _runs(page: pypdfium2.PdfPage) -> Iterator[Run]:
    """Signs joined to runs; a gap wider than a sign is high, or another line, begins a new one."""
    words = page.get_textpage()
    top = page.get_size()[1]
    run: Run | None = None
    for index in range(words.count_chars()):
        sign = words.get_text_range(index, 1)
        left, bottom, right, upper = words.get_charbox(index, loose=True)
        edges = [left * SCALE, (top - upper) * SCALE, right * SCALE, (top - bottom) * SCALE]
        if not sign.strip() or edges[2] <= edges[0] or edges[3] <= edges[1]:
            if run and sign == " ":
                run.text += " "
            continue
        if run and _follows(run, edges):
            run.text, run.edges = run.text + sign, around([run.edges, edges])
            continue
        if run:
            yield Run(run.text.strip(), run.edges)
        run = Run(sign, edges)
    if run:
        yield Run(run.text.strip(), run.edges)
    words.close()


def _follows(run: Run, edges: list[float]) -> bool:
    height = run.edges[3] - run.edges[1]
    same_line = abs(run.edges[3] - edges[3]) < height / 2
    return same_line and -height < edges[0] - run.edges[2] < height


def _rows(runs: Iterator[Run]) -> list[Row]:
    rows: list[Row] = []
    for run in sorted(runs, key=lambda run: (run.edges[3], run.edges[0])):
        if rows and abs(rows[-1].edges[3] - run.edges[3]) < rows[-1].height / 2:
            rows[-1].runs.append(run)
        else:
            rows.append(Row([run]))
    for row in rows:
        row.runs.sort(key=lambda run: run.edges[0])
    return rows


def _blocks(rows: list[Row]) -> list[dict[str, Any]]:
    """Near rows of three columns and more are a table, other near ones a paragraph, a large first one a title."""
    groups: list[list[Row]] = []
    for row in rows:
        last = groups[-1][-1] if groups else None
        near = last and row.edges[1] - last.edges[3] < 2 * last.height and abs(row.height - last.height) < 6
        if last and near and (len(row.runs) > 2) == (len(last.runs) > 2):
            groups[-1].append(row)
        else:
            groups.append([row])
    largest = max((row.height for row in rows), default=0)
    return [_grouped(idx, group, largest) for idx, group in enumerate(groups)]


def _grouped(idx: int, group: list[Row], largest: float) -> dict[str, Any]:
    box = around([row.edges for row in group])
    if len(group) > 1 and len(group[0].runs) > 2:
        lines = ("".join(f"<td>{html.escape(run.text)}</td>" for run in row.runs) for row in group)
        return _block(idx, "table", box, f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>", "html")
    kind = "title" if idx == 0 and group[0].height == largest else "text"
    return _block(idx, kind, box, "\n".join(row.text for row in group))
