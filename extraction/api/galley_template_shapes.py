"""The JSON of templates and their versions."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from extraction.api.galley_shapes import Shape, Time
from extraction.models import Template, TemplateVersion


class RuleBody(BaseModel):
    """A rule of a field; each kind has keys of its own, as the guide's table of rules shows."""

    model_config = ConfigDict(strict=True, extra="forbid")

    kind: Literal["required", "choice", "pattern", "range", "checksum", "sum", "product", "compare", "words"]
    severity: Literal["error", "warning"] = Field("error", description="An error stops the approval.")
    message: str | None = Field(None, max_length=500, description="Instead of Galley's own words.")
    pattern: str | None = Field(None, max_length=200, description="Of the whole value.", examples=["INV-\\d{4,6}"])
    min: float | int | str | None = Field(None, description="A number or a date as `YYYY-MM-DD`.")
    max: float | int | str | None = Field(None, description="A number or a date as `YYYY-MM-DD`.")
    not_future: bool | None = Field(None, description="Of a date.")
    checksum: Literal["iban", "eu_vat", "uscc", "luhn", "ean"] | None = None
    of: list[str] | None = Field(
        None, max_length=20, description="The fields to add, to multiply, to compare with, or with the amount in words."
    )
    less: list[str] | None = Field(None, max_length=20, description="Fields that a sum takes away.")
    comparison: Literal["less", "at_most", "equal", "at_least", "more"] | None = None


class Variable(BaseModel):
    """A field to look for. `type` is DocMap's; the other keys are ours and optional."""

    model_config = ConfigDict(strict=True)

    name: str = Field(min_length=1, max_length=100, examples=["total"])
    type: Literal["string", "number", "date", "boolean", "array", "object"] = "string"
    description: str | None = Field(None, max_length=2000)
    kind: Literal["string", "number", "amount", "date", "boolean", "choice", "list", "table"] | None = Field(
        None, description="Our type where `type` is coarser."
    )
    label: str | None = Field(None, max_length=200, examples=["Total due"])
    group: str | None = Field(None, max_length=100)
    labels: list[str] | None = Field(None, max_length=100, description="Words that stand beside the value.")
    not_labels: list[str] | None = Field(None, max_length=100, description="Words that never name the value.")
    options: list[str] | None = Field(None, max_length=1000, description="Of a choice.")
    required: bool = False
    fields: list[Variable] | None = Field(None, max_length=100, description="A table's columns.")
    items: Literal["string", "number", "amount", "date", "boolean", "choice"] | None = Field(
        None, description="The type of a list's items."
    )
    rules: list[RuleBody] | None = Field(None, max_length=20, description="What is demanded of the value.")


class TemplateBody(BaseModel):
    """A template as JSON: what an export gives, and DocMap's `variables`. Other keys are ignored."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "example": {
                "name": "Invoice",
                "language": "en",
                "variables": [
                    {"name": "invoice_number", "type": "string", "label": "Invoice no.", "required": True},
                    {"name": "total", "type": "number", "kind": "amount"},
                ],
            }
        },
    )

    name: str = Field(min_length=1, max_length=100)
    language: str = Field("en", min_length=1, max_length=10)
    date_order: Literal["day_first", "month_first"] | None = Field(None, description="null: as printed.")
    decimal_mark: Literal["point", "comma"] | None = Field(None, description="null: as printed.")
    name_checks: bool = Field(True, description="Also check what the fields' names suggest, such as sums.")
    variables: list[Variable] = Field(min_length=1, max_length=300)


class VersionAnswer(Shape):
    number: int = Field(ge=1)
    state: Literal["draft", "published"]
    field_count: int = Field(examples=[14])
    created_at: Time
    published_at: Time | None


class TemplateAnswer(Shape):
    """A template and its versions, the newest first."""

    id: int
    slug: str = Field(examples=["invoice"])
    name: str = Field(examples=["Invoice"])
    language: str = Field(examples=["en"])
    is_archived: bool
    is_default: bool
    versions: list[VersionAnswer]


class TemplateDetail(TemplateAnswer):
    """With the fields of its newest version: the draft where there is one."""

    definition: dict[str, Any] = Field(
        examples=[{"name": "Invoice", "language": "en", "variables": [{"name": "total", "type": "number"}]}]
    )


class VersionDetail(VersionAnswer):
    definition: dict[str, Any] = Field(
        examples=[{"name": "Invoice", "language": "en", "variables": [{"name": "total", "type": "number"}]}]
    )


class TemplateList(Shape):
    data: list[TemplateAnswer]
    next_cursor: str | None = Field(description="null on the last page.", examples=[None])


def template_columns(template: Template, default: int | None) -> dict[str, Any]:
    return {
        "id": template.pk,
        "slug": template.slug,
        "name": template.name,
        "language": template.language,
        "is_archived": template.is_archived,
        "is_default": template.pk == default,
        "versions": [VersionAnswer(**version_columns(version)) for version in template.versions.all()],
    }


def version_columns(version: TemplateVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "state": version.state,
        "field_count": version.field_count,
        "created_at": version.created_at,
        "published_at": version.published_at,
    }
