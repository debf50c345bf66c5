"""Pictures of blocks: a provider's own, or cut out of the page's image when somebody first asks; kept as files."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from extraction.choices import PageState
from extraction.errors import ReadingFailed
from extraction.models import Document, ParsedPage
from extraction.providers.pictures import FIRST_BYTES, picture_type
from extraction.services.blobs import write_file
from extraction.services.page_images import forget_if_gone, image_file, image_folder
from extraction.services.raw_replies import picture_path
from extraction.services.readings import page_reading
from extraction.types import BBox, Block, BlockType, PageReading

CUTTINGS = "cuttings"
PICTURED = frozenset({BlockType.FIGURE, BlockType.STAMP, BlockType.QRCODE, BlockType.CS})
JPEG_QUALITY = 90
# decoded page images are large, so few are cut at once in one process
_SCISSORS = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Picture:
    path: Path
    media_type: str


def is_pictured(block: Block) -> bool:
    """Its look tells more than its text."""
    return block.type in PICTURED and (block.bbox is not None or bool(block.image))


def picture_of(page_key: int, idx: int) -> Picture | None:
    """Of a block on a parsed page of any team: callers know the page from an address that we have signed.

    None where there is none, or no longer. Raises ReadingFailed for a page that cannot be drawn.
    """
    row = ParsedPage.objects.select_related("parse__document").filter(pk=page_key, state=PageState.DONE).first()
    if row is None:
        return None
    document = row.parse.document
    cutting = _cutting_path(document, page_key, idx)
    if cutting.is_file():
        return Picture(cutting, "image/jpeg")
    page = page_reading(row)
    block = next((block for block in page.blocks if block.idx == idx), None)
    return None if block is None else _picture(document, page, block, cutting)


def _picture(document: Document, page: PageReading, block: Block, cutting: Path) -> Picture | None:
    own = own_picture(document, block)
    if own is not None or block.bbox is None:
        return own
    with _SCISSORS:
        write_file(cutting, _cut(_page_image(document, page.number), page, block.bbox))
    forget_if_gone(document)
    return Picture(cutting, "image/jpeg")


def own_picture(document: Document, block: Block) -> Picture | None:
    """The provider's."""
    if not block.image:
        return None
    try:
        with picture_path(document, block.image).open("rb") as file:
            media_type = picture_type(file.read(FIRST_BYTES))
    except OSError:
        return None
    return Picture(picture_path(document, block.image), media_type) if media_type else None


def _cutting_path(document: Document, page_key: int, idx: int) -> Path:
    """A parsed page's row never changes its boxes, so its key and the block's number name the picture."""
    return image_folder(document) / CUTTINGS / f"{page_key}-{idx}.jpg"


def _page_image(document: Document, number: int) -> Path:
    """As large as it gets."""
    try:
        return image_file(document, number, "large")
    except ReadingFailed:
        return image_file(document, number, "image")


def _cut(path: Path, page: PageReading, box: BBox) -> bytes:
    with Image.open(path) as whole:
        across, down = whole.width / page.width, whole.height / page.height
        left, top = max(0, int(box.x0 * across)), max(0, int(box.y0 * down))
        right = min(whole.width, max(left + 1, round(box.x1 * across)))
        bottom = min(whole.height, max(top + 1, round(box.y1 * down)))
        buffer = io.BytesIO()
        whole.crop((min(left, right - 1), min(top, bottom - 1), right, bottom)).save(
            buffer, "JPEG", quality=JPEG_QUALITY
        )
    return buffer.getvalue()
