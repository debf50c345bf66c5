from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.contrib.humanize.templatetags.humanize import naturalday
from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from extraction.choices import Action, sentence_of
from extraction.errors import InvalidUpload, QuotaUsedUp
from extraction.models import Document, ProviderAccount, Team, Template, User
from extraction.services.access import require
from extraction.services.documents import KINDS, delete_document, earlier_copy, same_bytes, store_document
from extraction.upload_handlers import CappedUploadHandler
from extraction.web.forms.upload import UploadForm
from extraction.web.views.upload_list import upload_list

MIB = 1024**2
# boundaries and the other fields of a form; without a script one form may bring several files
OVERHEAD_BYTES = MIB
FILES_WITHOUT_SCRIPT = 10
STATUS = {"too_large": 413, "same_bytes": 409, "disk_full": 507, "signed_out": 401, "incomplete_upload": 400}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: a document, or the code of what is wrong and its sentence."""

    name: str
    document: Document | None = None
    code: str = ""
    text: str = ""
    existing: Document | None = None


# the token is checked by take_files: the upload handler has to be set before anybody reads the body
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return refuse(request, "signed_out") if sent_by_script(request) else redirect_to_login(request.get_full_path())
    require(request.user, request.team, Action.UPLOAD)
    if request.method != "POST":
        return upload_page(request, form=UploadForm(team=request.team))
    return refuse_broken(request) or take_files(request)


def refuse_broken(request: HttpRequest) -> HttpResponse | None:
    """Read the body, file by file to disk; the answer when it is too much, or not whole."""
    limit = settings.GALLEY_MAX_UPLOAD_MB * MIB
    files = 1 if sent_by_script(request) else FILES_WITHOUT_SCRIPT
    if int(request.META.get("CONTENT_LENGTH") or 0) > files * limit + OVERHEAD_BYTES:
        return refuse(request, "too_large", limit=settings.GALLEY_MAX_UPLOAD_MB)
    handler = CappedUploadHandler(request, limit_bytes=limit)
    request.upload_handlers = [handler]
    code = broken_code(request)
    if code:
        # Django leaves the half of a file behind
        handler.upload_interrupted()
        return refuse(request, code, limit=settings.DATA_UPLOAD_MAX_NUMBER_FILES)
    return None


def broken_code(request: HttpRequest) -> str:
    """Read the whole body; empty when that went well."""
    try:
        bool(request.POST)
    except TooManyFilesSent:
        return "too_many_files"
    except (MultiPartParserError, UnreadablePostError):
        return "incomplete_upload"
    except OSError as exc:
        if exc.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        return "disk_full"
    return ""


@csrf_protect
def take_files(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES, team=request.team)
    if not form.is_valid():
        return refuse_form(request, form)
    names = ("template", "detects", "parse_account", "password", "again")
    chosen = {name: form.cleaned_data.get(name) for name in names}
    outcomes = [take_file(file, team=request.team, by=request.user, **chosen) for file in form.cleaned_data["files"]]
    if sent_by_script(request):
        return answer(outcomes[0])
    if all(outcome.document for outcome in outcomes):
        return redirect("upload")
    refused = [outcome for outcome in outcomes if outcome.document is None]
    return upload_page(request, form=UploadForm(request.POST, team=request.team), refused=refused, status=422)


def take_file(
    file: UploadedFile,
    *,
    team: Team,
    by: User,
    template: Template | None = None,
    detects: bool = False,
    parse_account: ProviderAccount | None = None,
    password: str = "",
    again: bool = False,
) -> Outcome:
    """With `again` the file is stored even where the team has the same bytes already."""
    if file.size > settings.GALLEY_MAX_UPLOAD_MB * MIB:
        return wrong(file, "too_large", limit=settings.GALLEY_MAX_UPLOAD_MB)
    if not again and (existing := same_bytes(team, file.sha256)):
        return same(file, existing)
    try:
        document = store_document(
            team=team,
            file=file,
            by=by,
            template=template,
            detects=detects,
            password=password,
            parse_account=parse_account,
        )
    except (InvalidUpload, QuotaUsedUp) as exc:
        return wrong(file, exc.code, **exc.params)
    # the same bytes, sent twice at once: the first keeps its place
    if not again and (existing := earlier_copy(document)):
        delete_document(document=document, by=by)
        return same(file, existing)
    return Outcome(file.name, document)


def wrong(file: UploadedFile, code: str, **params: Any) -> Outcome:
    return Outcome(file.name, code=code, text=sentence_of(code, params))


def same(file: UploadedFile, existing: Document) -> Outcome:
    facts = {
        "name": existing.name,
        "day": naturalday(timezone.localtime(existing.created_at)),
        "who": existing.uploaded_by,
    }
    text = _("Same file as %(name)s, uploaded %(day)s")
    if existing.uploaded_by:
        text = _("Same file as %(name)s, uploaded %(day)s by %(who)s")
    return Outcome(file.name, code="same_bytes", text=text % facts, existing=existing)


def sent_by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"


def refuse(request: HttpRequest, code: str, **params: Any) -> HttpResponse:
    """Nothing of the request was taken."""
    outcome = Outcome("", code=code, text=sentence_of(code, params))
    if sent_by_script(request):
        return answer(outcome)
    return upload_page(request, form=UploadForm(team=request.team), refused=[outcome], status=STATUS.get(code, 422))


def refuse_form(request: HttpRequest, form: UploadForm) -> HttpResponse:
    text = " ".join(error for errors in form.errors.values() for error in errors)
    if sent_by_script(request):
        return answer(Outcome("", code="invalid_form", text=text))
    return upload_page(request, form=form, refused=[Outcome("", text=text)], status=422)


def answer(outcome: Outcome) -> JsonResponse:
    if outcome.document is not None:
        return JsonResponse({"document": outcome.document.pk, "url": outcome.document.get_absolute_url()}, status=201)
    existing = outcome.existing.get_absolute_url() if outcome.existing else None
    body = {"code": outcome.code, "text": outcome.text, "existing": existing}
    return JsonResponse(body, status=STATUS.get(outcome.code, 422))


def upload_page(
    request: HttpRequest, *, form: UploadForm, refused: list[Outcome] | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "refused": refused or [],
        "too_large": sentence_of("too_large", {"limit": settings.GALLEY_MAX_UPLOAD_MB}),
        "endings": ",".join(KINDS),
        "limit_mb": settings.GALLEY_MAX_UPLOAD_MB,
        "limit_bytes": settings.GALLEY_MAX_UPLOAD_MB * MIB,
        "limit_pages": settings.GALLEY_MAX_PAGES,
    }
    return render(request, "extraction/upload.html", context | upload_list(request), status=status)
