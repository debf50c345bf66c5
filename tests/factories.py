"""Three people everywhere: alice owns, bob is in her team, charlie is a stranger."""

from __future__ import annotations

from typing import Any

from extraction.choices import Role
from extraction.models import Blob, Document, Membership, Team, User

PASSWORD = "correct horse battery staple"


def make_user(name: str, **columns: Any) -> User:
    return User.objects.create_user(f"{name}@example.org", PASSWORD, name=name.title(), **columns)


def make_team(name: str = "Accounts", **columns: Any) -> Team:
    return Team.objects.create(name=name, slug=name.lower(), **columns)


def join(user: User, team: Team, role: Role = Role.ADMIN) -> Membership:
    return Membership.objects.create(user=user, team=team, role=role)


def make_document(team: Team, *, name: str = "invoice.pdf", sha256: str = "a" * 64, **columns: Any) -> Document:
    blob, _ = Blob.objects.get_or_create(team=team, sha256=sha256, defaults={"size": 10, "kind": "pdf"})
    return Document.objects.create(team=team, blob=blob, name=name, **({"page_count": 1} | columns))
