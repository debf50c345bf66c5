"""SoMark over HTTP: a document is submitted once, its task asked for until it is done, its pictures copied at once."""

from __future__ import annotations

from typing import BinaryIO

from extraction.errors import AnswerLost, FateUnknown, GalleyError, InvalidReply, ProviderRejected, ProviderUnavailable
from extraction.providers.http import MEBIBYTE, Answer, Caller
from extraction.providers.pictures import copy_pictures
from extraction.providers.somark_refusals import opened, rejection
from extraction.types import AccountStatus, CallUsage, Endpoint, FileKind, ParseRequest, RawReply, Ticket
from extraction.wire.somark import (
    Quota,
    Status,
    Task,
    key_form,
    load_quota,
    load_task,
    picture_addresses,
    poll_form,
    submit_form,
)

# what SoMark takes of one document
MAX_MEGABYTES = 200
MAX_PAGES = 300
# SoMark tells a file by its content and then by its name
ENDINGS = {
    FileKind.PDF: (".pdf",),
    FileKind.PNG: (".png",),
    FileKind.JPEG: (".jpg", ".jpeg"),
    FileKind.TIFF: (".tif", ".tiff"),
    FileKind.DOCX: (".docx",),
}
# SoMark announces the end of these addresses for 2026-12-31
OLDER_FAMILY = "extract"


class SomarkParser:
    """Reads documents at one account; `endpoint.path_family` chooses between `/parse` and the older `/extract`."""

    def __init__(self, endpoint: Endpoint, caller: Caller | None = None) -> None:
        self._endpoint = endpoint
        self._caller = caller or Caller(endpoint)

    def submit(self, request: ParseRequest, *, submit_key: str) -> Ticket:
        """SoMark has no place for `submit_key`: where the answer is lost, FateUnknown is raised and a person decides.

        `request.pages` are those that are in the file, None where nobody counted them.
        """
        check_limits(request)
        with request.path.open("rb") as file:
            answer = self._send(request, file)
        envelope = opened(answer, key=self._endpoint.key, unclear=FateUnknown)
        task_id = envelope.data.get("task_id")
        if not isinstance(task_id, str) or not task_id:
            raise FateUnknown("SoMark took a document and named no task")
        return Ticket(task_id)

    def fetch(self, ticket: Ticket) -> RawReply | None:
        """Raises ProviderUnavailable for whatever may pass; a task that failed or is unknown is ProviderRejected."""
        answer = self._ask(f"{self._endpoint.path_family}/async_check", poll_form(self._endpoint.key, ticket.remote_id))
        task, addresses, warnings = self._told(answer)
        if task.status is Status.FAILED:
            raise rejection(task.reason or "no reason given", key=self._endpoint.key)
        if task.status is not Status.SUCCESS:
            return None
        pictures, missing = copy_pictures(self._caller, addresses)
        return RawReply(answer.body, CallUsage(calls=1, pages=task.pages), pictures, (*warnings, *missing))

    def check(self) -> AccountStatus:
        """Ask for the quota; where that cannot be read, whether anything answers at the address at all."""
        try:
            quota = self._quota()
        except ProviderUnavailable as exc:
            return self._unavailable(exc)
        except ProviderRejected as exc:
            code = "check_refused" if exc.code == "provider_rejected" else exc.code
            return AccountStatus(ok=False, message=str(exc), code=code, params=exc.params)
        except GalleyError as exc:
            return AccountStatus(ok=False, message=str(exc), code=exc.code, params=exc.params)
        return AccountStatus(ok=True, remaining=quota.remaining, details=_details(quota))

    def _send(self, request: ParseRequest, file: BinaryIO) -> Answer:
        family = self._endpoint.path_family
        form = submit_form(self._endpoint.key, request.options, older=family == OLDER_FAMILY)
        files = {"file": (name_for(request), file, "application/octet-stream")}
        try:
            return self._caller.call("POST", f"{family}/async", data=form, files=files)
        except (AnswerLost, InvalidReply) as exc:
            raise FateUnknown(f"the answer to a submission was lost: {exc}") from exc
        except ProviderRejected as exc:
            if exc.code != "reply_too_large":
                raise
            raise FateUnknown("the answer to a submission is too large to be read") from exc

    def _ask(self, path: str, form: dict[str, str | list[str]]) -> Answer:
        """Asking again costs nothing, so a lost answer is an outage."""
        try:
            return self._caller.call("POST", path, data=form)
        except AnswerLost as exc:
            raise ProviderUnavailable(str(exc)) from exc

    def _told(self, answer: Answer) -> tuple[Task, tuple[str, ...], tuple[str, ...]]:
        """The task, its pictures' addresses, warnings; the parsed answer goes, since it can be large."""
        envelope = opened(answer, key=self._endpoint.key, unclear=ProviderUnavailable)
        warnings = ("options_ignored",) if envelope.warnings else ()
        return load_task(envelope), picture_addresses(envelope), warnings

    def _quota(self) -> Quota:
        answer = self._ask("usage", key_form(self._endpoint.key))
        return load_quota(opened(answer, key=self._endpoint.key, unclear=ProviderUnavailable))

    def _unavailable(self, error: ProviderUnavailable) -> AccountStatus:
        code = error.code
        if code == "provider_unavailable" and self._is_reachable():
            code = "provider_elsewhere"
        return AccountStatus(ok=False, message=str(error), code=code, params=error.params)

    def _is_reachable(self) -> bool:
        try:
            return self._caller.call("HEAD", "").status < 500
        except GalleyError:
            return False


def check_limits(request: ParseRequest) -> None:
    """Raise ProviderRejected for what SoMark would refuse, before it is sent."""
    if request.kind not in ENDINGS:
        raise ProviderRejected(f"SoMark takes no {request.kind}", code="kind_not_taken")
    if request.path.stat().st_size > MAX_MEGABYTES * MEBIBYTE:
        raise ProviderRejected("a file over SoMark's limit", code="too_large", limit=MAX_MEGABYTES)
    pages = len(request.pages or ())
    if pages > MAX_PAGES:
        raise ProviderRejected(f"{pages} pages for SoMark", code="too_many_pages", pages=pages, limit=MAX_PAGES)


def name_for(request: ParseRequest) -> str:
    """The file's own name, with an ending that fits what it is: the pages of a DOCX file are sent as PDF."""
    name = request.name.replace("\\", "/").rpartition("/")[2].strip() or "document"
    endings = ENDINGS[request.kind]
    return name if name.lower().endswith(endings) else name + endings[0]


def _details(quota: Quota) -> dict[str, str]:
    told = {
        "paid": quota.paid,
        "free_today": quota.free_today,
        "free_this_month": quota.free_this_month,
        "dashboard_url": quota.dashboard_url or None,
    }
    return {name: str(value) for name, value in told.items() if value is not None}
