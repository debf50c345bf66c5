"""Templates of a team: a draft is changed as one pleases, a published version stays as it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from extraction.choices import VersionState
from extraction.engine.fields.derived_labels import derived_labels
from extraction.errors import InvalidTemplate, StepNotAllowed
from extraction.models import Team, Template, TemplateField, TemplateVersion, User
from extraction.types import AS_PRINTED, DateOrder, DecimalMark, FieldSpec, FieldType, Notation
from extraction.wire.rule_json import dump_rule, load_rule
from extraction.wire.template_json import TemplateDefinition, dump, load

READY_MADE = Path(__file__).parent.parent / "ready_made"
READY_MADE_SLUGS = ("invoice", "receipt", "fapiao", "contract")
_DEFAULT_SLUG = "invoice"


def specs_of(version: TemplateVersion) -> tuple[FieldSpec, ...]:
    """The version's fields in order, a table's columns inside it; one query."""
    return specs_from(list(version.fields.all()))


def specs_from(rows: Sequence[TemplateField]) -> tuple[FieldSpec, ...]:
    """Of all fields of a version, in order."""
    return tuple(_spec(row, rows) for row in rows if row.parent_id is None)


def _spec(row: TemplateField, rows: Sequence[TemplateField]) -> FieldSpec:
    return FieldSpec(
        name=row.name,
        type=FieldType(row.type),
        label=row.label,
        description=row.description,
        labels=tuple(row.labels),
        required=row.required,
        options=tuple(row.options),
        fields=tuple(_spec(column, rows) for column in rows if column.parent_id == row.pk),
        items=FieldType(row.items) if row.items else None,
        group=row.group,
        single=bool(row.extra.get("single")),
        not_labels=tuple(row.not_labels),
        rules=tuple(load_rule(rule) for rule in row.rules),
    )


def notation_of(version: TemplateVersion) -> Notation:
    order, mark = version.date_order, version.decimal_mark
    return Notation(DateOrder(order) if order else None, DecimalMark(mark) if mark else None)


def labels_looked_for(spec: FieldSpec, *, is_column: bool, language: str) -> tuple[str, ...]:
    """What the embedded engine looks for the field by."""
    return derived_labels(spec, is_column=is_column, language=language)


def resolve_template(team: Team, id_or_slug: str | int) -> Template:
    """The team's template by primary key or slug, archived or not; raises InvalidTemplate."""
    wanted = str(id_or_slug).strip()
    by = {"pk": int(wanted)} if wanted.isdecimal() and len(wanted) < 19 else {"slug": wanted}
    template = Template.objects.filter(team=team, **by).first()
    if template is None:
        raise InvalidTemplate(f"no template {wanted!r} in this team", code="template_unknown", template=wanted)
    return template


def ready_made(slug: str) -> TemplateDefinition:
    if slug not in READY_MADE_SLUGS:
        raise InvalidTemplate(f"no ready-made template {slug!r}", code="template_unknown", template=slug)
    return load(json.loads((READY_MADE / f"{slug}.json").read_text(encoding="utf-8")))


@transaction.atomic
def install_ready_made(team: Team) -> list[Template]:
    """Give the team the ready-made templates it lacks, published, and a default template if it has none."""
    present = set(Template.objects.filter(team=team).values_list("slug", flat=True))
    made = [_publish_new(team, slug) for slug in READY_MADE_SLUGS if slug not in present]
    if team.default_template_id is None and not team.detects_template:
        team.default_template = Template.objects.filter(team=team, slug=_DEFAULT_SLUG).first()
        team.save(update_fields=["default_template"])
    return made


def _publish_new(team: Team, slug: str) -> Template:
    template = create_template(team=team, definition=ready_made(slug), by=None, slug=slug)
    publish_draft(template=template)
    return template


@transaction.atomic
def create_template(*, team: Team, definition: TemplateDefinition, by: User | None, slug: str = "") -> Template:
    """A new template with the definition as its first draft."""
    template = Template.objects.create(
        team=team,
        name=definition.name[:100],
        slug=slug or free_slug(team, definition.name),
        language=known_language(definition.language),
    )
    version = TemplateVersion.objects.create(template=template, number=1, created_by=by)
    _write_ways(version, definition.notation, definition.name_checks)
    _write_fields(version, definition.fields)
    return template


