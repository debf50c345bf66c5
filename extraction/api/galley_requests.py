"""What all operations of our own interface have in common: the key, how they refuse, and answers given again."""

from __future__ import annotations

import hashlib
import inspect
import json
import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.responses import Status
from ninja.security.base import AuthBase

from extraction.api.auth import Caller, admitted
from extraction.api.bodies import announced, drop_body
from extraction.api.errors import Refusal, over_limit
from extraction.choices import Scope, sentence_of
from extraction.errors import (
    GalleyError,
    InvalidTemplate,
    InvalidUpload,
    InvalidWebhook,
    KeyUsedBefore,
    QuotaUsedUp,
    StaleReview,
    StepNotAllowed,
    TooManyAtOnce,
)
from extraction.services.idempotency import MOST_LETTERS, remembered
from extraction.services.secrets import decrypt, encrypt

JSON, MULTIPART = "application/json", "multipart/form-data"
# kinds of file that are no document, by the code of the refusal
_OTHER_MEDIA = ("unknown_kind", "executable", "old_office")
_OUR_FAULT = ("disk_full", "sandbox_unavailable")


class ApiKey(AuthBase):
    """Lets a call in whose key opens `scope`, whose minute is not full, and whose body is of the type it `takes`."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = "One of the team's API keys: `dm_live_` and 64 hexadecimal digits."

    def __init__(self, scope: Scope, *, takes: str = JSON) -> None:
        super().__init__()
        self.scope, self.takes = scope, takes

    def __call__(self, request: HttpRequest) -> Caller:
        caller = admitted(request, self.scope)
        if announced(request) and request.method in ("POST", "PUT") and request.content_type != self.takes:
            raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", f"Send the body as {self.takes}.")
        return caller


class ReadKey(ApiKey):
    """`ninja` names a security scheme after its class."""

    def __init__(self) -> None:
        super().__init__(Scope.READ)


class RunKey(ApiKey):
    def __init__(self, *, takes: str = JSON) -> None:
        super().__init__(Scope.RUN, takes=takes)


class AdminKey(ApiKey):
    def __init__(self) -> None:
        super().__init__(Scope.ADMIN)


READ, RUN, ADMIN, UPLOAD = ReadKey(), RunKey(), AdminKey(), RunKey(takes=MULTIPART)
SCOPE_OF_SCHEME = {"ReadKey": Scope.READ, "RunKey": Scope.RUN, "AdminKey": Scope.ADMIN}


class SoundParser(Parser):
    """JSON and parameters without what no database keeps: NUL and halves of characters."""

    def parse_body(self, request: HttpRequest) -> Any:
        # `ninja` answers whatever is raised here with its own 400
        data = json.loads(request.body, parse_constant=_refuse_constant, parse_float=_finite)
        json.dumps(data, ensure_ascii=False).encode()
        if b"\\u0000" in request.body and "\\u0000" in json.dumps(data):
            raise ValueError("NUL")
        return data

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        found = super().parse_querydict(data, list_fields, request)
        if any(isinstance(value, str) and "\0" in value for value in found.values()):
            raise Refusal(422, "VALIDATION_ERROR", "A parameter holds a NUL character.")
        return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    """Python takes `1e999` for infinity, which no answer could tell again."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text:.20} is too large")
    return number


def not_found(what: str) -> Refusal:
    return Refusal(404, "NOT_FOUND", f"There is no such {what}.")


def refusal_of(error: GalleyError) -> Refusal:
    """Raises the error itself where no answer is made of it."""
    if isinstance(error, QuotaUsedUp | TooManyAtOnce):
        return over_limit(error)
    sentence, code = sentence_of(error.code, error.params), error.code.upper()
    if isinstance(error, StepNotAllowed | StaleReview):
        return Refusal(409, code, sentence)
    if error.code in _OUR_FAULT:
        return Refusal(503, "UNAVAILABLE", sentence, wait_seconds=60)
    if isinstance(error, InvalidUpload):
        status = 413 if error.code == "too_large" else 415 if error.code in _OTHER_MEDIA else 422
        return Refusal(status, code, sentence)
    if isinstance(error, InvalidTemplate | InvalidWebhook | KeyUsedBefore):
        return Refusal(422, code, sentence)
    raise error


