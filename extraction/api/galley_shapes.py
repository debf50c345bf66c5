"""The JSON of our own interface that several nouns share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from ninja import Path, Query
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from extraction.choices import sentence_of


def utc_text(moment: datetime) -> str:
    """`2026-11-22T03:21:09.512Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Time = Annotated[
    datetime, PlainSerializer(utc_text, return_type=str), WithJsonSchema({"type": "string", "format": "date-time"})
]
Box = Annotated[
    list[float],
    Field(
        min_length=4,
        max_length=4,
        description="x0, y0, x1, y1 in the page's units, origin at the top left.",
        examples=[[500, 534, 548, 547]],
    ),
]
RowId = Annotated[int, Path(ge=1, le=2**63 - 1)]
PublicId = Annotated[str, Path(min_length=1, max_length=64)]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Cursor = Annotated[
    str | None,
    Query(pattern=r"^[0-9]{1,18}$", description="`next_cursor` of the list's page before."),
]


class Shape(BaseModel):
    """An answer; callers ignore keys that they do not know."""


class Asked(BaseModel):
    """A body; a key that is not known is refused, so that nobody is misled by a typing error."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Problem(Shape):
    code: str = Field(examples=["pages_failed"])
    message: str = Field(description="A sentence for people, in English; match `code`, never this.", examples=["…"])


class ErrorBody(Shape):
    code: str = Field(examples=["NOT_FOUND"])
    message: str = Field(description="A sentence for people, in English; match `code`, never this.")


class Error(Shape):
    error: ErrorBody


class TemplateRef(Shape):
    id: int
    slug: str = Field(examples=["invoice"])
    name: str = Field(examples=["Invoice"])


class Span(Shape):
    """Where a value stands."""

    page: int = Field(ge=1, description="The page's number, from 1.")
    bbox: Box
    text: str = Field(examples=["7,421.91"])
    block: int | None = Field(description="`idx` of the block that it stands in.", examples=[19])
    precision: str = Field(description="How closely the box fits: word, cell, line or block.", examples=["word"])


def problem(code: str, params: dict[str, Any] | None = None) -> Problem | None:
    """None for an empty code."""
    return Problem(code=code, message=str(sentence_of(code, params or {}))) if code else None


def problems(warnings: Sequence[Any]) -> list[Problem]:
    found = (problem(warning["code"], warning.get("params")) for warning in warnings)
    return [one for one in found if one]


def cut[T](rows: Sequence[T], limit: int) -> tuple[list[T], bool]:
    """Of `limit` + 1 rows that were asked for: those to show, and whether there are more."""
    return list(rows[:limit]), len(rows) > limit
