from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from extraction.choices import Scope
from extraction.errors import StepNotAllowed
from extraction.models import Team, User
from extraction.services.keys import EXPIRIES, create_key, expiry_of


class Command(BaseCommand):
    help = "Makes a key to a team's HTTP interfaces and prints it, alone on the last line; it is not shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="what the key is for")
        parser.add_argument("--team", metavar="SLUG", help="the team's slug (the first team)")
        parser.add_argument(
            "--scopes", nargs="+", choices=Scope.values, default=Scope.values, help="what it opens (everything)"
        )
        parser.add_argument("--by", metavar="EMAIL", help="the member it acts for; without one it cannot review")
        parser.add_argument("--expires", choices=list(EXPIRIES), default="never", help="when it ends (never)")

    def handle(
        self, *args: Any, name: str, team: str | None, scopes: list[str], by: str | None, expires: str, **options: Any
    ) -> None:
        owner = self.team(team)
        if not 1 <= len(name.strip()) <= 100:
            raise CommandError("a name has 1 to 100 characters")
        try:
            row, key = create_key(
                team=owner, name=name.strip(), scopes=scopes, by=self.member(owner, by), expires_at=expiry_of(expires)
            )
        except StepNotAllowed as exc:
            raise CommandError(f"{exc}; revoke one that is not used") from exc
        self.stdout.write(f"{row.name}: a key of the team {owner} ({', '.join(row.scopes)})")
        self.stdout.write(key)

    def member(self, team: Team, email: str | None) -> User | None:
        if email is None:
            return None
        user = User.objects.filter(memberships__team=team, email__iexact=email).first()
        if user is None:
            raise CommandError(f"{email} is no member of the team {team.slug}")
        return user

    def team(self, slug: str | None) -> Team:
        team = Team.objects.filter(slug=slug).first() if slug else Team.objects.order_by("pk").first()
        if team is None:
            slugs = ", ".join(Team.objects.values_list("slug", flat=True))
            raise CommandError(f"there is no team {slug!r}; the teams are {slugs}" if slugs else "there is no team yet")
        return team
