"""Where the web server listens: whether the place is free, and whether the server answers there."""

from __future__ import annotations

import http
import http.client
import socket

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
ANSWER_SECONDS = 5.0


def why_not(host: str, port: int) -> str:
    """Why nothing can listen at the address; empty when it is free."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        return f"{host} is no address of this machine; try --host 127.0.0.1"
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError as exc:
            return f"nothing can listen at {host}:{port} ({exc.strerror}); try another --port"
    return ""


def local_host(host: str) -> str:
    """Where this machine reaches what listens at `host`."""
    return EVERYWHERE.get(host, host)


def printable(host: str, port: int) -> str:
    name = local_host(host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}/"


def answers(host: str, port: int, *, name: str) -> bool:
    """Whether `/health` says that all is well; `name` is a host name that the server takes."""
    connection = http.client.HTTPConnection(local_host(host), port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/health", headers={"Host": name})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
