"""A long document in parts that a model can take: whole pages where they fit, no overlap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from extraction.types import NumberedLine

# a page image of about 1240 x 1754 pixels, as most models count it
IMAGE_TOKENS = 1_500
_LINE_TOKENS = 5


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines in order, and the pages that they or the images of the chunk are of."""

    lines: tuple[NumberedLine, ...]
    pages: tuple[int, ...]


def estimate_tokens(text: str) -> int:
    """About four Latin letters a token, one sign of other scripts."""
    wide = sum(1 for sign in text if ord(sign) > 0x2E7F)
    return wide + (len(text) - wide + 3) // 4


def cut(
    lines: Sequence[NumberedLine], *, budget: int, pictured: Sequence[int] = (), most_images: int = 0
) -> tuple[Chunk, ...]:
    """Parts of at most about `budget` tokens and `most_images` of the pages that have a picture."""
    chunks: list[Chunk] = []
    spent = 0
    for piece in _pieces(lines, budget, pictured):
        cost = _cost(piece, pictured)
        last = chunks[-1] if chunks else None
        if last and spent + cost <= budget and _images(last, piece, pictured) <= most_images:
            chunks[-1] = Chunk(last.lines + piece.lines, _pages((*last.pages, *piece.pages)))
            spent += cost
        else:
            chunks.append(piece)
            spent = cost
    return tuple(chunks)


def halves(chunk: Chunk) -> tuple[Chunk, Chunk] | None:
    """Two parts of about the same size, between pages where there are several; None for a single line."""
    if len(chunk.pages) > 1:
        middle = _middle_page(chunk)
        ahead = tuple(page for page in chunk.pages if page < middle)
        behind = tuple(page for page in chunk.pages if page >= middle)
        return _of_pages(chunk, ahead), _of_pages(chunk, behind)
    if len(chunk.lines) < 2:
        return None
    middle = len(chunk.lines) // 2
    return Chunk(chunk.lines[:middle], chunk.pages), Chunk(chunk.lines[middle:], chunk.pages)


def _middle_page(chunk: Chunk) -> int:
    """The page with which the second half begins; never the first one."""
    counts = [(page, sum(1 for line in chunk.lines if line.page < page)) for page in chunk.pages[1:]]
    return min(counts, key=lambda pair: abs(pair[1] - len(chunk.lines) / 2))[0]


def _of_pages(chunk: Chunk, pages: tuple[int, ...]) -> Chunk:
    return Chunk(tuple(line for line in chunk.lines if line.page in pages), pages)


def _pieces(lines: Sequence[NumberedLine], budget: int, pictured: Sequence[int]) -> Iterator[Chunk]:
    """Page by page; a page that is too large alone in runs of lines."""
    by_page = {page: tuple(own) for page, own in groupby(lines, key=lambda line: line.page)}
    for page in sorted({*by_page, *pictured}):
        own = by_page.get(page, ())
        if _cost(Chunk(own, (page,)), pictured) <= budget:
            yield Chunk(own, (page,))
        else:
            room = max(1, budget - (IMAGE_TOKENS if page in pictured else 0))
            yield from (Chunk(run, (page,)) for run in _runs(own, room))


def _runs(lines: Sequence[NumberedLine], budget: int) -> Iterator[tuple[NumberedLine, ...]]:
    run: list[NumberedLine] = []
    spent = 0
    for line in lines:
        cost = _line_cost(line)
        if run and spent + cost > budget:
            yield tuple(run)
            run, spent = [], 0
        run.append(line)
        spent += cost
    yield tuple(run)


def _cost(chunk: Chunk, pictured: Sequence[int]) -> int:
    images = sum(IMAGE_TOKENS for page in chunk.pages if page in pictured)
    return images + sum(_line_cost(line) for line in chunk.lines)


def _line_cost(line: NumberedLine) -> int:
    return _LINE_TOKENS + estimate_tokens(line.text)


def _images(chunk: Chunk, piece: Chunk, pictured: Sequence[int]) -> int:
    return sum(1 for page in _pages((*chunk.pages, *piece.pages)) if page in pictured)


def _pages(pages: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(pages))
