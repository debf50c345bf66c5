"""The first start: an account that may do everything, a team for it, and the ready-made templates."""

from __future__ import annotations

import secrets

from django.core.validators import validate_email
from django.db import transaction

from extraction.choices import Role
from extraction.models import Membership, Team, User
from extraction.services.teams import create_team
from extraction.services.templates import install_ready_made

DEFAULT_EMAIL = "admin@localhost"
DEFAULT_TEAM = "Default team"
PASSWORD_BYTES = 12


@transaction.atomic
def set_up(*, email: str = "", password: str = "") -> tuple[str, str] | None:
    """Make the first account and the default team; gives e-mail and a password made here, None when it is not needed.

    Raises ValidationError for an e-mail that is none.
    """
    if not Team.objects.exists():
        install_ready_made(create_team(name=DEFAULT_TEAM, slug="default"))
    if User.objects.exists():
        return None
    email = email or DEFAULT_EMAIL
    validate_email(email)
    made = "" if password else secrets.token_urlsafe(PASSWORD_BYTES)
    user = User.objects.create_superuser(email, password or made)
    Membership.objects.create(user=user, team=Team.objects.order_by("pk")[0], role=Role.ADMIN)
    return (email, made) if made else None
