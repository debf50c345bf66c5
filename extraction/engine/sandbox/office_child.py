"""Main module of the child that looks through Office documents, and lays out DOCX files."""

from __future__ import annotations

import encodings.cp437
import os
from collections.abc import Mapping
from typing import Any

from extraction.engine.read.fonts import CONFIGURATION, FOLDERS, OWN_CONFIGURATION, SYSTEM_CONFIGURATION
from extraction.engine.read.office import OfficeFile
from extraction.engine.sandbox.child import Operation, run
from extraction.engine.sandbox.frames import Frame
from extraction.engine.sandbox.lock import Lock
from extraction.engine.sandbox.seccomp import READ_FONTS
from extraction.engine.sandbox.shapes import dump_outline
from extraction.types import FileKind

# names in a zip are decoded with it: looked up by name, it would be imported after the lock
CODECS = (encodings.cp437,)

CPU_SECONDS = 60  # a long contract takes 15


def main() -> None:
    # the font library opens its files while it works, so the folders of fonts stay readable, by Landlock
    run(_warm, Lock(READ_FONTS, cpu_seconds=CPU_SECONDS, readable=(*FOLDERS, *CONFIGURATION)))


def _warm(settings: Mapping[str, Any]) -> Mapping[str, Operation]:
    if not os.path.exists(SYSTEM_CONFIGURATION):
        os.environ.setdefault("FONTCONFIG_FILE", OWN_CONFIGURATION)
    file = OfficeFile(settings["file"], FileKind(settings["kind"]))

    def check(frame: Frame) -> Frame:
        probe = file.check()
        return Frame({"kind": probe.kind, "pages": None, "encrypted": False, "has_cjk": file.has_cjk})

    def outline(frame: Frame) -> Frame:
        return Frame({"paragraphs": dump_outline(file.outline())})

    return {
        "outline": outline,
        "open": check,
        "touch": lambda frame: Frame({}),
        "pdf": lambda frame: Frame({}, file.to_pdf()),
    }
