"""Pictures of lines read one by one, at few widths: the model prepares itself anew for every shape, and keeps it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import cv2
import numpy
from numpy.typing import NDArray

from extraction.engine.page.raster_scene import Picture

HEIGHT = 48  # what the model was trained on
STEP = 64
LEAST_WIDTH = 128  # shorter ones are read with less certainty
MOST_WIDTH = 6400
BLANK = 0  # the model's answer where no character begins


@dataclass(frozen=True, slots=True)
class LineText:
    """A line's characters, each with the column of the model's output at which it was seen and its confidence.

    `length` is how many columns the line's picture takes.
    """

    characters: tuple[str, ...]
    columns: tuple[int, ...]
    confidences: tuple[float, ...]
    length: float

    @property
    def text(self) -> str:
        return "".join(self.characters)

    @property
    def confidence(self) -> float:
        return fmean(self.confidences) if self.confidences else 0.0


class LineReader:
    """Reads with a model of rapidocr's; `characters` are what its answers stand for."""

    def __init__(self, recogniser: Any) -> None:
        self._infer = recogniser.session
        self._characters: list[str] = recogniser.postprocess_op.character

    def read(self, crops: Iterable[Picture]) -> list[LineText]:
        """`crops` are laid from left to right, in OpenCV's order of colours."""
        return [self._read(crop) for crop in crops]

    def _read(self, crop: Picture) -> LineText:
        height, width = crop.shape[:2]
        printed = min(MOST_WIDTH, math.ceil(HEIGHT * width / height))
        padded = max(LEAST_WIDTH, STEP * math.ceil(printed / STEP))
        line = numpy.zeros((1, 3, HEIGHT, padded), numpy.float32)
        resized = cv2.resize(crop, (printed, HEIGHT)).astype(numpy.float32)
        line[0, :, :, :printed] = resized.transpose(2, 0, 1) / 127.5 - 1.0
        answer: NDArray[numpy.float32] = self._infer(line)[0]
        return self._decoded(answer, printed / padded)

    def _decoded(self, answer: NDArray[numpy.float32], share: float) -> LineText:
        """A character begins where the likeliest answer changes to another than blank."""
        likeliest = answer.argmax(axis=1)
        begins = numpy.flatnonzero((likeliest != BLANK) & (numpy.diff(likeliest, prepend=BLANK) != 0))
        found = likeliest[begins]
        confidences = answer[begins, found].round(5).tolist()
        texts = tuple(self._characters[character] for character in found)
        return LineText(texts, tuple(begins.tolist()), tuple(confidences), share * len(answer))
