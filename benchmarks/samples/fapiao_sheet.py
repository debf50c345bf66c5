"""A page to draw on from its top left, and pictures of it as a scanner would give them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageFilter
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

INK = HexColor("#16181d")


@dataclass(frozen=True, slots=True)
class Hand:
    """How one issuer sets its documents; drawn once a document."""

    face: str
    label_ink: Color
    colon: str
    yuan: str
    size: float
    day: str
    spread: bool

    def label(self, words: str) -> str:
        """A label with its colon; two characters may stand apart as 名    称."""
        if self.spread and len(words) == 2:
            words = "    ".join(words)
        return words + self.colon

    def money(self, amount: object) -> str:
        return f"{self.yuan}{amount}"


def hand(chance: random.Random) -> Hand:
    return Hand(
        face=chance.choice(("Sans", "Serif")),
        label_ink=chance.choice((HexColor("#8a3b12"), HexColor("#1f4e79"), INK)),
        colon=chance.choice((":", "：")),
        yuan=chance.choice(("¥", "￥", "¥ ")),
        size=chance.choice((8.5, 9.0, 9.5)),
        day=chance.choice(("%Y年%m月%d日", "%Y-%m-%d", "%Y 年 %m 月 %d 日")),
        spread=chance.random() < 0.5,
    )


class Sheet:
    """A canvas whose y counts downwards from the top, in points."""

    def __init__(self, path: Path, width: float, height: float, style: Hand) -> None:
        self.canvas = Canvas(str(path), pagesize=(width, height), invariant=1, initialFontName="Sans")
        self.width, self.height, self.hand = width, height, style

    def text(self, x: float, y: float, words: str, size: float | None = None, *, place: str = "left",
             ink: Color = INK, bold: bool = False) -> float:  # fmt: skip
        """Write, and say where the words end."""
        face = self.hand.face + ("-Bold" if bold else "")
        size = size or self.hand.size
        wide = stringWidth(words, face, size)
        start = x - {"left": 0.0, "middle": wide / 2, "right": wide}[place]
        self.canvas.setFont(face, size)
        self.canvas.setFillColor(ink)
        self.canvas.drawString(start, self.height - y, words)
        return start + wide

    def pair(self, x: float, y: float, label: str, value: str, *, gap: float = 2, at: float | None = None) -> None:
        """A label and its value on one line, the value after the label or at its own column."""
        end = self.text(x, y, self.hand.label(label), ink=self.hand.label_ink)
        self.text(at if at is not None else end + gap, y, value)

    def line(self, x0: float, y0: float, x1: float, y1: float, thick: float = 0.7) -> None:
        self.canvas.setStrokeColor(self.hand.label_ink)
        self.canvas.setLineWidth(thick)
        self.canvas.line(x0, self.height - y0, x1, self.height - y1)

    def box(self, x0: float, y0: float, x1: float, y1: float) -> None:
        for ends in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
            self.line(*ends)

    def upright(self, x: float, y: float, words: str, step: float = 12) -> None:
        for row, letter in enumerate(words):
            self.text(x, y + step * row, letter, place="middle", ink=self.hand.label_ink)


def scan(pdf: Path, picture: Path, chance: random.Random) -> None:
    """Print the page as a grey, slightly skewed, blurred and noisy picture."""
    page = pypdfium2.PdfDocument(pdf)[0]
    image = page.render(scale=chance.choice((170, 200, 220)) / 72).to_pil().convert("RGB")
    image = image.rotate(chance.uniform(-1.1, 1.1), Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    image = image.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 0.9)))
    grain = Image.frombytes("L", image.size, chance.randbytes(image.width * image.height))
    grain = grain.filter(ImageFilter.GaussianBlur(1)).point(lambda level: 128 + (level - 128) // 6)
    image = ImageChops.overlay(image, grain.convert("RGB"))
    image.point(lambda level: int(level * 0.93)).save(picture, quality=chance.choice((70, 80, 88)))
