"""What is installed is pinned, and every direct dependency says why it is here."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", name)[0]).lower()


def test_every_installed_package_is_pinned_to_its_version() -> None:
    pins = dict(pin.split("==") for pin in PROJECT["tool"]["uv"]["constraint-dependencies"])

    installed = {plain(found.metadata["Name"]): found.version for found in distributions()}

    assert {name: pins.get(name) for name in installed} == installed


def test_every_direct_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text()

    direct = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]

    assert [name for name in map(plain, direct) if not re.search(rf"\| .*\b{re.escape(name)}\b.* \|", reasons)] == []


def test_no_lock_file_is_kept() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()

    assert "uv.lock" in ignored
