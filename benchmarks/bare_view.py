"""A Django of one view that asks nothing of anybody: the yardstick of benchmarks/interfaces.py."""

from __future__ import annotations

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, JsonResponse
from django.urls import path

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[], SECRET_KEY="none")


def answer(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"code": 0, "message": "ok", "data": {"text": "x" * 1000}})


urlpatterns = [path("", answer)]
application = WSGIHandler()
