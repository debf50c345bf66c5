from __future__ import annotations

import json
import re
from decimal import Decimal
from html import unescape as html_unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from extraction.models import Team, Template, User
from extraction.services.templates import (
    create_template,
    install_ready_made,
    publish_draft,
    ready_made,
    save_draft,
    specs_of,
    template_json,
)
from extraction.types import (
    Checksum,
    Comparison,
    DateOrder,
    DecimalMark,
    FieldSpec,
    FieldType,
    Notation,
    Rule,
    RuleKind,
    Severity,
)
from extraction.web.forms.template_editor import TemplateEditor
from extraction.wire.template_json import TemplateDefinition
from tests.factories import make_document

HTMX = {"HX-Request": "true"}
FIELDS = (
    FieldSpec("number", label="Number", required=True, labels=("no.",), group="Document"),
    FieldSpec("kind", FieldType.CHOICE, options=("A", "B")),
    FieldSpec("items", FieldType.TABLE, fields=(FieldSpec("article"), FieldSpec("amount", FieldType.AMOUNT))),
    FieldSpec("tags", FieldType.LIST, items=FieldType.NUMBER),
)


@pytest.fixture
def template(team: Team, alice: User) -> Template:
    return create_template(team=team, definition=TemplateDefinition("Invoices", FIELDS), by=alice)


def edit_url(template: Template) -> str:
    return reverse("template-edit", args=[template.pk])


def inputs(html: str) -> dict[str, Any]:
    """The form as a browser would post it."""
    data: dict[str, Any] = {}
    form = html[html.index('id="template-editor"') :]
    for tag in re.findall(r"<input [^>]+>", form):
        pairs = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if pairs.get("type") != "checkbox" or " checked" in tag:
            data[pairs["name"]] = pairs.get("value", "on" if pairs.get("type") == "checkbox" else "")
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\s?([^<]*)</textarea>', form):
        data[name] = text
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        data[name] = chosen[1] if chosen else ""
    data.pop("csrfmiddlewaretoken", None)
    return data


def opened(client: Client, template: Template) -> dict[str, Any]:
    return inputs(client.get(edit_url(template)).content.decode())


def post(client: Client, template: Template, data: dict[str, Any], act: str = "save") -> Any:
    return client.post(edit_url(template), data | {"act": act})


def test_saving_what_was_opened_changes_nothing(as_alice: Client, template: Template) -> None:
    answer = post(as_alice, template, opened(as_alice, template))

    assert answer["Location"] == template.get_absolute_url()
    assert specs_of(template.draft) == FIELDS


def test_fields_are_added_moved_and_removed_without_scripts(as_alice: Client, template: Template) -> None:
    data = opened(as_alice, template)

    for act in ("add", "add:2", "up:3", "remove:0", "down:2.0"):
        data = inputs(post(as_alice, template, data, act).content.decode())
    data |= {"f4-label": "Due date", "f4-type": "date", "f2-c2-name": "unit"}
    answer = post(as_alice, template, data)

    assert answer.status_code == 302
    assert [spec.name for spec in specs_of(template.draft)] == ["kind", "tags", "items", "due_date"]
    assert [column.name for column in specs_of(template.draft)[2].fields] == ["amount", "article", "unit"]


def test_nothing_is_saved_by_moving(as_alice: Client, template: Template) -> None:
    post(as_alice, template, opened(as_alice, template), "remove:0")

    assert specs_of(template.draft) == FIELDS


@pytest.mark.parametrize(
    "act", ["", "remove", "remove:99", "up:x", "down:0.5", "add:99", "nonsense:1", "up:0", "down:3"]
)
def test_strange_acts_lose_nothing(as_alice: Client, template: Template, act: str) -> None:
    html = post(as_alice, template, opened(as_alice, template), act or "x").content.decode()

    assert {f"f{number}-name" for number in range(4)} <= set(inputs(html))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"f0-name": "", "f0-label": ""}, "This field needs a name or a label."),
        ({"f0-name": "a.b"}, "A name has no dots"),
        ({"f0-name": "kind"}, "Another field has this name already."),
        ({"f1-options": " \n "}, "A choice needs options"),
        ({"f0-type": "table"}, "A table needs columns"),
        ({"f0-type": "money"}, "Select a valid choice"),
        ({"f2-c1-name": "article"}, "Another field has this name already."),
        ({"name": ""}, "This field is required."),
        ({"language": "tlh"}, "Select a valid choice"),
    ],
)
def test_errors_say_which_field_is_wrong(
    as_alice: Client, template: Template, change: dict[str, str], sentence: str
) -> None:
    answer = post(as_alice, template, opened(as_alice, template) | change)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert specs_of(template.draft) == FIELDS


