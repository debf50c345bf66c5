"""Run by the Python that has SoMark's published SDK: one call, and what came of it as JSON on the last line."""

from __future__ import annotations

import asyncio
import json
import sys
import warnings
from typing import Any

import somark

FORMATS = ["markdown", "json", "zip"]


def parse(client: somark.SoMark, file: str) -> dict[str, Any]:
    return client.parser.parse(file, formats=FORMATS).model_dump()


def wait(client: somark.SoMark, file: str) -> dict[str, Any]:
    task = client.parser.create(file, formats=["json"])
    response = task.wait()
    return response.model_dump() | {"status": task.status, "record_id": task.record_id, "id": task.id}


def wait_async(client: somark.SoMark, file: str) -> dict[str, Any]:
    async def waited() -> dict[str, Any]:
        async with somark.AsyncSoMark(api_key=sys.argv[2], base_url=sys.argv[1]) as async_client:
            task = await async_client.parser.create(file, formats=["md"])
            return (await task.wait()).model_dump()

    return asyncio.run(waited())


def usage(client: somark.SoMark, file: str) -> dict[str, Any]:
    return client.usage.get().model_dump()


def bad_option(client: somark.SoMark, file: str) -> dict[str, Any]:
    return client.parser.parse(file, element_formats={"table": "pdf"}).model_dump()


def unknown_task(client: somark.SoMark, file: str) -> dict[str, Any]:
    client.parser.task("no such task").refresh()
    return {}


def main(base_url: str, key: str, call: str, file: str) -> None:
    client = somark.SoMark(api_key=key, base_url=base_url, max_retries=0)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            told = globals()[call](client, file)
        except somark.SoMarkError as exc:
            told = {"error": type(exc).__name__, "code": exc.code, "text": str(exc)}
    print(json.dumps(told | {"warned": [str(warning.message) for warning in warned]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
