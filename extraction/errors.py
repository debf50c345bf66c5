"""What can go wrong, by what to do next.

GalleyError
├── InvalidUpload           tell the person; nothing was kept
│   └── PasswordNeeded      ask for the PDF's password, or say that it is wrong
├── InvalidTemplate         tell the person which field is wrong
├── InvalidWebhook          tell the person what is wrong with its address or its events
├── ReadingFailed           stop, keep the reason
│   └── ParserCrashed       the child died or broke a limit: once more, then stop
├── Cancelled               somebody asked for it: stop between pages
├── LostLease               another worker has the job: write nothing
├── StepNotAllowed          the row has moved on: look again
│   ├── ReviewLocked        somebody else works on it: take it over first
│   └── ReviewIncomplete    fields need a person before it can be approved
├── QuotaUsedUp             the team's month is full: next month, or a larger quota
├── TooManyAtOnce           nothing was taken: come back in some seconds
│   ├── TooManySyncCalls    or ask without waiting for the result
│   └── CallUnderWay        the first call with this idempotency key is still at work
├── KeyUsedBefore           this idempotency key came with another body: choose another one
├── StaleReview             somebody else saved first: show both values
├── ProviderUnavailable     try later; nothing was taken by the provider
│   ├── ProviderBusy        it asks to wait: not an outage, the account's other calls go on more slowly
│   └── AnswerLost          the request may have arrived: ask what became of it before it is sent again
├── FateUnknown             wait for a person: nobody can say whether the provider has the document
├── AccountRefused          pause the account (the code is one of choices.Pause); its documents wait, none fails
├── ProviderRejected        stop, keep the reason
└── InvalidReply            the provider's JSON is not as documented

`code` names the sentence that people read (`choices.SENTENCES` translates it); `params` are its values.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any


class GalleyError(Exception):
    code = "unexpected"

    def __init__(self, message: str = "", *, code: str | None = None, **params: Any) -> None:
        self.code = code or type(self).code
        self.params = params
        super().__init__(message or self.code)


class InvalidUpload(GalleyError):
    code = "invalid_upload"


class PasswordNeeded(InvalidUpload):
    code = "password_needed"


class InvalidTemplate(GalleyError):
    code = "invalid_template"


class InvalidWebhook(GalleyError):
    code = "invalid_webhook"


class ReadingFailed(GalleyError):
    code = "reading_failed"


class ParserCrashed(ReadingFailed):
    code = "parser_crashed"


class Cancelled(GalleyError):
    code = "cancelled"


class LostLease(GalleyError):
    code = "lost_lease"


class StepNotAllowed(GalleyError):
    code = "step_not_allowed"


class ReviewLocked(StepNotAllowed):
    code = "review_locked"


class ReviewIncomplete(StepNotAllowed):
    code = "review_incomplete"


class StaleReview(GalleyError):
    code = "stale_review"


class QuotaUsedUp(GalleyError):
    code = "page_quota"


class TooManyAtOnce(GalleyError):
    code = "too_many_at_once"


class TooManySyncCalls(TooManyAtOnce):
    code = "too_many_sync_calls"


class CallUnderWay(TooManyAtOnce):
    code = "call_under_way"


class KeyUsedBefore(GalleyError):
    code = "key_used_before"


class ProviderUnavailable(GalleyError):
    """`retry_after` seconds where the provider names them; kept beside the params, since no sentence shows it."""

    code = "provider_unavailable"

    def __init__(
        self, message: str = "", *, code: str | None = None, retry_after: float | None = None, **params: Any
    ) -> None:
        super().__init__(message, code=code, **params)
        self.retry_after = retry_after


class ProviderBusy(ProviderUnavailable):
    code = "provider_busy"


class AnswerLost(ProviderUnavailable):
    code = "answer_lost"


class FateUnknown(GalleyError):
    code = "fate_unknown"


class AccountRefused(GalleyError):
    """`resume_at` where the provider or the calendar names the time from which it works again."""

    code = "key_refused"

    def __init__(
        self, message: str = "", *, code: str | None = None, resume_at: datetime | None = None, **params: Any
    ) -> None:
        super().__init__(message, code=code, **params)
        self.resume_at = resume_at


class ProviderRejected(GalleyError):
    code = "provider_rejected"


class InvalidReply(GalleyError):
    code = "invalid_reply"
