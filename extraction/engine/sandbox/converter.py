"""LibreOffice, where the machine has it: lays an Office document out as a PDF, in a locked process of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from extraction.engine.sandbox.lock import NOBODY, protection
from extraction.engine.sandbox.program import start_program
from extraction.errors import InvalidUpload, ReadingFailed
from extraction.types import FileKind

CHILD = "extraction.engine.sandbox.converter_child"
FOLDERS = ("/usr/lib/libreoffice/program", "/usr/lib64/libreoffice/program", "/opt/libreoffice/program")
PROGRAM = "soffice.bin"
# what LibreOffice needs besides its core: a library of its own, and the Debian package that brings it
WRITER = ("libswlo.so", "libreoffice-writer-nogui")
CALC = ("libsclo.so", "libreoffice-calc-nogui")
IMPRESS = ("libsdlo.so", "libreoffice-impress-nogui")
PARTS = {
    FileKind.DOC: WRITER,
    FileKind.ODT: WRITER,
    FileKind.RTF: WRITER,
    FileKind.XLSX: CALC,
    FileKind.XLS: CALC,
    FileKind.ODS: CALC,
    FileKind.PPTX: IMPRESS,
    FileKind.PPT: IMPRESS,
    FileKind.ODP: IMPRESS,
}
SETTINGS = Path(__file__).with_name("converter_settings.xcu")
START_AGAIN = 81  # LibreOffice's status once it has made its profile
MAX_PDF_BYTES = 256 << 20
WORKPLACE = "galley-office-"
LEFT_SECONDS = 900.0  # a workplace so old was left by a killed worker: no conversion takes that long


@cache
def program_folder() -> str | None:
    """Where LibreOffice's programs are; None where there is none."""
    found = shutil.which("soffice")
    folders = (*FOLDERS, *([str(Path(found).resolve().parent)] if found else []))
    return next((folder for folder in folders if os.access(f"{folder}/{PROGRAM}", os.X_OK)), None)


def missing_packages() -> list[str]:
    """The Debian packages without which some kinds are not read here."""
    folder = program_folder()
    parts = dict.fromkeys(PARTS.values())
    return [package for library, package in parts if folder is None or not Path(folder, library).exists()]


def require_converter(kind: FileKind) -> None:
    """Raise InvalidUpload where nothing here lays out that kind, ReadingFailed where it could not be done safely."""
    package = PARTS[kind][1]
    if package in missing_packages():
        raise InvalidUpload(code="office_program_missing", package=package)
    if not protection()["converts"]:
        raise ReadingFailed(code="sandbox_unavailable")


def convert(descriptor: int, kind: FileKind, *, timeout_seconds: float) -> bytes:
    """The document as a PDF. Raises InvalidUpload where none comes of it, ReadingFailed where it takes too long."""
    require_converter(kind)
    sweep_workplaces()
    with _workplace(descriptor, kind) as folder:
        settings = {"folder": str(folder), "kind": kind, "program": f"{program_folder()}/{PROGRAM}"}
        # the first start only makes the profile
        if _run(settings, timeout_seconds) == START_AGAIN:
            _run(settings, timeout_seconds)
        return _made(folder / "out" / "document.pdf")


def sweep_workplaces() -> None:
    """Remove old workplaces of this user's, as far as the folder of temporary files may be listed."""
    own = {os.geteuid(), NOBODY} if os.geteuid() == 0 else {os.geteuid()}
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(WORKPLACE) and _is_left(entry, own):
                shutil.rmtree(entry.path, ignore_errors=True)


def _is_left(entry: os.DirEntry[str], owners: set[int]) -> bool:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        # another worker swept it
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid in owners and time.time() - status.st_mtime > LEFT_SECONDS


@contextmanager
def _workplace(descriptor: int, kind: FileKind) -> Iterator[Path]:
    """A folder with the document, a fresh profile, and room for what is made; all of it goes afterwards."""
    with tempfile.TemporaryDirectory(prefix=WORKPLACE, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for part in ("out", "tmp", "profile/user"):
            (folder / part).mkdir(parents=True)
        shutil.copyfile(SETTINGS, folder / "profile/user/registrymodifications.xcu")
        with os.fdopen(os.dup(descriptor), "rb") as file, (folder / f"document.{kind}").open("wb") as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy)
        if os.geteuid() == 0:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        yield folder


def _run(settings: dict[str, Any], timeout_seconds: float) -> int:
    life, held = os.pipe()
    try:
        settings = {**settings, "parent": os.getpid(), "life": life}
        process = start_program(CHILD, settings, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, inherited=[life])
        try:
            return process.wait(timeout_seconds)
        except subprocess.TimeoutExpired as exc:
            raise ReadingFailed(code="office_too_slow") from exc
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    finally:
        os.close(life)
        os.close(held)


def _made(path: Path) -> bytes:
    """What was made; LibreOffice tells nothing of its failures but that."""
    try:
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    except OSError as exc:
        raise InvalidUpload(code="office_unreadable") from exc
    with file:
        made = file.read(MAX_PDF_BYTES + 1)
    if not made.startswith(b"%PDF-") or len(made) > MAX_PDF_BYTES:
        raise InvalidUpload(code="office_unreadable")
    return made
