"""An image file opened inside the child: its frames upright, in RGB, bounded in size."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from extraction.engine.raw import Pixels, Probe, RawPage
from extraction.engine.read.colours import averageable, rgb
from extraction.engine.read.decoders import decoder_of
from extraction.errors import InvalidUpload
from extraction.types import FileKind

MAX_PIXELS = 200_000_000
LONGEST_SIDE = 5000
OCR_SIDE = 3600
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SWAPPED = frozenset({5, 6, 7, 8})
BROKEN = (OSError, RuntimeError, SyntaxError, ValueError, KeyError, IndexError, TypeError, ZeroDivisionError, EOFError)


@dataclass(frozen=True, slots=True)
class FrameHead:
    """A frame as the file has it, before it is turned and made RGB; `dpi` None where the file does not tell."""

    mode: str
    size: tuple[int, int]
    orientation: int
    dpi: float | None


class ImageFile:
    """The file behind a descriptor; one frame is kept decoded, since it is asked for several times."""

    def __init__(self, descriptor: int, kind: FileKind) -> None:
        self._file: BinaryIO = os.fdopen(descriptor, "rb")
        self._kind = kind
        self._image: Image.Image | None = None
        self._kept: tuple[int, tuple[int, int], Image.Image] | None = None
        self._head: FrameHead | None = None

    def open(self) -> Probe:
        """Raise InvalidUpload where the header is broken or the picture too large."""
        try:
            self._image = image = self._opened()
            _check_size(image)
            frames = self._count_frames(image)
        except (UnidentifiedImageError, *BROKEN) as exc:
            raise InvalidUpload(code="corrupt_file") from exc
        return Probe(self._kind, frames)

    def _opened(self) -> Image.Image:
        return Image.open(self._file, formats=(decoder_of(self._kind),))

    def touch(self) -> None:
        self.frame(1)

    def _count_frames(self, image: Image.Image) -> int:
        """A TIFF's frames are pages; those of a GIF or WebP are a film, whose first picture counts."""
        return int(getattr(image, "n_frames", 1)) if self._kind is FileKind.TIFF else 1

    def read(self, number: int) -> RawPage:
        """A page without words, in pixels of the upright picture."""
        (width, height), _ = self.frame(number)
        return RawPage(number=number, width=width, height=height, source="none")

    def render(self, number: int, width: int) -> Pixels:
        """The frame at `width` pixels, or as wide as it is if that is less."""
        _, image = self.frame(number)
        return _pixels(_bounded(image, min(1.0, width / image.width)))

    def for_ocr(self, number: int) -> Pixels:
        _, image = self.frame(number)
        return _pixels(_bounded(image, min(1.0, OCR_SIDE / max(image.size))))

    def frame(self, number: int) -> tuple[tuple[int, int], Image.Image]:
        """The upright frame's full size and its picture, of at most LONGEST_SIDE. Raises InvalidUpload."""
        if self._kept is None or self._kept[0] != number:
            self._kept = None
            try:
                self._kept = (number, *self._decode(number))
            except MemoryError as exc:
                raise InvalidUpload(code="image_too_large") from exc
            except BROKEN as exc:
                raise InvalidUpload(code="corrupt_file") from exc
        return self._kept[1:]

    def head(self, number: int) -> FrameHead:
        """What the file says of the frame. Raises InvalidUpload as `frame` does."""
        self.frame(number)
        if self._head is None:
            raise RuntimeError("a frame without a head")
        return self._head

    def _decode(self, number: int) -> tuple[tuple[int, int], Image.Image]:
        image = self._image
        if image is None:
            raise RuntimeError("open the file first")
        if self._kind is FileKind.TIFF:
            image.seek(number - 1)
        _check_size(image)
        width, height = image.size
        mode = image.mode
        reduction = min(1.0, LONGEST_SIDE / max(width, height))
        image.draft("RGB", (round(width * reduction), round(height * reduction)))
        image.load()
        orientation = image.getexif().get(ORIENTATION, 1)
        self._head = FrameHead(mode, (width, height), orientation, _dpi(image))
        picture = _reduced(image)
        if picture is not image:
            # lets go of the whole picture, which takes many times the memory of what is kept of it
            image = self._image = self._opened()
        upright = _upright(rgb(picture), orientation)
        return (height, width) if orientation in SWAPPED else (width, height), upright


def _dpi(image: Image.Image) -> float | None:
    try:
        return float(image.info["dpi"][0])
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError):
        return None


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise InvalidUpload(code="image_too_large", width=image.width, height=image.height, limit=MAX_PIXELS)


def _reduced(image: Image.Image) -> Image.Image:
    """The picture divided by a whole number where it is too large; averages before colours change, to save memory."""
    factor = -(-max(image.size) // LONGEST_SIDE)
    if factor == 1:
        return image
    return averageable(image).reduce(factor)


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _bounded(image: Image.Image, scale: float) -> Image.Image:
    if scale >= 1.0:
        return image
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _pixels(image: Image.Image) -> Pixels:
    return Pixels(image.width, image.height, image.tobytes())
