"""What the ink of a read line tells beside its text: how large it is set, where it stands, and how bold it is."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

type Grey = NDArray[numpy.uint8]
type Profile = NDArray[numpy.float64]
type Shade = tuple[float, float]

FINE = 10  # steps a pixel, as small print is only a few pixels high
HALF = 0.5  # of a profile's height: what is darker is the band in which most letters stand
FIFTH = 0.2  # the same for Chinese characters, whose strokes leave white in the middle
PAPER, FULL, DARK = 20, 85, 98  # percentiles: the paper's shade, a full row of the band, ink
SHORT = 0.48, 0.0  # share of the em that the band fills, and its foot's depth under the base line: small letters
TALL = 0.7, 0.0  # capitals and figures
SQUARE = 0.86, 0.1  # Chinese characters
ASCENT, DESCENT = 0.76, 0.22  # ems above and below the base line
DARKER = 1.22  # than the usual line
BOLDER = 1.4  # the same times how much denser for the ink's own shade
LEAST_LETTERS, MANY_LETTERS = 3, 150
ALIKE = 0.08  # of the size
CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class LineInk:
    """What a line's picture shows, in its pixels.

    `sizes` are ems by the letters' height, the likeliest first, each with its base line; `breadth` is the em by the
    text's length. `darkness` is the mean shade of the letters from 0 to 1, `density` that for ink of its own shade.
    """

    sizes: tuple[tuple[float, float], ...]
    breadth: float
    height: int
    darkness: float
    density: float
    letters: int

    @property
    def size(self) -> float:
        return self.sizes[0][0]


@dataclass(frozen=True, slots=True)
class LineFace:
    """How a line is set: the em in pixels, its top and bottom as shares of the picture's height, and its weight."""

    size: float
    top: float = 0.0
    bottom: float = 1.0
    is_bold: bool = False


def line_ink(grey: Grey, text: str) -> LineInk | None:
    """Measure a line's picture, laid from left to right; None where nothing shows."""
    shade = _shade(grey)
    height = shade.shape[0]
    black = float(numpy.percentile(shade, DARK)) if height > 2 else 0.0
    if black <= 0:
        return None
    settings = _settings(text)
    first, end = _band(shade.mean(axis=1), FIFTH if settings[0] is SQUARE else HALF)
    band = shade[int(first) : max(int(first) + 1, round(end))]
    sizes = tuple(((end - first) / share, end - foot * (end - first) / share) for share, foot in settings)
    darkness, letters = float(band.mean()), sum(sign.isalnum() for sign in text)
    breadth = _length(band, black) / _ems(text)
    return LineInk(sizes, breadth, height, darkness / 255, darkness / black, letters)


def line_faces(inks: Sequence[LineInk | None]) -> list[LineFace | None]:
    """Size and weight of each of a page's lines; None where nothing was measured."""
    known = [ink for ink in inks if ink is not None and ink.letters > 0]
    if not known:
        return [None] * len(inks)
    usual = _by_letters(known, [ink.size for ink in known])
    wide = _by_letters(known, [ink.breadth / ink.size for ink in known])
    shades: dict[int, Shade] = {}
    faces: list[LineFace | None] = []
    for ink in inks:
        if ink is not None and (step := _step(ink)) not in shades:
            shades[step] = _usual_shade(ink, known)
        faces.append(None if ink is None else _face(ink, usual, wide, shades[_step(ink)]))
    return faces


def _face(ink: LineInk, usual: float, wide: float, shade: Shade) -> LineFace | None:
    """The least remarkable of the measures: each is led astray by some letters, seldom all."""
    size, base = min(ink.sizes, key=lambda pair: abs(pair[0] - usual))
    by_length = ink.breadth / wide
    if (size > usual) is not (by_length > usual):
        size = usual
    elif abs(by_length - usual) < abs(size - usual):
        size = by_length
    top, bottom = max(0.0, base - ASCENT * size), min(float(ink.height), base + DESCENT * size)
    if bottom <= top:
        return None
    return LineFace(size, top / ink.height, bottom / ink.height, _is_bold(ink, shade))


def _step(ink: LineInk) -> int:
    return round(math.log(max(ink.size, 0.1), 1 + ALIKE / 2))


def _usual_shade(ink: LineInk, known: Sequence[LineInk]) -> Shade:
    """Darkness and density of the lines of about that size, or of all where these are few."""
    alike = [other for other in known if abs(ink.size - other.size) <= ALIKE * ink.size]
    enough = sum(other.letters for other in alike) > MANY_LETTERS + ink.letters
    others = alike if enough else known
    darkness = _by_letters(others, [other.darkness for other in others])
    return darkness, _by_letters(others, [other.density for other in others])


def _is_bold(ink: LineInk, shade: Shade) -> bool:
    if ink.letters < LEAST_LETTERS or min(shade) <= 0:
        return False
    darker, denser = ink.darkness / shade[0], ink.density / shade[1]
    return darker > DARKER and darker * denser > BOLDER


def _by_letters(inks: Sequence[LineInk], values: Sequence[float]) -> float:
    """The median, every line counting as often as it has letters."""
    half = sum(ink.letters for ink in inks) / 2
    passed = 0
    for value, letters in sorted(zip(values, (ink.letters for ink in inks), strict=True)):
        passed += letters
        if passed >= half:
            return value
    return 0.0


def _length(band: NDArray[numpy.float64], black: float) -> float:
    printed = numpy.flatnonzero(band.max(axis=0) > HALF * black)
    return float(printed[-1] - printed[0] + 1) if len(printed) else 1.0


def _ems(text: str) -> float:
    """How long the text would be, in ems, in a usual face."""
    square = len(CJK.findall(text))
    wide = sum(sign.isupper() or sign.isdigit() for sign in text)
    small = sum(sign.islower() for sign in text)
    return max(0.2, square + 0.6 * wide + 0.47 * small + 0.27 * (len(text) - square - wide - small))


def _shade(grey: Grey) -> NDArray[numpy.float64]:
    """How far each pixel is from the paper, whichever of the two is darker."""
    values = grey.astype(numpy.float64)
    if numpy.median(values) < (float(values.min()) + float(values.max())) / 2:
        values = 255 - values
    shade: NDArray[numpy.float64] = numpy.clip(numpy.percentile(values, 100 - PAPER) - values, 0, None)
    return shade


def _band(profile: Profile, level: float) -> tuple[float, float]:
    """First and end row, in parts of a pixel, of the band that holds most of the line's ink."""
    rows = numpy.arange(0, len(profile) - 1 + 1 / FINE, 1 / FINE)
    fine = numpy.interp(rows, numpy.arange(len(profile)), profile)
    low, high = len(fine) // 4, len(fine) - len(fine) // 4
    full = level * float(numpy.percentile(fine[low:high], FULL))
    at = low + int(numpy.argmax(fine[low:high]))
    thin = numpy.flatnonzero(fine <= full)
    above, below = thin[thin < at], thin[thin > at]
    first = int(above[-1]) + 1 if len(above) else 0
    end = int(below[0]) if len(below) else len(fine)
    return first / FINE + 0.5, max(end, first + 1) / FINE + 0.5


def _settings(text: str) -> list[tuple[float, float]]:
    """The band's share of the em, and its foot, for the kinds of letters that most of the line has."""
    square = len(CJK.findall(text))
    small = sum(sign.islower() for sign in text)
    tall = sum(sign.isalnum() for sign in text) - small - square
    weighed = sorted(((square, SQUARE), (small, SHORT), (0.8 * tall, TALL)), key=lambda pair: -pair[0])
    return [setting for weight, setting in weighed if weight >= 0.4 * weighed[0][0]]
