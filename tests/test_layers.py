"""Every import goes down: a room may use itself and the rooms listed for it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "extraction"
PURE = {"errors", "types"}
LEAVES = PURE | {"choices"}
ROOMS = {
    "errors": set(),
    "types": set(),
    "choices": set(),
    "wire": PURE,
    "engine": PURE,
    "providers": PURE | {"wire", "engine"},
    "models": LEAVES,
    "queries": LEAVES | {"models"},
    "services": LEAVES | {"models", "queries", "providers", "engine", "wire"},
    "tasks": LEAVES | {"models", "queries", "services"},
    "addresses": set(),
    "upload_handlers": set(),
    "web": LEAVES | {"models", "queries", "services", "addresses", "upload_handlers"},
    "api": LEAVES | {"models", "queries", "services", "wire", "addresses", "upload_handlers"},
    "admin": LEAVES | {"models", "queries", "services"},
    "management": LEAVES | {"models", "queries", "services", "providers", "engine", "wire"},
    "templatetags": LEAVES,
    "migrations": {"choices", "models"},
    "checks": LEAVES | {"models", "providers", "engine"},
    "apps": {"checks"},
}
DJANGO_FREE = {"errors", "types", "wire", "engine", "providers"}
MODULES = [path for path in sorted(ROOT.rglob("*.py")) if path != ROOT / "__init__.py"]


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write the full path, not a relative import"
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    room = room_of(path)
    used = {name.split(".")[1] for name in imported(path) if name.startswith("extraction.")}

    assert used <= ROOMS[room] | {room}


PURE_MODULES = [path for path in MODULES if room_of(path) in DJANGO_FREE]


@pytest.mark.parametrize("path", PURE_MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pure_rooms_know_nothing_of_django(path: Path) -> None:
    assert not any(name.split(".")[0] == "django" for name in imported(path))