def test_the_last_field_cannot_be_taken_away_for_good(as_alice: Client, template: Template) -> None:
    answer = post(as_alice, template, opened(as_alice, template) | {"rows": ""})

    assert "needs at least one field" in answer.content.decode()


def test_a_save_over_somebody_elses_is_noticed_once(as_alice: Client, template: Template, alice: User) -> None:
    data = opened(as_alice, template)
    save_draft(template=template, name="Invoices", language="en", fields=FIELDS[:1], by=alice)

    refused = post(as_alice, template, data)
    accepted = post(as_alice, template, inputs(refused.content.decode()))

    assert "Somebody else changed this template" in refused.content.decode()
    assert accepted.status_code == 302
    assert specs_of(template.draft) == FIELDS


def test_htmx_gets_the_editor_alone_with_the_place_to_focus(as_alice: Client, template: Template) -> None:
    answer = as_alice.post(edit_url(template), opened(as_alice, template) | {"act": "add"}, headers=HTMX)

    html = answer.content.decode()
    assert html.startswith('<form id="template-editor"')
    assert 'data-focus="f4-label"' in html


def test_publishing_freezes_and_editing_begins_a_draft(as_alice: Client, template: Template) -> None:
    post(as_alice, template, opened(as_alice, template), "publish")
    published = template.published

    post(as_alice, template, opened(as_alice, template) | {"f0-label": "No."})

    assert specs_of(published) == FIELDS
    assert specs_of(template.draft)[0].label == "No."
    html = as_alice.get(template.get_absolute_url() + "?version=1").content.decode()
    assert "Fields of version 1" in html
    assert as_alice.get(template.get_absolute_url() + "?version=9").status_code == 404


def test_columns_of_what_is_no_table_any_more_are_left_out(as_alice: Client, template: Template) -> None:
    post(as_alice, template, opened(as_alice, template) | {"f2-type": "string"})

    assert specs_of(template.draft)[2] == FieldSpec("items")


def test_buttons_of_the_page_do_what_they_say(as_alice: Client, template: Template, team: Team) -> None:
    def press(name: str, **data: str) -> None:
        answer = as_alice.post(reverse(f"template-{name}", args=[template.pk]), data, follow=True)
        assert answer.status_code == 200
        template.refresh_from_db()
        team.refresh_from_db()

    press("default")
    assert team.default_template is None
    press("publish")
    press("default")
    assert team.default_template == template
    press("archive", archived="1")
    assert (template.is_archived, team.default_template) == (True, None)
    press("archive", archived="0")
    assert not template.is_archived
    save_draft(template=template, name="Bills", language="en", fields=FIELDS[:1], by=None)
    press("discard")
    assert template.draft is None


def test_discarding_a_first_draft_leads_to_the_list(as_alice: Client, template: Template) -> None:
    answer = as_alice.post(reverse("template-discard", args=[template.pk]))

    assert answer["Location"] == reverse("template-list")
    assert not Template.objects.exists()


def test_the_list_shows_state_fields_and_documents(as_alice: Client, template: Template, team: Team) -> None:
    make_document(team, template=template)

    html = as_alice.get(reverse("template-list")).content.decode()

    row = html[html.index("<tbody>") : html.index("</tbody>")]
    assert re.sub(r"<[^>]+>|\s+", " ", row).split() == ["Invoices", "English", "Draft", "4", "1"]


