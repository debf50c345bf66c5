"""Office documents that LibreOffice lays out, in a locked process."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extraction.engine.read.kind import sniff
from extraction.engine.sandbox import converter
from extraction.engine.sandbox.converter import convert, missing_packages
from extraction.engine.sandbox.parser import Parser
from extraction.errors import InvalidUpload, ReadingFailed
from extraction.providers.embedded import EmbeddedParser
from extraction.types import FileKind
from tests import bad_files
from tests.engine.office_files import linked_text, opendocument, pptx, xlsx

needs_libreoffice = pytest.mark.skipif(bool(missing_packages()), reason=f"not installed: {missing_packages()}")


@pytest.fixture
def store(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    """A port of this machine, and who came to it."""
    came: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def wait() -> None:
            while True:
                try:
                    visitor, address = server.accept()
                except OSError:
                    return
                came.append(str(address))
                visitor.close()

        threading.Thread(target=wait, daemon=True).start()
        yield server.getsockname()[1], came


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files of this test's own; everybody may look into it, as into /tmp."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


def pages_of(path: Path) -> list[str]:
    with path.open("rb") as file:
        kind = sniff(file)
    with Parser(path, kind) as parser:
        parsed = list(parser.read_pages(image_width=None))
    return [" ".join(word.text for word in page.page.words) for page in parsed if page.page]


@needs_libreoffice
@pytest.mark.parametrize(
    ("data", "pages"),
    [
        (pptx("Agenda of the meeting", "Budget 2027"), ["Agenda of the meeting", "Budget 2027"]),
        (xlsx([["Paper", 3], ["Ink", 12]], [["Total", 15]]), ["Paper 3 Ink 12", "Total 15"]),
        (opendocument("text", "Agreement of sale"), ["Agreement of sale"]),
        (b"{\\rtf1\\ansi Agreement of sale\\par}", ["Agreement of sale"]),
    ],
)
def test_office_document_becomes_pages(data: bytes, pages: list[str], store: Callable[[bytes], Path]) -> None:
    assert pages_of(store(data)) == pages


@needs_libreoffice
def test_wide_sheet_is_one_page_wide(store: Callable[[bytes], Path]) -> None:
    rows = [[f"r{row}c{column}" for column in range(30)] for row in range(60)]

    pages = pages_of(store(xlsx(rows)))

    assert " ".join(pages).split() == [cell for row in rows for cell in row]


@needs_libreoffice
def test_nothing_is_fetched_and_no_other_file_seen(
    store: Callable[[bytes], Path], listener: tuple[int, list[str]], tmp_path: Path
) -> None:
    port, came = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("crown jewels")
    secret.chmod(0o644)

    pages = pages_of(store(linked_text("Letter", secret.as_uri(), f"http://127.0.0.1:{port}/picture.png")))

    assert (pages, came) == (["Letter"], [])


@needs_libreoffice
@pytest.mark.parametrize("kind", [FileKind.DOC, FileKind.PPT, FileKind.XLS])
def test_damaged_document_is_told(kind: FileKind, store: Callable[[bytes], Path]) -> None:
    path = store(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(4000))

    with Parser(path, kind) as parser, pytest.raises(InvalidUpload) as caught:
        parser.lay_out()

    assert caught.value.code == "office_unreadable"


@needs_libreoffice
def test_document_that_takes_too_long_is_ended_with_all_it_started(
    store: Callable[[bytes], Path], temporary: Path
) -> None:
    path = store(xlsx([["Paper", 3]]))

    with path.open("rb") as file, pytest.raises(ReadingFailed) as caught:
        convert(file.fileno(), FileKind.XLSX, timeout_seconds=0.6)

    assert caught.value.code == "office_too_slow"
    assert (list(temporary.iterdir()), offices(temporary)) == ([], [])


def test_workplaces_that_were_left_are_swept(temporary: Path) -> None:
    for name in ("galley-office-old", "galley-office-new", "galley-office-linked", "another-old"):
        (temporary / name / "out").mkdir(parents=True)
    (temporary / "galley-office-link").symlink_to(temporary / "galley-office-linked")
    (temporary / "galley-office-file").write_bytes(b"no folder")
    for name in ("galley-office-old", "another-old", "galley-office-file"):
        os.utime(temporary / name, (0, 0))
    os.utime(temporary / "galley-office-link", (0, 0), follow_symlinks=False)

    with EmbeddedParser():
        left = {path.name for path in temporary.iterdir()}

    assert left == {
        "galley-office-new",
        "galley-office-linked",
        "galley-office-link",
        "galley-office-file",
        "another-old",
    }


def offices(folder: Path) -> list[str]:
    """Command lines of processes that work in there."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().decode(errors="replace"))
        except OSError:
            continue
    return [line for line in lines if str(folder) in line]


@pytest.mark.parametrize(
    ("kind", "package"),
    [
        (FileKind.PPTX, "libreoffice-impress-nogui"),
        (FileKind.XLS, "libreoffice-calc-nogui"),
        (FileKind.RTF, "libreoffice-writer-nogui"),
    ],
)
def test_missing_program_is_named(
    kind: FileKind, package: str, store: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converter, "program_folder", lambda: None)

    with Parser(store(b"whatever"), kind) as parser, pytest.raises(InvalidUpload) as caught:
        parser.probe()

    assert (caught.value.code, caught.value.params) == ("office_program_missing", {"package": package})


@needs_libreoffice
@pytest.mark.parametrize(
    ("make", "kind", "code"),
    [
        (lambda: xlsx([["Paper"]])[:900], FileKind.XLSX, "corrupt_file"),
        (lambda: pptx("Agenda"), FileKind.XLSX, "unknown_kind"),
        (bad_files.docx_bomb, FileKind.ODT, "unknown_kind"),
        (bad_files.zip_without_document, FileKind.PPTX, "unknown_kind"),
    ],
)
def test_bad_packages_are_refused_before_libreoffice_sees_them(
    make: Callable[[], bytes], kind: FileKind, code: str, store: Callable[[bytes], Path]
) -> None:
    with Parser(store(make()), kind) as parser, pytest.raises(InvalidUpload) as caught:
        parser.probe()

    assert caught.value.code == code
