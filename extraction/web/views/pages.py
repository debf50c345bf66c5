from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from extraction.errors import ReadingFailed
from extraction.services.access import get_document
from extraction.services.page_images import image_file

# a minute without a question; after that the ETag is enough, while the person still belongs to the team
CACHE = "private, max-age=60"


@login_required
@require_safe
def page_image(request: HttpRequest, pk: int, number: int, size: str) -> HttpResponseBase:
    document = get_document(request.user, pk)
    try:
        path = image_file(document, number, size)
        file = path.open("rb")
    except (ReadingFailed, FileNotFoundError) as exc:
        raise Http404 from exc
    headers = {"ETag": f'"{path.stem}"', "Cache-Control": CACHE}
    unchanged = get_conditional_response(request, etag=headers["ETag"], response=HttpResponse(headers=headers))
    if unchanged is not None and unchanged.status_code == 304:
        file.close()
        return unchanged
    return FileResponse(file, content_type="image/jpeg", headers=headers)
