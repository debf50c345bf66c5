"""What a finished reading gives a caller of SoMark's interface: pages, Markdown, pictures, and a ZIP of them."""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from extraction.choices import PageState, Provider
from extraction.engine.joining import joined
from extraction.engine.markdown import Style, TableForm, to_markdown
from extraction.engine.markdown_tables import pipe_table
from extraction.errors import ReadingFailed
from extraction.models import Parse, ParsedPage
from extraction.queries.pages import parsed_pages
from extraction.services.block_pictures import PICTURED, Picture, own_picture, picture_of
from extraction.services.page_images import forget_if_gone, image_folder
from extraction.services.readings import page_reading
from extraction.types import Block, BlockType, DocumentReading, FileKind, PageReading
from extraction.wire.somark import Asked, dump_pages, image_addresses, in_pixels, kept_asked

ANSWERS = "answers"
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/bmp": "bmp"}
# one ZIP at a time in a process; whoever comes for the same one finds it made
_PACKING = threading.Lock()

type Address = Callable[[str], str]
"""Makes a picture's absolute address of its name: its page's key, its block's idx, an extension."""


@dataclass(frozen=True, slots=True)
class Result:
    """`pages` as of `outputs.json`; None and empty for what was not asked for."""

    images: tuple[str, ...]
    pages: dict[str, Any] | None
    markdown: str | None


def result_of(parse: Parse, *, address: Address) -> Result:
    """The answer's parts as they were asked for."""
    asked = kept_asked(parse.asked)
    reading = _reading(parse, asked)
    embed = _embedded if asked.format("image") == "base64" else address
    link = _name_in_zip if asked.format("image") == "file" else embed
    return Result(
        images=tuple(map(address, image_addresses(reading))),
        pages=dump_pages(reading, address=embed) if "json" in asked.outputs else None,
        markdown=to_markdown(reading, _style(asked, link)) if "markdown" in asked.outputs else None,
    )


def _style(asked: Asked, link: Address) -> Style:
    return Style(TableForm(asked.format("table")), asked.has("keep_header_footer"), link)


def _reading(parse: Parse, asked: Asked) -> DocumentReading:
    """In pixels, with the names of pictures; pages that failed are left out."""
    rows = parsed_pages(parse).filter(state=PageState.DONE).select_related("parse__document")
    # another provider's pages are in its pixels, joined as it was asked to, and a picture's are its own
    is_ours = parse.provider == Provider.EMBEDDED
    scale = 1.0 if FileKind(parse.document.blob.kind).is_picture else None
    reading = DocumentReading(tuple(_page(row, asked) for row in rows))
    texts = asked.has("enable_text_cross_page")
    tables = asked.has("enable_table_cross_page") and asked.format("table") != "image"
    if is_ours and (texts or tables):
        reading = joined(reading, texts=texts, tables=tables)
    pages = (_shown(page, asked) for page in reading.pages)
    return DocumentReading(tuple(_scaled(page, scale) if is_ours else page for page in pages))


def _page(row: ParsedPage, asked: Asked) -> PageReading:
    page = page_reading(row)
    return replace(page, blocks=tuple(replace(b, image=_picture_name(b, row, asked)) for b in page.blocks))


def _scaled(page: PageReading, scale: float | None) -> PageReading:
    return in_pixels(page) if scale is None else in_pixels(page, scale=scale)


def _shown(page: PageReading, asked: Asked) -> PageReading:
    return replace(page, blocks=tuple(_block(block, asked) for block in page.blocks))


def _block(block: Block, asked: Asked) -> Block:
    shown = block if asked.has("enable_title_level_recognition") else replace(block, title_level=None)
    if block.type == BlockType.TABLE and asked.format("table") == "markdown" and (piped := pipe_table(block)):
        shown = replace(shown, content=piped, format="markdown")
    return shown


def _picture_name(block: Block, row: ParsedPage, asked: Asked) -> str | None:
    """Pictures that we cut out are JPEG; those of a provider are as they came."""
    if asked.format("image") == "none":
        return None
    own = own_picture(row.parse.document, block)
    is_table = block.type == BlockType.TABLE and asked.format("table") == "image"
    if own is None and (block.bbox is None or not (block.type in PICTURED or is_table)):
        return None
    kind = own.media_type if own else "image/jpeg"
    return f"{row.pk}-{block.idx}.{EXTENSIONS[kind]}"


def key_of(name: str) -> tuple[int, int]:
    """A picture's page and block, by its name without extension. Raises ValueError."""
    page, _, idx = name.partition("-")
    return int(page), int(idx)


def _embedded(name: str) -> str:
    """The picture itself, empty where there is none."""
    picture = _picture(name)
    if picture is None:
        return ""
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.path.read_bytes()).decode()}"


def _picture(name: str) -> Picture | None:
    """None also for one that cannot be drawn: the text is worth more."""
    try:
        return picture_of(*key_of(name.partition(".")[0]))
    except ReadingFailed:
        return None


def _name_in_zip(name: str) -> str:
    return f"images/{name}"


def zip_of(parse: Parse) -> Path:
    """Markdown, JSON and the pictures, packed at the first call and kept beside the document."""
    asked = kept_asked(parse.asked)
    path = _zip_path(parse)
    with _PACKING:
        if not path.is_file():
            _pack(parse, asked, path)
            forget_if_gone(parse.document)
    return path


def _zip_path(parse: Parse) -> Path:
    """Named by its pages, so that one which was read again gives a new file."""
    keys = list(parsed_pages(parse).values_list("pk", flat=True))
    digest = hashlib.sha256(json.dumps([parse.asked, keys], sort_keys=True).encode()).hexdigest()
    return image_folder(parse.document) / ANSWERS / f"{digest}.zip"


def _pack(parse: Parse, asked: Asked, path: Path) -> None:
    reading = _reading(parse, asked)
    stem = PurePosixPath(parse.document.name).stem or "document"
    pages = json.dumps(dump_pages(reading, address=_name_in_zip), ensure_ascii=False, indent=1)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete_on_close=False) as part:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{stem}.md", to_markdown(reading, _style(asked, _name_in_zip)))
            archive.writestr(f"{stem}.json", pages)
            for name in image_addresses(reading):
                if picture := _picture(name):
                    archive.write(picture.path, _name_in_zip(name), zipfile.ZIP_STORED)
        part.close()
        Path(part.name).rename(path)
