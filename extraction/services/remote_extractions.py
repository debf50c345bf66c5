"""An extraction at a provider: sent and asked for (DocMap), or asked in one call (a language model)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from extraction.choices import JobState, Lane, PageState, Provider
from extraction.errors import AccountRefused, AnswerLost, FateUnknown, GalleyError, InvalidReply, ProviderUnavailable
from extraction.models import Document, Extraction, Parse, ProviderAccount
from extraction.providers.base import AskedExtractor, PolledExtractor
from extraction.providers.docmap import LATE_LOOKS_SECONDS, PROCESSING_DEADLINE_SECONDS, poll_seconds
from extraction.queries.accounts import cost_of
from extraction.queries.pages import parsed_pages
from extraction.services.accounts import pause_account
from extraction.services.admission import ready_accounts, take_call
from extraction.services.blobs import blob_path, receive
from extraction.services.budgets import count_usage
from extraction.services.clients import extractor_client
from extraction.services.extractions import step_in_for_extraction
from extraction.services.jobs import NO_ERROR, error_columns, move, step
from extraction.services.page_images import forget_if_gone, image_file
from extraction.services.raw_replies import keep_reply
from extraction.services.readings import document_reading
from extraction.services.remote_calls import Call, later, seconds_since_sent
from extraction.services.remote_ranges import as_pdf
from extraction.services.templates import specs_of
from extraction.services.webhook_events import tell_of_extraction
from extraction.types import CallUsage, DocumentReading, ExtractRequest, FileKind, RawReply, Ticket

# what was sent may take so long to appear in the provider's list, also when we did not hear the end of it
APPEARS_SECONDS = 15.0
PATIENCE_SECONDS = 5.0
# whoever looks late at a failed extraction has it for so long
LATE_LEASE_SECONDS = 120.0
LATE_PAUSE_SECONDS = 60.0
SLOW = GalleyError("more than two minutes in processing", code="provider_too_slow")


def call_for_fields(call: Call[Extraction]) -> None:
    """One step. Raises FateUnknown where a model was asked twice and nobody heard what it said."""
    call.lease.look()
    extraction = _loaded(call.job.pk)
    client = extractor_client(call.account)
    if call.account.provider == Provider.CHAT:
        _ask(call, extraction, cast(AskedExtractor, client))
    elif call.job.remote_id:
        _fetch(call, extraction, cast(PolledExtractor, client))
    elif call.job.submit_key:
        _find(call, extraction, cast(PolledExtractor, client))
    else:
        _send_first(call, extraction, cast(PolledExtractor, client))


def _loaded(pk: int) -> Extraction:
    related = ("parse__document__blob", "parse__document__readable", "version__template")
    extraction: Extraction = Extraction.objects.select_related(*related).get(pk=pk)
    return extraction


def _send_first(call: Call[Extraction], extraction: Extraction, client: PolledExtractor) -> None:
    with file_request(extraction) as request:
        key = call.send()
        with call.unsent_on_refusal(submit_key=None):
            ticket = _submitted(client, request, key)
    call.sent(ticket.remote_id, seconds=poll_seconds(0))


def _find(call: Call[Extraction], extraction: Extraction, client: PolledExtractor) -> None:
    """What became of a submission whose answer was lost: adopt it, or send it again under the same key."""
    key = str(call.job.submit_key)
    call.ask()
    ticket = client.find(key)
    if ticket is None and (wait := APPEARS_SECONDS - seconds_since_sent(call.job)) > 0:
        call.still_at_work(seconds=wait)
        return
    if ticket is None:
        with file_request(extraction) as request:
            _wait_for_turn(call)
            call.lease.renew(started_at=timezone.now())
            ticket = _submitted(client, request, key)
    call.sent(ticket.remote_id, seconds=poll_seconds(0))


def _wait_for_turn(call: Call[Extraction]) -> None:
    """The second call of one step. Raises NotNow."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not take_call(call.account, new=False):
        if time.monotonic() > deadline:
            call.ask()
        time.sleep(0.1)


def _submitted(client: PolledExtractor, request: ExtractRequest, key: str) -> Ticket:
    """An answer that cannot be read leaves as much in doubt as none."""
    try:
        return client.submit(request, submit_key=key)
    except InvalidReply as exc:
        raise AnswerLost(str(exc)) from exc


@contextmanager
def file_request(extraction: Extraction) -> Iterator[ExtractRequest]:
    """The file itself, pictures as a PDF; no reading, since the provider makes its own."""
    document = extraction.parse.document
    blob = document.readable or document.blob
    kind = FileKind(blob.kind)
    if not kind.is_picture:
        yield _request(extraction, blob_path(blob), kind)
        return
    with receive([as_pdf(blob_path(blob), kind)]) as pdf:
        yield _request(extraction, pdf.path, FileKind.PDF)


def _request(extraction: Extraction, path: Path, kind: FileKind) -> ExtractRequest:
    return ExtractRequest(
        reading=DocumentReading(()),
        fields=specs_of(extraction.version),
        language=extraction.version.template.language,
        path=path,
        kind=kind,
        name=extraction.parse.document.name,
        options={"template": extraction.settings.get("docmap_template", "")},
    )


def _fetch(call: Call[Extraction], extraction: Extraction, client: PolledExtractor) -> None:
    call.ask()
    reply = client.fetch(Ticket(call.job.remote_id))
    if reply is not None:
        usage = usage_columns(call.account, reply.usage)
        call.answered(extraction.parse.document, reply, usage=usage)
    elif (seconds := seconds_since_sent(call.job)) < PROCESSING_DEADLINE_SECONDS:
        call.still_at_work(seconds=next_look_seconds(seconds))
    else:
        _give_up_for_now(call)


