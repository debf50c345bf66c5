"""Pictures as the pages of a PDF: a JPEG as it is, others compressed with little or no loss."""

from __future__ import annotations

import io
import zlib

from PIL import Image

from extraction.engine.raw import Sheet
from extraction.engine.read.image import FrameHead, ImageFile
from extraction.types import FileKind

QUALITY = 92
USUAL_DPI = 150.0
LEAST_DPI, MOST_DPI = 50.0, 1200.0
POINTS_PER_INCH = 72
LONGEST_PAGE = 14_400  # points: PDF's own limit
TURNS = {1: 0, 3: 180, 6: 90, 8: 270}


def sheet_of(file: ImageFile, kind: FileKind, number: int) -> Sheet:
    """The frame as a sheet; it is decoded first, so that a broken one is refused. Raises InvalidUpload."""
    (width, height), upright = file.frame(number)
    head = file.head(number)
    if kind is FileKind.JPEG and head.mode in ("L", "RGB") and head.orientation in TURNS:
        return Sheet(*head.size, head.mode == "L", None, turn=TURNS[head.orientation], dpi=_dpi(head, max(head.size)))
    dpi = _dpi(head, max(width, height)) * max(upright.size) / max(width, height)
    if head.mode == "1" and upright.size == (width, height):
        signs = upright.convert("1", dither=Image.Dither.NONE).tobytes()
        return Sheet(width, height, is_grey=True, data=zlib.compress(signs), bits=1, dpi=dpi)
    is_grey = head.mode in ("1", "L", "LA", "I") or head.mode.startswith("I;")
    return Sheet(*upright.size, is_grey, _jpeg(upright.convert("L") if is_grey else upright), dpi=dpi)


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY, subsampling=0)
    return buffer.getvalue()


def _dpi(head: FrameHead, longest: int) -> float:
    """Pixels an inch, as the file says if that can be, so that no page grows too long."""
    said = head.dpi or USUAL_DPI
    dpi = said if LEAST_DPI <= said <= MOST_DPI else USUAL_DPI
    return max(dpi, POINTS_PER_INCH * longest / LONGEST_PAGE)
