"""The documentation page of our interface: an ordinary page, made of the same description that programs read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from extraction.addresses import base_url
from extraction.api.galley import description

DOCMAP = Path(__file__).parent / "descriptions" / "docmap.json"
EXAMPLE_PLACES = {
    "document_id": "1",
    "number": "1",
    "template_id": "invoice",
    "extraction_id": "extract_6fc1a29d0b77",
    "key_id": "ak_0b4d2f8a91c7",
    "webhook_id": "wh_5d0c1f9e3b7a",
    "delivery_id": "1",
}
SAVED_AS = {"image/jpeg": "page.jpg", "application/octet-stream": "document", "text/markdown": "document.md"}
DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Node:
    """A key of a schema; `children` are those inside it."""

    name: str
    type: str
    text: SafeString
    is_required: bool
    children: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """A body, of a request or an answer; `code` is an error's."""

    media_type: str
    nodes: tuple[Node, ...]
    example: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    status: str
    text: SafeString
    contents: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """`errors` are the statuses that all operations explain in one place."""

    id: str
    method: str
    path: str
    summary: str
    paragraphs: tuple[SafeString, ...]
    scope: str
    parameters: tuple[Node, ...]
    body: Content | None
    answers: tuple[Answered, ...]
    errors: tuple[str, ...]
    curl: str


@dataclass(frozen=True, slots=True)
class Chapter:
    name: str
    text: SafeString
    operations: tuple[Operation, ...]


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """Open to everybody: it says what can be asked, and nothing of any team."""
    base = base_url(request)
    context = {
        "base": base,
        "paragraphs": [inline(part) for part in description()["info"]["description"].split("\n\n")],
        "chapters": chapters(base),
        "errors": errors(),
    }
    return render(request, "extraction/api_docs.html", context)


def docmap_description(request: HttpRequest) -> JsonResponse:
    """Our copy of DocMap's description, with what we add to it."""
    return JsonResponse({**_docmap(), "servers": [{"url": base_url(request)}]})


@cache
def _docmap() -> dict[str, Any]:
    return json.loads(DOCMAP.read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def chapters(base: str) -> tuple[Chapter, ...]:
    """By tag, in the tags' order."""
    found = [_operation(path, method, one, base) for path, method, one in _described()]
    tags = {one["operationId"]: one["tags"][0] for _, _, one in _described()}
    told = (
        Chapter(tag["name"], inline(tag["description"]), tuple(one for one in found if tags[one.id] == tag["name"]))
        for tag in description()["tags"]
    )
    return tuple(chapter for chapter in told if chapter.operations)


def _described() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


@cache
def errors() -> tuple[Answered, ...]:
    told = description()["components"]["responses"]
    by_status = {
        _reference_name(one): status for _, _, each in _described() for status, one in each["responses"].items()
    }
    named = sorted((by_status[name], response) for name, response in told.items() if name in by_status)
    return tuple(_answered(status, response) for status, response in named if status != "304")


def _reference_name(response: Mapping[str, Any]) -> str:
    return response.get("$ref", "").rsplit("/", 1)[-1]


def _operation(path: str, method: str, operation: Mapping[str, Any], base: str) -> Operation:
    content = operation.get("requestBody", {}).get("content", {})
    responses = operation["responses"]
    body = next((_content(kind, media, is_asked=True) for kind, media in content.items()), None)
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        paragraphs=tuple(inline(part) for part in operation.get("description", "").split("\n\n") if part),
        scope=operation["security"][0]["ApiKey"][0],
        parameters=tuple(_parameter(one) for one in operation["parameters"]),
        body=body,
        answers=tuple(_answered(status, one) for status, one in responses.items() if "$ref" not in one),
        errors=tuple(status for status, one in responses.items() if "$ref" in one),
        curl=_curl(path, method, operation, base),
    )


def _parameter(one: Mapping[str, Any]) -> Node:
    kind = f"{one['in']}, {_type(one['schema'])}"
    text = one.get("description") or ""
    default = one["schema"].get("default")
    text += f" Without it `{json.dumps(default)}`." if default not in (None, "") else ""
    return Node(one["name"], kind, inline(text.strip()), one["required"])


def _answered(status: str, response: Mapping[str, Any]) -> Answered:
    contents = (_content(kind, media) for kind, media in response.get("content", {}).items())
    return Answered(status, inline(response["description"]), tuple(contents))


def _content(kind: str, media: Mapping[str, Any], *, is_asked: bool = False) -> Content:
    example = media.get("example")
    told = "" if example is None else json.dumps(example, ensure_ascii=False, indent=2)
    code = example["error"]["code"] if _reference_name(media["schema"]) == "Error" else ""
    return Content(
        kind, _nodes(media["schema"], (), is_asked=is_asked), "" if kind.startswith("multipart") else told, code
    )


def _nodes(schema: Mapping[str, Any], seen: tuple[str, ...], *, is_asked: bool) -> tuple[Node, ...]:
    """Of an object, or of what an array holds; nothing of a schema inside itself. An answer has all its keys."""
    name, plain = _resolved(schema)
    if name in seen or len(seen) >= DEEPEST:
        return ()
    inner = (*seen, name) if name else seen
    if plain.get("type") == "array":
        return _nodes(plain.get("items", {}), inner, is_asked=is_asked)
    required = plain.get("required", ()) if is_asked else ()
    return tuple(
        Node(key, _type(one), inline(_text(one)), key in required, _nodes(one, inner, is_asked=is_asked))
        for key, one in plain.get("properties", {}).items()
    )


def _resolved(schema: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """A schema's name, empty without one, and itself: of a choice with null the other."""
    for one in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        if one.get("type") != "null" and ("$ref" in one or one.get("type") == "array"):
            return _resolved(one)
    if "$ref" not in schema:
        return "", schema
    name = _reference_name(schema)
    return name, description()["components"]["schemas"][name]


def _text(schema: Mapping[str, Any]) -> str:
    return str(schema.get("description") or _resolved(schema)[1].get("description") or "")


def _type(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(one) for one in schema["anyOf"]))
    if "$ref" in schema or "allOf" in schema:
        return _type(_resolved(schema)[1])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"array of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("const") or schema.get("type") or "any")


def _curl(path: str, method: str, operation: Mapping[str, Any], base: str) -> str:
    parts = [f"curl {base}{path.format_map(EXAMPLE_PLACES)}", '-H "Authorization: Bearer $GALLEY_KEY"']
    if method != "get" and (method != "post" or "requestBody" not in operation):
        parts[0] = parts[0].replace("curl ", f"curl -X {method.upper()} ", 1)
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        fields = content["multipart/form-data"]["example"]
        parts += [f"-F {name}={'@' if name == 'file' else ''}{value}" for name, value in fields.items()]
    elif content:
        example = json.dumps(content["application/json"]["example"], ensure_ascii=False).replace("'", "’")
        parts += ['-H "Content-Type: application/json"', f"-d '{example}'"]
    answers = operation["responses"].get("200", {}).get("content", {})
    parts += [f"-o {name}" for kind, name in SAVED_AS.items() if kind in answers]
    return " \\\n  ".join(parts)


def inline(text: str) -> SafeString:
    """`code` and *emphasis* as HTML, everything else escaped."""
    told = escape(" ".join(text.split()))
    told = re.sub(r"`([^`]+)`", r"<code>\1</code>", told)
    return mark_safe(re.sub(r"\*([^*<>]+)\*", r"<em>\1</em>", told))
