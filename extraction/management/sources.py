"""A file on disk as a reading, and a template given by its file or by the name of a ready-made one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from extraction.engine.read.kind import sniff
from extraction.errors import GalleyError, InvalidReply, InvalidUpload
from extraction.management.batch import sentence
from extraction.management.progress import Progress
from extraction.providers.embedded import EmbeddedParser
from extraction.types import DocumentReading, PageReading, ParseRequest
from extraction.wire.results import load_reading
from extraction.wire.template_json import TemplateDefinition, load

READY_MADE = Path(__file__).resolve().parents[1] / "ready_made"


def read_file(path: Path, *, parser: EmbeddedParser, progress: Progress) -> DocumentReading:
    """Raise InvalidReply, InvalidUpload or OSError; a page that failed in a document that was read is only said."""

    def on_page(page: PageReading) -> None:
        progress.show(f"{path.name}, page {page.number}")

    reading = parser.run(_request(path), on_page)
    for number, code in reading.failed:
        progress.say(f"{path}: page {number}: {sentence(GalleyError(code=code))}")
    return reading


def _request(path: Path) -> ParseRequest:
    size = path.stat().st_size
    if size > settings.GALLEY_MAX_UPLOAD_MB * 1024 * 1024:
        raise InvalidUpload(code="too_large", limit=settings.GALLEY_MAX_UPLOAD_MB)
    with path.open("rb") as file:
        kind = sniff(file)
    return ParseRequest(path, kind, path.name, max_pages=settings.GALLEY_MAX_PAGES)


def load_reading_of(path: Path, written: Path) -> DocumentReading:
    """What `read` wrote of the file, or the same under the file's name without its ending."""
    for candidate in (written, written.with_name(f"{path.stem}.json")):
        if candidate.is_file():
            return _load_reading(candidate)
    raise FileNotFoundError(2, f"{written.parent} holds no {written.name}")


def _load_reading(path: Path) -> DocumentReading:
    """Raise CommandError, since only who made the file can mend it."""
    try:
        return load_reading(json.loads(path.read_bytes()))
    except (ValueError, InvalidReply) as exc:
        raise CommandError(f"{path} is not the JSON of a reading: {exc}") from exc


def find_template(given: str) -> TemplateDefinition:
    """The template of that path, or the ready-made one of that name. Raises CommandError with what is wrong."""
    ready_made = READY_MADE / f"{given}.json"
    path = ready_made if ready_made.parent == READY_MADE and ready_made.is_file() else Path(given)
    try:
        return load(_json(path))
    except GalleyError as exc:
        raise CommandError(f"{given}: {exc}") from exc


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as exc:
        names = ", ".join(sorted(ready.stem for ready in READY_MADE.glob("*.json")))
        raise CommandError(f"{path}: {exc.strerror}; ready-made templates are {names}") from exc
    except ValueError as exc:
        raise CommandError(f"{path} is not JSON: {exc}") from exc
