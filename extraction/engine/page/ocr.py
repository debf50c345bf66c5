"""The OCR child: long-lived, fed with pixels only, renewed after many pages or much memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from extraction.engine.raw import Drawn, Pixels, RawWord
from extraction.engine.sandbox.frames import Frame
from extraction.engine.sandbox.process import Child
from extraction.engine.sandbox.shapes import load_drawn, load_rotation, load_skew, load_words
from extraction.errors import ParserCrashed

MODULE = "extraction.engine.page.ocr_child"
MAX_PAGES = 500
# its worker and a parser child come on top: 1.3 GB in all
MAX_MEMORY_BYTES = 1100 << 20
START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class OcrPage:
    """Words and what is drawn, in pixels of the upright page, straightened around its centre.

    `rotation` is the turn clockwise in degrees that stands it upright, `skew` the turn by which it leans then.
    """

    words: tuple[RawWord, ...]
    rotation: int = 0
    drawn: Drawn = field(default_factory=Drawn)
    skew: float = 0.0


class OcrChild:
    """Starts with the first page; after a crash, or when it has grown, the next page gets a fresh one."""

    def __init__(self, *, timeout_seconds: float = 120.0) -> None:
        self._timeout_seconds = timeout_seconds
        self._child: Child | None = None
        self._pages = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the child; a later page starts another."""
        if self._child is not None:
            self._child.close()
        self._child, self._pages = None, 0

    def read(self, pixels: Pixels) -> OcrPage:
        """Raise ParserCrashed where the child died of the page."""
        child = self._child or self._start()
        try:
            frame = child.ask(
                "read",
                timeout_seconds=self._timeout_seconds,
                body=pixels.data,
                width=pixels.width,
                height=pixels.height,
            )
            page = _page(frame)
        except ParserCrashed:
            self.close()
            raise
        self._renew_if_due(frame)
        return page

    def _start(self) -> Child:
        self._child = child = Child(MODULE, {})
        try:
            child.ask("ready", timeout_seconds=START_SECONDS)
        except Exception:
            self.close()
            raise
        return child

    def _renew_if_due(self, frame: Frame) -> None:
        self._pages += 1
        memory = frame.head.get("memory")
        if self._pages >= MAX_PAGES or not isinstance(memory, int) or memory > MAX_MEMORY_BYTES:
            self.close()


def _page(frame: Frame) -> OcrPage:
    try:
        head = frame.head
        return OcrPage(
            load_words(head["words"]),
            load_rotation(head["rotation"]),
            load_drawn(head["drawn"]),
            load_skew(head["skew"]),
        )
    except (ValueError, TypeError, KeyError, IndexError) as exc:
        raise ParserCrashed("the child's answer holds no words") from exc
