from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from extraction.choices import Action
from extraction.queries.accounts import paused_accounts
from extraction.services.access import teams_of
from extraction.services.teams import membership_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame shows: the team, the teams to switch to, what the person may do, which accounts rest."""
    team = getattr(request, "team", None)
    if team is None:
        return {"team": None, "teams": [], "may": {}, "paused": []}
    membership = membership_of(request.user, team)
    return {
        "team": team,
        "teams": list(teams_of(request.user)),
        "may": {action.value: membership.may(action) for action in Action},
        # asked only by a frame that shows it, and once
        "paused": cache(lambda: paused_accounts(team)),
    }
