"""Main module of the child that reads pictures: pixels in, words and what is drawn out."""

from __future__ import annotations

import resource
from collections.abc import Mapping
from typing import Any

import cv2
import numpy

from extraction.engine.page.recognise import Recogniser
from extraction.engine.raw import Pixels
from extraction.engine.sandbox.child import Operation, run
from extraction.engine.sandbox.frames import Frame
from extraction.engine.sandbox.lock import Lock
from extraction.engine.sandbox.seccomp import INFER
from extraction.engine.sandbox.shapes import dump_drawn, dump_words, load_pixels


def main() -> None:
    # the models map far more memory than they use, and a child lives for many pages
    run(_warm, Lock(INFER, memory_bytes=None, cpu_seconds=None))


def _warm(settings: Mapping[str, Any]) -> Mapping[str, Operation]:
    recogniser = Recogniser()
    recogniser.read(_sample())

    def read(frame: Frame) -> Frame:
        reading = recogniser.read(load_pixels(frame.head, frame.body))
        # kilobytes on Linux
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
        return Frame(
            {
                "words": dump_words(reading.words),
                "rotation": reading.rotation,
                "skew": reading.skew,
                "drawn": dump_drawn(reading.drawn),
                "memory": peak,
            }
        )

    return {"read": read, "ready": lambda frame: Frame({})}


def _sample() -> Pixels:
    """A line of text, so that every model has run once before the lock."""
    picture = numpy.full((160, 640, 3), 255, dtype=numpy.uint8)
    cv2.putText(picture, "Warm 2026", (20, 100), cv2.FONT_HERSHEY_SIMPLEX, 2.5, (0, 0, 0), 5)
    return Pixels(640, 160, picture.tobytes())
