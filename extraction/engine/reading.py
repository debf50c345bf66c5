"""A document read from end to end: file to raw pages, OCR where words are missing, blocks, and all pages together."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import numpy

from extraction.engine.page.layout import build_page, finish_document
from extraction.engine.page.ocr import OcrChild
from extraction.engine.page.outlined import Outline
from extraction.engine.page.unread import with_unread
from extraction.engine.raw import Pixels, RawPage, placed_word
from extraction.engine.sandbox.parser import ParsedRaw, Parser
from extraction.errors import InvalidUpload, ParserCrashed, ReadingFailed
from extraction.types import DocumentReading, FileKind, OnPage, PageReading, ParseRequest

log = logging.getLogger("galley.reading")

type OnImage = Callable[[int, Pixels], None]
"""Told of every page's picture, upright, by the page's number."""


def read_document(
    request: ParseRequest,
    *,
    on_page: OnPage,
    ocr: OcrChild | None = None,
    image_width: int | None = None,
    on_image: OnImage | None = None,
) -> DocumentReading:
    """Read the pages asked for; one that fails is named with its code. Without `ocr`, scans have no words.

    Raises InvalidUpload, ReadingFailed where no page could be read, and what `on_page` raises.
    """
    width = image_width if on_image is not None else None
    pages: list[PageReading] = []
    failed: list[tuple[int, str]] = []
    with Parser(request.path, request.kind, max_pages=request.max_pages) as parser:
        outline = _outline(parser, request)
        for parsed in parser.read_pages(request.pages, image_width=width):
            try:
                raw = _read_page(parser, parsed, ocr)
                pages.append(_structured(raw, outline))
            except ReadingFailed as exc:
                failed.append((parsed.number, exc.code))
                continue
            if parsed.image is not None and on_image is not None:
                on_image(parsed.number, turned(parsed.image, raw.rotation))
            on_page(pages[-1])
    if not pages and failed:
        raise _failure(failed[0][1])
    return finish_document(pages, failed=failed, warnings=_warnings(pages))


def turned(pixels: Pixels, rotation: int) -> Pixels:
    """The picture turned clockwise by quarters."""
    if rotation % 360 == 0:
        return pixels
    rows = numpy.frombuffer(pixels.data, numpy.uint8).reshape(pixels.height, pixels.width, 3)
    upright = numpy.rot90(rows, -(rotation // 90))
    return Pixels(upright.shape[1], upright.shape[0], upright.tobytes())


def _read_page(parser: Parser, parsed: ParsedRaw, ocr: OcrChild | None) -> RawPage:
    """The page with its words. Raises ReadingFailed with the code why it could not be read."""
    if parsed.page is None:
        raise ReadingFailed(code=parsed.failure)
    if ocr is None or (parsed.page.source != "none" and not parsed.page.unread):
        return parsed.page
    if parsed.page.source != "none":
        return _completed(parser, parsed.page, ocr)
    return recognised(parsed.page, parser.pixels_for_ocr(parsed.number), ocr)


def _completed(parser: Parser, page: RawPage, ocr: OcrChild) -> RawPage:
    """The page with the words of its pictures too; without them, and warned of, where that fails."""
    try:
        pixels = turned(parser.pixels_for_ocr(page.number), page.rotation)
        return with_unread(page, pixels, ocr)
    except ReadingFailed:
        log.warning("page %s: the text in its pictures could not be read", page.number)
        return replace(page, warnings=(*page.warnings, "pictures_unread"))


def _outline(parser: Parser, request: ParseRequest) -> Outline | None:
    """What a DOCX says of its own structure; it is read without where that cannot be had."""
    try:
        if request.source is not None:
            with Parser(request.source, FileKind.DOCX, max_pages=None) as source:
                return Outline.of(source.outline())
        return Outline.of(parser.outline()) if request.kind is FileKind.DOCX else None
    except (InvalidUpload, ReadingFailed) as exc:
        log.warning("a document's own structure could not be read: %s", exc)
        return None


def _structured(page: RawPage, outline: Outline | None) -> PageReading:
    """The page with its blocks: where it breaks our rules, ReadingFailed, so that the others go on."""
    try:
        return build_page(page, outline)
    except Exception as exc:
        log.exception("page %s: no blocks could be found", page.number)
        raise ReadingFailed(repr(exc), code="page_not_laid_out") from exc


def recognised(page: RawPage, pixels: Pixels, ocr: OcrChild) -> RawPage:
    """The page with the words and drawn things that OCR finds, in the page's units; turned upright if it lay."""
    found = ocr.read(pixels)
    lies = found.rotation in (90, 270)
    width, height = (page.height, page.width) if lies else (page.width, page.height)
    across, down = (pixels.height, pixels.width) if lies else (pixels.width, pixels.height)
    words = tuple(placed_word(word, width / across, height / down) for word in found.words)
    drawn = found.drawn.placed(width / across, height / down)
    return replace(
        page,
        width=width,
        height=height,
        words=words,
        rules=drawn.rules,
        fills=drawn.fills,
        pictures=drawn.pictures,
        marks=drawn.marks,
        rotation=(page.rotation + found.rotation) % 360,
        skew=found.skew,
        source="ocr",
    )


def _failure(code: str) -> ReadingFailed:
    return ParserCrashed() if code == ParserCrashed.code else ReadingFailed(code=code)


def _warnings(pages: list[PageReading]) -> tuple[str, ...]:
    return tuple(sorted({warning for page in pages for warning in page.warnings}))
