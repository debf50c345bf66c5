from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from extraction.api import docmap, docmap_keys, galley, health, somark
from extraction.api.docmap_requests import operations
from extraction.api.docmap_runs import run_extraction
from extraction.api.galley_docs import docmap_description
from extraction.api.somark_files import fetch_file
from extraction.choices import Scope

READ, RUN, ADMIN = Scope.READ, Scope.RUN, Scope.ADMIN

urlpatterns: list[URLPattern | URLResolver] = [
    # SoMark's, under its present and its older names
    path("api/v1", somark.reach),
    path("api/v1/", somark.reach),
    path("api/v1/parse/sync", somark.parse_sync),
    path("api/v1/parse/async", somark.parse_async),
    path("api/v1/parse/async_check", somark.check),
    path("api/v1/extract/acc_sync", somark.parse_sync),
    path("api/v1/extract/async", somark.parse_async),
    path("api/v1/extract/async_check", somark.check),
    path("api/v1/usage", somark.usage),
    path("api/v1/files/<str:name>", fetch_file),
    # DocMap's
    path("health", health.health),
    path("v1/extractions/run", operations(POST=(RUN, run_extraction))),
    path("v1/extractions", operations(GET=(READ, docmap.list_extractions))),
    path(
        "v1/extractions/<str:public_id>",
        operations(GET=(READ, docmap.get_extraction), DELETE=(RUN, docmap.erase_extraction)),
    ),
    path("v1/usage", operations(GET=(READ, docmap.get_usage))),
    path("v1/api-keys", operations(GET=(ADMIN, docmap_keys.list_keys), POST=(ADMIN, docmap_keys.make_key))),
    path("v1/api-keys/<str:public_id>", operations(DELETE=(ADMIN, docmap_keys.drop_key))),
    # ours
    path("galley/v1/docmap-openapi.json", galley.framed(galley.only_get(docmap_description))),
    path("galley/v1/", include(galley.urlpatterns)),
]