def answer_errors(api: NinjaAPI) -> None:
    """Have every exception answered in our envelope; what nobody expects goes on to the middleware."""
    api.add_exception_handler(Refusal, lambda request, exc: exc.answer())
    api.add_exception_handler(GalleyError, lambda request, exc: refusal_of(exc).answer())
    api.add_exception_handler(Http404, lambda request, exc: not_found("object").answer())
    api.add_exception_handler(ValidationError, lambda request, exc: _invalid(exc).answer())
    api.add_exception_handler(HttpError, lambda request, exc: _unreadable(exc).answer())
    api.add_exception_handler(RequestDataTooBig, lambda request, exc: _too_big().answer())
    api.add_exception_handler(Exception, _crash)


def _crash(request: HttpRequest, exc: Exception) -> HttpResponseBase:
    raise exc


def _invalid(exc: ValidationError) -> Refusal:
    """Names each place that is wrong, without the value: it may be a secret."""
    places = [f"{'.'.join(str(part) for part in error['loc'][1:])}: {error['msg']}" for error in exc.errors]
    return Refusal(422, "VALIDATION_ERROR", "; ".join(places)[:1000])


def _unreadable(exc: HttpError) -> Refusal:
    return Refusal(400, "INVALID_JSON", "The body is not JSON in UTF-8.")


def _too_big() -> Refusal:
    return Refusal(413, "BODY_TOO_LARGE", "The body is larger than 16 MiB.")


def framed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """An operation's view as it stands in our addresses: HEAD as GET, a wrong method in the envelope."""

    @wraps(view)
    def frame(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "\0" in request.path_info:
            return not_found("address").answer()
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            response = _wrong_method(response["Allow"])
        if response.status_code >= 400:
            drop_body(request)
        if response.status_code == 204:
            del response["Content-Type"]
        return _without_body(response) if is_head else response

    return frame


def _without_body(response: HttpResponseBase) -> HttpResponseBase:
    if response.streaming:
        response.streaming_content = []
    else:
        response.content = b""
    return response


def _wrong_method(allowed: str) -> JsonResponse:
    answer = Refusal(405, "METHOD_NOT_ALLOWED", f"Ask with {allowed}.").answer()
    answer["Allow"] = allowed
    return answer


type Answer = Status[Any] | HttpResponseBase


def once[**P](view: Callable[P, Status[Any]]) -> Callable[P, Answer]:
    """A POST with an `Idempotency-Key` is done once; the same call again gets the first answer."""
    return _once(view, is_secret=False)


def once_in_secret[**P](view: Callable[P, Status[Any]]) -> Callable[P, Answer]:
    """As `once`; what is kept for a day of the answer, which tells a secret, must not open anything."""
    return _once(view, is_secret=True)


def _once[**P](view: Callable[P, Status[Any]], *, is_secret: bool) -> Callable[P, Answer]:
    @wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Answer:
        request = args[0]
        assert isinstance(request, HttpRequest)
        digest = hashlib.sha256(request.body).hexdigest()
        return _answer_once(request, digest, lambda: view(*args, **kwargs), is_secret=is_secret)

    # `ninja` would look for the names of the annotations in this module
    wrapper.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
    return wrapper


def _answer_once(
    request: HttpRequest, digest: str, work: Callable[[], Status[Any]], *, is_secret: bool = False
) -> Answer:
    with remembered(request.auth.team, request.path_info, idempotency_key(request), digest) as memory:
        if memory.status is not None:
            told = json.loads(decrypt(memory.answer["encrypted"])) if is_secret else memory.answer
            return JsonResponse(told, status=memory.status)
        answer = work()
        told = answer.value.model_dump(mode="json")
        memory.keep(answer.status_code, {"encrypted": encrypt(json.dumps(told))} if is_secret else told)
        return answer


def idempotency_key(request: HttpRequest) -> str:
    """Empty without one. Raises Refusal."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > MOST_LETTERS or "\0" in key:
        raise Refusal(422, "VALIDATION_ERROR", f"Idempotency-Key has more than {MOST_LETTERS} characters.")
    return key
