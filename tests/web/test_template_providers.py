from __future__ import annotations

import base64
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from extraction.choices import Kind, Provider, VersionState
from extraction.errors import StepNotAllowed
from extraction.models import ProviderAccount, ProviderChoice, Team, Template, TemplateField, TemplateVersion
from extraction.services.accounts import embedded_account, save_account
from extraction.services.provider_choices import provider_choice, save_provider_choice
from tests.factories import make_team
from tests.fakes.docmap import FakeDocmap
from tests.fakes.docmap_account import KEY, TEMPLATE
from tests.web.test_accounts import make_account

# what the form sends when nothing is changed: the boxes that are ticked by default
UNTOUCHED = {
    "element-image": "url",
    "element-formula": "latex",
    "element-table": "html",
    "feature-enable_table_image": "on",
    "feature-enable_image_understanding": "on",
}


@pytest.fixture
def template(team: Team) -> Template:
    template = Template.objects.create(team=team, slug="invoice", name="Invoice")
    version = TemplateVersion.objects.create(template=template, number=1, state=VersionState.PUBLISHED)
    names = ("vendorName", "total_amount", "due_date")
    for position, name in enumerate(names):
        TemplateField.objects.create(version=version, position=position, name=name, label=name, type=Kind.STRING)
    return template


def docmap_account(team: Team, url: str) -> ProviderAccount:
    account = ProviderAccount(team=team, provider=Provider.DOCMAP, name="DocMap", base_url=url)
    return save_account(account=account, key=KEY, by=None)


def page(template: Template) -> str:
    return reverse("template-providers", args=[template.pk])


def discover(template: Template) -> str:
    return reverse("template-discover", args=[template.pk])


def stored(template: Template) -> dict[str, Any]:
    columns = ("parse_account", "parse_fallback", "extract_account", "extract_fallback", "parse_options")
    return ProviderChoice.objects.values(*columns, "docmap_template", "docmap_names").get(template=template)


def test_a_chain_is_chosen_with_its_fallbacks_and_options(as_alice: Client, team: Team, template: Template) -> None:
    somark, docmap = make_account(team), docmap_account(team, "https://api.docmap.io")
    embedded = embedded_account(team)

    answer = as_alice.post(
        page(template),
        UNTOUCHED
        | {
            "parse_account": somark.pk,
            "parse_fallback": embedded.pk,
            "extract_account": docmap.pk,
            "element-table": "markdown",
            "feature-keep_header_footer": "on",
            "feature-enable_table_image": "",
            "docmap_template": "tmpl_1",
            "key-0": "vendor_name",
            "key-1": "total_amount",
        },
    )

    assert answer.status_code == 302
    assert stored(template) == {
        "parse_account": somark.pk,
        "parse_fallback": embedded.pk,
        "extract_account": docmap.pk,
        "extract_fallback": None,
        "parse_options": {
            "element_formats": {"table": "markdown"},
            "feature_config": {"enable_table_image": False, "keep_header_footer": True},
        },
        "docmap_template": "tmpl_1",
        "docmap_names": {"vendorName": "vendor_name"},
    }


def test_a_saved_choice_is_shown_again_and_changed(as_alice: Client, team: Team, template: Template) -> None:
    somark = make_account(team)
    as_alice.post(page(template), UNTOUCHED | {"parse_account": somark.pk, "feature-keep_header_footer": "on"})

    shown = as_alice.get(page(template)).context["form"]
    as_alice.post(page(template), UNTOUCHED)

    assert shown["parse_account"].value() == somark.pk
    assert (shown["feature-keep_header_footer"].value(), shown["element-table"].value()) == (True, "html")
    assert stored(template)["parse_account"] is None and stored(template)["parse_options"] == {}


