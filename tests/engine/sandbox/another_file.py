"""A child that answers for a PDF as if it had opened something else."""

from __future__ import annotations

from extraction.engine.sandbox.frames import Frame, receive, send


def main() -> None:
    receive(0)
    send(1, Frame({"kind": "executable", "pages": 1, "encrypted": False}))
    receive(0)
