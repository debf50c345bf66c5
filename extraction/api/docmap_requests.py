"""What all of DocMap's operations have in common: the key, its scope and rate, and how they refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, UnreadablePostError

from extraction.api.auth import Caller, admitted
from extraction.api.bodies import BodyTooLarge, drop_body, read_body
from extraction.api.errors import Refusal, envelope, over_limit
from extraction.choices import Scope, sentence_of
from extraction.errors import GalleyError, KeyUsedBefore, QuotaUsedUp, TooManyAtOnce
from extraction.wire.docmap import STATUS_OF_ERROR
from extraction.wire.docmap_requests import MOST_BODY_BYTES, RequestRefused

# what our errors are here; the operator's limit can be lower than DocMap's
_CODES = {"too_large": "FILE_TOO_LARGE", "sandbox_unavailable": "NOT_CONFIGURED", "disk_full": "INTERNAL_ERROR"}

type Operation = Callable[..., HttpResponse]


def operations(**by_method: tuple[Scope, Operation]) -> Callable[..., HttpResponse]:
    """A view of an address: by method the scope that it needs and what answers, called with request and caller."""
    if "GET" in by_method:
        by_method["HEAD"] = by_method["GET"]
    allowed = ", ".join(sorted(by_method))

    def view(request: HttpRequest, **parts: str) -> HttpResponse:
        if request.method not in by_method:
            drop_body(request)
            headers = {"Allow": allowed}
            return envelope("METHOD_NOT_ALLOWED", f"Ask with {allowed}.", status=405, headers=headers)
        scope, operation = by_method[request.method]
        try:
            answer = operation(request, _admitted(request, scope), **parts)
            if request.method == "HEAD":
                answer.content = b""
            return answer
        except Refusal as exc:
            refusal = exc
        except RequestRefused as exc:
            refusal = refused(exc.problem, str(exc))
        except GalleyError as exc:
            refusal = refusal_of(exc)
        drop_body(request)
        return refusal.answer()

    return view


def refused(code: str, message: str) -> Refusal:
    """With one of DocMap's codes."""
    return Refusal(STATUS_OF_ERROR[code], code, message)


def not_found(what: str) -> Refusal:
    return refused("NOT_FOUND", f"There is no such {what}.")


def refusal_of(error: GalleyError) -> Refusal:
    """Raises the error itself where no answer is made of it."""
    if isinstance(error, QuotaUsedUp | TooManyAtOnce):
        return over_limit(error)
    code = "VALIDATION_ERROR" if isinstance(error, KeyUsedBefore) else _CODES.get(error.code)
    if code is None:
        raise error
    return refused(code, sentence_of(error.code, error.params))


def json_body(request: HttpRequest) -> bytes:
    """Raises Refusal."""
    try:
        return read_body(request, limit_bytes=MOST_BODY_BYTES)
    except BodyTooLarge:
        message = f"The body is larger than {MOST_BODY_BYTES // 1024**2} MiB."
        raise refused("FILE_TOO_LARGE", message) from None
    except UnreadablePostError:
        raise refused("VALIDATION_ERROR", "The body broke off.") from None


def query_of(request: HttpRequest) -> Mapping[str, str]:
    """The last of a parameter that is given more than once."""
    return request.GET.dict()


def _admitted(request: HttpRequest, scope: Scope) -> Caller:
    caller = admitted(request, scope)
    if "\0" in request.path_info:
        raise not_found("address")
    return caller
