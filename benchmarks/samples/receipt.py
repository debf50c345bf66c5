"""A till receipt, photographed a little askew on a grey desk."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

from fonts import BOLD, REGULAR
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

PAPER = (640, 1180)
DESK = (860, 1340)
ITEMS = (
    (2, "Flat white", "3.60"),
    (1, "Pot of tea, Assam", "3.20"),
    (1, "Mushroom toast", "9.80"),
    (1, "Leek and potato soup", "7.45"),
    (2, "Almond croissant", "3.90"),
    (1, "Sparkling water 0.5 l", "2.85"),
)
RATE = Decimal("0.20")
TOTAL = sum((count * Decimal(price) for count, _, price in ITEMS), Decimal())
NET = (TOTAL / (1 + RATE)).quantize(Decimal("0.01"))


def truth() -> dict[str, Any]:
    return {
        "company": "The Copper Lantern Café",
        "address": "27 Weaver Street Norwich NR3 1QT",
        "receipt_number": "004-21587",
        "date": "2026-09-18",
        "currency": "GBP",
        "tax": float(TOTAL - NET),
        "total": float(TOTAL),
        "payment_method": "Visa",
    }


def write(path: Path) -> None:
    chance = random.Random(4817)
    paper = _paper()
    desk = _desk(chance)
    desk.paste(_shadow(paper.size), (96, 64), _shadow(paper.size))
    turned = paper.convert("RGBA").rotate(1.4, resample=Image.Resampling.BICUBIC, expand=True)
    desk.paste(turned, (102, 62), turned)
    photo = _light(desk).filter(ImageFilter.GaussianBlur(0.7))
    noise = Image.effect_noise(photo.size, 14).convert("RGB")
    ImageChops.overlay(photo, noise).save(path, quality=82, optimize=True)


def _paper() -> Image.Image:
    paper = Image.new("RGB", PAPER, "#faf8f2")
    draw = ImageDraw.Draw(paper)
    y = _head(draw)
    y = _items(draw, y)
    y = _sums(draw, y)
    for line in ("Paid by Visa  **** **** **** 3319", "Auth code 602815", "", "Thank you – see you soon!"):
        _middle(draw, y, line, 23)
        y += 34
    return paper


def _head(draw: ImageDraw.ImageDraw) -> int:
    _middle(draw, 50, "The Copper Lantern Café", 38, bold=True)
    for row, line in enumerate(("27 Weaver Street", "Norwich NR3 1QT", "Tel 01603 555 0142", "VAT No GB 417 2930 56")):
        _middle(draw, 110 + 33 * row, line, 23)
    _dashes(draw, 256)
    _pair(draw, 276, "Receipt 004-21587", "Table 7")
    _pair(draw, 312, "Date 18/09/2026", "Time 13:42")
    _dashes(draw, 360)
    return 380


def _items(draw: ImageDraw.ImageDraw, y: int) -> int:
    for count, name, price in ITEMS:
        _pair(draw, y, f"{count} {name}", f"{count * Decimal(price):.2f}")
        y += 38
        if count > 1:
            draw.text((78, y - 4), f"@ {price} each", font=_font(20), fill="#55524d")
            y += 30
    _dashes(draw, y + 12)
    return y + 34


def _sums(draw: ImageDraw.ImageDraw, y: int) -> int:
    _pair(draw, y, "Net", f"{NET:.2f}")
    _pair(draw, y + 36, "VAT 20%", f"{TOTAL - NET:.2f}")
    _pair(draw, y + 80, "TOTAL GBP", f"{TOTAL:.2f}", 36, bold=True)
    _dashes(draw, y + 146)
    return y + 172


def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(BOLD if bold else REGULAR), size, index=2)


def _middle(draw: ImageDraw.ImageDraw, y: int, line: str, size: int, *, bold: bool = False) -> None:
    draw.text((PAPER[0] / 2, y), line, font=_font(size, bold=bold), fill="#2b2926", anchor="ma")


def _pair(draw: ImageDraw.ImageDraw, y: int, left: str, right: str, size: int = 25, *, bold: bool = False) -> None:
    font = _font(size, bold=bold)
    draw.text((48, y), left, font=font, fill="#2b2926")
    draw.text((PAPER[0] - 48, y), right, font=font, fill="#2b2926", anchor="ra")


def _dashes(draw: ImageDraw.ImageDraw, y: int) -> None:
    for x in range(48, PAPER[0] - 48, 14):
        draw.line((x, y, x + 8, y), fill="#6b6761", width=2)


def _desk(chance: random.Random) -> Image.Image:
    desk = Image.new("RGB", DESK, "#8d9094")
    draw = ImageDraw.Draw(desk)
    for _ in range(420):
        x, y, tone = chance.randrange(DESK[0]), chance.randrange(DESK[1]), chance.randrange(128, 154)
        draw.line((x, y, x + chance.randrange(40, 260), y), fill=(tone, tone + 2, tone + 5))
    return desk.filter(ImageFilter.GaussianBlur(1.2))


def _shadow(size: tuple[int, int]) -> Image.Image:
    shade = Image.new("RGBA", (size[0] + 60, size[1] + 60), (0, 0, 0, 0))
    ImageDraw.Draw(shade).rectangle((24, 24, size[0] + 24, size[1] + 24), fill=(20, 22, 26, 120))
    return shade.rotate(1.4).filter(ImageFilter.GaussianBlur(14))


def _light(photo: Image.Image) -> Image.Image:
    """Darken towards the lower right, as under one lamp."""
    side = 2 * max(photo.size)
    ramp = Image.linear_gradient("L").resize((side, side)).rotate(28, resample=Image.Resampling.BICUBIC)
    left, top = (side - photo.width) // 2, (side - photo.height) // 2
    shade = (
        ramp.crop((left, top, left + photo.width, top + photo.height))
        .point(lambda tone: 255 - tone // 3)
        .convert("RGB")
    )
    return ImageChops.multiply(photo, shade)
