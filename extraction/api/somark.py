"""SoMark's interface: documents come in as forms, and go out as pages, Markdown and pictures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

from django.http import HttpRequest, HttpResponse

from extraction.addresses import base_url
from extraction.api.auth import Caller, KeyRefused, caller_of, keyless_caller
from extraction.api.kept_answers import KEPT
from extraction.api.somark_files import picture_address, zip_address
from extraction.api.somark_refusals import answer, failure_code, post_only, sentence_for
from extraction.api.somark_uploads import Refused, Sent, sent_form
from extraction.choices import JobState, Scope
from extraction.errors import TooManySyncCalls
from extraction.models import Parse
from extraction.queries.stamps import parse_stamp
from extraction.services.somark_results import result_of
from extraction.services.somark_tasks import submit_task
from extraction.services.submissions import parse_of, sync_call, wait_until_ended
from extraction.services.usage import pages_left
from extraction.wire import somark
from extraction.wire.somark import Code, Quota, Status, TaskHead, load_asked

SYNC_SECONDS = 100.0
LONG_POLL_SECONDS = 20.0
# what is told where a team has no quota
MANY_PAGES = 1_000_000
STATUSES = {
    JobState.WAITING: Status.QUEUING,
    JobState.QUEUED: Status.QUEUING,
    JobState.RUNNING: Status.PROCESSING,
    JobState.DONE: Status.SUCCESS,
    JobState.FAILED: Status.FAILED,
    JobState.CANCELLED: Status.FAILED,
}


def reach(request: HttpRequest) -> HttpResponse:
    """Callers look whether anything answers at the base URL."""
    if request.method in ("GET", "HEAD"):
        return answer({"code": 0, "message": "ok", "data": {}})
    return answer(somark.dump_refused(Code.INVALID_VALUE, "There is no such address."))


@post_only
def parse_sync(request: HttpRequest) -> HttpResponse:
    """The result itself, if it is there in time."""
    end = time.monotonic() + SYNC_SECONDS
    with _called(request, Scope.RUN) as (caller, sent), sync_call():
        parse = _submitted(caller, sent)
        # the file goes before the wait
        if sent.file is not None:
            sent.file.close()
        wait_until_ended(parse, seconds=max(0.0, end - time.monotonic()))
    return _synchronous(request, _again(caller, parse))


@post_only
def parse_async(request: HttpRequest) -> HttpResponse:
    """The task's id, once the document is stored."""
    with _called(request, Scope.RUN) as (caller, sent):
        parse = _submitted(caller, sent)
    return answer(somark.dump_submitted(str(parse.public_id), warnings=parse.asked.get("warnings", [])))


@post_only
def check(request: HttpRequest) -> HttpResponse:
    """A task as it stands; teams that want it so have the call held for a while."""
    with _called(request, Scope.READ) as (caller, sent):
        task_id = (sent.fields.get("task_id") or "").strip()
    stamp = parse_stamp(caller.team, task_id)
    return KEPT.answer(stamp and ("task", base_url(request), *stamp), lambda: _checked(request, caller, task_id))


def _checked(request: HttpRequest, caller: Caller, task_id: str) -> HttpResponse:
    parse = parse_of(caller.team, task_id)
    if parse is None:
        return answer(somark.dump_unknown_task(task_id))
    if caller.team.long_polling and parse.is_pending:
        parse = _held(caller, parse)
    return _told(request, parse)


@post_only
def usage(request: HttpRequest) -> HttpResponse:
    with _called(request, Scope.READ) as (caller, _):
        left = pages_left(caller.team)
    pages = MANY_PAGES if left is None else left
    return answer(somark.dump_quota(Quota(0, pages, pages, f"{base_url(request)}/")))


@contextmanager
def _called(request: HttpRequest, scope: Scope) -> Iterator[tuple[Caller, Sent]]:
    with sent_form(request) as sent:
        caller = caller_of(sent.key) if sent.key else keyless_caller()
        if not caller.may(scope):
            raise KeyRefused("scope")
        if caller.wait_seconds is not None:
            raise Refused(Code.TOO_FREQUENT, "Too many calls with this key. Come back in a minute.")
        yield caller, sent


def _submitted(caller: Caller, sent: Sent) -> Parse:
    asked = load_asked(dict(sent.fields.lists()))
    if sent.file is None:
        raise Refused(Code.INVALID_PARAMETER, "The form has no file, or it broke off.")
    return submit_task(team=caller.team, key=caller.key, file=sent.file, sha256=sent.file.sha256, asked=asked)


def _held(caller: Caller, parse: Parse) -> Parse:
    """As it stands after some seconds, or at once where too many calls are held already."""
    try:
        wait_until_ended(parse, seconds=LONG_POLL_SECONDS)
    except TooManySyncCalls:
        return parse
    return _again(caller, parse)


def _again(caller: Caller, parse: Parse) -> Parse:
    """The row as it is now; somebody may have deleted its document."""
    return parse_of(caller.team, str(parse.public_id)) or _gone()


def _gone() -> Parse:
    raise Refused(Code.FILE_NOT_FOUND, "Somebody has deleted this document.")


def _synchronous(request: HttpRequest, parse: Parse) -> HttpResponse:
    status, task_id = STATUSES[JobState(parse.state)], str(parse.public_id)
    if status is Status.SUCCESS:
        return answer(somark.dump_sync(_head(parse), _result(request, parse), warnings=_warnings(parse)))
    if status is Status.FAILED:
        raise Refused(failure_code(parse.error_class), _reason(parse), task_id=task_id)
    message = f"This takes longer than {SYNC_SECONDS:g} seconds and goes on: ask for the task later."
    raise Refused(Code.TIMED_OUT, message, task_id=task_id)


def _told(request: HttpRequest, parse: Parse) -> HttpResponse:
    status = STATUSES[JobState(parse.state)]
    if status is Status.SUCCESS:
        return answer(somark.dump_done(_head(parse), _result(request, parse), warnings=_warnings(parse)))
    if status is Status.FAILED:
        return answer(somark.dump_failed(str(parse.public_id), parse.document.name, _reason(parse)))
    return answer(somark.dump_waiting(_head(parse), status))


def _head(parse: Parse) -> TaskHead:
    name = parse.document.name
    suffix = PurePosixPath(name).suffix.lower()
    return TaskHead(parse.pk, str(parse.public_id), name, suffix, parse.document.page_count)


def _result(request: HttpRequest, parse: Parse) -> dict[str, object]:
    result = result_of(parse, address=picture_address(request))
    address = zip_address(request, parse) if "zip" in parse.asked.get("output_formats", ()) else None
    return somark.dump_result(
        parse.document.name, images=result.images, pages=result.pages, markdown=result.markdown, zip_url=address
    )


def _warnings(parse: Parse) -> list[str]:
    """Of the options, and of what was read: pages that failed, for one."""
    return [*parse.asked.get("warnings", []), *(sentence_for(told["code"], told["params"]) for told in parse.warnings)]


def _reason(parse: Parse) -> str:
    return sentence_for(parse.error_class or "reading_failed", parse.error_params)
