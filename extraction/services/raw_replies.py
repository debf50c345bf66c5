"""What providers sent, as files by their hash beside the document's page images; deleted with the document."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from extraction.models import Document, Extraction, Job, PageRange
from extraction.providers.pictures import picture_type
from extraction.services.blobs import team_folder, write_file
from extraction.services.page_images import image_folder

__all__ = [
    "keep_pictures",
    "keep_reply",
    "picture_path",
    "picture_type",
    "raw_reply_path",
    "read_reply",
    "sweep_replies",
]

REPLIES, PICTURES = "replies", "pictures"


def keep_reply(document: Document, data: bytes) -> str:
    """The hash to note in the job's row; without that row the file is swept. Raises OSError."""
    return _keep(image_folder(document) / REPLIES, data)


def keep_pictures(document: Document, pictures: Mapping[str, bytes]) -> dict[str, str]:
    """Hashes by address; what is no picture is left out."""
    folder = image_folder(document) / PICTURES
    return {address: _keep(folder, data) for address, data in pictures.items() if picture_type(data)}


def _keep(folder: Path, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    write_file(folder / digest, data)
    return digest


def raw_reply_path(job: Job) -> Path | None:
    """The provider's answer to a page range or an extraction as it came; None where there is none."""
    path = image_folder(_document_of(job)) / REPLIES / job.raw_reply
    return path if job.raw_reply and path.is_file() else None


def read_reply(job: Job) -> bytes:
    """Raises FileNotFoundError."""
    return (image_folder(_document_of(job)) / REPLIES / job.raw_reply).read_bytes()


def picture_path(document: Document, digest: str) -> Path:
    """The file of a block's `image`."""
    return image_folder(document) / PICTURES / digest


def _document_of(job: Job) -> Document:
    if isinstance(job, PageRange | Extraction):
        return job.parse.document
    raise TypeError(f"{type(job).__name__} has no reply")


def sweep_replies() -> None:
    """Delete what no row knows: folders of documents that are gone, and replies whose job was killed before its row.

    Call it when nothing else runs on this folder. Pictures go with their document.
    """
    documents = set(Document.objects.values_list("pk", flat=True))
    replies = {
        reply
        for model in (PageRange, Extraction)
        for reply in model.objects.exclude(raw_reply="").values_list("raw_reply", flat=True)
    }
    for folder in team_folder(0).parent.glob("*/pages/*"):
        if folder.name.isdigit() and int(folder.name) not in documents:
            shutil.rmtree(folder, ignore_errors=True)
    for path in team_folder(0).parent.glob(f"*/pages/*/{REPLIES}/*"):
        if path.name not in replies:
            path.unlink(missing_ok=True)
