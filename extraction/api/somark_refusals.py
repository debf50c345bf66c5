"""What goes wrong here, in SoMark's codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from extraction.api.auth import KeyRefused
from extraction.api.bodies import drop_body
from extraction.api.somark_uploads import Refused
from extraction.choices import sentence_of
from extraction.errors import GalleyError, InvalidUpload, QuotaUsedUp, TooManyAtOnce
from extraction.wire.somark import Code, InvalidOption, dump_refused

# codes of our errors; all others of an upload or a reading are a file that cannot be read
CODES = {
    "unknown_kind": Code.UNSUPPORTED_TYPE,
    "executable": Code.UNSUPPORTED_TYPE,
    "office_program_missing": Code.UNSUPPORTED_TYPE,
    "wrong_kind": Code.UNSUPPORTED_TYPE,
    "too_large": Code.FILE_TOO_LARGE,
    "too_many_pages": Code.OVER_THE_LIMITS,
    "disk_full": Code.PARSING_FAILED,
    "sandbox_unavailable": Code.PARSING_FAILED,
}
# of files that a reading found to be broken
CORRUPT = ("corrupt_file", "truncated_pdf", "no_pages", "unreadable_file", "bomb")
# our sentences tell a person at a form what to do; a program's user has no such form
SENTENCES = {
    "password_needed": "The PDF is encrypted. Send a copy without a password.",
    "password_wrong": "The PDF is encrypted. Send a copy without a password.",
    "unknown_encryption": "The PDF is encrypted. Send a copy without a password.",
    "office_locked": "The document is encrypted. Send a copy without a password.",
    "unknown_kind": "Files of this type are not read here: PDF, images and Office documents are.",
}
KEY_SENTENCES = {
    "missing": "The API key is missing.",
    "expired": "The API key has expired.",
    "revoked": "The API key was revoked.",
}

type View = Callable[..., HttpResponse]


def post_only(view: View) -> View:
    """Business errors as answers; other methods than POST are one."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        if request.method != "POST":
            drop_body(request)
            return answer(dump_refused(Code.INVALID_VALUE, "Ask with POST."))
        try:
            return view(request, *args, **values)
        except Refused as exc:
            return answer(dump_refused(exc.code, exc.message, task_id=exc.task_id))
        except KeyRefused as exc:
            return answer(dump_refused(Code.INVALID_KEY, KEY_SENTENCES.get(exc.reason, "Invalid API key")))
        except InvalidOption as exc:
            return answer(dump_refused(Code.INVALID_REQUEST, str(exc)))
        except (InvalidUpload, QuotaUsedUp, TooManyAtOnce) as exc:
            return answer(dump_refused(code_of(exc), sentence_for(exc.code, exc.params)))

    return answered


def answer(body: Mapping[str, Any]) -> JsonResponse:
    """HTTP 200 whatever it says; other scripts than Latin are not escaped, which halves Chinese documents."""
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def code_of(error: GalleyError) -> Code:
    if isinstance(error, QuotaUsedUp):
        # a quota of nothing is no plan
        return Code.NOT_ENOUGH_PAGES if error.params.get("limit") else Code.NO_PLAN
    if isinstance(error, TooManyAtOnce):
        return Code.TOO_MANY_AT_ONCE
    return CODES.get(error.code, Code.CORRUPT_FILE)


def failure_code(error_class: str) -> Code:
    """Of a task that failed while its caller waits."""
    if error_class in CODES:
        return CODES[error_class]
    return Code.CORRUPT_FILE if error_class in CORRUPT else Code.PARSING_FAILED


def sentence_for(code: str, params: dict[str, Any]) -> str:
    return SENTENCES.get(code) or sentence_of(code, params)
