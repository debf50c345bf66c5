"""Run as a program: stores documents for providers at the addresses that its arguments name.

`python -m tests.management.store_remote somark=URL:60 docmap=URL:1 chat=URL:1`; what a DocMap or a model is to extract
is read here at once.
"""

from __future__ import annotations

import os
import sys
import uuid

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from django.core.files.base import ContentFile  # noqa: E402

from extraction.choices import Lane, Provider  # noqa: E402
from extraction.models import ProviderAccount, ProviderChoice, Team, Template  # noqa: E402
from extraction.providers.embedded import EmbeddedParser  # noqa: E402
from extraction.services.documents import store_document  # noqa: E402
from extraction.services.secrets import encrypt  # noqa: E402
from extraction.services.setup import set_up  # noqa: E402
from extraction.services.work import work_once  # noqa: E402
from tests import bad_files  # noqa: E402
from tests.fakes import docmap_account, somark_tasks  # noqa: E402

KEYS = {Provider.SOMARK: somark_tasks.KEY, Provider.DOCMAP: docmap_account.KEY, Provider.CHAT: "sk-any"}


def main(arguments: list[str]) -> None:
    set_up(email="", password=os.environ["GALLEY_ADMIN_PASSWORD"])
    team = Team.objects.get(slug="default")
    choice = {"docmap_template": docmap_account.TEMPLATE}
    ProviderChoice.objects.get_or_create(template=team.default_template, defaults=choice)
    for argument in arguments:
        provider, _, rest = argument.partition("=")
        url, _, count = rest.rpartition(":")
        for _ in range(int(count)):
            store(_account(team, provider, url), team.default_template)
    with EmbeddedParser() as engine:
        while work_once(engine, lane=Lane.CPU):
            pass


def _account(team: Team, provider: str, url: str) -> ProviderAccount:
    """Its limits let everything go at once."""
    limits = {"calls_per_second": 40.0, "parallel": 100, "model": "small-model"}
    columns = limits | {"secret": encrypt(KEYS[Provider(provider)]), "name": f"{provider} at {url}"}
    return ProviderAccount.objects.get_or_create(team=team, provider=provider, base_url=url, defaults=columns)[0]


def store(account: ProviderAccount, template: Template) -> None:
    """A comment of its own gives each file its own bytes."""
    data = bad_files.page_pdf() + f"\n%{uuid.uuid4().hex}\n%%EOF\n".encode()
    file = ContentFile(data, name=f"{account.provider}.pdf")
    if account.provider == Provider.SOMARK:
        store_document(team=account.team, file=file, by=None, parse_account=account)
    else:
        store_document(team=account.team, file=file, by=None, template=template, extract_account=account)


if __name__ == "__main__":
    main(sys.argv[1:])
