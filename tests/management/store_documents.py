"""Run as a program: stores as many documents of so many pages as its arguments say; `same`: all of the same bytes."""

from __future__ import annotations

import os
import sys
import uuid

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from django.core.files.base import ContentFile  # noqa: E402

from extraction.models import Team  # noqa: E402
from extraction.services.documents import store_document  # noqa: E402
from tests import bad_files  # noqa: E402


def main(count: int, pages: int, *, same: bool) -> None:
    team = Team.objects.get(slug="default")
    for _ in range(count):
        # a comment of its own gives each file its own bytes
        own = "" if same else uuid.uuid4().hex
        data = bad_files.page_pdf(pages) + f"\n%{own}\n%%EOF\n".encode()
        file = ContentFile(data, name=f"letter-{pages}.pdf")
        store_document(team=team, file=file, by=None, template=team.default_template)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), same="same" in sys.argv)
