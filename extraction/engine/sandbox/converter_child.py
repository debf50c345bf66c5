"""Main module of the process that becomes LibreOffice: in namespaces of its own where the system lets it, locked."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from extraction.engine.read.fonts import CONFIGURATION, FOLDERS, OWN_CONFIGURATION, SYSTEM_CONFIGURATION
from extraction.engine.sandbox.lock import MIB, Lock, Unprotected, end_with_starter, lock_down
from extraction.engine.sandbox.seccomp import RUN_OFFICE
from extraction.engine.sandbox.workbook import fit_to_width
from extraction.types import FileKind

MEMORY_BYTES = 4096 * MIB  # LibreOffice alone maps more than one
CPU_SECONDS = 120
FILE_BYTES = 256 * MIB
DESCRIPTORS = 512
# narrow, since Galley and its documents may lie under /opt or /usr themselves; LibreOffice's own folder comes besides
READABLE = (
    "/usr/lib", "/usr/lib64", "/usr/share", "/lib", "/lib64", "/etc/libreoffice", "/var/lib/libreoffice",
    "/var/spool/libreoffice", "/etc/ld.so.cache", "/etc/passwd", "/etc/nsswitch.conf", "/dev/urandom", "/dev/null",
)  # fmt: skip
# named, since LibreOffice takes what it cannot make out for a text
FILTERS = {
    FileKind.DOC: "MS Word 97",
    FileKind.ODT: "writer8",
    FileKind.RTF: "Rich Text Format",
    FileKind.XLSX: "Calc MS Excel 2007 XML",
    FileKind.XLS: "MS Excel 97",
    FileKind.ODS: "calc8",
    FileKind.PPTX: "Impress MS PowerPoint 2007 XML",
    FileKind.PPT: "MS PowerPoint 97",
    FileKind.ODP: "impress8",
}
LOADERS = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1")


def main() -> None:
    settings = json.loads(sys.argv[-1])
    if sys.platform == "linux":
        end_with_starter()
    if os.getppid() != settings["parent"]:
        os._exit(1)
    if _has_namespaces():
        # the first process in there survives its own crashes, so it only waits for the second
        _go_on_as_child()
        _go_on_as_child()
    try:
        _become_office(Path(settings["folder"]), FileKind(settings["kind"]), settings["program"], settings["life"])
    finally:
        os._exit(1)


def _has_namespaces() -> bool:
    """No network, no other's processes; the filter and Landlock hold where the system refuses this."""
    apart = os.CLONE_NEWNET | os.CLONE_NEWPID | os.CLONE_NEWIPC
    try:
        # root would lose the right to become nobody in users' names of its own
        os.unshare(apart if os.geteuid() == 0 else apart | os.CLONE_NEWUSER)
    except OSError:
        return False
    return True


def _go_on_as_child() -> None:
    """Return in a child; here only pass on how it ended."""
    child = os.fork()
    if child:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)
    end_with_starter()


def _become_office(folder: Path, kind: FileKind, program: str, life: int) -> None:
    lock = Lock(
        RUN_OFFICE,
        memory_bytes=MEMORY_BYTES,
        cpu_seconds=CPU_SECONDS,
        file_bytes=FILE_BYTES,
        descriptors=DESCRIPTORS,
        readable=(*READABLE, str(Path(program).parents[1]), *FOLDERS, *CONFIGURATION),
        writable=(str(folder),),
        executable=(program, *LOADERS),
    )
    try:
        lock_down(lock, parent=os.getppid(), life=life)
    except Unprotected:
        return
    document = folder / f"document.{kind}"
    if kind is FileKind.XLSX:
        fit_to_width(document)
    os.chdir(folder)
    os.execve(program, [program, *_arguments(folder, kind)], _environment(folder))


def _arguments(folder: Path, kind: FileKind) -> list[str]:
    return [
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        f"-env:OSL_SOCKET_PATH={folder}",
        "--headless",
        "--invisible",
        "--nodefault",
        "--nolockcheck",
        "--nologo",
        "--norestore",
        f"--infilter={FILTERS[kind]}",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder / "out"),
        str(folder / f"document.{kind}"),
    ]


def _environment(folder: Path) -> dict[str, str]:
    fonts = {} if os.path.exists(SYSTEM_CONFIGURATION) else {"FONTCONFIG_FILE": OWN_CONFIGURATION}
    kept = {name: os.environ[name] for name in ("FONTCONFIG_FILE", "FONTCONFIG_PATH") if name in os.environ}
    own = {"HOME": str(folder), "TMPDIR": str(folder / "tmp"), "LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}
    return {**fonts, **kept, **own}
