"""Raw pages and words as plain JSON, and back with every value checked: what a child says is not trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal

from extraction.engine.raw import Drawn, Paragraph, Pixels, RawMark, RawPage, RawRule, RawWord, Sheet
from extraction.engine.read.radicals import without_radicals
from extraction.types import BBox

CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")  # of a sentence for people
MAX_SIDE = 1e7
MAX_SKEW = 45.0
MAX_LEVEL = 9  # of a heading
MARKS: dict[str, Literal["qrcode", "stamp", "box"]] = {"qrcode": "qrcode", "stamp": "stamp", "box": "box"}
SOURCES: dict[str, Literal["text", "ocr", "none"]] = {"text": "text", "ocr": "ocr", "none": "none"}


def dump_word(word: RawWord, fonts: dict[str, int]) -> list[Any]:
    flags = word.bold | word.italic << 1 | word.vertical << 2 | word.goes_on << 3
    font = fonts.setdefault(word.font, len(fonts))
    return [word.text, *word.bbox, word.size, font, flags, word.confidence]


def load_word(row: list[Any], fonts: list[str]) -> RawWord:
    text, x0, y0, x1, y1, size, font, flags, confidence = row
    return RawWord(
        _text(text),
        load_box([x0, y0, x1, y1]),
        _number(size),
        fonts[font],
        bold=bool(flags & 1),
        italic=bool(flags & 2),
        vertical=bool(flags & 4),
        confidence=None if confidence is None else min(1.0, max(0.0, _number(confidence))),
        goes_on=bool(flags & 8),
    )


def dump_words(words: tuple[RawWord, ...]) -> dict[str, Any]:
    fonts: dict[str, int] = {}
    rows = [dump_word(word, fonts) for word in words]
    return {"rows": rows, "fonts": list(fonts)}


def load_words(plain: dict[str, Any]) -> tuple[RawWord, ...]:
    fonts = [_text(font) for font in plain["fonts"]]
    words = (load_word(row, fonts) for row in plain["rows"])
    return tuple(word for word in words if word.text)


def dump_page(page: RawPage) -> dict[str, Any]:
    return {
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "words": dump_words(page.words),
        **dump_drawn(Drawn(page.rules, page.fills, page.pictures, page.marks)),
        "unread": [list(box) for box in page.unread],
        "rotation": page.rotation,
        "source": page.source,
        "warnings": list(page.warnings),
    }


def load_page(plain: dict[str, Any]) -> RawPage:
    """Raise ValueError, TypeError, KeyError or IndexError where the child sent something else than a page."""
    drawn = load_drawn(plain)
    return RawPage(
        number=int(_number(plain["number"])),
        width=_side(plain["width"]),
        height=_side(plain["height"]),
        words=load_words(plain["words"]),
        rules=drawn.rules,
        fills=drawn.fills,
        pictures=drawn.pictures,
        marks=drawn.marks,
        unread=tuple(load_box(row) for row in plain["unread"]),
        rotation=load_rotation(plain["rotation"]),
        source=SOURCES[plain["source"]],
        warnings=tuple(_code(warning) for warning in plain["warnings"]),
    )


def dump_drawn(drawn: Drawn) -> dict[str, Any]:
    return {
        "rules": [[rule.x0, rule.y0, rule.x1, rule.y1, rule.width] for rule in drawn.rules],
        "fills": [list(box) for box in drawn.fills],
        "pictures": [list(box) for box in drawn.pictures],
        "marks": [dump_mark(mark) for mark in drawn.marks],
    }


def load_drawn(plain: dict[str, Any]) -> Drawn:
    return Drawn(
        tuple(load_rule(row) for row in plain["rules"]),
        tuple(load_box(row) for row in plain["fills"]),
        tuple(load_box(row) for row in plain["pictures"]),
        tuple(load_mark(row) for row in plain["marks"]),
    )


def load_rule(row: list[Any]) -> RawRule:
    x0, y0, x1, y1, width = row
    return RawRule(_number(x0), _number(y0), _number(x1), _number(y1), _number(width))


def load_box(row: list[Any]) -> BBox:
    x0, y0, x1, y1 = row
    return BBox(_number(x0), _number(y0), _number(x1), _number(y1))


def dump_mark(mark: RawMark) -> list[Any]:
    return [mark.kind, *mark.bbox, mark.text]


def load_mark(row: list[Any]) -> RawMark:
    kind, x0, y0, x1, y1, text = row
    return RawMark(MARKS[kind], load_box([x0, y0, x1, y1]), _text(text))


def load_pixels(plain: dict[str, Any], data: bytes) -> Pixels:
    return Pixels(_whole_side(plain["width"]), _whole_side(plain["height"]), data)


def dump_sheet(sheet: Sheet) -> tuple[dict[str, Any], bytes]:
    head = {
        "width": sheet.width,
        "height": sheet.height,
        "grey": sheet.is_grey,
        "bits": sheet.bits,
        "turn": sheet.turn,
        "dpi": sheet.dpi,
        "original": sheet.data is None,
    }
    return head, sheet.data or b""


def load_sheet(plain: dict[str, Any], data: bytes) -> Sheet:
    """Raise ValueError, TypeError or KeyError as `load_page`."""
    return Sheet(
        width=_whole_side(plain["width"]),
        height=_whole_side(plain["height"]),
        is_grey=bool(plain["grey"]),
        data=None if plain["original"] else data,
        bits=1 if plain["bits"] == 1 else 8,
        turn=load_rotation(plain["turn"]),
        dpi=_side(plain["dpi"]),
    )


def dump_outline(paragraphs: Iterable[Paragraph]) -> list[list[Any]]:
    return [[paragraph.text, paragraph.level, paragraph.in_table] for paragraph in paragraphs]


def load_outline(rows: object) -> tuple[Paragraph, ...]:
    """Raise ValueError or TypeError where the child sent something else."""
    if not isinstance(rows, list):
        raise TypeError("no paragraphs")
    return tuple(_paragraph(*row) for row in rows)


def _paragraph(text: object, level: object, in_table: object) -> Paragraph:
    if not isinstance(text, str) or not isinstance(in_table, bool):
        raise TypeError("no paragraph")
    if level is not None and (type(level) is not int or not 1 <= level <= MAX_LEVEL):
        raise ValueError("no level")
    return Paragraph(text, level, in_table)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > MAX_SIDE:
        raise ValueError(f"no number: {value!r:.40}")
    return float(value)


def _side(value: object) -> float:
    side = _number(value)
    if not side > 0:
        raise ValueError("a page or picture needs a size")
    return side


def _whole_side(value: object) -> int:
    return int(max(1.0, _side(value)))


def load_rotation(value: object) -> int:
    if value not in (0, 90, 180, 270):
        raise ValueError("a page turns by quarters")
    return int(_number(value))


def load_skew(value: object) -> float:
    skew = _number(value)
    if abs(skew) > MAX_SKEW:
        raise ValueError("a scan leans by less than an eighth of a turn")
    return skew


def _code(value: object) -> str:
    if not isinstance(value, str) or not CODE.fullmatch(value):
        raise ValueError("no code")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value if value.isascii() and "\0" not in value else _storable(value)


def _storable(value: str) -> str:
    """Text without lone surrogates and zero characters, which databases and files refuse, and without radicals."""
    return without_radicals(value.replace("\0", "").encode(errors="replace").decode())
