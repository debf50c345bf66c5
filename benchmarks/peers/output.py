"""What every peer writes: pages of blocks as `manage.py read` has them, so that the same scorers read both."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any


def page(number: int, width: float, height: float, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    """A page, `number` from 0; blocks come in reading order."""
    for index, block in enumerate(blocks):
        block["idx"] = index
    return {"page_num": number, "page_size": {"w": width, "h": height}, "blocks": blocks}


def block(kind: str, bbox: tuple[float, float, float, float], content: str = "") -> dict[str, Any]:
    return {"type": kind, "bbox": list(bbox), "content": content, "format": "html" if kind == "table" else "text"}


def table(rows: list[list[str | None]]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{escape(cell or '')}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{body}</table>"


def write(folder: str, file: str, pages: list[dict[str, Any]]) -> None:
    Path(folder, Path(file).name + ".json").write_text(json.dumps({"pages": pages}), encoding="utf-8")
