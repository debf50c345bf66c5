from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from extraction.choices import Role
from extraction.errors import StepNotAllowed
from extraction.models import Membership, Team, Template, User
from extraction.services.teams import change_role, create_team, remove_member
from tests.factories import join, make_document, make_team, make_user


def membership(user: User, team: Team) -> Membership:
    return Membership.objects.get(user=user, team=team)


def test_team_page_lists_its_members(as_bob: Client, alice: User, bob: User, team: Team) -> None:
    page = as_bob.get(reverse("team-detail", args=[team.pk])).content.decode()

    assert "alice@example.org" in page and "bob@example.org" in page
    assert f'action="{reverse("member-add", args=[team.pk])}"' not in page


def test_reviewer_may_not_manage(as_bob: Client, alice: User, team: Team) -> None:
    member = membership(alice, team)
    statuses = [
        as_bob.post(reverse("team-settings", args=[team.pk]), {"name": "Mine"}).status_code,
        as_bob.post(reverse("member-add", args=[team.pk]), {"email": "x@example.org", "role": "admin"}).status_code,
        as_bob.post(reverse("member-role", args=[team.pk, member.pk]), {"role": "reader"}).status_code,
        as_bob.post(reverse("member-remove", args=[team.pk, member.pk])).status_code,
    ]

    assert statuses == [403] * 4
    assert membership(alice, team).role == Role.ADMIN


def test_known_person_joins_without_a_password(as_alice: Client, charlie: User, team: Team) -> None:
    answer = as_alice.post(reverse("member-add", args=[team.pk]), {"email": "Charlie@example.org", "role": "uploader"})

    assert answer.status_code == 302
    assert membership(charlie, team).role == Role.UPLOADER


def test_unknown_person_gets_an_account_and_a_password_once(as_alice: Client, team: Team) -> None:
    answer = as_alice.post(reverse("member-add", args=[team.pk]), {"email": "erik@example.org", "role": "reviewer"})

    password = answer.context["password"]
    erik = User.objects.get(email="erik@example.org")
    assert erik.check_password(password) and erik.must_change_password
    assert password in answer.content.decode() and "no-store" in answer["Cache-Control"]
    assert password not in as_alice.get(reverse("team-detail", args=[team.pk])).content.decode()


def test_member_is_not_added_twice(as_alice: Client, bob: User, team: Team) -> None:
    answer = as_alice.post(reverse("member-add", args=[team.pk]), {"email": "bob@example.org", "role": "admin"})

    assert answer.status_code == 422
    assert answer.context["member_form"].errors == {"email": ["This person is in the team already."]}
    assert membership(bob, team).role == Role.REVIEWER


def test_admin_changes_a_role(as_alice: Client, bob: User, team: Team) -> None:
    as_alice.post(reverse("member-role", args=[team.pk, membership(bob, team).pk]), {"role": "reader"})

    assert membership(bob, team).role == Role.READER


def test_last_admin_stays(as_alice: Client, alice: User, bob: User, team: Team) -> None:
    member = membership(alice, team)

    as_alice.post(reverse("member-role", args=[team.pk, member.pk]), {"role": "reader"})
    answer = as_alice.post(reverse("member-remove", args=[team.pk, member.pk]), follow=True)

    assert membership(alice, team).role == Role.ADMIN
    assert "A team needs an admin." in answer.content.decode()


def test_services_refuse_to_leave_a_team_without_an_admin(alice: User, team: Team) -> None:
    with pytest.raises(StepNotAllowed):
        change_role(membership=membership(alice, team), role=Role.READER)
    with pytest.raises(StepNotAllowed):
        remove_member(membership=membership(alice, team))


def test_admin_leaves_when_there_is_another(as_alice: Client, alice: User, bob: User, team: Team) -> None:
    change_role(membership=membership(bob, team), role=Role.ADMIN)

    as_alice.post(reverse("member-remove", args=[team.pk, membership(alice, team).pk]))

    assert [member.user for member in team.memberships.all()] == [bob]


