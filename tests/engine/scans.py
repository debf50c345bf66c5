"""Scanned pages with more than letters on them, drawn when asked for, and where everything stands."""

from __future__ import annotations

import math
import random

import cv2
import numpy
from PIL import Image, ImageDraw, ImageFont

from extraction.types import BBox

SIZE = (1240, 1754)
PROSE = (
    "The harbour office keeps a book of every vessel that",
    "enters or leaves the bay, with its cargo and its crew,",
    "and sends a copy to the ministry at the end of a month.",
    "Ships that wait outside are written on a separate page.",
)

type Box = tuple[int, int, int, int]


def page() -> Image.Image:
    return Image.new("RGB", SIZE, "white")


def write(picture: Image.Image, at: tuple[int, int], *lines: str, size: int = 28, ink: str = "black") -> None:
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size)
    for row, line in enumerate(lines):
        draw.text((at[0], at[1] + row * round(1.5 * size)), line, fill=ink, font=font)


def photo(picture: Image.Image, box: Box) -> None:
    """Soft blobs of many colours, the same every time."""
    chance = numpy.random.default_rng(7)
    coarse = chance.integers(0, 200, (12, 16, 3), dtype=numpy.uint8)
    image = cv2.resize(coarse, (box[2] - box[0], box[3] - box[1]), interpolation=cv2.INTER_CUBIC)
    picture.paste(Image.fromarray(image), box[:2])


def line_art(picture: Image.Image, box: Box) -> None:
    """A chart of thin lines: two axes with numbers and a curve."""
    x0, y0, x1, y1 = box
    draw = ImageDraw.Draw(picture)
    draw.line((x0 + 50, y0, x0 + 50, y1 - 40, x1, y1 - 40), fill="black", width=2)
    curve = [(x, y0 + 60 + 50 * math.sin(x / 40) + (x - x0) * 0.2) for x in range(x0 + 60, x1, 4)]
    draw.line(curve, fill="black", width=2)
    for step in range(4):
        write(picture, (x0, y0 + 10 + 60 * step), str(80 - 20 * step), size=22)
        write(picture, (x0 + 110 + 110 * step, y1 - 30), str(10 * step + 10), size=22)


def code(picture: Image.Image, at: tuple[int, int], text: str, side: int = 180) -> Box:
    modules = cv2.QRCodeEncoder.create().encode(text)
    square = cv2.resize(modules, (side, side), interpolation=cv2.INTER_NEAREST)
    picture.paste(Image.fromarray(square).convert("RGB"), at)
    ys, xs = numpy.nonzero(square < 128)
    return at[0] + int(xs.min()), at[1] + int(ys.min()), at[0] + int(xs.max()) + 1, at[1] + int(ys.max()) + 1


def seal(picture: Image.Image, box: Box, text: str, ink: str = "#d0202a") -> None:
    """A round seal: a ring, a star's place and a line of print in it."""
    draw = ImageDraw.Draw(picture)
    draw.ellipse(box, outline=ink, width=6)
    font = ImageFont.load_default(30)
    width = draw.textlength(text, font=font)
    draw.text(((box[0] + box[2] - width) / 2, (box[1] + box[3]) / 2 - 18), text, fill=ink, font=font)
    draw.text(((box[0] + box[2]) / 2 - 20, box[1] + 30), "*", fill=ink, font=ImageFont.load_default(60))


def tick_box(picture: Image.Image, at: tuple[int, int], side: int = 28, *, checked: bool) -> Box:
    draw = ImageDraw.Draw(picture)
    x, y = at
    draw.rectangle((x, y, x + side, y + side), outline="black", width=2)
    if checked:
        draw.line((x + 6, y + 14, x + 12, y + 22, x + 24, y + 5), fill="black", width=3)
    return x, y, x + side + 1, y + side + 1


def grid(picture: Image.Image, xs: list[int], ys: list[int], width: int = 2) -> None:
    draw = ImageDraw.Draw(picture)
    for x in xs:
        draw.line((x, ys[0], x, ys[-1]), fill="black", width=width)
    for y in ys:
        draw.line((xs[0], y, xs[-1], y), fill="black", width=width)


def dotted(picture: Image.Image, x0: int, x1: int, y: int) -> None:
    draw = ImageDraw.Draw(picture)
    for x in range(x0, x1, 9):
        draw.ellipse((x, y, x + 3, y + 3), fill="black")


def broken(picture: Image.Image, x0: int, x1: int, y: int, gaps: int = 6) -> None:
    """A rule that a poor copy left with holes."""
    draw = ImageDraw.Draw(picture)
    draw.line((x0, y, x1, y), fill="black", width=2)
    chance = random.Random(3)
    for _ in range(gaps):
        x = chance.randint(x0 + 40, x1 - 40)
        draw.line((x, y, x + 10, y), fill="white", width=4)


def box_of(box: Box) -> BBox:
    return BBox(*map(float, box))
