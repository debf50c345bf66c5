"""SoMark's tasks: a parse that a caller asked for, the same one when the same upload comes again within minutes."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.core.files.base import File
from django.utils import timezone

from extraction.choices import JobState, Provider, Source
from extraction.engine.read.kind import sniff
from extraction.errors import InvalidUpload
from extraction.models import ApiKey, Parse, Team
from extraction.services.documents import clean_name, delete_document
from extraction.services.routing import reading_route
from extraction.services.submissions import submit_document
from extraction.services.usage import count_team_usage
from extraction.types import FileKind
from extraction.wire.somark import Asked, digest_text, dump_asked, unmet

# a caller whose connection timed out sends its file once more
SAME_WITHIN = timedelta(minutes=10)


def submit_task(*, team: Team, key: ApiKey | None, file: File[bytes], sha256: str, asked: Asked) -> Parse:
    """Stored durably before this returns; `sha256` is the file's.

    The same key, bytes, name and options within ten minutes are the same task, unless that one failed. Raises what
    submit_document raises.
    """
    kind = _kind_of(file)
    wanted = _as_kept(team, key, clean_name(file.name or ""), sha256, asked)
    known = _task_like(team, sha256, wanted)
    if known is not None:
        return known
    document = submit_document(team=team, key=key, file=file, source=Source.SOMARK, asked=wanted, kind=kind)
    parse: Parse = document.parses.select_related("document").get(is_trial=False)
    first = _task_like(team, sha256, wanted) or parse
    if first.pk < parse.pk:
        # both came at once, to two processes: this one makes room
        count_team_usage(team, documents=-1, pages=-(document.page_count or 0))
        delete_document(document=document, by=None)
        return first
    return parse


def _kind_of(file: File[bytes]) -> FileKind:
    """By the content alone. Raises InvalidUpload."""
    try:
        return sniff(file)
    except InvalidUpload as exc:
        if exc.code != "empty_file" and clean_name(file.name or "").lower().endswith(".pdf"):
            raise InvalidUpload("named as a PDF, and none", code="corrupt_file") from exc
        raise


def _as_kept(team: Team, key: ApiKey | None, name: str, sha256: str, asked: Asked) -> dict[str, Any]:
    embedded = reading_route(team=team).provider == Provider.EMBEDDED
    told = dump_asked(asked)
    told["warnings"] = [*asked.warnings, *unmet(asked, embedded=embedded)]
    parts = (str(key.pk) if key else "", name, sha256, digest_text(asked))
    return told | {"digest": hashlib.sha256("\0".join(parts).encode()).hexdigest()}


def _task_like(team: Team, sha256: str, wanted: dict[str, Any]) -> Parse | None:
    rows = Parse.objects.filter(
        document__blob__team=team,
        document__blob__sha256=sha256,
        document__source=Source.SOMARK,
        created_at__gte=timezone.now() - SAME_WITHIN,
        is_trial=False,
    )
    going = rows.exclude(state__in=(JobState.FAILED, JobState.CANCELLED)).select_related("document").order_by("pk")
    return next((parse for parse in going if parse.asked.get("digest") == wanted["digest"]), None)
