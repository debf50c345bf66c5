"""Uploads: validated and whole before any row knows of them; and their deletion."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from extraction.choices import INTERFACES, Source
from extraction.engine.raw import Probe
from extraction.engine.read.kind import sniff
from extraction.engine.sandbox.parser import Parser
from extraction.errors import InvalidUpload, PasswordNeeded, ReadingFailed
from extraction.models import (
    Blob,
    Document,
    Extraction,
    Parse,
    ProviderAccount,
    Review,
    ReviewEvent,
    Team,
    Template,
    TemplateVersion,
    User,
)
from extraction.services.blobs import Incoming, drop_blobs, drop_unknown, keep_blob, receive
from extraction.services.detections import start_detection
from extraction.services.extractions import published_version, start_extraction
from extraction.services.idempotency import forget_answers
from extraction.services.learning import forget
from extraction.services.page_images import image_folder
from extraction.services.parses import lock_parses, start_parse
from extraction.services.teams import lock_team
from extraction.services.usage import count_team_usage, require_quota, require_room
from extraction.types import FileKind

NAME_LENGTH = 255
MIB = 1024**2
KINDS = {ending: kind for kind in FileKind for ending in kind.endings}


@dataclass(frozen=True, slots=True)
class Sent:
    """What an interface says beside the file: its caller's run, and what that one wants of the reading.

    The content must be of `kind`, without one of the kind that the name says. Unless it `looks_inside`, which takes a
    child, a worker does so later: a damaged or locked file is kept then, and its reading fails. `remember` is called
    with the document in the transaction that writes its rows.
    """

    run_id: str = ""
    asked: dict[str, Any] = field(default_factory=dict)
    kind: FileKind | None = None
    looks_inside: bool = True
    remember: Callable[[Document], None] | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """How a new document's work begins: the version to extract with, and accounts chosen for this once.

    Where it `detects`, there is no version: the template is found in what was read. `asked` is what an interface wants
    of the reading, `remember` as in Sent.
    """

    version: TemplateVersion | None = None
    detects: bool = False
    parse_account: ProviderAccount | None = None
    extract_account: ProviderAccount | None = None
    asked: dict[str, Any] = field(default_factory=dict)
    remember: Callable[[Document], None] | None = None


def store_document(
    *,
    team: Team,
    file: File[bytes],
    by: User | None,
    source: Source = Source.DASHBOARD,
    template: Template | None = None,
    detects: bool = False,
    password: str = "",
    parse_account: ProviderAccount | None = None,
    extract_account: ProviderAccount | None = None,
    sent: Sent | None = None,
) -> Document:
    """Keep the file and have it read; raises InvalidUpload, PasswordNeeded among them, and then nothing is kept.

    Where it `detects`, the template is found in what was read. The accounts are for this once; without them the
    template has its own, or the team. Raises QuotaUsedUp, and TooManyAtOnce for an interface's document.
    """
    name, sent = clean_name(file.name or ""), sent or Sent()
    version = published_version(template) if template is not None else None
    start = Start(version, detects, parse_account, extract_account, sent.asked, sent.remember)
    document = Document(team=team, name=name, source=source, run_id=sent.run_id, uploaded_by=by, template=template)
    with receive(file.chunks(), limit_bytes=settings.GALLEY_MAX_UPLOAD_MB * MIB) as original:
        kind = _kind_of(original, name, sent.kind)
        if not sent.looks_inside:
            return _keep(document, kind, original, None, start)
        probe = _look_at(original.path, kind, password)
        document.page_count = probe.pages
        with _readable_copy(original.path, probe, password) as readable:
            return _keep(document, kind, original, readable, start)


def _kind_of(incoming: Incoming, name: str, said: FileKind | None) -> FileKind:
    with incoming.path.open("rb") as file:
        kind = sniff(file)
    if (said or KINDS.get(PurePosixPath(name).suffix.lower(), kind)) is not kind:
        raise InvalidUpload(f"{name!r} holds a {kind}", code="wrong_kind")
    return kind


def _look_at(path: Path, kind: FileKind, password: str) -> Probe:
    try:
        with Parser(path, kind, password=password or None, max_pages=settings.GALLEY_MAX_PAGES) as parser:
            return parser.probe()
    except ReadingFailed as exc:
        code = exc.code if exc.code == "sandbox_unavailable" else "unreadable_file"
        raise InvalidUpload(str(exc), code=code) from exc


@contextmanager
def _readable_copy(path: Path, probe: Probe, password: str) -> Iterator[Incoming | None]:
    """The PDF without its password, where it has one."""
    if not probe.encrypted:
        yield None
        return
    try:
        with Parser(path, probe.kind, password=password or None, max_pages=None) as parser:
            copy = parser.decrypted_copy()
    except PasswordNeeded:
        raise
    except ReadingFailed as exc:
        raise InvalidUpload(str(exc), code="unreadable_file") from exc
    with receive([copy]) as readable:
        yield readable


def _delete_after(team: Team) -> datetime | None:
    return timezone.now() + timedelta(days=team.keep_days) if team.keep_days else None


def _keep(document: Document, kind: FileKind, original: Incoming, readable: Incoming | None, start: Start) -> Document:
    try:
        return _write_rows(document, kind, original, readable, start)
    except Exception:
        drop_unknown(document.team, [incoming.sha256 for incoming in (original, readable) if incoming])
        raise


@transaction.atomic
def _write_rows(
    document: Document, kind: FileKind, original: Incoming, readable: Incoming | None, start: Start
) -> Document:
    team = lock_team(document.team_id)
    _admit(team, document, start)
    document.delete_after = _delete_after(team)
    document.blob = keep_blob(original, team=team, kind=kind)
    document.readable = keep_blob(readable, team=team, kind=FileKind.PDF) if readable else None
    document.save()
    parse = _begin(document, start)
    if start.version is not None:
        start_extraction(parse=parse, version=start.version, account=start.extract_account)
    elif start.detects:
        start_detection(parse=parse)
    if start.remember is not None:
        start.remember(document)
    return document


def _admit(team: Team, document: Document, start: Start) -> None:
    """At least one page where nobody has counted them: a worker counts them, before it reads any."""
    require_quota(team, pages=document.page_count or 1, extractions=1 if start.version or start.detects else 0)
    if document.source in INTERFACES:
        require_room(team)
    count_team_usage(team, documents=1, pages=document.page_count or 0)


def _begin(document: Document, start: Start) -> Parse:
    parse = start_parse(document=document, account=start.parse_account)
    if start.asked:
        parse.asked = start.asked
        parse.save(update_fields=["asked"])
    return parse


def clean_name(name: str) -> str:
    """The base name alone, without control characters, cut to the column's length with its extension kept."""
    base = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    # Cc and Cf: control characters, and those that turn the reading direction
    printed = "".join(sign for sign in base if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip()
    if not printed.strip("."):
        return "document"
    suffix = PurePosixPath(printed).suffix[:20]
    return printed if len(printed) <= NAME_LENGTH else printed[: NAME_LENGTH - len(suffix)] + suffix


def same_bytes(team: Team, sha256: str) -> Document | None:
    """The team's earliest document with these bytes."""
    return Document.objects.filter(team=team, blob__sha256=sha256).order_by("pk").first()


def earlier_copy(document: Document) -> Document | None:
    """The team's earliest other document with the same bytes that was there before this one."""
    return Document.objects.filter(blob=document.blob_id, pk__lt=document.pk).order_by("pk").first()


def delete_document(*, document: Document, by: User | None) -> None:
    """Delete the document with all that was read of it; the audit keeps who did it and when."""
    images = image_folder(document)
    with transaction.atomic():
        team = lock_team(document.team_id)
        lock_parses(document)
        blobs = list(Blob.objects.filter(pk__in=[document.blob_id, document.readable_id]))
        events = ReviewEvent.objects.filter(document=document)
        events.update(before=None, after=None)
        ReviewEvent.objects.create(team=team, who=by, what="document_deleted", subject=document.name)
        own = Extraction.objects.filter(parse__document=document).values_list("public_id", flat=True)
        forget_answers(team, documents=[document.pk], extractions=list(own))
        forget(reviews=Review.objects.filter(extraction__parse__document=document).values_list("pk", flat=True))
        document.delete()
        drop_blobs(blobs)
    shutil.rmtree(images, ignore_errors=True)
