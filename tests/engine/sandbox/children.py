"""Children and parents that misbehave, each run as a program of its own."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from extraction.engine.sandbox.frames import receive
from extraction.engine.sandbox.parser import Parser
from extraction.types import FileKind


def silent() -> None:
    time.sleep(60)


def early_end() -> None:
    os.write(1, b"\0\0\0\x10")


def too_long() -> None:
    os.write(1, b"\xff" * 12 + b"x")
    time.sleep(60)


def no_json() -> None:
    _send(b"nope")


def unnamed_error() -> None:
    _send(b'{"error": {"class": "SystemExit", "code": "x", "params": {}}}')


def argument_named_twice() -> None:
    _send(b'{"error": {"class": "ReadingFailed", "code": "x", "params": {"code": "y"}}}')


def long_reason() -> None:
    _send(
        b'{"error": {"class": "ReadingFailed", "code": "x", "params": {"reason": "\\u0000\\ud800%s"}}}' % (b"a" * 9999)
    )


def _send(head: bytes) -> None:
    os.write(1, len(head).to_bytes(4) + (0).to_bytes(8) + head)
    time.sleep(60)


LIES = {
    lie.__name__: lie
    for lie in (silent, early_end, too_long, no_json, unnamed_error, argument_named_twice, long_reason)
}


def main() -> None:
    """Wait for a question, then answer it badly in the way that the settings name."""
    settings = json.loads(sys.argv[-1])
    receive(0)
    LIES[settings["lie"]]()


def parent_of_a_parser() -> None:
    """Open a file, print the child's number, then wait to be killed."""
    parser = Parser(Path(sys.argv[1]), FileKind.PDF)
    parser.probe()
    child = parser._child
    print(child.process.pid if child else 0, flush=True)
    time.sleep(60)
