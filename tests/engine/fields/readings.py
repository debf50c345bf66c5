"""Readings made in code: each printed line is a height and texts with their left edges."""

from __future__ import annotations

from pathlib import Path

from extraction.types import BBox, DocumentReading, PageReading, Word

CHARACTER, HEIGHT, WIDTH, LENGTH = 5.0, 10.0, 600.0, 800.0

READY_MADE = Path(__file__).parents[3] / "extraction" / "ready_made"

type Line = tuple[float, tuple[tuple[float, str], ...]]


def line(y: float, *texts: tuple[float, str]) -> Line:
    return y, texts


def words(*lines: Line) -> tuple[Word, ...]:
    """One word for each printed word, 5 units a character (10 for Chinese), 10 high."""
    made: list[Word] = []
    for y, texts in lines:
        for left, text in texts:
            x = left
            for part in text.split(" "):
                width = sum(CHARACTER if character.isascii() else 2 * CHARACTER for character in part)
                if part:
                    made.append(Word(part, BBox(x, y, x + width, y + HEIGHT)))
                x += width + CHARACTER
    return tuple(made)


def whole_lines(*lines: Line) -> tuple[Word, ...]:
    """One word for each text, as a reading of printed lines has them."""
    return tuple(
        Word(text, BBox(left, y, left + CHARACTER * len(text), y + HEIGHT))
        for y, texts in lines
        for left, text in texts
    )


def page(number: int, *lines: Line) -> PageReading:
    return PageReading(number, WIDTH, LENGTH, words=words(*lines))


def document(*pages: PageReading) -> DocumentReading:
    return DocumentReading(pages)
