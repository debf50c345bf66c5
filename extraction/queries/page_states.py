"""Every page of a parse as people see it: read, failed, waiting or being read, also while it is read once more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from extraction.choices import JOB_PENDING, JobState, Lane, PageState
from extraction.models import PageRange, Parse, ParsedPage

_COLUMNS = ("number", "version", "state", "width", "height", "error_class", "error_params", "created_at")


@dataclass(frozen=True, slots=True)
class PageShell:
    """A page's place in the viewer; `state` is done, failed or pending, a size not known yet is A4's.

    `work` is what is still to be done for it: waiting, reading or, empty, nothing; a pending page without work was
    left out. `version` is the one that is shown, 0 before the first. `again_code` says why reading a page once more
    failed whose earlier version is shown.
    """

    number: int
    width: float = 595.0
    height: float = 842.0
    state: str = "pending"
    error_code: str = ""
    error_params: dict[str, Any] | None = None
    work: str = ""
    version: int = 0
    read_at: datetime | None = None
    again_code: str = ""
    again_params: dict[str, Any] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """The same for what looks the same on the screen."""
        return ".".join((self.state, str(self.version), self.work, self.again_code))

    @property
    def seen_as(self) -> str:
        """One word for what is seen first: done, failed, waiting, reading or left."""
        return self.work or ("left" if self.state == "pending" else self.state)


def page_shells(parse: Parse, page_count: int | None) -> list[PageShell]:
    """Every page of the document in order; two queries without any page's content."""
    tried: dict[int, PageShell] = {}
    newest: dict[int, int] = {}
    versions = ParsedPage.objects.filter(parse=parse).order_by("number", "version")
    for number, version, *columns in versions.values_list(*_COLUMNS):
        newest[number] = version
        tried[number] = _later(tried.get(number), _shell(number, version, *columns))
    last = max([page_count or 1, *tried])
    # before its ranges are made everything waits
    work = dict.fromkeys(range(1, last + 1), "waiting") if _is_unplanned(parse, newest) else {}
    for job in PageRange.objects.filter(parse=parse, state__in=JOB_PENDING):
        work |= _work_of(job, newest)
    return [replace(tried.get(number) or PageShell(number), work=work.get(number, "")) for number in range(1, last + 1)]


def _shell(
    number: int,
    version: int,
    state: str,
    width: float | None,
    height: float | None,
    code: str,
    params: dict[str, Any],
    read_at: datetime,
) -> PageShell:
    return PageShell(number, width or 595.0, height or 842.0, state, code, params, version=version, read_at=read_at)


def _later(shown: PageShell | None, tried: PageShell) -> PageShell:
    """What was read once is not hidden by a later try that failed."""
    if shown is None or shown.state == PageState.FAILED or tried.state == PageState.DONE:
        return tried
    return replace(shown, again_code=tried.error_code, again_params=tried.error_params or {})


def _is_unplanned(parse: Parse, newest: dict[int, int]) -> bool:
    return parse.is_pending and not newest and parse.turn is not None


def _work_of(job: PageRange, newest: dict[int, int]) -> dict[int, str]:
    """On this machine a range's pages are read one after the other, by a provider all at once."""
    numbers = [number for number in range(job.first, job.last + 1) if newest.get(number, 0) < job.version]
    if job.state == JobState.RUNNING and job.lane == Lane.CPU:
        return dict.fromkeys(numbers, "waiting") | dict.fromkeys(numbers[:1], "reading")
    is_sent = job.lane == Lane.REMOTE and (job.state == JobState.RUNNING or bool(job.remote_id))
    return dict.fromkeys(numbers, "reading" if is_sent and job.state != JobState.WAITING else "waiting")
