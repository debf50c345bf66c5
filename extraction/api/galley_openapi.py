"""The description of our own interface: what `ninja` knows of the operations, completed by what all of them share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ninja import NinjaAPI

from extraction.api.galley_requests import SCOPE_OF_SCHEME
from extraction.api.galley_shapes import Error

PREFIX = "/galley/v1"
METHODS = ("get", "post", "put", "delete")
# every operation with a key can answer so
ALWAYS = (401, 403, 429, 500)

_ERRORS = {
    304: ("NotModified", "The ETag that was sent is still right.", "", ""),
    400: ("BadRequest", "The body cannot be read.", "INVALID_JSON", "The body is not JSON in UTF-8."),
    401: ("Unauthorized", "No key, or one that opens nothing.", "UNAUTHORIZED", "This API key is not known here."),
    403: ("Forbidden", "The key may not do this.", "FORBIDDEN", "This API key lacks the scope run."),
    404: ("NotFound", "There is no such object in the key's team.", "NOT_FOUND", "There is no such document."),
    409: (
        "Conflict",
        "It has moved on, or somebody else works on it.",
        "STEP_NOT_ALLOWED",
        "This has moved on in the meantime. Load the page again.",
    ),
    413: ("TooLarge", "The body or the file is too large.", "TOO_LARGE", "This file is larger than 200 MB."),
    415: (
        "UnsupportedMediaType",
        "The body, or the file in it, is of a type that is not taken.",
        "UNSUPPORTED_MEDIA_TYPE",
        "Send the body as application/json.",
    ),
    422: (
        "Unprocessable",
        "The request is readable, but something in it is wrong; the message names it.",
        "VALIDATION_ERROR",
        "limit: Input should be less than or equal to 100",
    ),
    429: (
        "TooMany",
        "Too many calls, or a quota is used up: `RATE_LIMITED` or `USAGE_LIMIT_EXCEEDED`.",
        "RATE_LIMITED",
        "Too many calls in this minute.",
    ),
    500: (
        "Crashed",
        "Something went wrong here.",
        "INTERNAL_ERROR",
        "Something went wrong here. Try again later.",
    ),
    503: ("Unavailable", "Galley cannot take this at the moment.", "UNAVAILABLE", "There is no room left."),
}
_KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
    "description": "The same key and body within 24 hours are done once and get the first answer.",
}


def told(*statuses: int, media_type: str | None = None, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What `ninja` is to add of an operation: further statuses, the type of an answer that is a file, a body."""
    responses: dict[int, Any] = {status: _reference(status) for status in statuses}
    if media_type:
        binary = not media_type.startswith(("text/", "application/json"))
        schema = {"type": "string", "contentMediaType": media_type} if binary else {"type": "string"}
        responses[200] = {"content": {media_type: {"schema": {} if media_type == "application/json" else schema}}}
    return {"responses": responses} | ({"requestBody": dict(body)} if body else {})


def _reference(status: int) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{_ERRORS[status][0]}"}


def describe(api: NinjaAPI) -> dict[str, Any]:
    """The whole description, without its servers."""
    found = dict(api.get_openapi_schema(path_prefix=PREFIX.lstrip("/") + "/"))
    found = _untitled(found | {"components": _components(found["components"])})
    for path, method, operation in _operations(found["paths"]):
        found["paths"][path][method] = _completed(path, method, operation)
    for media in _media(found):
        if "example" not in media and media["schema"]:
            media["example"] = example_of(media["schema"], found["components"]["schemas"])
    return found


def _untitled(node: Any) -> Any:
    """Without the titles that pydantic makes of every name, and null where a parameter is simply left out."""
    if isinstance(node, list):
        return [_untitled(one) for one in node]
    if not isinstance(node, dict):
        return node
    is_schema = "type" in node or "anyOf" in node or "$ref" in node
    plain = {key: _untitled(one) for key, one in node.items() if not (key == "title" and is_schema)}
    if plain.get("in") == "query" and "anyOf" in plain["schema"]:
        schema = plain["schema"]
        plain["schema"] = {key: one for key, one in schema.items() if key not in ("anyOf", "default")}
        plain["schema"] |= next(one for one in schema["anyOf"] if one != {"type": "null"})
    return plain


def _operations(paths: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in paths.items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def _completed(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    responses = {str(status): dict(response) for status, response in operation["responses"].items()}
    statuses = [*ALWAYS, *([404] if "{" in path else []), *([422] if operation["parameters"] else [])]
    statuses += [400, 413, 415, 422] if method in ("post", "put") else []
    responses |= {str(status): _reference(status) for status in statuses if str(status) not in responses}
    done = operation | {"responses": dict(sorted(responses.items())), "security": _security(operation)}
    if method == "post":
        done["parameters"] = [*operation["parameters"], _KEY_HEADER]
    return done


def _security(operation: Mapping[str, Any]) -> list[dict[str, list[str]]]:
    schemes = [name for requirement in operation.get("security", ()) for name in requirement]
    return [{"ApiKey": [SCOPE_OF_SCHEME[name].value]} for name in schemes]


def _components(found: Mapping[str, Any]) -> dict[str, Any]:
    scheme = next(iter(found["securitySchemes"].values()))
    error = Error.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = found["schemas"] | error.pop("$defs") | {"Error": error}
    return {
        "schemas": dict(sorted(schemas.items())),
        "responses": {name: _response(status) for status, (name, *_) in _ERRORS.items()},
        "securitySchemes": {"ApiKey": dict(scheme)},
    }


def _response(status: int) -> dict[str, Any]:
    _, description, code, message = _ERRORS[status]
    response: dict[str, Any] = {"description": description}
    if code:
        example = {"error": {"code": code, "message": message}}
        schema = {"$ref": "#/components/schemas/Error"}
        response["content"] = {"application/json": {"schema": schema, "example": example}}
    if status in (429, 503):
        header = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
        response["headers"] = {"Retry-After": header}
    return response


def _media(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for _path, _method, operation in _operations(found["paths"]):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            yield from (media for kind, media in body.get("content", {}).items() if kind == "application/json")


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], *, depth: int = 0) -> Any:
    """A value that the schema allows: its own example where it has one."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, depth=depth)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("const", "example", "default"):
        if key in schema and schema[key] is not None:
            return schema[key]
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], schemas, depth=depth)
    if "allOf" in schema:
        return example_of(schema["allOf"][0], schemas, depth=depth)
    return _plain_example(schema, schemas, depth)


def _plain_example(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        inner = schema.get("properties", {}) if depth < 6 else {}
        return {name: example_of(one, schemas, depth=depth + 1) for name, one in inner.items()}
    if kind == "array":
        if depth >= 6:
            return []
        return [example_of(schema.get("items", {}), schemas, depth=depth + 1)] * max(1, schema.get("minItems", 1))
    if schema.get("format") == "date-time":
        return "2026-11-22T09:30:00.000Z"
    least = schema.get("minimum", 1)
    return {"string": "text", "integer": least, "number": least, "boolean": False}.get(str(kind))
