from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, JsonResponse

from extraction.api.errors import envelope


def health(request: HttpRequest) -> JsonResponse:
    """Whether this process answers and reaches its database."""
    if request.method not in ("GET", "HEAD"):
        return envelope("METHOD_NOT_ALLOWED", "Ask with GET.", status=405, headers={"Allow": "GET, HEAD"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
