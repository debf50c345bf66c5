"""A page's picture as JPEG files."""

from __future__ import annotations

import io
from collections.abc import Mapping

from PIL import Image

from extraction.engine.raw import Pixels

QUALITY = 85
# narrower ones are looked at from afar: averages will do
FINE_WIDTH = 300


def jpeg_files(pixels: Pixels, widths: Mapping[str, int]) -> dict[str, bytes]:
    """A file for each name, of its width; pixels that are fewer stay as they are."""
    picture = Image.frombuffer("RGB", (pixels.width, pixels.height), pixels.data, "raw", "RGB", 0, 1)
    return {name: _encoded(_narrowed(picture, width)) for name, width in widths.items()}


def _narrowed(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    size = width, max(1, round(picture.height * width / picture.width))
    if width < FINE_WIDTH:
        return picture.resize(size, Image.Resampling.BOX, reducing_gap=1.01)
    return picture.resize(size, Image.Resampling.LANCZOS)


def _encoded(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
