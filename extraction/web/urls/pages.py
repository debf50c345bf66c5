from __future__ import annotations

from django.urls import path, register_converter

from extraction.web.views import pages


class SizeConverter:
    regex = "thumb|image|large"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SizeConverter, "size")

urlpatterns = [
    path("documents/<int:pk>/pages/<int:number>/<size:size>.jpg", pages.page_image, name="page-image"),
]
