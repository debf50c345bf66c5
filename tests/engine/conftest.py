from __future__ import annotations

from collections.abc import Iterator

import pytest

from extraction.engine.page.ocr import OcrChild


@pytest.fixture(scope="session")
def ocr() -> Iterator[OcrChild]:
    """One child for all tests: its start takes seconds."""
    with OcrChild() as child:
        yield child
