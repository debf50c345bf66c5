"""Words to printed lines: tokens, segments (runs without a wide gap) and lines (segments on one baseline)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby

from extraction.engine.raw import RawPage, RawWord
from extraction.engine.read.scripts import RIGHT_TO_LEFT
from extraction.types import BBox

MATH_FONT = re.compile(
    r"^(CM(MI|SY|EX|BSY|MIB)|LM(Math|MI|SY|EX)|MS[AB]M|MT(MI|SY|EX)|EU(FM|SM|EX|RM|SB|FB)|RSFS|rsfs|LASY|wasy|stmary|esint|dsrom|bbm"
    r"|r?t?[tp]x-?(mi|sy|ex|b?mi)|N?T?X?(MI|SY)\d|Fourier-Math|CambriaMath|STIX.*(Math|Integrals|Size|Variants)|Symbol|MathematicalPi)"
    r"|Math|MTExtra|Euclid",
)
MATH_SIGN = re.compile(
    r"[=<>+\-−±×÷∕*/|^~⋅·∂∇∑∏∫√∞≈≠≤≥≡∈∉⊂⊆∪∩∧∨¬∀∃→←↔⇒⇔⟨⟩∥ℓ′\u0370-\u03ff\u2190-\u22ff\u27c0-\u2aff\U0001d400-\U0001d7ff]"
)
FUNCTION = frozenset((
    "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "log", "exp", "max", "min", "lim", "det", "sup",
    "inf", "arg", "mod", "dim", "ker", "diag", "sign", "sgn", "erf", "const", "deg", "rank", "span", "var", "cov",
    "prob", "argmax", "argmin",
))  # fmt: skip
TELLING_SIGN = re.compile(
    r"[^\-+−/*|^~\w\s.,;:]|[\u0370-\u03ff\U0001d400-\U0001d7ff]"
)  # dashes and strokes also fill tables
LETTERS = re.compile(r"[^\W\d_]{3,}")
CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
LINE_OVERLAP = 0.5
MANY = 200  # tokens
NEAR_GAP, FILE_GAP = 0.7, 1.3  # of the size: gaps that one printed run may show


@dataclass(slots=True)
class Token:
    """A word on its way: `index` is its place in the file, `fixed` tells a fixed-pitch face among others."""

    index: int
    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool
    italic: bool
    math: bool
    wordy: bool
    confidence: float | None
    font: str = ""
    fixed: bool = False


@dataclass(slots=True)
class Segment:
    """Tokens from left to right with no wide gap between them."""

    tokens: list[Token]
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    kept_text: str = field(default="", init=False)
    kept_letters: int = field(default=-1, init=False)
    is_whole: bool = field(default=False, init=False)  # a line of text, whatever its blanks

    @property
    def text(self) -> str:
        if not self.kept_text:
            self.kept_text = join_tokens(self.tokens)
        return self.kept_text

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def bbox(self) -> BBox:
        return BBox(self.x0, self.y0, self.x1, self.y1)

    @property
    def letters(self) -> int:
        if self.kept_letters < 0:
            self.kept_letters = sum(len(token.text) for token in self.tokens)
        return self.kept_letters

    def share(self, flag: str) -> float:
        """Share of the letters whose token carries the flag (bold, italic, math, wordy)."""
        return sum(len(token.text) for token in self.tokens if getattr(token, flag)) / max(1, self.letters)


@dataclass(slots=True)
class Line(Segment):
    """All segments on one baseline of a column."""

    segments: list[Segment]


def tokens_of(raw: RawPage, *, vertical: bool = False) -> list[Token]:
    """The page's words that run along the lines, or those that run up or down."""
    places: Iterable[int] = range(len(raw.words))
    if raw.source == "ocr":
        places = accumulate(1 if word.goes_on else 2 for word in raw.words)  # the order of read lines says little
    words = zip(places, raw.words, strict=True)
    return [_token(index, word) for index, word in words if word.vertical is vertical]


