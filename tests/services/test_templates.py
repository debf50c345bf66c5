from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from extraction.choices import VersionState
from extraction.errors import InvalidTemplate, StepNotAllowed
from extraction.models import Team, Template, User
from extraction.services.templates import (
    READY_MADE_SLUGS,
    archive_template,
    copy_of,
    create_template,
    definition_of,
    discard_draft,
    import_template,
    install_ready_made,
    latest_version,
    publish_draft,
    ready_made,
    resolve_template,
    save_draft,
    set_default_template,
    specs_of,
    template_json,
)
from extraction.types import Checksum, DateOrder, DecimalMark, FieldSpec, FieldType, Notation, Rule, RuleKind
from extraction.wire.template_json import TemplateDefinition, load

FIELDS = (
    FieldSpec("number", label="Invoice no.", group="Document", labels=("no.", "№"), required=True),
    FieldSpec("kind", FieldType.CHOICE, options=("A", "B"), description="Which one"),
    FieldSpec("total", FieldType.AMOUNT),
    FieldSpec("pages", FieldType.NUMBER),
    FieldSpec("day", FieldType.DATE),
    FieldSpec("paid", FieldType.BOOLEAN),
    FieldSpec("tags", FieldType.LIST, items=FieldType.DATE),
    FieldSpec(
        "line_items",
        FieldType.TABLE,
        fields=(FieldSpec("article"), FieldSpec("amount", FieldType.AMOUNT, label="Amount")),
    ),
    FieldSpec("buyer", FieldType.TABLE, fields=(FieldSpec("name"),), single=True),
    FieldSpec("iban", not_labels=("BIC",), rules=(Rule(RuleKind.CHECKSUM, checksum=Checksum.IBAN),)),
    FieldSpec("fee", FieldType.AMOUNT, rules=(Rule(RuleKind.RANGE, message="Too dear", most=Decimal("9.50")),)),
)


def make_template(team: Team, alice: User) -> Template:
    return create_template(team=team, definition=TemplateDefinition("Invoices", FIELDS, "en"), by=alice)


def test_specs_come_back_as_they_were_written(team: Team, alice: User) -> None:
    template = make_template(team, alice)

    assert specs_of(template.draft) == FIELDS


def test_how_documents_write_and_are_checked_belongs_to_the_version(team: Team, alice: User) -> None:
    first = Notation(DateOrder.MONTH_FIRST, DecimalMark.COMMA)
    definition = TemplateDefinition("Invoices", FIELDS, "en", first, name_checks=False)
    template = create_template(team=team, definition=definition, by=alice)
    publish_draft(template=template)

    save_draft(template=template, name="Invoices", language="en", fields=FIELDS[:1], by=alice)

    frozen, draft = template.published, template.draft
    assert frozen and draft
    assert definition_of(template, frozen) == definition
    assert definition_of(template, draft) == TemplateDefinition("Invoices", FIELDS[:1], "en")
    assert copy_of(team, str(template.pk), "Copy", "en") == TemplateDefinition("Copy", FIELDS[:1], "en")


def test_specs_take_one_query(team: Team, alice: User, django_assert_num_queries: Any) -> None:
    version = make_template(team, alice).draft

    with django_assert_num_queries(1):
        specs_of(version)


def test_exported_json_imports_to_the_same_fields(team: Team, alice: User) -> None:
    template = make_template(team, alice)
    text = json.dumps(template_json(template, template.draft))

    again = import_template(team=team, text=text, by=alice)

    assert (again.name, again.slug, again.language) == ("Invoices", "invoices-2", "en")
    assert specs_of(again.draft) == FIELDS
    assert template_json(again, again.draft) == json.loads(text)


@pytest.mark.parametrize("slug", READY_MADE_SLUGS)
def test_ready_made_templates_survive_the_database(team: Team, slug: str) -> None:
    install_ready_made(team)

    template = resolve_template(team, slug)

    assert template.published is not None
    assert specs_of(template.published) == ready_made(slug).fields
    assert load(template_json(template, template.published)) == ready_made(slug)


def test_installing_again_adds_what_is_missing_only(team: Team) -> None:
    first = install_ready_made(team)
    team.refresh_from_db()

    assert [template.slug for template in first] == ["invoice", "receipt", "fapiao", "contract"]
    assert install_ready_made(team) == []
    assert team.default_template == first[0]
    assert {template.slug: template.language for template in first}["fapiao"] == "zh-hans"


