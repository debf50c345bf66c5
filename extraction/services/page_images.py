"""Pictures of pages: drawn with the reading, by a job of their own, or at first sight; files by hash."""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction

from extraction.choices import JobState
from extraction.engine.picture_files import jpeg_files
from extraction.engine.raw import Pixels
from extraction.engine.reading import turned
from extraction.engine.sandbox.parser import Parser
from extraction.errors import InvalidUpload, LostLease, ReadingFailed
from extraction.models import Document, Page, PageImages
from extraction.queries.pages import parsed_pages
from extraction.services.blobs import blob_path, team_folder, write_file
from extraction.services.jobs import Lease, step
from extraction.types import FileKind

log = logging.getLogger("galley.images")
# children that draw at first sight, in one process: a scroll through a long document asks for many
_PENS = threading.BoundedSemaphore(2)
WIDTHS = {"thumb": 160, "image": 1240, "large": 2000}
SIZES = tuple(WIDTHS)
# pages drawn by one claim of the job: then more urgent work has its turn
PAGES_A_TURN = 25


@dataclass(frozen=True, slots=True)
class Drawn:
    """Hashes of a page's new image files by size."""

    number: int
    hashes: dict[str, str]


def image_file(document: Document, number: int, size: str) -> Path:
    """The page's JPEG in one of SIZES, drawn now if it is missing. Raises ReadingFailed."""
    if size not in WIDTHS:
        raise ReadingFailed(f"no size {size!r}", code="page_failed")
    known = Page.objects.filter(document=document, number=number).values_list(size, flat=True).first()
    if known and (path := image_path(document, known)).exists():
        return path
    if document.page_count is not None and not 1 <= number <= document.page_count:
        raise ReadingFailed(f"no page {number}", code="page_failed")
    with _PENS:
        drawn = _draw_now(document, number, size)
    try:
        keep_drawn(document, [drawn])
    except IntegrityError as exc:
        forget_if_gone(document)
        raise ReadingFailed("the document was deleted meanwhile", code="page_failed") from exc
    return image_path(document, drawn.hashes[size])


def _draw_now(document: Document, number: int, size: str) -> Drawn:
    try:
        with open_readable(document) as parser:
            pixels = parser.render(number, WIDTHS[size])
            rotation = _rotations(document).get(number, 0)
            return draw(document, number, pixels, rotation=rotation, sizes=_with_smaller(size))
    except InvalidUpload as exc:
        raise ReadingFailed(str(exc), code=exc.code, **exc.params) from exc
    except OSError as exc:
        raise ReadingFailed(str(exc), code="page_failed") from exc


def _with_smaller(size: str) -> tuple[str, ...]:
    return ("thumb", "image") if size == "image" else (size,)


def open_readable(document: Document) -> Parser:
    """The copy to read, in a parser child of its own."""
    blob = document.readable or document.blob
    return Parser(blob_path(blob), FileKind(blob.kind), max_pages=None)


def draw(
    document: Document, number: int, pixels: Pixels, *, rotation: int = 0, sizes: tuple[str, ...] = ("thumb", "image")
) -> Drawn:
    """Write the page's JPEG files from pixels at least as wide as the largest size, turned as its reading was."""
    files = jpeg_files(turned(pixels, rotation), {size: WIDTHS[size] for size in sizes})
    return Drawn(number, {size: _write(document, data) for size, data in files.items()})


def _write(document: Document, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    write_file(image_path(document, digest), data)
    return digest


def keep_drawn(document: Document, drawn: list[Drawn]) -> None:
    """Note the hashes; in the caller's transaction if there is one."""
    with transaction.atomic():
        for page in drawn:
            _keep_hashes(document, page)


def _keep_hashes(document: Document, drawn: Drawn) -> None:
    page, _ = Page.objects.get_or_create(document=document, number=drawn.number)
    Page.objects.filter(pk=page.pk).update(**drawn.hashes)


def forget_drawn(document: Document, numbers: Sequence[int]) -> None:
    """They are drawn anew; the files go with the document, since another page may look the same."""
    Page.objects.filter(document=document, number__in=numbers).update(thumb="", image="", large="")


def image_folder(document: Document) -> Path:
    return team_folder(document.team_id) / "pages" / str(document.pk)


def image_path(document: Document, digest: str) -> Path:
    return image_folder(document) / f"{digest}.jpg"


def forget_if_gone(document: Document) -> None:
    """Delete pictures that were drawn while somebody deleted the document."""
    if not Document.objects.filter(pk=document.pk).exists():
        shutil.rmtree(image_folder(document), ignore_errors=True)


def queue_missing_images(document: Document) -> None:
    """Have the pictures drawn that the reading has not drawn, unless that is under way."""
    if _missing(document) and not document.image_jobs.pending().exists():
        PageImages.objects.create(document=document, progress_total=document.page_count)


def _missing(document: Document) -> list[int]:
    drawn = Page.objects.filter(document=document).exclude(thumb="").exclude(image="").values_list("number", flat=True)
    return sorted(set(range(1, (document.page_count or 0) + 1)) - set(drawn))


def draw_missing(lease: Lease[PageImages]) -> None:
    """The job's step: some pages, then back into the queue until none is missing; `progress_done` is the last tried."""
    job = lease.job
    document = Document.objects.select_related("blob", "readable").get(pk=job.document_id)
    missing = [number for number in _missing(document) if number > job.progress_done]
    if missing:
        _draw_some(lease, document, missing[:PAGES_A_TURN])
    step(job, JobState.QUEUED if len(missing) > PAGES_A_TURN else JobState.DONE)


def _draw_some(lease: Lease[PageImages], document: Document, numbers: list[int]) -> None:
    turns = _rotations(document)
    with open_readable(document) as parser:
        for number in numbers:
            lease.look()
            try:
                drawn = draw(document, number, parser.render(number, WIDTHS["image"]), rotation=turns.get(number, 0))
            except ReadingFailed as exc:
                # a page that cannot be drawn is left out; whoever looks at it is told why
                log.info("page %s of document %s: %s", number, document.pk, exc)
                drawn = Drawn(number, {})
            _keep_turn(lease, document, drawn)


def _keep_turn(lease: Lease[PageImages], document: Document, drawn: Drawn) -> None:
    """Where the job is ours no more, so may be the document."""
    try:
        with transaction.atomic():
            lease.renew(progress_done=drawn.number)
            if drawn.hashes:
                _keep_hashes(document, drawn)
    except LostLease:
        forget_if_gone(document)
        raise


def _rotations(document: Document) -> dict[int, int]:
    """How far each page that was read is turned."""
    parse = document.parses.filter(is_trial=False).order_by("-pk").first()
    return dict(parsed_pages(parse).exclude(rotation=0).values_list("number", "rotation")) if parse else {}
