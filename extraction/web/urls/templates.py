from __future__ import annotations

from django.urls import path

from extraction.web.views import (
    fields_of_many,
    samples,
    template_editor,
    template_learning,
    template_providers,
    templates,
)

# /templates/…
urlpatterns = [
    path("templates/", templates.template_list, name="template-list"),
    path("templates/new/", templates.template_new, name="template-new"),
    path("templates/import/", templates.template_import, name="template-import"),
    path("templates/from-document/", samples.template_sample, name="template-sample"),
    path("templates/<int:pk>/", templates.template_detail, name="template-detail"),
    path("templates/<int:pk>/edit/", template_editor.template_edit, name="template-edit"),
    path("templates/<int:pk>/providers/", template_providers.template_providers, name="template-providers"),
    path("templates/<int:pk>/providers/discover/", template_providers.template_discover, name="template-discover"),
    path("templates/<int:pk>/learned/off/", template_learning.learned_off, name="template-learned-off"),
    path("templates/<int:pk>/learned/<int:number>/use/", template_learning.learned_use, name="template-learned-use"),
    path("templates/<int:pk>/read-again/", fields_of_many.template_again, name="template-again"),
    path("templates/<int:pk>/read-again/status/", fields_of_many.template_again_status, name="template-again-status"),
    path("templates/<int:pk>/export.json", templates.template_export, name="template-export"),
    path("templates/<int:pk>/publish/", templates.template_publish, name="template-publish"),
    path("templates/<int:pk>/discard/", templates.template_discard, name="template-discard"),
    path("templates/<int:pk>/archive/", templates.template_archive, name="template-archive"),
    path("templates/<int:pk>/default/", templates.template_default, name="template-default"),
]