def test_templates_are_found_by_key_and_slug_in_their_team_only(team: Team, alice: User, charlie: User) -> None:
    template = make_template(team, alice)
    other = charlie.teams.get()

    assert resolve_template(team, template.pk) == resolve_template(team, "invoices") == template
    for wanted in (template.pk, str(template.pk), "invoices", "", "9" * 40):
        with pytest.raises(InvalidTemplate) as error:
            resolve_template(other, wanted)
        assert error.value.code == "template_unknown"


def test_a_number_as_name_gets_a_slug_that_is_no_key(team: Team, alice: User) -> None:
    template = create_template(team=team, definition=TemplateDefinition("2026", FIELDS), by=alice)

    assert template.slug == "template-2026"


def test_editing_a_published_version_begins_a_draft(team: Team, alice: User) -> None:
    template = make_template(team, alice)
    first = publish_draft(template=template)

    draft = save_draft(template=template, name="Bills", language="zh-hans", fields=FIELDS[:1], by=alice)

    assert (draft.number, draft.state) == (2, VersionState.DRAFT)
    assert specs_of(first) == FIELDS
    assert specs_of(draft) == FIELDS[:1]
    assert template.published == first
    assert latest_version(template) == draft


def test_a_draft_is_written_anew_at_every_save(team: Team, alice: User) -> None:
    template = make_template(team, alice)

    save_draft(template=template, name="Invoices", language="en", fields=FIELDS[5:], by=alice)

    assert template.versions.count() == 1
    assert specs_of(template.draft) == FIELDS[5:]


def test_discarding_brings_the_published_version_back(team: Team, alice: User) -> None:
    template = make_template(team, alice)
    published = publish_draft(template=template)
    save_draft(template=template, name="Invoices", language="en", fields=FIELDS[:1], by=alice)

    assert discard_draft(template=template) is True
    assert latest_version(template) == published


def test_discarding_the_only_version_deletes_the_template(team: Team, alice: User) -> None:
    assert discard_draft(template=make_template(team, alice)) is False
    assert not Template.objects.exists()


def test_nothing_to_publish_or_discard_is_said(team: Team, alice: User) -> None:
    template = make_template(team, alice)
    publish_draft(template=template)

    with pytest.raises(StepNotAllowed):
        publish_draft(template=template)
    with pytest.raises(StepNotAllowed):
        discard_draft(template=template)


def test_an_empty_draft_is_not_published(team: Team, alice: User) -> None:
    template = create_template(team=team, definition=TemplateDefinition("Empty", ()), by=alice)

    with pytest.raises(InvalidTemplate) as error:
        publish_draft(template=template)

    assert error.value.code == "template_without_variables"


def test_an_archived_default_stops_being_the_default(team: Team, alice: User) -> None:
    template = make_template(team, alice)
    with pytest.raises(StepNotAllowed):
        set_default_template(template=template)
    publish_draft(template=template)
    set_default_template(template=template)

    archive_template(template=template, archived=True)

    team.refresh_from_db()
    assert team.default_template is None
    with pytest.raises(StepNotAllowed):
        set_default_template(template=template)


def test_copies_begin_with_the_fields_of_the_original(team: Team, alice: User) -> None:
    template = make_template(team, alice)

    assert copy_of(team, str(template.pk), "New", "en") == TemplateDefinition("New", FIELDS, "en")
    assert copy_of(team, "ready:receipt", "New", "en").fields == ready_made("receipt").fields
    assert copy_of(team, "", "New", "en") == TemplateDefinition("New", (), "en")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no json", "template_not_json"),
        ("[" * 100_000, "template_not_json"),
        ("[]", "template_not_an_object"),
        ('{"variables": []}', "template_without_name"),
        ('{"name": "T", "variables": []}', "template_without_variables"),
        ('{"name": "T", "variables": [{"name": "a"}, {"name": "a"}]}', "variable_name_twice"),
        ('{"name": "T", "variables": [{"name": "a", "type": "money"}]}', "variable_type_unknown"),
    ],
)
def test_a_wrong_import_says_what_is_wrong_and_keeps_nothing(team: Team, alice: User, text: str, code: str) -> None:
    with pytest.raises(InvalidTemplate) as error:
        import_template(team=team, text=text, by=alice)

    assert error.value.code == code
    assert not Template.objects.exists()
