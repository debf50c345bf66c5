"""A document that comes as multipart: streamed to disk file by file, its fields checked."""

from __future__ import annotations

import errno
import hashlib
import json
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from extraction.api.bodies import announced
from extraction.api.errors import Refusal
from extraction.api.galley_requests import refusal_of
from extraction.errors import InvalidUpload
from extraction.upload_handlers import CappedUploadHandler

MIB = 1024**2
# boundaries and the other fields
OVERHEAD_BYTES = MIB
# in the place of a template's name
DETECT = "auto"
FIELDS = {"template": 100, "run_id": 200, "password": 500}

UPLOAD_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "type": "string",
                        "contentMediaType": "application/octet-stream",
                        "description": "A PDF, an image or an Office document of up to 200 MB and 300 pages.",
                    },
                    "template": {
                        "type": "string",
                        "maxLength": FIELDS["template"],
                        "description": "Id or slug of the template to extract with, or `auto`: the one that fits is "
                        "found in what was read. Without one the document is read only.",
                    },
                    "run_id": {
                        "type": "string",
                        "maxLength": FIELDS["run_id"],
                        "description": "Free text that groups documents, for example those of one batch.",
                    },
                    "password": {
                        "type": "string",
                        "maxLength": FIELDS["password"],
                        "description": "Of an encrypted PDF; it is used once and never kept.",
                    },
                },
            },
            "example": {"file": "invoice.pdf", "template": "invoice", "run_id": "november"},
        }
    },
}


@dataclass(frozen=True, slots=True)
class Upload:
    """`digest` tells this file with its fields from every other."""

    file: UploadedFile
    template: str
    run_id: str
    password: str

    @property
    def detects(self) -> bool:
        """Whether the template is to be found in what is read."""
        return self.template.strip() == DETECT

    @property
    def digest(self) -> str:
        told = [self.file.sha256, self.file.name, self.template, self.run_id]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def read_upload(request: HttpRequest) -> Upload:
    """Raises Refusal."""
    if request.content_type != "multipart/form-data":
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as multipart/form-data.")
    limit = settings.GALLEY_MAX_UPLOAD_MB * MIB
    if announced(request) > limit + OVERHEAD_BYTES:
        raise _too_large()
    handler = CappedUploadHandler(request, limit_bytes=limit)
    request.upload_handlers = [handler]
    _read(request, handler)
    return _checked(request, limit)


def _read(request: HttpRequest, handler: CappedUploadHandler) -> None:
    """The whole body; Django leaves the half of a file behind."""
    try:
        bool(request.POST)
        return
    except (MultiPartParserError, UnreadablePostError):
        refusal = Refusal(400, "INVALID_MULTIPART", "The body is no multipart/form-data, or it broke off.")
    except SuspiciousOperation:
        refusal = Refusal(422, "VALIDATION_ERROR", "The body has too many fields, or fields that are too long.")
    except OSError as exc:
        if exc.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        refusal = refusal_of(InvalidUpload("no room", code="disk_full"))
    handler.upload_interrupted()
    raise refusal


def _checked(request: HttpRequest, limit: int) -> Upload:
    unknown = sorted({*request.POST, *request.FILES} - {"file", *FIELDS})
    if unknown:
        raise Refusal(422, "VALIDATION_ERROR", f"{unknown[0][:40]!r} is no field of an upload.")
    files = request.FILES.getlist("file")
    if len(files) != 1:
        raise Refusal(422, "VALIDATION_ERROR", "file: send one file.")
    if files[0].size > limit:
        raise _too_large()
    fields = {name: request.POST.get(name, "") for name in FIELDS}
    for name, text in fields.items():
        if len(text) > FIELDS[name] or "\0" in text:
            raise Refusal(422, "VALIDATION_ERROR", f"{name}: at most {FIELDS[name]} characters, and no NUL.")
    return Upload(files[0], **fields)


def _too_large() -> Refusal:
    return refusal_of(InvalidUpload("too large", code="too_large", limit=settings.GALLEY_MAX_UPLOAD_MB))
