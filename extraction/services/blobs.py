"""Bytes in the data folder: received whole before they take their name, and found by their hash."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from extraction.errors import InvalidUpload
from extraction.models import Blob, Document, Team
from extraction.services.teams import lock_team

FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file as it came in, not yet in the store."""

    path: Path
    sha256: str
    size: int


@contextmanager
def receive(chunks: Iterable[bytes], *, limit_bytes: int | None = None) -> Iterator[Incoming]:
    """Write the chunks to a part file that goes when the block ends. Raises InvalidUpload."""
    path = incoming_folder() / f"{uuid.uuid4().hex}.part"
    with _room_or_sentence():
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        # the lock tells a sweep that somebody still writes here
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with _room_or_sentence():
            yield _write(descriptor, path, chunks, limit_bytes)
    finally:
        os.close(descriptor)
        path.unlink(missing_ok=True)


def _write(descriptor: int, path: Path, chunks: Iterable[bytes], limit_bytes: int | None) -> Incoming:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if limit_bytes is not None and size > limit_bytes:
            raise InvalidUpload(code="too_large", limit=limit_bytes // 1024**2)
        digest.update(chunk)
        view = memoryview(chunk)
        while view:
            view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)
    return Incoming(path, digest.hexdigest(), size)


@contextmanager
def _room_or_sentence() -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        if exc.errno in FULL:
            raise InvalidUpload(str(exc), code="disk_full") from exc
        raise


def keep_blob(incoming: Incoming, *, team: Team, kind: str) -> Blob:
    """Move the file into the team's store, inside the caller's transaction, which holds the team's row."""
    blob, _ = Blob.objects.get_or_create(
        team=team, sha256=incoming.sha256, defaults={"size": incoming.size, "kind": kind}
    )
    path = blob_path(blob)
    with _room_or_sentence():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        incoming.path.replace(path)
        _sync_folder(path.parent)
    return blob


def drop_blobs(blobs: Iterable[Blob]) -> None:
    """Delete those that no document needs any more, inside the caller's transaction, which holds the team's row.

    The file goes before the transaction ends: nobody can store the same bytes in between.
    """
    for blob in blobs:
        if not Document.objects.filter(blob=blob).exists() and not Document.objects.filter(readable=blob).exists():
            blob.delete()
            blob_path(blob).unlink(missing_ok=True)


def drop_unknown(team: Team, hashes: Iterable[str]) -> None:
    """Delete files that an unfinished transaction left without a row."""
    with transaction.atomic():
        lock_team(team.pk)
        for sha256 in hashes:
            if not Blob.objects.filter(team=team, sha256=sha256).exists():
                _store_path(team.pk, sha256).unlink(missing_ok=True)


def sweep_store() -> None:
    """Delete files that no row knows; call it when nothing else runs on this folder."""
    known = {(str(team), sha256) for team, sha256 in Blob.objects.values_list("team", "sha256")}
    for path in team_folder(0).parent.glob("*/[0-9a-f][0-9a-f]/*"):
        if (path.parts[-3], path.name) not in known:
            path.unlink(missing_ok=True)
    for path in team_folder(0).parent.glob("*/pages/*/*.part"):
        path.unlink(missing_ok=True)


def blob_path(blob: Blob) -> Path:
    return _store_path(blob.team_id, blob.sha256)


def _store_path(team_id: int, sha256: str) -> Path:
    return team_folder(team_id) / sha256[:2] / sha256


def team_folder(team_id: int) -> Path:
    return Path(settings.GALLEY_DATA) / "files" / str(team_id)


def incoming_folder() -> Path:
    folder = Path(settings.GALLEY_DATA) / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def write_file(path: Path, data: bytes) -> None:
    """Write under a name of its own, then rename: readers see all of it or nothing. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def sweep_incoming() -> int:
    """Delete what broken-off uploads left behind; call it when no web server runs on this folder."""
    return sum(_sweep(path) for path in incoming_folder().iterdir() if path.is_file())


def _sweep(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
    except (BlockingIOError, FileNotFoundError):
        return False
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
