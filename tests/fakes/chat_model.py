"""What the fake model reads out of a prompt: it looks for labels, and knows nothing else."""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_FIELDS = re.compile(r"^Fields:\n(\[.*?^\])$", re.DOTALL | re.MULTILINE)
_LINE = re.compile(r"^\[(\d+:\d+)\] (.*)$", re.MULTILINE)
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_MONTHS = [calendar.month_name[number].lower() for number in range(1, 13)]
_SAID_DATE = re.compile(rf"(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})", re.IGNORECASE)
_ISO_DATE = re.compile(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")

INVENTED = {"number": 98765.43, "date": "1999-09-09", "yes or no": True}


@dataclass(frozen=True, slots=True)
class Prompt:
    """The fields and the numbered lines of a request's messages, and how many images came with them."""

    fields: tuple[dict[str, Any], ...]
    lines: tuple[tuple[str, str], ...]
    text: str
    images: int

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Prompt:
        content = body["messages"][-1]["content"]
        parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
        text = "\n".join(part["text"] for part in parts if part["type"] == "text")
        fields = _FIELDS.search(text)
        lines = tuple((match[1], match[2]) for match in _LINE.finditer(text))
        images = sum(part["type"] == "image_url" for part in parts)
        return cls(tuple(json.loads(fields[1])) if fields else (), lines, text, images)

    @property
    def tokens(self) -> int:
        return len(self.text) // 4 + 1_000 * self.images


def answers(prompt: Prompt, script: Mapping[str, Any], invented: set[str]) -> dict[str, Any]:
    """By field; `script` gives a value, found on the first line that has it, or a whole answer."""
    return {field["name"]: _answer(field, prompt, script, invented) for field in prompt.fields}


def _answer(field: Mapping[str, Any], prompt: Prompt, script: Mapping[str, Any], invented: set[str]) -> Any:
    if field["name"] in invented:
        value = INVENTED.get(field["type"], "Nowhere & Sons Unlimited")
        return {"value": value, "lines": ["1:1"], "quote": str(value)}
    if field["name"] in script:
        return _scripted(script[field["name"]], prompt)
    if field["type"] == "table":
        return list(_rows(field, prompt)) or None
    found = next(_labelled(field, prompt), None)
    return [found] if found and field["type"].startswith("list of ") else found


def _scripted(told: Any, prompt: Prompt) -> Any:
    if told is None or isinstance(told, dict | list):
        return told
    lines = [id for id, text in prompt.lines if str(told) in text]
    return {"value": told, "lines": lines[:1], "quote": str(told)} if lines else None


def _labels(field: Mapping[str, Any]) -> list[str]:
    labels = [field.get("label", ""), *field.get("printed labels", ()), field["name"].replace("_", " ")]
    return [label.lower() for label in labels if label]


def _labelled(field: Mapping[str, Any], prompt: Prompt) -> Iterator[dict[str, Any]]:
    """What stands after a label on its line, the label at the beginning of a part."""
    for label in _labels(field):
        for id, text in prompt.lines:
            parts = [part.strip() for part in re.split(r"\s\|\s|[:：]", text)]
            for part, following in zip(parts, [*parts[1:], ""], strict=True):
                printed = following if part.lower() == label else _after(part, label)
                value = _typed(field["type"].removeprefix("list of "), printed)
                if value is not None:
                    yield {"value": value, "lines": [id], "quote": printed}


def _after(part: str, label: str) -> str:
    return part[len(label) :].strip() if part.lower().startswith(f"{label} ") else ""


def _typed(kind: str, printed: str) -> Any:
    if kind == "number":
        found = _NUMBER.search(printed)
        return float(found.group().replace(",", "")) if found else None
    if kind == "date":
        return _date(printed)
    if kind == "yes or no":
        return {"yes": True, "no": False}.get(printed.lower())
    return printed or None


def _date(printed: str) -> str | None:
    if found := _ISO_DATE.search(printed):
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    if found := _SAID_DATE.search(printed):
        return f"{found[3]}-{_MONTHS.index(found[2].lower()) + 1:02}-{int(found[1]):02}"
    if found := _SLASHED.search(printed):
        return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    return None


def _rows(field: Mapping[str, Any], prompt: Prompt) -> Iterator[dict[str, Any]]:
    """Lines with as many parts as a header of the columns' labels, until one has fewer; the header itself comes too
    where it stands once more, as models do."""
    header: list[Mapping[str, Any] | None] = []
    for id, text in prompt.lines:
        parts = [part.strip() for part in text.split(" | ")]
        own = [_column(field, part) for part in parts]
        if sum(column is not None for column in own) >= 2:
            if header:
                yield {
                    "lines": [id],
                    "values": {column["name"]: part for column, part in zip(own, parts, strict=True) if column},
                }
            header = own
        elif header and len(parts) == len(header):
            values = {
                column["name"]: _typed(column["type"], part)
                for column, part in zip(header, parts, strict=True)
                if column
            }
            yield {"lines": [id], "values": values}


def _column(field: Mapping[str, Any], part: str) -> Mapping[str, Any] | None:
    return next((column for column in field["columns"] if part.lower() in _labels(column)), None)
