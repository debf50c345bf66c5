from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management.base import CommandError, OutputWrapper

from extraction.errors import InvalidUpload
from extraction.management.batch import Batch, sentence
from extraction.management.progress import Progress

PATHS = [Path("a.pdf"), Path("b.pdf"), Path("c.pdf")]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_batch_goes_on_after_a_file_that_failed() -> None:
    said, done, failures = io.StringIO(), [], []
    batch = Batch(PATHS, OutputWrapper(said))

    def work(place: int, path: Path) -> None:
        if place == 1:
            raise InvalidUpload(code="too_many_pages", pages=301, limit=300)
        done.append(path)

    batch.run(work, lambda place, words: failures.append((place, words)))

    words = "This document has 301 pages; 300 is the limit. Split it and upload the parts."
    assert done == [PATHS[0], PATHS[2]]
    assert failures == [(1, words)]
    assert said.getvalue() == f"b.pdf: {words}\n"
    with pytest.raises(SystemExit) as stop:
        batch.exit()
    assert stop.value.code == 1


def test_batch_survives_a_fault_of_ours() -> None:
    said = io.StringIO()
    batch = Batch(PATHS[:1], OutputWrapper(said))

    batch.run(lambda place, path: [][place])

    assert said.getvalue() == "a.pdf: IndexError: list index out of range\n"


def test_batch_stops_when_a_person_does() -> None:
    batch = Batch(PATHS, OutputWrapper(io.StringIO()))

    def stop(place: int, path: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(CommandError, match="Stopped at a.pdf") as stopped:
        batch.run(stop)

    assert stopped.value.returncode == 130


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (InvalidUpload("no sentence for this code", code="unheard_of"), "no sentence for this code"),
        (InvalidUpload("its number is missing", code="too_many_pages"), "its number is missing"),
        (
            InvalidUpload(code="unheard_of"),
            "This file cannot be taken. Upload a PDF, an image or an Office document.",
        ),
        (FileNotFoundError(2, "No such file or directory"), "No such file or directory"),
    ],
)
def test_sentence_falls_back_to_what_is_known(error: Exception, words: str) -> None:
    assert sentence(error) == words


def test_progress_is_drawn_on_a_terminal_only() -> None:
    terminal, pipe = Terminal(), io.StringIO()

    for stream in (terminal, pipe):
        with Progress(2, OutputWrapper(stream)) as progress:
            progress.advance()
            progress.show("b.pdf, page 3")

    assert terminal.getvalue() == "\r[############............] 1/2 b.pdf, page 3\x1b[K\r\x1b[K"
    assert pipe.getvalue() == ""
