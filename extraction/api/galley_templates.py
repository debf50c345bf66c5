"""Templates: made, changed as drafts, published, archived, taken in and out as JSON."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, JsonResponse
from django.utils.http import content_disposition_header
from ninja import Path, Query, Router
from ninja.responses import Status

from extraction.api.galley_openapi import told
from extraction.api.galley_requests import ADMIN, READ, not_found, once, refusal_of
from extraction.api.galley_shapes import Cursor, Limit, cut
from extraction.api.galley_template_shapes import (
    TemplateAnswer,
    TemplateBody,
    TemplateDetail,
    TemplateList,
    VersionDetail,
    template_columns,
    version_columns,
)
from extraction.errors import InvalidTemplate
from extraction.models import Template, TemplateVersion
from extraction.queries.templates import templates_of
from extraction.services.templates import (
    archive_template,
    create_template,
    definition_of,
    discard_draft,
    known_language,
    latest_version,
    publish_draft,
    resolve_template,
    save_draft,
    template_json,
)
from extraction.wire.template_json import TemplateDefinition, load

router = Router(tags=["templates"])
TemplateId = Annotated[str, Path(min_length=1, max_length=100, description="The template's id or slug.")]
VersionNumber = Annotated[int, Path(ge=1, le=1_000_000)]


def template_of(request: HttpRequest, id_or_slug: str) -> Template:
    """Raises Refusal."""
    try:
        return resolve_template(request.auth.team, id_or_slug)
    except InvalidTemplate:
        raise not_found("template") from None


def _definition(body: TemplateBody) -> TemplateDefinition:
    """Raises Refusal, which names the field."""
    try:
        return load(body.model_dump(exclude_none=True))
    except InvalidTemplate as exc:
        raise refusal_of(exc) from None


def template_answer(request: HttpRequest, row: Template) -> TemplateDetail:
    """As it stands in the database now."""
    team = request.auth.team
    team.refresh_from_db(fields=["default_template"])
    template = templates_of(team, archived=row.is_archived).get(pk=row.pk)
    definition = template_json(template, latest_version(template))
    return TemplateDetail(**template_columns(template, team.default_template_id), definition=definition)


@router.get(
    "/templates",
    auth=READ,
    response=TemplateList,
    operation_id="listTemplates",
    summary="List templates",
    openapi_extra=told(),
)
def list_templates(
    request: HttpRequest, archived: bool = False, limit: Limit = 20, cursor: Cursor = None
) -> TemplateList:
    """By id; those in use, or those that are archived."""
    team = request.auth.team
    rows = templates_of(team, archived=archived).order_by("pk").filter(pk__gt=int(cursor or 0))
    found, has_more = cut(list(rows[: limit + 1]), limit)
    data = [TemplateAnswer(**template_columns(template, team.default_template_id)) for template in found]
    return TemplateList(data=data, next_cursor=str(found[-1].pk) if has_more else None)


@router.post(
    "/templates",
    auth=ADMIN,
    response={201: TemplateDetail},
    operation_id="createTemplate",
    summary="Make a template",
    openapi_extra=told(422),
)
@once
def make_template(request: HttpRequest, body: TemplateBody) -> Status[TemplateDetail]:
    """It begins as a draft; publish it to extract with it."""
    by = request.auth.key.created_by
    template = create_template(team=request.auth.team, definition=_definition(body), by=by)
    return Status(201, template_answer(request, template))


@router.post(
    "/templates/import",
    auth=ADMIN,
    response={201: TemplateDetail},
    operation_id="importTemplate",
    summary="Take a template in",
    openapi_extra=told(422),
)
@once
def take_in(request: HttpRequest, body: TemplateBody) -> Status[TemplateDetail]:
    """What an export of this or another Galley gave, or a DocMap template's name and `variables`; published at once."""
    by = request.auth.key.created_by
    template = create_template(team=request.auth.team, definition=_definition(body), by=by)
    publish_draft(template=template)
    return Status(201, template_answer(request, template))


@router.get(
    "/templates/{template_id}",
    auth=READ,
    response=TemplateDetail,
    operation_id="getTemplate",
    summary="Look at a template",
    openapi_extra=told(),
)
def get_template(request: HttpRequest, template_id: TemplateId) -> TemplateDetail:
    return template_answer(request, template_of(request, template_id))


