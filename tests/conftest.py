from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from extraction.choices import Role
from extraction.models import Team, User
from extraction.providers.embedded import EmbeddedParser
from tests.factories import join, make_team, make_user

_REAL_PROCESSES = (Path(__file__).parent / "browser", Path(__file__).parent / "management")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of whole running Galleys are tried once more: a busy machine can outlast a browser's patience."""
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in _REAL_PROCESSES):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite in a file, as people have it: one in memory is a single connection for all threads of a live server."""
    connection.settings_dict["CONN_MAX_AGE"] = 0  # threads of tests come and go
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "galley.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def static_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """WhiteNoise warns of a folder that nobody has collected files into; the live server starts before any test."""
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")


@pytest.fixture(autouse=True)
def plain_settings(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Files go to a folder of the test's own; static files need no manifest; passwords hash quickly; keys are new."""
    settings.GALLEY_DATA = tmp_path_factory.mktemp("data")
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.KEY_MEMORY_SECONDS = 0.0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def team(db: None) -> Team:
    return make_team()


@pytest.fixture
def alice(team: Team) -> User:
    user = make_user("alice")
    join(user, team, Role.ADMIN)
    return user


@pytest.fixture
def bob(team: Team) -> User:
    user = make_user("bob")
    join(user, team, Role.REVIEWER)
    return user


@pytest.fixture
def charlie(db: None) -> User:
    user = make_user("charlie")
    join(user, make_team("Strangers"), Role.ADMIN)
    return user


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def as_bob(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


@pytest.fixture
def as_charlie(charlie: User) -> Client:
    client = Client()
    client.force_login(charlie)
    return client


@pytest.fixture
def engine() -> Iterator[EmbeddedParser]:
    with EmbeddedParser() as engine:
        yield engine
