"""The engine that comes with Galley, as a provider: no key, no network."""

from __future__ import annotations

from typing import Self

from extraction.engine.fields import extract
from extraction.engine.page.ocr import OcrChild
from extraction.engine.reading import OnImage, read_document
from extraction.engine.sandbox.converter import sweep_workplaces
from extraction.engine.sandbox.forking import fork_server
from extraction.engine.sandbox.lock import protection
from extraction.types import AccountStatus, DocumentReading, ExtractRequest, OnPage, ParseRequest, ReadValue

IMAGE_WIDTH = 1240


class EmbeddedParser:
    """Reads documents one at a time; its OCR child starts with the first page that needs one and serves them all."""

    def __init__(self) -> None:
        self._ocr = OcrChild()

    def __enter__(self) -> Self:
        sweep_workplaces()
        # warm by the time the first document comes
        fork_server()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the OCR child."""
        self._ocr.close()

    def run(self, request: ParseRequest, on_page: OnPage, *, on_image: OnImage | None = None) -> DocumentReading:
        """`on_image` is told of every page's picture, upright and IMAGE_WIDTH wide, before `on_page` of the page."""
        return read_document(request, ocr=self._ocr, on_page=on_page, image_width=IMAGE_WIDTH, on_image=on_image)

    def check(self) -> AccountStatus:
        """Whether files can be opened safely on this machine."""
        safety = protection()
        details = {name: str(value) for name, value in safety.items()}
        return AccountStatus(ok=bool(safety["parses"]), details=details)


class EmbeddedExtractor:
    def run(self, request: ExtractRequest, on_page: OnPage | None = None) -> tuple[ReadValue, ...]:
        """Extracting takes no pages one by one: `on_page` is not called."""
        return extract(request)

    def check(self) -> AccountStatus:
        return AccountStatus(ok=True)