def test_a_model_is_told_more_and_the_page_says_that_texts_leave(
    as_alice: Client, team: Team, template: Template
) -> None:
    model = make_account(team, provider=Provider.CHAT, name="Small")

    html = as_alice.get(page(template)).content.decode()
    told = {"extract_account": model.pk, "sends_images": "on", "instructions": "Totals are gross."}
    as_alice.post(page(template), UNTOUCHED | told)

    choice = provider_choice(template)
    assert "The text of these documents leaves this machine" in html
    assert (choice.extract_account, choice.sends_images, choice.instructions) == (model, True, "Totals are gross.")


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"parse_account": "somark", "parse_fallback": "somark"}, {"parse_fallback"}),
        ({"extract_account": "docmap"}, {"docmap_template"}),
        ({"parse_account": "docmap"}, {"parse_account"}),
        ({"extract_account": "somark"}, {"extract_account"}),
        ({"element-image": "file"}, {"element-image"}),
    ],
)
def test_a_choice_that_cannot_work_is_refused(
    as_alice: Client, team: Team, template: Template, sent: dict[str, str], errors: set[str]
) -> None:
    accounts = {"somark": make_account(team).pk, "docmap": docmap_account(team, "https://api.docmap.io").pk}
    data = {name: accounts.get(value, value) for name, value in sent.items()}

    answer = as_alice.post(page(template), UNTOUCHED | data)

    assert (answer.status_code, set(answer.context["form"].errors)) == (422, errors)
    assert not ProviderChoice.objects.exists()


def test_accounts_of_another_team_are_not_offered_nor_kept(as_alice: Client, team: Team, template: Template) -> None:
    foreign = make_account(make_team("Others"), name="Theirs")

    answer = as_alice.post(page(template), UNTOUCHED | {"parse_account": foreign.pk})
    with pytest.raises(StepNotAllowed):
        save_provider_choice(choice=ProviderChoice(template=template, parse_account=foreign), by=None)

    assert answer.status_code == 422 and "Theirs" not in answer.content.decode()
    assert not ProviderChoice.objects.exists()


def test_docmaps_templates_are_found_in_its_history(
    as_alice: Client, team: Team, template: Template, settings: Settings
) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True
    with FakeDocmap() as fake:
        docmap = docmap_account(team, fake.url)
        fake.run(
            {
                "templateId": TEMPLATE,
                "fileName": "a.pdf",
                "mimeType": "application/pdf",
                "pdfBase64": base64.b64encode(b"%PDF-1.7").decode(),
            }
        )
        sent = UNTOUCHED | {"extract_account": docmap.pk, "instructions": "kept"}
        found = as_alice.post(discover(template), sent, headers={"HX-Request": "true"})
        picked = as_alice.post(discover(template), sent | {"pick": TEMPLATE}, headers={"HX-Request": "true"})
        plain = as_alice.post(discover(template), sent | {"pick": TEMPLATE})

    form = picked.context["form"]
    assert found.templates[0].name == "extraction/_template_docmap.html"
    assert f'value="{TEMPLATE}"' in found.content.decode()
    assert form["docmap_template"].value() == TEMPLATE
    assert [form[f"key-{number}"].value() for number in range(3)] == ["vendor_name", "total_amount", ""]
    assert plain.context["form"]["instructions"].value() == "kept"
    assert not ProviderChoice.objects.exists()


def test_a_history_that_cannot_be_had_says_why(
    as_alice: Client, team: Team, template: Template, settings: Settings
) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True
    without = as_alice.post(discover(template), UNTOUCHED, headers={"HX-Request": "true"})
    with FakeDocmap() as fake:
        account = ProviderAccount(team=team, provider=Provider.DOCMAP, name="DocMap", base_url=fake.url)
        save_account(account=account, key="dm_live_wrong_one", by=None)
        refused = as_alice.post(discover(template), UNTOUCHED, headers={"HX-Request": "true"})

    assert "Your team has no DocMap account yet." in without.content.decode()
    assert "The provider refused the key." in refused.content.decode()


def test_reviewers_and_strangers_do_not_choose(as_bob: Client, as_charlie: Client, template: Template) -> None:
    answers = [
        client.post(url, UNTOUCHED).status_code
        for client in (as_bob, as_charlie)
        for url in (page(template), discover(template))
    ]

    assert answers == [403, 403, 404, 404]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_accounts(
    as_alice: Client, team: Team, template: Template, count: int, django_assert_num_queries: Any
) -> None:
    embedded_account(team)
    for number in range(count):
        make_account(team, name=f"SoMark {number}")

    with django_assert_num_queries(17):
        as_alice.get(page(template))
