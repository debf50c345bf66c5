"""A call that ends at a moment, however slowly its peer goes on: time-outs of reading begin anew with every byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

_CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")
_CONNECTING = "connection.connect_tcp.started"


class Deadline:
    """`watch` is told by httpcore of the call's connection, whose socket is shut once the time is over."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_over = False
        self._lock = threading.Lock()

    def watch(self, name: str, info: Mapping[str, Any]) -> None:
        if name == _CONNECTING and self._is_over:
            raise httpx.ConnectTimeout("the call's time is over")
        if name in _CONNECTED:
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")
                if self._is_over:
                    self._shut()

    def end(self) -> None:
        with self._lock:
            self._is_over = True
            self._shut()

    def _shut(self) -> None:
        if self._socket is None:
            return
        try:
            # not SSLSocket's own, which takes the TLS state from under a thread that reads
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        except OSError:
            return


@contextmanager
def ending_within(seconds: float) -> Iterator[Deadline]:
    deadline = Deadline()
    timer = threading.Timer(seconds, deadline.end)
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()