def free_slug(team: Team, name: str) -> str:
    """A slug that no template of the team has; never digits alone, which would read as a primary key."""
    stem = slugify(name)[:50] or "template"
    stem = f"template-{stem}" if stem.isdecimal() else stem
    taken = set(Template.objects.filter(team=team, slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return stem if stem not in taken else next(slug for slug in numbered if slug not in taken)


def known_language(language: str) -> str:
    """One of the languages that Galley knows; `zh` and `zh-CN` are Simplified Chinese, all else is English."""
    wanted = language.lower()
    if wanted in dict(settings.LANGUAGES):
        return wanted
    return "zh-hans" if wanted.split("-")[0] == "zh" else "en"


def definition_of(template: Template, version: TemplateVersion | None) -> TemplateDefinition:
    if version is None:
        return TemplateDefinition(template.name, (), template.language)
    fields, notation = specs_of(version), notation_of(version)
    return TemplateDefinition(template.name, fields, template.language, notation, version.name_checks)


def latest_version(template: Template) -> TemplateVersion | None:
    """The draft if there is one, else the newest published version."""
    return template.versions.order_by("-number").first()


def copy_of(team: Team, start: str, name: str, language: str) -> TemplateDefinition:
    """What a new template begins with: nothing, a ready-made one (`ready:invoice`), or one of the team's by its key."""
    if start.startswith("ready:"):
        return replace(ready_made(start.removeprefix("ready:")), name=name, language=language)
    if start:
        template = resolve_template(team, start)
        return replace(definition_of(template, latest_version(template)), name=name, language=language)
    return TemplateDefinition(name, (), language)


@transaction.atomic
def save_draft(
    *,
    template: Template,
    name: str,
    language: str,
    fields: Sequence[FieldSpec],
    by: User,
    notation: Notation = AS_PRINTED,
    name_checks: bool = True,
) -> TemplateVersion:
    """Write the draft anew; with none there, begin one after the published version."""
    template.name, template.language = name, language
    template.save(update_fields=["name", "language"])
    draft = template.draft or _next_draft(template, by)
    _write_ways(draft, notation, name_checks)
    draft.fields.filter(parent__isnull=False).delete()
    draft.fields.all().delete()
    _write_fields(draft, fields)
    return draft


def _next_draft(template: Template, by: User | None) -> TemplateVersion:
    last = latest_version(template)
    return TemplateVersion.objects.create(template=template, number=last.number + 1 if last else 1, created_by=by)


def _write_ways(version: TemplateVersion, notation: Notation, name_checks: bool) -> None:
    version.date_order, version.decimal_mark = notation.date_order or "", notation.decimal_mark or ""
    version.name_checks = name_checks
    version.save(update_fields=["date_order", "decimal_mark", "name_checks"])


def _write_fields(version: TemplateVersion, fields: Iterable[FieldSpec], parent: TemplateField | None = None) -> None:
    for position, spec in enumerate(fields):
        row = TemplateField.objects.create(version=version, parent=parent, position=position, **_columns_of(spec))
        _write_fields(version, spec.fields, row)


def _columns_of(spec: FieldSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "label": spec.label,
        "group": spec.group,
        "type": spec.type.value,
        "items": spec.items.value if spec.items else "",
        "description": spec.description,
        "labels": list(spec.labels),
        "options": list(spec.options),
        "required": spec.required,
        "not_labels": list(spec.not_labels),
        "rules": [dump_rule(rule) for rule in spec.rules],
        "extra": {"single": True} if spec.single else {},
    }


@transaction.atomic
def publish_draft(*, template: Template) -> TemplateVersion:
    """Freeze the draft: documents are extracted with it from now on."""
    draft = template.draft
    if draft is None:
        raise StepNotAllowed("this template has no draft to publish")
    if not draft.fields.exists():
        raise InvalidTemplate("a template needs a field", code="template_without_variables")
    draft.state, draft.published_at = VersionState.PUBLISHED, timezone.now()
    draft.save(update_fields=["state", "published_at"])
    return draft


@transaction.atomic
def discard_draft(*, template: Template) -> bool:
    """Delete the draft; a template that was never published goes with it, and the answer is False."""
    draft = template.draft
    if draft is None:
        raise StepNotAllowed("this template has no draft to discard")
    if template.published is None:
        template.delete()
        return False
    draft.delete()
    return True


@transaction.atomic
def archive_template(*, template: Template, archived: bool) -> None:
    """Hide the template from new uploads or bring it back; the team's default stops being it."""
    template.is_archived = archived
    template.save(update_fields=["is_archived"])
    if archived:
        Team.objects.filter(default_template=template).update(default_template=None)


def set_default_template(*, template: Template) -> None:
    if template.is_archived or template.published is None:
        raise StepNotAllowed("only a published template can be the default")
    Team.objects.filter(pk=template.team_id).update(default_template=template, detects_template=False)


def import_template(*, team: Team, text: str | bytes, by: User) -> Template:
    """A new template, as a draft, from DocMap's JSON; raises InvalidTemplate."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise InvalidTemplate(f"not JSON: {exc}", code="template_not_json") from exc
    return create_template(team=team, definition=load(data), by=by)


def template_json(template: Template, version: TemplateVersion | None) -> dict[str, Any]:
    """The version as JSON: DocMap's `variables` with our keys."""
    return dump(definition_of(template, version))
