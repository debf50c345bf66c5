"""Text in a picture: boxes found, the page turned upright, every line read and cut into words."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy
import rapidocr
from rapidocr.utils.process_img import get_rotate_crop_image

from extraction.engine.page.ink import line_faces, line_ink
from extraction.engine.page.line_reader import LineReader
from extraction.engine.page.raster import find_drawn
from extraction.engine.page.raster_scene import Picture, PrintedLine, as_picture
from extraction.engine.page.raster_skew import Quad, straightened
from extraction.engine.page.read_lines import (
    UPRIGHT_RATIO,
    ReadLine,
    box_around,
    height_of,
    side_of,
    width_of,
    words_of,
)
from extraction.engine.raw import Drawn, Pixels, RawWord, placed_word

MODELS = Path(rapidocr.__file__).parent / "models"
DETECTION_SIDE, LONGEST_DETECTION_SIDE = 960, 2400  # pixels: the picture as the detector sees it, usually and at most
SMALL_TEXT = 12.0  # pixels of a line's height, as the detector sees it, under which it looks closer
LEAST_CONFIDENCE = 0.5  # of a line: what is less sure is a smudge
SAMPLE, FEW_LINES = 15, 4  # of the longest lines, asked which way up they stand; so few are read both ways
SPLIT = 0.25  # share of the verdicts against the others
TELLING_LENGTH = 8.0  # of a line's height: what the classifier is shown

TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180}


@dataclass(frozen=True, slots=True)
class Reading:
    """Words and what is drawn, in pixels of the upright picture, straightened around its centre.

    `rotation` is the turn clockwise in degrees that stood it upright, `skew` the turn by which it leans.
    """

    words: tuple[RawWord, ...]
    drawn: Drawn
    rotation: int
    skew: float


class Recogniser:
    """The three models, loaded once; nothing is fetched: their files come with the package."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        engine: Any = rapidocr.RapidOCR(params=_parameters())
        self._detect = engine._load_det_model()
        self._classify = engine._load_cls_model()
        self._reader = LineReader(engine._load_rec_model())

    def read(self, pixels: Pixels) -> Reading:
        picture = numpy.frombuffer(pixels.data, numpy.uint8).reshape(pixels.height, pixels.width, 3)[:, :, ::-1]
        picture, quads, rotation = self._stand_upright(numpy.ascontiguousarray(picture))
        level = straightened(picture, quads)
        lines = self._read_lines(level.picture, level.quads) if quads else []
        shape = level.picture.shape
        boxes = ((box_around(line.quad, shape), line.read.text) for line in lines)
        drawn = find_drawn(level.picture, [PrintedLine(box, text) for box, text in boxes if box is not None])
        place = (1.0, 1.0, -level.left, -level.top)
        words = tuple(placed_word(word, *place) for line in lines for word in words_of(line, shape))
        return Reading(words, drawn.placed(*place), rotation, level.skew)

    def _stand_upright(self, picture: Picture) -> tuple[Picture, list[Quad], int]:
        """Turn the picture until its lines run from left to right and stand on their feet."""
        quads = self._find(picture)
        rotation = 0
        if _runs_sideways(quads):
            picture, rotation = _turned(picture, 90), 90
            quads = self._find(picture)
        if quads and self._is_upside_down(picture, quads):
            picture, rotation = _turned(picture, 180), rotation + 180
            quads = self._find(picture)
        return picture, quads, rotation

    def _find(self, picture: Picture) -> list[Quad]:
        """Boxes of the lines, read once more from closer where they are small and the picture has more to show."""
        longest = int(max(picture.shape[:2]))
        side = min(longest, DETECTION_SIDE)
        quads = self._find_at(picture, side)
        if len(quads) < 2 or side >= longest:
            return quads
        seen = median(height_of(quad) for quad in quads) * side / longest
        if seen >= SMALL_TEXT:
            return quads
        closer = min(LONGEST_DETECTION_SIDE, longest, round(side * min(2.0, 1.3 * SMALL_TEXT / seen)))
        return self._find_at(picture, closer) if closer > 1.1 * side else quads

    def _find_at(self, picture: Picture, side: int) -> list[Quad]:
        self._detect.limit_side_len = side
        boxes = self._detect(picture).boxes
        return [] if boxes is None else [numpy.asarray(box, dtype=numpy.float32) for box in boxes]

    def _is_upside_down(self, picture: Picture, quads: Sequence[Quad]) -> bool:
        """Ask the classifier about the longest lines; where few lines or split verdicts mislead it, read both ways."""
        longest = sorted(quads, key=width_of, reverse=True)[:SAMPLE]
        crops = [_middle(as_picture(get_rotate_crop_image(picture, quad))) for quad in longest]
        verdicts = self._classify(list(crops)).cls_res
        turned = sum(score for label, score in verdicts if "180" in label) / sum(score for _, score in verdicts)
        if len(crops) > FEW_LINES and not SPLIT < turned < 1 - SPLIT:
            return bool(turned > 0.5)
        few = crops[:FEW_LINES]
        return self._legibility([_turned(crop, 180) for crop in few]) > self._legibility(few)

    def _legibility(self, crops: list[Picture]) -> float:
        return sum(line.confidence * len(line.text) for line in self._reader.read(crops))

    def _read_lines(self, picture: Picture, quads: Sequence[Quad]) -> list[ReadLine]:
        crops = [as_picture(get_rotate_crop_image(picture, quad)) for quad in quads]
        lines = [
            ReadLine(quad, crop, read, line_ink(as_picture(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)), read.text))
            for quad, crop, read in zip(quads, crops, self._reader.read(crops), strict=True)
            if read.confidence >= LEAST_CONFIDENCE and read.text.strip()
        ]
        faces = line_faces([line.ink for line in lines])
        return [replace(line, face=face) for line, face in zip(lines, faces, strict=True)]


def _parameters() -> dict[str, Any]:
    has_openvino = importlib.util.find_spec("openvino") is not None
    engine = rapidocr.EngineType.OPENVINO if has_openvino else rapidocr.EngineType.ONNXRUNTIME
    return {
        "Global.log_level": "error",
        "Global.model_root_dir": str(MODELS),
        "EngineConfig.openvino.inference_num_threads": 1,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Det.limit_type": "max",
        "Det.limit_side_len": DETECTION_SIDE,
        "Det.model_path": str(MODELS / "PP-OCRv6_det_small.onnx"),
        "Rec.model_path": str(MODELS / "PP-OCRv6_rec_small.onnx"),
        "Cls.model_path": str(MODELS / "ch_ppocr_mobile_v2.0_cls_mobile.onnx"),
        **{f"{part}.engine_type": engine for part in ("Det", "Rec", "Cls")},
    }


def _turned(picture: Picture, degrees: int) -> Picture:
    return numpy.asarray(cv2.rotate(picture, TURNS[degrees]), dtype=numpy.uint8)


def _middle(crop: Picture) -> Picture:
    """The part of a long line that the classifier, which squeezes all lines to one width, can still make out."""
    height, width = crop.shape[:2]
    start = max(0, width - round(TELLING_LENGTH * height)) // 2
    return crop[:, start : width - start]


def _runs_sideways(quads: Sequence[Quad]) -> bool:
    """Tell whether most lines, by length, run up or down."""
    lengths = [(width_of(quad), side_of(quad)) for quad in quads]
    upended = sum(height for width, height in lengths if height >= UPRIGHT_RATIO * width)
    lying = sum(width for width, height in lengths if width >= UPRIGHT_RATIO * height)
    return upended > 1.5 * lying
