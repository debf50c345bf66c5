"""How much a scan leans, and the picture straightened."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy
from numpy.typing import NDArray

from extraction.engine.page.raster_scene import Picture, as_picture

type Quad = NDArray[numpy.float32]

LEAST_SKEW, MOST_SKEW = 0.15, 12.0  # degrees
TELLING_SHAPE = 4.0  # a line's length to its height
LEAST_LENGTH = 0.5  # of the picture's width: what the telling lines must measure together


@dataclass(frozen=True, slots=True)
class Straightened:
    """The picture with room for its corners; `left` and `top` are that room, `skew` what it leaned, clockwise."""

    picture: Picture
    quads: list[Quad]
    skew: float = 0.0
    left: float = 0.0
    top: float = 0.0


def straightened(picture: Picture, quads: list[Quad]) -> Straightened:
    """Turn the picture and the lines found on it around its centre until most lines lie level."""
    skew = skew_of(quads, picture.shape[1])
    if not LEAST_SKEW <= abs(skew) <= MOST_SKEW:
        return Straightened(picture, quads)
    height, width = picture.shape[:2]
    across, down = abs(math.cos(math.radians(skew))), abs(math.sin(math.radians(skew)))
    room = math.ceil(width * across + height * down), math.ceil(width * down + height * across)
    left, top = (room[0] - width) / 2, (room[1] - height) / 2
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0)
    turn[:, 2] += (left, top)
    paper = tuple(float(shade) for shade in numpy.median(picture[::16, ::16].reshape(-1, 3), axis=0))
    level = cv2.warpAffine(picture, turn, room, flags=cv2.INTER_LINEAR, borderValue=paper)
    turned = [numpy.asarray(quad @ turn[:, :2].T + turn[:, 2], dtype=numpy.float32) for quad in quads]
    return Straightened(as_picture(level), turned, skew, left, top)


def skew_of(quads: Sequence[Quad], width: int) -> float:
    """The slope in degrees of the middle of all printed length; 0 where too little is printed to tell."""
    slopes = sorted(_slope(quad) for quad in quads if _tells(quad))
    whole = sum(length for _, length in slopes)
    if whole < LEAST_LENGTH * width:
        return 0.0
    done = 0.0
    for slope, length in slopes:
        done += length
        if 2 * done >= whole:
            return slope
    return 0.0


def _tells(quad: Quad) -> bool:
    length, height = numpy.linalg.norm(quad[1] - quad[0]), numpy.linalg.norm(quad[3] - quad[0])
    return bool(length >= TELLING_SHAPE * height)


def _slope(quad: Quad) -> tuple[float, float]:
    """A line's slope, clockwise in degrees, and its length."""
    along = (quad[1] - quad[0] + quad[2] - quad[3]) / 2
    return math.degrees(math.atan2(float(along[1]), float(along[0]))), float(numpy.linalg.norm(along))
