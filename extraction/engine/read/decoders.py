"""The formats of pictures that are decoded, registered before the child is locked: imports fail afterwards."""

from __future__ import annotations

import pi_heif
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from extraction.types import FileKind

DECODERS = (
    BmpImagePlugin.BmpImageFile,
    GifImagePlugin.GifImageFile,
    Jpeg2KImagePlugin.Jpeg2KImageFile,
    JpegImagePlugin.JpegImageFile,
    PngImagePlugin.PngImageFile,
    TiffImagePlugin.TiffImageFile,
    WebPImagePlugin.WebPImageFile,
    pi_heif.HeifImageFile,
)
# imported by its name where a JPEG has further pictures behind the first, as many phones write it
UNNAMED = (MpoImagePlugin,)
NAMES = {FileKind.JP2: "JPEG2000", FileKind.HEIC: "HEIF"}


def prepare() -> None:
    """Register the decoders, without threads, which the lock refuses. Size limits are our own."""
    Image.preinit()
    Image.MAX_IMAGE_PIXELS = None
    pi_heif.register_heif_opener(decode_threads=0, thumbnails=False, depth_images=False, aux_images=False)
    for decoder in DECODERS:
        Image.OPEN[decoder.format]


def decoder_of(kind: FileKind) -> str:
    """The format's name in pillow."""
    return NAMES.get(kind, kind.upper())
