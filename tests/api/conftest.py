from __future__ import annotations

import pytest

from extraction.models import Team, User
from extraction.services.rates import RATES
from extraction.services.templates import install_ready_made
from tests.api.docmap_calls import Program, program_of
from tests.api.galley_calls import Ours, ours_of


@pytest.fixture(autouse=True)
def fresh_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of other tests have the same primary keys, and have made calls in this minute."""
    monkeypatch.setattr(RATES, "_windows", {})


@pytest.fixture
def program(team: Team, alice: User) -> Program:
    """A program with a key of alice, which opens everything of her team."""
    install_ready_made(team)
    return program_of(team, alice)


@pytest.fixture
def stranger(charlie: User) -> Program:
    team = charlie.teams.get()
    install_ready_made(team)
    return program_of(team, charlie)


@pytest.fixture
def ours(team: Team, alice: User) -> Ours:
    """A program that calls our own interface with a key of alice, which opens everything of her team."""
    install_ready_made(team)
    return ours_of(team, alice)


@pytest.fixture
def theirs(charlie: User) -> Ours:
    team = charlie.teams.get()
    install_ready_made(team)
    return ours_of(team, charlie)
