"""A progress line for people; silent when nobody watches."""

from __future__ import annotations

import shutil
from typing import Self

from django.core.management.base import OutputWrapper

BAR_WIDTH = 24


class Progress:
    """One line on a terminal, drawn over itself; nothing at all on a pipe or in a file."""

    def __init__(self, total: int, stream: OutputWrapper) -> None:
        self.total = total
        self.stream = stream
        self.done = 0
        self.is_shown = stream.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def show(self, doing: str) -> None:
        if not self.is_shown:
            return
        filled = BAR_WIDTH * self.done // max(self.total, 1)
        line = f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {self.done}/{self.total} {doing}"
        width = shutil.get_terminal_size().columns - 1
        self._write(f"\r{line[:width]}\x1b[K")

    def advance(self) -> None:
        self.done += 1

    def say(self, message: str) -> None:
        """A line that stays, above the bar."""
        self.clear()
        self._write(f"{message}\n")

    def clear(self) -> None:
        if self.is_shown:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        self.stream.write(text, str, "")
        self.stream.flush()