def _token(index: int, word: RawWord) -> Token:
    box = word.bbox
    math = is_math(word)
    wordy = not math and (
        bool(CJK.search(word.text)) or any(run.lower() not in FUNCTION for run in LETTERS.findall(word.text))
    )
    return Token(
        index,
        word.text,
        box.x0,
        box.y0,
        box.x1,
        box.y1,
        round(word.size, 1),
        word.bold,
        word.italic,
        math,
        wordy,
        word.confidence,
        word.font,
    )


def is_math(word: RawWord) -> bool:
    if word.font and MATH_FONT.search(word.font):
        return True
    signs = len(MATH_SIGN.findall(word.text))
    return 2 * signs >= len(word.text) and bool(TELLING_SIGN.search(word.text))


def make_segment(tokens: Iterable[Token]) -> Segment:
    ordered = sorted(tokens, key=lambda token: token.x0)
    x0, y0, x1, y1 = _edges(ordered)
    return Segment(ordered, x0, y0, x1, y1, common_size(ordered))


def make_line(segments: Iterable[Segment]) -> Line:
    ordered = sorted(segments, key=lambda segment: segment.x0)
    tokens = sorted((token for segment in ordered for token in segment.tokens), key=lambda token: token.x0)
    x0, y0, x1, y1 = _edges(tokens)
    return Line(tokens, x0, y0, x1, y1, common_size(tokens), ordered)


def _edges(tokens: Sequence[Token]) -> tuple[float, float, float, float]:
    return (
        min([token.x0 for token in tokens]),
        min([token.y0 for token in tokens]),
        max([token.x1 for token in tokens]),
        max([token.y1 for token in tokens]),
    )


def common_size(tokens: Iterable[Token]) -> float:
    """The size most letters have, to a tenth of a point."""
    sizes: dict[float, int] = {}
    for token in tokens:
        sizes[token.size] = sizes.get(token.size, 0) + len(token.text)
    return (max(sizes, key=sizes.__getitem__) or 1.0) if sizes else 1.0


def body_size(tokens: Sequence[Token]) -> float:
    """The size of running text: of lines with several ordinary words, else of all there is."""
    running = [run.tokens for run in segments_of(tokens) if sum(token.wordy for token in run.tokens) >= 6]
    chosen = [token for run in running for token in run]
    return common_size(chosen if len(running) >= 4 else tokens)


def on_one_line(first: Token | Segment, second: Token | Segment) -> bool:
    shared = min(first.y1, second.y1) - max(first.y0, second.y0)
    return shared > LINE_OVERLAP * min(first.y1 - first.y0, second.y1 - second.y0)


def segments_of(tokens: Sequence[Token]) -> list[Segment]:
    """Group tokens, given in the file's order, into runs; then join runs that touch."""
    runs: list[list[Token]] = []
    for token in tokens:
        if runs and _continues(runs[-1][-1], token):
            runs[-1].append(token)
        else:
            runs.append([token])
    return _joined([make_segment(run) for run in runs])


def _continues(last: Token, token: Token) -> bool:
    size = max(last.size, token.size, 1.0)
    gap = token.x0 - last.x1
    reach = FILE_GAP if token.index == last.index + 1 else NEAR_GAP
    return on_one_line(last, token) and -0.5 * size <= gap <= reach * size


def _joined(segments: list[Segment]) -> list[Segment]:
    """Join segments of one row whose gap is a word's, whatever the order in the file."""
    segments.sort(key=lambda segment: (segment.y0, segment.x0))
    result: list[Segment] = []
    for segment in segments:
        near = range(len(result) - 1, max(-1, len(result) - 41), -1)
        mate = next((place for place in near if _touch(result[place], segment)), None)
        if mate is None:
            result.append(segment)
        else:
            result.append(_grown(result.pop(mate), segment))
    return [make_segment(segment.tokens) if len(segment.tokens) > MANY else segment for segment in result]


