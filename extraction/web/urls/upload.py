from __future__ import annotations

from django.urls import path

from extraction.web.views import upload, upload_list

# /upload/…
urlpatterns = [
    path("upload/", upload.upload, name="upload"),
    path("upload/status/", upload_list.upload_status, name="upload-status"),
    path("upload/clear/", upload_list.upload_clear, name="upload-clear"),
]
