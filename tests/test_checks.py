from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from extraction import checks
from extraction.engine.read.fonts import FontPaths


def test_data_folder_that_is_missing_is_an_error(settings: Settings, tmp_path: Path) -> None:
    settings.GALLEY_DATA = tmp_path

    fine = checks.check_data_folder()
    settings.GALLEY_DATA = tmp_path / "gone"

    assert fine == []
    assert [message.id for message in checks.check_data_folder()] == ["galley.E002"]


def test_machine_without_chinese_font_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "installed_fonts", FontPaths)

    assert [message.id for message in checks.check_fonts()] == ["galley.W002"]


def test_part_of_libreoffice_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "missing_packages", lambda: ["libreoffice-calc-nogui"])

    (message,) = checks.check_converter()

    assert (message.id, message.hint) == ("galley.I001", "Debian: apt-get install libreoffice-calc-nogui")


@pytest.mark.parametrize(
    ("safety", "ids"),
    [
        ({"seccomp": True, "parses": True}, []),
        ({"seccomp": False, "parses": True}, ["galley.W001"]),
        ({"seccomp": False, "parses": False}, ["galley.E001"]),
    ],
)
def test_protection_that_is_missing_is_told(
    monkeypatch: pytest.MonkeyPatch, safety: dict[str, bool], ids: list[str]
) -> None:
    monkeypatch.setattr(checks, "protection", lambda: safety)

    assert [message.id for message in checks.check_sandbox()] == ids
