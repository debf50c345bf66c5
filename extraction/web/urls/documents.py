from __future__ import annotations

from django.urls import path

from extraction.web.views import document_markdown, documents, fields_of_many, reading_status, replies, samples

# /documents/…
urlpatterns = [
    path("documents/", documents.document_list, name="document-list"),
    path("documents/read-fields-again/", fields_of_many.documents_again, name="documents-again"),
    path("documents/<int:pk>/", documents.document_detail, name="document-detail"),
    path("documents/<int:pk>/status/", documents.document_status, name="document-status"),
    path("documents/<int:pk>/file/", documents.document_file, name="document-file"),
    path("documents/<int:pk>/cancel/", reading_status.document_cancel, name="document-cancel"),
    path("documents/<int:pk>/send-again/", documents.document_send_again, name="document-send-again"),
    path("documents/<int:pk>/read-again/", documents.document_read_again, name="document-read-again"),
    path("documents/<int:pk>/pages/<int:number>/read-again/", reading_status.page_read_again, name="page-read-again"),
    path("documents/<int:pk>/read-page/", reading_status.document_read_page, name="document-read-page"),
    path("documents/<int:pk>/extract-again/", documents.document_extract_again, name="document-extract-again"),
    path("documents/<int:pk>/parses/<int:parse>/reply.json", replies.parse_reply, name="parse-reply"),
    path(
        "documents/<int:pk>/extractions/<int:extraction>/reply.json", replies.extraction_reply, name="extraction-reply"
    ),
    path("documents/<int:pk>/markdown/", document_markdown.document_markdown, name="document-markdown"),
    path("documents/<int:pk>/blocks/<int:page>-<int:idx>/", document_markdown.block_picture, name="block-picture"),
    path("documents/<int:pk>/pictures/<str:digest>", replies.document_picture, name="document-picture"),
    path("documents/<int:pk>/template/", samples.template_from_document, name="template-from-document"),
    path("documents/<int:pk>/delete/", documents.document_delete, name="document-delete"),
]
