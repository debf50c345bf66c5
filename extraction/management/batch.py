"""Many files, one after the other: a file that fails is named and the others go on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from django.core.management.base import CommandError, OutputWrapper

from extraction.choices import SENTENCES
from extraction.errors import GalleyError
from extraction.management.progress import Progress

STOPPED = 130  # what a shell gives a command that Ctrl-C ended


def _nothing_more(place: int, words: str) -> None:
    pass


class Batch:
    """Files under work, and those that failed."""

    def __init__(self, paths: Sequence[Path], stderr: OutputWrapper) -> None:
        self.paths = paths
        self.failed: list[Path] = []
        self.progress = Progress(len(paths), stderr)

    def run(self, work: Callable[[int, Path], None], on_failure: Callable[[int, str], None] = _nothing_more) -> None:
        """Do the work for every path, given with its place in the list. Raises CommandError when a person stops it."""
        with self.progress:
            for place, path in enumerate(self.paths):
                self.progress.show(path.name)
                try:
                    work(place, path)
                except KeyboardInterrupt as exc:
                    raise CommandError(f"Stopped at {path}", returncode=STOPPED) from exc
                except Exception as exc:  # noqa: BLE001 a file that shows a fault of ours must not cost the others
                    self._fail(path, sentence(exc))
                    on_failure(place, sentence(exc))
                self.progress.advance()

    def _fail(self, path: Path, words: str) -> None:
        self.failed.append(path)
        self.progress.say(f"{path}: {words}")

    def exit(self) -> None:
        if self.failed:
            sys.exit(1)


def sentence(error: Exception) -> str:
    """What people read of an error."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, CommandError):
        return str(error)
    if not isinstance(error, GalleyError):
        return f"{type(error).__name__}: {error}"
    return _filled(error.code, error) or _own_message(error) or _filled(type(error).code, error) or error.code


def _filled(code: str, error: GalleyError) -> str | None:
    try:
        return str(SENTENCES[code]) % error.params
    except KeyError:
        return None


def _own_message(error: GalleyError) -> str | None:
    return None if str(error) == error.code else str(error)
