"""As much of DocMap as the test of an account asks for."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.providers.sockets import Wire, read_request, reply, serving

RIGHT_KEY = "dm_live_" + "0123456789abcdef" * 4
USAGE = {"data": {"plan": "pro", "usage": 40, "limit": 500, "periodKey": "2026-11"}}
REFUSAL = {"error": {"code": "UNAUTHORIZED", "message": "Invalid API key", "status": 401}}


@contextmanager
def small_docmap() -> Iterator[Wire]:
    """Takes RIGHT_KEY and no other."""
    with serving(_answer_by_path(RIGHT_KEY)) as wire:
        yield wire


def _answer_by_path(key: str) -> Callable[[Wire, socket.socket], None]:
    def script(wire: Wire, client: socket.socket) -> None:
        while request := read_request(client):
            wire.requests.append(request)
            if request.startswith(b"GET /health"):
                answer = reply(b'{"status": "ok"}')
            elif f"authorization: bearer {key}".encode() in request.lower():
                answer = reply(json.dumps(USAGE).encode())
            else:
                answer = reply(json.dumps(REFUSAL).encode(), "401 Unauthorized")
            client.sendall(answer)

    return script
