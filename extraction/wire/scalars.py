"""Single values of other people's JSON, taken as far as they make sense; None where they make none."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from extraction.errors import InvalidReply

# above this a float no longer tells whole numbers apart
_LARGEST = 2**53


def parse(body: bytes | str) -> Any:
    """Raise InvalidReply for anything that is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise InvalidReply(f"not JSON: {exc!r:.200}") from exc


def number(value: Any) -> float | None:
    """A finite number, or the text of one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def whole(value: Any) -> int | None:
    found = number(value)
    if found is None or found != int(found) or abs(found) > _LARGEST:
        return None
    return int(found)


def text(value: Any) -> str:
    """What can be stored and sent on: no NUL, no half of a character; other JSON as it is written."""
    if value is None:
        return ""
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return written.replace("\0", "").encode("utf-8", "replace").decode()


def mapping(value: Any) -> Mapping[str, Any]:
    """An object, or an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> list[Any]:
    """An array, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def plain(value: float) -> int | float:
    """A whole number is written without its point."""
    return int(value) if value == int(value) else value
