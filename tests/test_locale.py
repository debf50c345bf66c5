"""Every string people read is translated, and what is committed is what is compiled."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"
needs_gettext = pytest.mark.skipif(
    shutil.which("msgfmt") is None, reason="no gettext (Debian: apt-get install gettext)"
)


def catalog(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        found = gettext.GNUTranslations(file)._catalog
    return {str(source): target for source, target in found.items() if source}


@needs_gettext
def test_compiled_translations_are_those_of_the_source(tmp_path: Path) -> None:
    compiled = tmp_path / "django.mo"

    subprocess.run(["msgfmt", "--check-format", "-o", compiled, FOLDER / "django.po"], check=True)

    assert catalog(FOLDER / "django.mo") == catalog(compiled)


@needs_gettext
def test_no_string_is_missing_fuzzy_or_left_over(tmp_path: Path) -> None:
    for part in ("extraction", "project", "templates", "static", "locale", "manage.py", "pyproject.toml"):
        whole = ROOT / part
        (shutil.copytree if whole.is_dir() else shutil.copy)(whole, tmp_path / part)
    command = [sys.executable, "manage.py", "makemessages", "-l", "zh_Hans", "--no-location", "--no-obsolete", "-v0"]

    subprocess.run(command, cwd=tmp_path, check=True)

    fresh = (tmp_path / "locale/zh_Hans/LC_MESSAGES/django.po").read_text()
    untranslated = subprocess.run(
        ["msgattrib", "--untranslated", "--no-wrap", tmp_path / "locale/zh_Hans/LC_MESSAGES/django.po"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert re.findall(r'^msgid "(.+)"$', untranslated, re.MULTILINE) == []
    assert "#, fuzzy" not in fresh
