"""Forms as SoMark's callers send them: a file beside fields, and the key among these, before the file or after it."""

from __future__ import annotations

import errno
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousFileOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.files.uploadedfile import UploadedFile
from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.datastructures import MultiValueDict

from extraction.addresses import address_of
from extraction.api.auth import KeyRefused, active_key
from extraction.api.bodies import announced, drop_body
from extraction.upload_handlers import CappedUploadHandler
from extraction.wire.somark import Code

MIB = 1024**2
# boundaries and the other fields
OVERHEAD_BYTES = MIB
# as far as a key is looked for before the file is read
HEAD_BYTES = 64 * 1024
LONGEST_KEY = 400
# of one address in one process, while nobody knows whether they have a right key
UNKNOWN_AT_ONCE = 4

type Fields = MultiValueDict[str, str]


class Refused(Exception):
    """The code and the sentence of a business error; with the task that goes on in spite of it."""

    def __init__(self, code: Code, message: str, *, task_id: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.task_id = code, message, task_id


@dataclass(frozen=True, slots=True)
class Sent:
    """A form's fields and its file, which goes with the end of the call."""

    fields: Fields = field(default_factory=MultiValueDict)
    file: UploadedFile | None = None

    @property
    def key(self) -> str:
        return (self.fields.get("api_key") or "").strip()


@contextmanager
def sent_form(request: HttpRequest) -> Iterator[Sent]:
    """The form, multipart or urlencoded; nothing of it is kept afterwards. Raises Refused and KeyRefused."""
    _count_chunks(request)
    limit = settings.GALLEY_MAX_UPLOAD_MB * MIB
    if announced(request) > limit + OVERHEAD_BYTES:
        drop_body(request)
        raise _too_large()
    if request.content_type != "multipart/form-data":
        yield Sent(_urlencoded(request))
        return
    files: MultiValueDict[str, UploadedFile] = MultiValueDict()
    try:
        fields, files = _multipart(request, limit)
        yield Sent(fields, _named(files.get("file")))
    finally:
        for _, uploads in files.lists():
            for upload in uploads:
                upload.close()


def _too_large() -> Refused:
    return Refused(Code.FILE_TOO_LARGE, f"The file is larger than {settings.GALLEY_MAX_UPLOAD_MB} MB.")


def _count_chunks(request: HttpRequest) -> None:
    """A body in chunks has no length; the server says where it ends, and no more than the limit is read of it."""
    if announced(request) or not request.META.get("wsgi.input_terminated"):
        return
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        most = settings.GALLEY_MAX_UPLOAD_MB * MIB + OVERHEAD_BYTES
        request.META["CONTENT_LENGTH"] = str(most)
        request._stream = LimitedStream(request.META["wsgi.input"], most)


def _urlencoded(request: HttpRequest) -> Fields:
    """Empty for any other kind of body."""
    try:
        return request.POST
    except (RequestDataTooBig, TooManyFieldsSent) as exc:
        drop_body(request)
        raise Refused(Code.INVALID_REQUEST, "The form has too many or too large fields.") from exc
    except (BadRequest, UnreadablePostError) as exc:
        raise _broken() from exc


def _broken() -> Refused:
    return Refused(Code.INVALID_REQUEST, "The form is not sound, or it broke off.")


def _multipart(request: HttpRequest, limit: int) -> tuple[Fields, MultiValueDict[str, UploadedFile]]:
    try:
        head = request.read(HEAD_BYTES)
    except OSError as exc:
        raise _broken() from exc
    is_known = _is_right(request, head)
    handler = CappedUploadHandler(request, limit_bytes=limit)
    # where calls need no key, nobody is unknown
    with _UNKNOWN.place(request, needed=not (is_known or settings.GALLEY_KEYLESS_TEAM)):
        fields, files = _parsed(request, _Resumed(head, request), handler)
    if any(upload.size > limit for _, uploads in files.lists() for upload in uploads):
        for _, uploads in files.lists():
            for upload in uploads:
                upload.close()
        raise _too_large()
    return fields, files


def _is_right(request: HttpRequest, head: bytes) -> bool:
    """Whether the form begins with a right key; raises KeyRefused for a wrong one, so that its file is not stored."""
    text = early_key(head)
    if not text:
        return False
    try:
        active_key(text)
    except KeyRefused:
        drop_body(request)
        raise
    return True


_KEY_LINE = re.compile(rb"content-disposition:.*;\s*name=(?:\"api_key\"|api_key)\s*(?:;|$)", re.IGNORECASE)
_FILE_PART = re.compile(rb"\r\ncontent-disposition:[^\r\n]*\bfilename", re.IGNORECASE)


def early_key(head: bytes) -> str:
    """The key, where it stands before the file in the form's first bytes; empty otherwise.

    Looked for line by line: whoever sends these bytes has shown no key yet, and must not make the search slow.
    """
    file_part = _FILE_PART.search(head)
    fields = head[: file_part.start()] if file_part else head
    # a blank line parts a field's own lines from its value
    pieces = fields.split(b"\r\n\r\n")
    for lines, rest in pairwise(pieces):
        if any(_KEY_LINE.match(line) for line in lines.split(b"\r\n")):
            value, end, _ = rest.partition(b"\r\n")
            return value[:LONGEST_KEY].decode("utf-8", "replace").strip() if end else ""
    return ""


class _Resumed:
    """A body of which the head was read already."""

    def __init__(self, head: bytes, rest: HttpRequest) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int) -> bytes:
        if not self._head:
            return self._rest.read(size)
        piece, self._head = self._head[:size], self._head[size:]
        return piece


def _parsed(request: HttpRequest, body: _Resumed, handler: CappedUploadHandler) -> tuple[Fields, Any]:
    try:
        return MultiPartParser(request.META, body, [handler], request.encoding).parse()
    except (MultiPartParserError, UnreadablePostError) as exc:
        # Django leaves the half of a file behind
        handler.upload_interrupted()
        raise _broken() from exc
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent) as exc:
        handler.upload_interrupted()
        drop_body(request)
        raise Refused(Code.INVALID_REQUEST, "The form has too many or too large fields.") from exc
    except OSError as exc:
        handler.upload_interrupted()
        if exc.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        drop_body(request)
        raise Refused(Code.PARSING_FAILED, "There is no room left to store this file.") from exc


def _named(file: UploadedFile | None) -> UploadedFile | None:
    """Some clients percent-encode the name's UTF-8; what is no such encoding is a name of its own."""
    if file is not None and "%" in file.name:
        try:
            file.name = unquote(file.name, errors="strict")
        except (UnicodeDecodeError, SuspiciousFileOperation):
            return file
    return file


class UnknownUploads:
    """Uploads by address whose key nobody has seen yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: Counter[str] = Counter()

    @contextmanager
    def place(self, request: HttpRequest, *, needed: bool) -> Iterator[None]:
        """Raises Refused where this address has as many already."""
        if not needed:
            yield
            return
        address = address_of(request)
        with self._lock:
            is_free = self._places[address] < UNKNOWN_AT_ONCE
            self._places[address] += is_free
        if not is_free:
            drop_body(request)
            raise Refused(Code.TOO_MANY_AT_ONCE, "Too many uploads at once. Send the key before the file.")
        try:
            yield
        finally:
            with self._lock:
                self._places[address] -= 1
                if not self._places[address]:
                    del self._places[address]


_UNKNOWN = UnknownUploads()