def next_look_seconds(seconds: float) -> float:
    """After so many seconds of a growing pause: `poll_seconds` by time, so that no look has to be counted."""
    looks, passed = 0, 1.0
    while passed <= seconds and looks < 10:
        looks += 1
        passed += 1.5**looks
    return poll_seconds(looks)


def _give_up_for_now(call: Call[Extraction]) -> None:
    """Failed, with its id and a next look; somebody else may take over."""
    with transaction.atomic():
        wake_at = late_look_at(call.job)
        step(call.job, JobState.FAILED, wake_at=wake_at, **error_columns(SLOW))
        step_in_for_extraction(_loaded(call.job.pk), {"code": SLOW.code, "params": {}})
        tell_of_extraction(call.job.pk)


def late_look_at(job: Extraction) -> datetime | None:
    """The next of the late looks, counted from the deadline; None after the last."""
    passed = seconds_since_sent(job) - PROCESSING_DEADLINE_SECONDS
    following = [seconds for seconds in LATE_LOOKS_SECONDS if seconds > passed]
    return later(following[0] - passed) if following else None


def claim_late_look() -> Extraction | None:
    """A failed extraction whose provider may have finished after all; it stays failed to people meanwhile."""
    due = Extraction.objects.filter(state=JobState.FAILED, wake_at__lte=timezone.now(), account__in=ready_accounts())
    job: Extraction
    for job in due.exclude(remote_id="").order_by("wake_at")[:4]:
        mine = Extraction.objects.filter(pk=job.pk, fence=job.fence, state=JobState.FAILED)
        if mine.update(fence=F("fence") + 1, wake_at=later(LATE_LEASE_SECONDS)) == 1:
            job.fence += 1
            return job
    return None


def look_late(job: Extraction) -> None:
    """Adopt what the provider has by now; else look once more later, or leave it failed."""
    row = Extraction.objects.filter(pk=job.pk, fence=job.fence, state=JobState.FAILED)
    account: ProviderAccount | None = job.account
    if account is None or not take_call(account, new=False):
        row.update(wake_at=later(1.0) if account else None)
        return
    try:
        reply = cast(PolledExtractor, extractor_client(account)).fetch(Ticket(job.remote_id))
    except AccountRefused as exc:
        # when it is resumed
        pause_account(account=account, error=exc)
        row.update(wake_at=later(LATE_PAUSE_SECONDS))
    except ProviderUnavailable:
        # ever more seldom, should it never come back
        row.update(wake_at=later(max(LATE_PAUSE_SECONDS, seconds_since_sent(job) / 10)))
    except GalleyError:
        row.update(wake_at=None)
    else:
        if reply is None:
            row.update(wake_at=late_look_at(job))
        else:
            _adopt_late(row, account, _loaded(job.pk).parse.document, reply)


def _adopt_late(row: QuerySet[Extraction], account: ProviderAccount, document: Document, reply: RawReply) -> None:
    columns = NO_ERROR | {"raw_reply": keep_reply(document, reply.data), "usage": usage_columns(account, reply.usage)}
    with transaction.atomic():
        adopted = move(row, JobState.QUEUED, lane=Lane.CPU, wake_at=None, **columns)
        if adopted:
            count_usage(account, reply.usage)
    if not adopted:
        forget_if_gone(document)


def _ask(call: Call[Extraction], extraction: Extraction, client: AskedExtractor) -> None:
    """A call whose answer was lost is repeated once: it costs a little, a second repeat is a person's to decide."""
    job = call.job
    if job.submit_key and job.crashes:
        raise FateUnknown("the model was asked twice and its answer lost twice")
    request = _whole_request(extraction)
    before: dict[str, Any] = {"crashes": 0} if job.submit_key else {"submit_key": None}
    if job.submit_key:
        call.ask()
        call.lease.renew(crashes=1, started_at=timezone.now())
    else:
        call.send()
    with call.unsent_on_refusal(**before):
        reply = client.ask(request)
    usage = usage_columns(call.account, reply.usage)
    if reply.warnings:
        usage["warnings"] = list(reply.warnings)
    call.answered(extraction.parse.document, reply, usage=usage)


def _whole_request(extraction: Extraction) -> ExtractRequest:
    settings = extraction.settings
    return ExtractRequest(
        reading=document_reading(extraction.parse),
        fields=specs_of(extraction.version),
        language=extraction.version.template.language,
        name=extraction.parse.document.name,
        images=page_pictures(extraction.parse) if settings.get("sends_images") else (),
        options={
            "instructions": settings.get("instructions", ""),
            "images": bool(settings.get("sends_images")),
            "chunk_tokens": settings.get("chunk_tokens"),
        },
    )


def page_pictures(parse: Parse) -> tuple[tuple[int, Path], ...]:
    """The picture of every page that was read, drawn where nobody has drawn it yet."""
    document: Document = parse.document
    numbers = parsed_pages(parse).filter(state=PageState.DONE).values_list("number", flat=True)
    return tuple((number, image_file(document, number, "image")) for number in numbers)


def usage_columns(account: ProviderAccount, usage: CallUsage) -> dict[str, Any]:
    """What the extraction tells people: tokens, and their price where the account knows one."""
    told: dict[str, Any] = {
        "calls": usage.calls,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
    }
    cost = cost_of(account, usage.input_tokens, usage.output_tokens)
    return told if cost is None else told | {"cost": f"{cost.normalize():f}", "currency": account.currency}