@router.put(
    "/templates/{template_id}",
    auth=ADMIN,
    response=TemplateDetail,
    operation_id="updateTemplate",
    summary="Change a template",
    openapi_extra=told(422),
)
def update_template(request: HttpRequest, template_id: TemplateId, body: TemplateBody) -> TemplateDetail:
    """Writes the draft anew; published versions stay as they are."""
    template, definition = template_of(request, template_id), _definition(body)
    save_draft(
        template=template,
        name=definition.name,
        language=known_language(definition.language),
        fields=definition.fields,
        notation=definition.notation,
        name_checks=definition.name_checks,
        by=request.auth.key.created_by,
    )
    return template_answer(request, template)


@router.get(
    "/templates/{template_id}/versions/{number}",
    auth=READ,
    response=VersionDetail,
    operation_id="getTemplateVersion",
    summary="Look at a version",
    openapi_extra=told(),
)
def get_version(request: HttpRequest, template_id: TemplateId, number: VersionNumber) -> VersionDetail:
    template = template_of(request, template_id)
    version = _numbered(template, number)
    version.field_count = len(definition_of(template, version).fields)
    return VersionDetail(**version_columns(version), definition=template_json(template, version))


def _numbered(template: Template, number: int) -> TemplateVersion:
    version = template.versions.filter(number=number).first()
    if version is None:
        raise not_found("version")
    return version


@router.get(
    "/templates/{template_id}/export",
    auth=READ,
    operation_id="exportTemplate",
    summary="Take a template away",
    openapi_extra=told(media_type="application/json"),
)
def export_template(
    request: HttpRequest,
    template_id: TemplateId,
    version: Annotated[int | None, Query(ge=1, le=1_000_000, description="Without one the newest.")] = None,
) -> JsonResponse:
    """A JSON file for an import: DocMap's `variables` with our keys."""
    template = template_of(request, template_id)
    chosen = latest_version(template) if version is None else _numbered(template, version)
    answer = JsonResponse(template_json(template, chosen), json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = content_disposition_header(True, f"{template.slug}.json")
    return answer


@router.post(
    "/templates/{template_id}/publish",
    auth=ADMIN,
    response=TemplateDetail,
    operation_id="publishTemplate",
    summary="Publish the draft",
    openapi_extra=told(409, 422),
)
@once
def publish(request: HttpRequest, template_id: TemplateId) -> Status[TemplateDetail]:
    """Freeze the draft: documents are extracted with it from now on."""
    template = template_of(request, template_id)
    publish_draft(template=template)
    return Status(200, template_answer(request, template))


@router.delete(
    "/templates/{template_id}/draft",
    auth=ADMIN,
    response={204: None},
    operation_id="discardDraft",
    summary="Discard the draft",
    openapi_extra=told(409),
)
def discard(request: HttpRequest, template_id: TemplateId) -> Status[None]:
    """A template that was never published goes with it."""
    discard_draft(template=template_of(request, template_id))
    return Status(204, None)


@router.post(
    "/templates/{template_id}/archive",
    auth=ADMIN,
    response=TemplateDetail,
    operation_id="archiveTemplate",
    summary="Archive a template",
    openapi_extra=told(422),
)
@once
def archive(request: HttpRequest, template_id: TemplateId) -> Status[TemplateDetail]:
    """It is no longer offered for new documents; what was extracted with it stays."""
    return _moved(request, template_id, archived=True)


@router.post(
    "/templates/{template_id}/restore",
    auth=ADMIN,
    response=TemplateDetail,
    operation_id="restoreTemplate",
    summary="Bring an archived template back",
    openapi_extra=told(422),
)
@once
def restore(request: HttpRequest, template_id: TemplateId) -> Status[TemplateDetail]:
    return _moved(request, template_id, archived=False)


def _moved(request: HttpRequest, template_id: str, *, archived: bool) -> Status[TemplateDetail]:
    template = template_of(request, template_id)
    archive_template(template=template, archived=archived)
    return Status(200, template_answer(request, template))
