"""Files that SoMark's answers name: fetched without a key, so their addresses are signed and cannot be guessed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

from django.core.signing import BadSignature, Signer
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse

from extraction.addresses import base_url
from extraction.errors import ReadingFailed
from extraction.models import Parse
from extraction.services.block_pictures import picture_of
from extraction.services.somark_results import key_of, zip_of

# the base64 of signatures has no such sign, and addresses carry it as it is
SIGNER = Signer(salt="galley.somark-files", sep="~")
FOLDER = "/api/v1/files/"
KEPT_SECONDS = 24 * 3600
ZIP = "application/zip"


def picture_address(request: HttpRequest) -> Callable[[str], str]:
    """Makes the absolute address of a picture's name."""
    root = base_url(request)
    return lambda name: f"{root}{FOLDER}{_signed(name)}"


def zip_address(request: HttpRequest, parse: Parse) -> str:
    return f"{base_url(request)}{FOLDER}{_signed(f'z{parse.pk}.zip')}"


def _signed(name: str) -> str:
    """The extension stays at the end: callers name their copies after it."""
    stem, _, extension = name.rpartition(".")
    return f"{SIGNER.sign(stem)}.{extension}"


def fetch_file(request: HttpRequest, name: str) -> HttpResponse:
    """A picture or a ZIP file; what is unknown or gone is a 404, lest it be taken for the file."""
    if request.method not in ("GET", "HEAD"):
        return JsonResponse(
            {"code": 2000, "message": "Fetch files with GET."}, status=405, headers={"Allow": "GET, HEAD"}
        )
    found = _found(name)
    if found is None:
        return JsonResponse({"code": 1111, "message": "There is no such file."}, status=404)
    file, media_type = found
    is_zip = media_type == ZIP
    response = FileResponse(file, content_type=media_type, filename=name, as_attachment=is_zip)
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return response


def _found(name: str) -> tuple[IO[bytes], str] | None:
    """Open, and its media type."""
    signed, _, extension = name.rpartition(".")
    if not extension.isalnum():
        # it is not signed, and goes into a header
        return None
    try:
        stem = SIGNER.unsign(signed)
    except BadSignature:
        return None
    try:
        found = _zip(int(stem[1:])) if stem.startswith("z") else _picture(*key_of(stem))
        return None if found is None else (found[0].open("rb"), found[1])
    except (ReadingFailed, FileNotFoundError):
        return None


def _zip(key: int) -> tuple[Path, str] | None:
    parse = Parse.objects.select_related("document__blob").filter(pk=key).first()
    return None if parse is None else (zip_of(parse), ZIP)


def _picture(page_key: int, idx: int) -> tuple[Path, str] | None:
    picture = picture_of(page_key, idx)
    return None if picture is None else (picture.path, picture.media_type)
