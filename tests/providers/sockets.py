"""A provider of a few lines on a real loopback socket: each connection is handed to the next of its scripts."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Wire:
    """What came over it: each request's head and body as they arrived; `closed` is released as a connection ends."""

    port: int
    connections: int = 0
    closed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    requests: list[bytes] = field(default_factory=list)

    @property
    def root(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.root}/v1"


type Script = Callable[[Wire, socket.socket], None]


@contextmanager
def serving(
    *scripts: Script, tls: ssl.SSLContext | None = None, at: tuple[str, int] = ("127.0.0.1", 0)
) -> Iterator[Wire]:
    """The last script serves all further connections."""
    listener = socket.create_server(at)
    wire = Wire(listener.getsockname()[1])
    thread = threading.Thread(target=_accept, args=(listener, wire, scripts, tls))
    thread.start()
    try:
        yield wire
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _accept(listener: socket.socket, wire: Wire, scripts: tuple[Script, ...], tls: ssl.SSLContext | None) -> None:
    threads = []
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            break
        script = scripts[min(wire.connections, len(scripts) - 1)]
        wire.connections += 1
        threads.append(threading.Thread(target=_serve, args=(client, wire, script, tls)))
        threads[-1].start()
    for thread in threads:
        thread.join()


def _serve(client: socket.socket, wire: Wire, script: Script, tls: ssl.SSLContext | None) -> None:
    client.settimeout(5)
    try:
        served = tls.wrap_socket(client, server_side=True) if tls else client
        with served:
            script(wire, served)
    except OSError:
        client.close()
    wire.closed.release()


def read_request(client: socket.socket) -> bytes:
    """Head and body, by its Content-Length or in chunks; b"" at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


def answering(answer: bytes) -> Script:
    """The same answer to every request of a connection."""

    def script(wire: Wire, client: socket.socket) -> None:
        while request := read_request(client):
            wire.requests.append(request)
            client.sendall(answer)

    return script


def once(answer: bytes) -> Script:
    """One answer, and then the connection is closed."""

    def script(wire: Wire, client: socket.socket) -> None:
        wire.requests.append(read_request(client))
        client.sendall(answer)

    return script


def silent(wire: Wire, client: socket.socket) -> None:
    """Takes the request, and answers nothing until the caller has gone."""
    wire.requests.append(read_request(client))
    client.recv(1)


def hang_up(wire: Wire, client: socket.socket) -> None:
    """Closes before anything is read."""


def reply(body: bytes = b"{}", status: str = "200 OK", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