def test_everybody_may_leave(as_bob: Client, alice: User, bob: User, team: Team) -> None:
    as_bob.post(reverse("member-remove", args=[team.pk, membership(bob, team).pk]))

    assert [member.user for member in team.memberships.all()] == [alice]


def test_member_of_another_team_cannot_be_removed_through_ours(as_alice: Client, charlie: User, team: Team) -> None:
    member = Membership.objects.get(user=charlie)

    answer = as_alice.post(reverse("member-remove", args=[team.pk, member.pk]))

    assert answer.status_code == 404
    assert Membership.objects.filter(pk=member.pk).exists()


def test_settings_are_kept(as_alice: Client, team: Team) -> None:
    template = Template.objects.create(team=team, slug="invoice", name="Invoice")
    settings = {
        "name": "Payables",
        "language": "zh-hans",
        "time_zone": "Asia/Shanghai",
        "default_template": template.pk,
    }

    as_alice.post(reverse("team-settings", args=[team.pk]), settings)

    team.refresh_from_db()
    kept = (team.name, team.language, team.time_zone, team.default_template)
    assert kept == ("Payables", "zh-hans", "Asia/Shanghai", template)


def test_another_teams_template_cannot_be_the_default(as_alice: Client, charlie: User, team: Team) -> None:
    foreign = Template.objects.create(team=charlie.teams.get(), slug="x", name="X")
    settings = {"name": "Payables", "language": "en", "time_zone": "UTC", "default_template": foreign.pk}

    answer = as_alice.post(reverse("team-settings", args=[team.pk]), settings)

    team.refresh_from_db()
    assert answer.status_code == 422
    assert (team.name, team.default_template) == ("Accounts", None)


def test_switching_the_team_changes_what_is_shown(as_alice: Client, alice: User, team: Team) -> None:
    other = make_team("Payroll")
    join(alice, other, Role.READER)

    as_alice.post(reverse("team-switch"), {"team": "payroll"})

    assert as_alice.get(reverse("document-list")).context["team"] == other
    assert as_alice.get(reverse("upload")).status_code == 403


def test_next_session_begins_with_the_team_chosen_last(as_alice: Client, alice: User, team: Team) -> None:
    payroll = make_team("Payroll")
    join(alice, payroll)
    make_document(team)
    as_alice.post(reverse("team-switch"), {"team": "payroll"})
    as_alice.logout()

    as_alice.force_login(User.objects.get(pk=alice.pk))

    assert as_alice.get(reverse("document-list")).context["team"] == payroll


def test_first_session_begins_with_a_team_that_has_documents(as_alice: Client, alice: User, team: Team) -> None:
    empty, full = make_team("A first"), make_team("Zoo")
    join(alice, empty)
    join(alice, full)
    make_document(full)

    assert as_alice.get(reverse("document-list")).context["team"] == full


def test_team_that_was_left_is_chosen_no_more(as_alice: Client, alice: User, team: Team) -> None:
    payroll = make_team("Payroll")
    joined = join(alice, payroll)
    as_alice.post(reverse("team-switch"), {"team": "payroll"})

    joined.delete()

    assert as_alice.get(reverse("document-list")).context["team"] == team


def test_unknown_time_zone_counts_as_utc(as_alice: Client, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(time_zone="Mars/Olympus")

    assert as_alice.get(reverse("dashboard")).status_code == 200


def test_strangers_team_cannot_be_switched_to(as_charlie: Client, team: Team) -> None:
    assert as_charlie.post(reverse("team-switch"), {"team": team.slug}).status_code == 404


def test_person_without_a_team_reads_what_to_do(client: Client, db: None) -> None:
    client.force_login(make_user("dora"))

    answer = client.get(reverse("home"), follow=True)

    assert answer.status_code == 200
    assert "You are not in a team yet" in answer.content.decode()


def test_team_with_a_chinese_name_gets_a_slug(db: None) -> None:
    assert create_team(name="财务部").slug != create_team(name="人事部").slug != ""


def test_unknown_time_zone_closes_no_page(as_alice: Client, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(time_zone="Mars/Olympus")

    assert as_alice.get(reverse("document-list")).status_code == 200
