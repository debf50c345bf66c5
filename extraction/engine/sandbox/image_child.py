"""The child that opens images; forked by `fork_server`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extraction.engine.read.decoders import prepare
from extraction.engine.read.image import ImageFile
from extraction.engine.read.sheets import sheet_of
from extraction.engine.sandbox.child import Operation
from extraction.engine.sandbox.frames import Frame
from extraction.engine.sandbox.lock import Lock
from extraction.engine.sandbox.pages import page_operations
from extraction.engine.sandbox.shapes import dump_sheet
from extraction.types import FileKind

LOCK = Lock()
__all__ = ["LOCK", "prepare", "warm"]


def warm(settings: Mapping[str, Any]) -> Mapping[str, Operation]:
    kind = FileKind(settings["kind"])
    file = ImageFile(settings["file"], kind)
    operations = page_operations(file, lambda frame: file.open())
    return {**operations, "sheet": lambda frame: Frame(*dump_sheet(sheet_of(file, kind, frame.head["number"])))}
