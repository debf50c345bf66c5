"""The operations of a child that has pages, answered in frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from extraction.engine.raw import Pixels, Probe, RawPage
from extraction.engine.sandbox.child import Operation
from extraction.engine.sandbox.frames import Frame
from extraction.engine.sandbox.shapes import dump_page


class PageFile(Protocol):
    """An opened PDF or image; page numbers from 1."""

    def touch(self) -> None: ...
    def read(self, number: int) -> RawPage: ...
    def render(self, number: int, width: int) -> Pixels: ...
    def for_ocr(self, number: int) -> Pixels: ...


def page_operations(file: PageFile, open_file: Callable[[Frame], Probe]) -> Mapping[str, Operation]:
    def open_(frame: Frame) -> Frame:
        probe = open_file(frame)
        return Frame({"kind": probe.kind, "pages": probe.pages, "encrypted": probe.encrypted})

    def touch(frame: Frame) -> Frame:
        file.touch()
        return Frame({})

    def read(frame: Frame) -> Frame:
        number, width = frame.head["number"], frame.head["width"]
        plain = {"page": dump_page(file.read(number))}
        if width is None:
            return Frame(plain)
        try:
            return _picture(file.render(number, width), plain)
        except Exception:  # noqa: BLE001  a page is worth its words, whatever keeps it from being drawn
            return Frame(plain)

    return {
        "open": open_,
        "touch": touch,
        "read": read,
        "render": lambda frame: _picture(file.render(frame.head["number"], frame.head["width"]), {}),
        "ocr": lambda frame: _picture(file.for_ocr(frame.head["number"]), {}),
    }


def _picture(pixels: Pixels, plain: Mapping[str, object]) -> Frame:
    return Frame({**plain, "width": pixels.width, "height": pixels.height}, pixels.data)
