"""What an answer of SoMark's that is no success means for the document and for the account."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from extraction.errors import (
    AccountRefused,
    FateUnknown,
    GalleyError,
    InvalidReply,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
)
from extraction.providers.http import Answer, retry_after
from extraction.wire.somark import Code, Envelope, load_envelope

BUSY = (Code.TOO_FREQUENT, Code.TOO_MANY_AT_ONCE)
NO_QUOTA = (Code.NO_PLAN, Code.NOT_ENOUGH_PAGES, Code.QUOTA_OF_TODAY)
LONGEST_TEXT = 300

type Unclear = type[FateUnknown | ProviderUnavailable]


def opened(answer: Answer, *, key: str, unclear: Unclear) -> Envelope:
    """What is in an accepted call's answer.

    Raises what the refusal means; `unclear` where the answer does not tell whether the call was taken.
    """
    envelope = _envelope(answer)
    if envelope is not None and envelope.code != Code.OK and (answer.status < 500 or envelope.code in [*Code]):
        raise refusal(envelope, answer, key=key)
    if envelope is not None and answer.status < 300:
        return envelope
    raise _without_code(answer, unclear)


def _envelope(answer: Answer) -> Envelope | None:
    try:
        return load_envelope(answer.json())
    except InvalidReply:
        return None


def refusal(envelope: Envelope, answer: Answer, *, key: str) -> GalleyError:
    problem = _shown(f"{envelope.message or 'no message'} ({envelope.code})", key)
    if envelope.code in BUSY:
        return ProviderBusy(problem, retry_after=retry_after(answer.headers))
    if envelope.code == Code.TIMED_OUT:
        return ProviderUnavailable(problem, code="provider_timed_out")
    if envelope.code == Code.INVALID_KEY:
        return AccountRefused(problem, code="key_refused", problem=problem)
    if envelope.code in NO_QUOTA:
        resume_at = _next_day() if envelope.code == Code.QUOTA_OF_TODAY else None
        return AccountRefused(problem, code="quota_used_up", resume_at=resume_at, problem=f"{problem}.")
    return rejection(problem, key=key)


def rejection(problem: str, *, key: str) -> ProviderRejected:
    shown = _shown(problem, key)
    return ProviderRejected(f"SoMark refused: {shown}", problem=shown)


def _without_code(answer: Answer, unclear: Unclear) -> GalleyError:
    """An answer that some other server on the way gave, or that came mutilated."""
    status = answer.status
    said = f"SoMark's address answered HTTP {status}"
    if status == 429:
        return ProviderBusy(said, retry_after=retry_after(answer.headers))
    if status in (408, 503):
        return ProviderUnavailable(said, retry_after=retry_after(answer.headers))
    if status in (401, 403):
        return AccountRefused(said, code="key_refused", problem=said)
    if 300 <= status < 400 or status in (404, 405):
        return ProviderUnavailable(said, code="provider_elsewhere")
    if 400 <= status < 500 and unclear is FateUnknown:
        return ProviderRejected(said, problem=f"HTTP {status}")
    return unclear(f"{said} and nothing that SoMark says")


def _shown(text: str, key: str) -> str:
    """Short, on one line and without the key, should they send it back."""
    hidden = text.replace(key, "…") if key else text
    return " ".join(hidden.split())[:LONGEST_TEXT]


def _next_day() -> datetime:
    """When the day's quota begins anew, taking SoMark's day for a day of UTC."""
    return datetime.combine(datetime.now(UTC).date() + timedelta(days=1), time(), UTC)