def _grown(first: Segment, second: Segment) -> Segment:
    """Both as one; a long one is only widened, since measuring thousands of tokens anew at each takes minutes."""
    if len(first.tokens) <= MANY:
        return make_segment([*first.tokens, *second.tokens])
    first.tokens.extend(second.tokens)
    first.x0, first.y0 = min(first.x0, second.x0), min(first.y0, second.y0)
    first.x1, first.y1 = max(first.x1, second.x1), max(first.y1, second.y1)
    return first


def _touch(first: Segment, second: Segment) -> bool:
    if first.y1 <= second.y0:
        return False
    gap = max(second.x0 - first.x1, first.x0 - second.x1)
    return gap <= NEAR_GAP * max(first.size, second.size) and on_one_line(first, second)


def lines_of(segments: Iterable[Segment]) -> list[Line]:
    """Rows of one column, from the top."""
    rows: list[list[Segment]] = []
    edges: list[tuple[float, float]] = []
    for segment in sorted(segments, key=lambda part: (part.y0 + part.y1, part.x0)):
        place = _row_for(segment, edges)
        if place is None:
            rows.append([segment])
            edges.append((segment.y0, segment.y1))
        else:
            rows[place].append(segment)
            if segment.size >= max(part.size for part in rows[place]):
                edges[place] = (segment.y0, segment.y1)
    return sorted((make_line(row) for row in rows), key=lambda line: (line.y0 + line.y1, line.x0))


def _row_for(segment: Segment, edges: Sequence[tuple[float, float]]) -> int | None:
    best: tuple[float, int] | None = None
    for place in range(len(edges) - 1, max(-1, len(edges) - 9), -1):
        low, high = edges[place]
        shared = (min(segment.y1, high) - max(segment.y0, low)) / min(segment.y1 - segment.y0, high - low)
        if shared > LINE_OVERLAP and (best is None or shared > best[0]):
            best = (shared, place)
    return best[1] if best else None


def join_tokens(tokens: Sequence[Token]) -> str:
    """Text of tokens in their order: no blank between CJK characters unless a gap is printed."""
    parts: list[str] = []
    for position, token in enumerate(tokens):
        if position and _blank_between(tokens[position - 1], token):
            parts.append(" ")
        parts.append(token.text)
    joined = "".join(parts)
    if joined.isascii() or not RIGHT_TO_LEFT.search(joined):
        return joined
    return " ".join(token.text for token in reading_order(tokens))


def reading_order(tokens: Sequence[Token]) -> list[Token]:
    """A line's tokens, given from the left, as they are read: the words of Arabic and Hebrew from the right."""
    from_right = [bool(RIGHT_TO_LEFT.search(token.text)) for token in tokens]
    if not any(from_right):
        return list(tokens)
    whole = sum(len(token.text) for token, turned in zip(tokens, from_right, strict=True) if turned)
    runs = [list(run) for _, run in groupby(range(len(tokens)), key=lambda place: from_right[place])]
    if 2 * whole > sum(len(token.text) for token in tokens):
        runs.reverse()
    return [tokens[place] for run in runs for place in (reversed(run) if from_right[run[0]] else run)]


def _blank_between(last: Token, token: Token) -> bool:
    if (last.text[-1] > "\u2e7f" or token.text[0] > "\u2e7f") and (
        CJK.match(last.text[-1]) or CJK.match(token.text[0])
    ):
        return token.x0 - last.x1 > 0.6 * token.size
    return True


def join_lines(lines: Sequence[Segment]) -> str:
    """Text of lines that run on: a word parted by a hyphen at the line's end is made whole."""
    result = ""
    for line in lines:
        text = line.text
        if not result:
            result = text
        elif re.search(r"[^\W\d_]-$", result[-2:]) and text[:1].islower():
            result = result[:-1] + text
        elif CJK.match(result[-1]) and CJK.match(text[0]):
            result += text
        else:
            result += " " + text
    return result
