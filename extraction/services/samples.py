"""Sample documents of our own, for a team that people try things with."""

from __future__ import annotations

from pathlib import Path

from django.core.files import File
from django.db import transaction

from extraction.choices import Role, Source
from extraction.models import Document, Membership, Team, User
from extraction.services.blobs import hash_of
from extraction.services.documents import same_bytes, store_document
from extraction.services.teams import create_team
from extraction.services.templates import install_ready_made, resolve_template

FOLDER = Path(__file__).parent.parent / "samples"
# file -> slug of its template
SAMPLES = {
    "invoice-hy-2026-004817.pdf": "invoice",
    "receipt-scan.jpg": "receipt",
    "fapiao-zh.pdf": "fapiao",
    "contract.docx": "contract",
}


def store_samples() -> list[Document]:
    """The demo team's samples; those it has already stay as they are."""
    team = _demo_team()
    return [_store(team, FOLDER / name, slug) for name, slug in SAMPLES.items()]


@transaction.atomic
def _demo_team() -> Team:
    team = Team.objects.filter(slug="demo").first() or create_team(name="Demo", slug="demo")
    install_ready_made(team)
    for user in User.objects.filter(is_superuser=True):
        Membership.objects.get_or_create(user=user, team=team, defaults={"role": Role.ADMIN})
    return team


def _store(team: Team, path: Path, slug: str) -> Document:
    earlier = same_bytes(team, hash_of(path))
    if earlier is not None:
        return earlier
    template = resolve_template(team, slug)
    with path.open("rb") as opened:
        file = File(opened, name=path.name)
        return store_document(team=team, file=file, by=None, source=Source.DEMO, template=template)