def test_the_list_takes_the_same_queries_for_more_templates(
    as_alice: Client, team: Team, template: Template, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for _more in range(2):
        as_alice.get(reverse("template-list"))
        with django_assert_max_num_queries(30) as queries:
            as_alice.get(reverse("template-list"))
        counts.append(len(queries))
        install_ready_made(team)

    assert counts[0] == counts[1]


def test_an_empty_team_is_told_so(as_alice: Client) -> None:
    assert "This team has no templates yet." in as_alice.get(reverse("template-list")).content.decode()


@pytest.mark.parametrize("start", ["", "ready:receipt", "own"])
def test_new_templates_begin_empty_or_as_a_copy(as_alice: Client, template: Template, start: str) -> None:
    start = str(template.pk) if start == "own" else start

    answer = as_alice.post(reverse("template-new"), {"name": "Fresh", "language": "en", "start": start})

    fresh = Template.objects.get(name="Fresh")
    assert answer["Location"] == edit_url(fresh)
    wanted = {"": (), "ready:receipt": ready_made("receipt").fields}
    assert specs_of(fresh.draft) == wanted.get(start, FIELDS)


def test_a_template_of_another_team_cannot_be_copied(as_charlie: Client, template: Template) -> None:
    answer = as_charlie.post(reverse("template-new"), {"name": "Mine", "language": "en", "start": str(template.pk)})

    assert answer.status_code == 200
    assert not Template.objects.filter(name="Mine").exists()


def test_export_and_import_give_the_same_template(as_alice: Client, template: Template) -> None:
    exported = as_alice.get(reverse("template-export", args=[template.pk]))

    file = SimpleUploadedFile("t.json", exported.content, "application/json")
    answer = as_alice.post(reverse("template-import"), {"file": file})

    again = Template.objects.exclude(pk=template.pk).get()
    assert answer["Location"] == again.get_absolute_url()
    assert specs_of(again.draft) == FIELDS
    assert json.loads(exported.content)["name"] == "Invoices"
    assert 'filename="invoices.json"' in exported["Content-Disposition"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Choose a file or paste its text."),
        ("{", "This file is not JSON."),
        ('{"name": "T", "variables": [{"name": "a", "type": "money"}]}', "“money” is no type"),
        ('{"name": "T", "variables": [{"type": "string"}]}', "Field 1 needs a name."),
    ],
)
def test_a_wrong_file_is_explained(as_alice: Client, team: Team, text: str, sentence: str) -> None:
    answer = as_alice.post(reverse("template-import"), {"text": text})

    assert sentence in answer.content.decode()
    assert not Template.objects.exists()


def test_reviewers_look_but_change_nothing(as_bob: Client, template: Template) -> None:
    publish_draft(template=template)
    pk = template.pk

    looks = [reverse("template-list"), template.get_absolute_url(), reverse("template-export", args=[pk])]
    assert [as_bob.get(address).status_code for address in looks] == [200] * 3
    assert "Edit" not in as_bob.get(template.get_absolute_url()).content.decode()
    for name in ("edit", "publish", "discard", "archive", "default"):
        assert as_bob.post(reverse(f"template-{name}", args=[pk])).status_code == 403
    assert as_bob.post(reverse("template-new"), {"name": "x", "language": "en"}).status_code == 403
    assert as_bob.post(reverse("template-import"), {"text": "{}"}).status_code == 403


def test_the_editor_keeps_to_its_limits() -> None:
    editor = TemplateEditor.from_post({"rows": " ".join(map(str, range(500))) + " 3 x -1 99999"})

    assert len(editor.rows) == 200
    editor.act("add")
    assert len(editor.rows) == 200


RULED = (
    FieldSpec("iban", not_labels=("BIC",), rules=(Rule(RuleKind.CHECKSUM, checksum=Checksum.IBAN, message="Ask"),)),
    FieldSpec("day", FieldType.DATE, rules=(Rule(RuleKind.RANGE, Severity.WARNING, not_future=True),)),
    FieldSpec("items", FieldType.TABLE, fields=(
        FieldSpec("count", FieldType.NUMBER, rules=(Rule(RuleKind.RANGE, least=Decimal("0.5"), most=Decimal(9)),)),
        FieldSpec("amount", FieldType.AMOUNT),
    )),
    FieldSpec("total", FieldType.AMOUNT, rules=(
        Rule(RuleKind.SUM, of=("items.amount",), less=("discount",)),
        Rule(RuleKind.COMPARE, of=("discount",), comparison=Comparison.MORE),
    )),
    FieldSpec("discount", FieldType.AMOUNT),
)  # fmt: skip


