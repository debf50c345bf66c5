"""Files that commands write: whole or not at all, and none over another's."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from django.core.management.base import CommandError

LONGEST_NAME = 255  # bytes, on every file system in use


def output_names(paths: Sequence[Path], *, ending: str) -> list[str]:
    """A name for each path's output: its own name and the ending; a second file of that name gets a number."""
    taken: set[str] = set()
    names = []
    for path in paths:
        number = 1
        while (name := _name(path.name, number, ending)).casefold() in taken:
            number += 1
        taken.add(name.casefold())
        names.append(name)
    return names


def _name(stem: str, number: int, ending: str) -> str:
    ending = ending if number == 1 else f"-{number}{ending}"
    room = LONGEST_NAME - len(ending.encode())
    return os.fsencode(stem)[:room].decode(errors="ignore") + ending


def labels(paths: Sequence[Path]) -> list[str]:
    """What a line of results calls each file: its name, or its whole path where another has that name too."""
    counts = Counter(path.name for path in paths)
    plain = [path.name if counts[path.name] == 1 else str(path) for path in paths]
    return [os.fsencode(label).decode(errors="replace") for label in plain]


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise CommandError(f"{folder}: {exc.strerror}") from exc


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A text file that appears under its name only when all of it is written; a device or pipe is written as it is."""
    part = path.parent / f".{os.getpid()}.part"
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8") as out:
                yield out
            return
        with part.open("w", encoding="utf-8") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except OSError as exc:
        raise CommandError(f"{path}: {exc.strerror}") from exc
    finally:
        part.unlink(missing_ok=True)
