"""Settings from the environment; a wrong value stops the start and names itself."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


def env_str(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def env_bool(name: str, default: bool = False) -> bool:
    text = os.environ.get(name, str(default)).strip().lower()
    if text not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} is yes or no, not {text!r}")
    return text in TRUE


def env_int(name: str, default: int, *, least: int = 0) -> int:
    text = os.environ.get(name, str(default))
    if not text.strip().isdecimal() or int(text) < least:
        raise ImproperlyConfigured(f"{name} is a whole number from {least}, not {text!r}")
    return int(text)


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def env_secret(name: str, path: Path) -> str:
    """From NAME, from the file that NAME_FILE names, or from `path`, which is made with mode 0600 at first start."""
    if os.environ.get(name):
        return os.environ[name]
    if os.environ.get(f"{name}_FILE"):
        return _read_secret(name, Path(os.environ[f"{name}_FILE"]))
    if not path.exists():
        _make_secret(path)
    return _read_secret(name, path)


def env_secret_text(name: str) -> str:
    """From NAME or from the file that NAME_FILE names; empty without either."""
    path = os.environ.get(f"{name}_FILE")
    return os.environ.get(name) or (_read_secret(name, Path(path)) if path else "")


def env_folder(name: str, default: Path) -> Path:
    """A folder that can be written to, made with mode 0700 if need be."""
    folder = Path(os.environ.get(name) or default).resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise ImproperlyConfigured(f"{name}: {folder} cannot be made: {exc.strerror}") from exc
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"{name}: {folder} cannot be written to")
    return folder


def _read_secret(name: str, path: Path) -> str:
    try:
        secret = path.read_text().strip()
    except OSError as exc:
        raise ImproperlyConfigured(f"{name}: cannot read {path}: {exc.strerror}") from exc
    if not secret:
        raise ImproperlyConfigured(f"{name}: {path} is empty")
    return secret


def _make_secret(path: Path) -> None:
    """Written whole before it takes its name, so that two processes at a first start agree on one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()


SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA temp_store=MEMORY;",
}


def database(url: str, *, folder: Path, synchronous: str) -> dict[str, Any]:
    """SQLite in the data folder, or what DATABASE_URL names: postgres://user:password@host:port/name."""
    if not url:
        init = SQLITE_OPTIONS["init_command"].format(synchronous=synchronous)
        options = SQLITE_OPTIONS | {"init_command": init}
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "galley.sqlite3",
            "OPTIONS": options,
            # opening costs more than a poll's whole answer
            "CONN_MAX_AGE": 60,
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL is postgres://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