@pytest.fixture
def ruled(team: Team, alice: User) -> Template:
    notation = Notation(DateOrder.MONTH_FIRST, DecimalMark.COMMA)
    definition = TemplateDefinition("Ruled", RULED, "en", notation, name_checks=False)
    return create_template(team=team, definition=definition, by=alice)


def test_saving_rules_as_they_were_opened_changes_nothing(as_alice: Client, ruled: Template) -> None:
    before = template_json(ruled, ruled.draft)

    answer = post(as_alice, ruled, opened(as_alice, ruled))

    assert answer.status_code == 302
    assert template_json(ruled, Template.objects.get().draft) == before


def test_rules_are_added_and_removed_without_scripts(as_alice: Client, ruled: Template) -> None:
    data = opened(as_alice, ruled)

    for act in ("unrule:0:0", "unrule:2.0:0", "rule:2.1", "rule:4", "rule:99", "unrule:1:7", "unrule:x"):
        data = inputs(post(as_alice, ruled, data, act).content.decode())
    data |= {"f2-c1-r0-kind": "product", "f2-c1-r0-of": "count, total", "f2-c1-r0-severity": "warning"}
    data |= {"f4-r0-kind": "range", "f4-r0-min": "-5", "f4-r0-message": "Too low", "f4-r0-pattern": "left over"}
    answer = post(as_alice, ruled, data)

    assert answer.status_code == 302
    iban, day, items, total, discount = specs_of(Template.objects.get().draft)
    assert (iban.rules, day.rules, total.rules) == ((), RULED[1].rules, RULED[3].rules)
    assert items.fields[0].rules == ()
    assert items.fields[1].rules == (Rule(RuleKind.PRODUCT, Severity.WARNING, of=("count", "total")),)
    assert discount.rules == (Rule(RuleKind.RANGE, message="Too low", least=Decimal(-5)),)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"f0-r0-kind": "magic"}, "Select a valid choice"),
        ({"f0-r0-checksum": ""}, "Something that this kind of rule needs is missing."),
        ({"f0-r0-kind": "pattern", "f0-r0-pattern": "(a"}, "The pattern cannot be used."),
        ({"f1-r0-min": "soon"}, "A limit is a number, or a date"),
        ({"f1-r0-min": "3"}, "A field of this type cannot have such a rule."),
        ({"f2-c0-r0-min": "10"}, "The lower limit is above the upper one."),
        ({"f3-r0-of": "items.nothing"}, "“items.nothing” is no field that this rule can use."),
        ({"f3-r1-of": "iban"}, "“iban” is no field that this rule can use."),
        ({"f4-name": "rebate"}, "“discount” is no field that this rule can use."),
        ({"date_order": "year_first"}, "Select a valid choice"),
    ],
)
def test_a_wrong_rule_says_what_is_wrong(
    as_alice: Client, ruled: Template, change: dict[str, str], sentence: str
) -> None:
    answer = post(as_alice, ruled, opened(as_alice, ruled) | change)

    assert answer.status_code == 422
    assert sentence in html_unescape(answer.content.decode())
    assert specs_of(ruled.draft) == RULED


def test_the_editor_shows_what_a_field_is_looked_for_by(as_alice: Client, ruled: Template) -> None:
    data = opened(as_alice, ruled) | {"f0-label": "Invoice number", "f0-name": "", "f0-not_labels": "rechnungsnummer"}

    html = post(as_alice, ruled, data, "rule:0").content.decode()

    shown = html[html.index("Galley looks for:") :]
    chips = re.findall(r'<span class="chip">([^<]*)</span>', shown[: shown.index("</p>")])
    assert chips[0] == "Invoice number"
    assert "invoice reference" in chips
    assert "rechnungsnummer" not in chips


def test_rules_are_for_admins_of_the_team(as_bob: Client, as_charlie: Client, ruled: Template) -> None:
    assert as_bob.get(edit_url(ruled)).status_code == 403
    assert as_charlie.get(edit_url(ruled)).status_code == 404


def test_the_template_page_names_the_rules(as_alice: Client, ruled: Template) -> None:
    html = as_alice.get(ruled.get_absolute_url()).content.decode()

    assert "Is a sum of fields: items.amount, discount" in html
    assert "Has valid check digits" in html
