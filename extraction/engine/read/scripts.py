"""Scripts that do not run from left to right: columns of Chinese, and Arabic or Hebrew."""

from __future__ import annotations

import re
from itertools import groupby

import numpy
from numpy.typing import NDArray

type Boxes = NDArray[numpy.float64]
type Units = NDArray[numpy.uint16]
type Flags = NDArray[numpy.bool_]

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
LEAST_STACKED, STACKED_SHARE = 8, 0.5


def stacked(indexes: NDArray[numpy.int64], units: Units, boxes: Boxes) -> Flags:
    """Mark the characters of columns that are read downwards, on a page that is mostly set so.

    The boxes of their small signs are stretched to the next character, as `boxes` is written to.
    """
    result = numpy.zeros(len(indexes), dtype=bool)
    wide = (units >= 0x2E80) & (units <= 0xFFEF)
    pairs = (numpy.diff(indexes) == 1) & wide[1:] & wide[:-1]
    if pairs.sum() < LEAST_STACKED:
        return result
    size = numpy.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    em = numpy.maximum(size[1:], size[:-1])
    inside = (boxes[1:, 0] < boxes[:-1, 2]) & (boxes[1:, 2] > boxes[:-1, 0])
    down = boxes[1:, 1] - boxes[:-1, 3]
    follows = pairs & inside & (boxes[1:, 1] > boxes[:-1, 1]) & (down > -0.3 * em) & (down < em)
    if follows.sum() < STACKED_SHARE * pairs.sum():
        return result
    result[:-1] |= follows
    result[1:] |= follows
    short = numpy.flatnonzero(follows & (down > 0))
    boxes[short, 3] = boxes[short + 1, 1]
    return result


def right_to_left(units: Units) -> Flags:
    """Mark the letters that are written from the right."""
    found: Flags = (
        ((units >= 0x0590) & (units <= 0x08FF))
        | ((units >= 0xFB1D) & (units <= 0xFDFF))
        | ((units >= 0xFE70) & (units <= 0xFEFC))
    )
    return found


def logical_order(units: Units, boxes: Boxes) -> NDArray[numpy.int64]:
    """Places of a word's characters as they are read: from the right, numbers and Latin from the left."""
    places = numpy.argsort(-(boxes[:, 0] + boxes[:, 2]), kind="stable")
    turned = right_to_left(units[places]) | ~_is_plain(units[places])
    runs = groupby(range(len(places)), key=lambda place: bool(turned[place]))
    order = [place for from_right, run in runs for place in (run if from_right else reversed(list(run)))]
    return places[order]


def _is_plain(units: Units) -> Flags:
    """Mark Latin letters, figures and the signs inside numbers."""
    letters = ((units >= 0x30) & (units <= 0x39)) | ((units >= 0x41) & (units <= 0x5A))
    plain: Flags = letters | ((units >= 0x61) & (units <= 0x7A)) | numpy.isin(units, (0x2C, 0x2E, 0x2F, 0x3A, 0x25))
    return plain
