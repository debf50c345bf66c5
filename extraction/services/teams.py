from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, When
from django.utils.text import slugify

from extraction.choices import Role
from extraction.errors import StepNotAllowed
from extraction.models import Document, Membership, Team, User
from extraction.services.access import teams_of

# no letters that look like another one: the password is read off a screen and typed
PASSWORD_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def lock_team(pk: int) -> Team:
    """Hold the row to the end of the transaction: before any row of the team's documents, jobs or usage."""
    team: Team = Team.objects.select_for_update(no_key=True).get(pk=pk)
    return team


def current_team(user: User, slug: str | None) -> Team | None:
    """The team chosen in this session, else the one chosen last, else one with documents; None without any team."""
    has_documents = Exists(Document.objects.filter(team=OuterRef("pk")))
    return (
        teams_of(user)
        .annotate(
            rank=Case(
                When(slug=slug or "", then=0),
                When(pk=user.last_team_id, then=1),
                When(has_documents, then=2),
                default=3,
            )
        )
        .order_by("rank", "name", "pk")
        .first()
    )


def choose_team(*, user: User, team: Team) -> None:
    """Where the person's next session begins."""
    user.last_team = team
    user.save(update_fields=["last_team"])


def membership_of(user: User, team: Team) -> Membership:
    return Membership.objects.get(user=user, team=team)


def create_team(*, name: str, slug: str = "", language: str = "en") -> Team:
    # a Chinese name leaves nothing for a slug
    return Team.objects.create(
        name=name, slug=slug or slugify(name) or f"team-{secrets.token_hex(4)}", language=language
    )


def add_member(*, team: Team, email: str, role: Role) -> tuple[Membership, str]:
    """The membership and, when the person had no account, a password that is shown once; else an empty text.

    Raises StepNotAllowed for a person who is a member already.
    """
    with transaction.atomic():
        user = User.objects.filter(email__iexact=email).first()
        password = "" if user else new_password()
        if user is None:
            user = User.objects.create_user(email, password, must_change_password=True)
        membership, is_new = Membership.objects.get_or_create(team=team, user=user, defaults={"role": role})
        if not is_new:
            raise StepNotAllowed(code="already_member")
    return membership, password


def new_password() -> str:
    return "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(4)) for _ in range(4))


def change_role(*, membership: Membership, role: Role) -> None:
    """Raise StepNotAllowed when nobody would be left to manage the team."""
    with transaction.atomic():
        members = _locked_members(membership.team)
        if role != Role.ADMIN:
            _keep_an_admin(members, without=membership)
        membership.role = role
        membership.save(update_fields=["role"])


def remove_member(*, membership: Membership) -> None:
    """Raise StepNotAllowed when nobody would be left to manage the team."""
    with transaction.atomic():
        _keep_an_admin(_locked_members(membership.team), without=membership)
        membership.delete()


def _locked_members(team: Team) -> list[Membership]:
    """Locked through the team, so that two admins cannot leave at the same moment."""
    lock_team(team.pk)
    return list(Membership.objects.filter(team=team))


def _keep_an_admin(members: Iterable[Membership], *, without: Membership) -> None:
    if not any(member.role == Role.ADMIN and member.pk != without.pk for member in members):
        raise StepNotAllowed(code="last_admin")
