"""What the documents name is there: links, files, commands, and every setting that the program reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = {path.stem for path in (ROOT / "extraction" / "management" / "commands").glob("[a-z]*.py")}
DJANGO_COMMANDS = {"check", "shell"}
# between our own processes
INNER = {"GALLEY_PARENT"}


def prose(page: Path) -> str:
    """Without code blocks."""
    return re.sub(r"(?ms)^```.*?^```$", "", page.read_text())


def anchors(page: Path) -> set[str]:
    """Of its headings, as code hosts make them."""
    headings = re.findall(r"(?m)^#+ (.+)$", prose(page))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_there(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


def settings_read() -> set[str]:
    """`…_FILE` and the like are made of these."""
    code = [path.read_text() for room in ("project", "extraction") for path in (ROOT / room).rglob("*.py")]
    return set(re.findall(r"[\"'](GALLEY_[A-Z_]+|DATABASE_URL)[\"']", "\n".join(code))) - INNER


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", prose(page))

    assert [link for link in links if "://" not in link and not is_there(page, link)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_are_there(page: Path) -> None:
    """Names with a folder of ours, from the root or from `extraction`; those of a data folder are not ours."""
    folders = "extraction|project|tests|docs|static|templates|services|api|engine|queries|models|providers|wire"
    names = re.findall(rf"`((?:{folders})/[\w./-]*\w\.(?:py|md|json|html|js|css))`", prose(page))

    assert [name for name in names if not any((ROOT / room / name).exists() for room in ("", "extraction"))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_named_are_there(page: Path) -> None:
    assert set(re.findall(r"manage\.py (\w+)", page.read_text())) <= COMMANDS | DJANGO_COMMANDS


@pytest.mark.parametrize("page", [ROOT / ".env.example", ROOT / "docs" / "operations.md"], ids=lambda page: page.name)
def test_every_setting_is_told_and_no_other(page: Path) -> None:
    told = set(re.findall(r"\b(GALLEY_[A-Z_]+|DATABASE_URL)\b", page.read_text()))

    assert {name.removesuffix("_FILE") for name in told} == settings_read()
