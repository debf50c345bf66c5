from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from extraction.choices import SENTENCES, Action, Role
from extraction.errors import StepNotAllowed
from extraction.models import Membership, Team, User
from extraction.services.access import require, teams_of
from extraction.services.teams import add_member, change_role, choose_team, remove_member
from extraction.web.forms.teams import MemberForm, RoleForm, TeamForm


def get_team(user: User, pk: int, *, action: Action = Action.READ) -> Team:
    team = get_object_or_404(teams_of(user), pk=pk)
    require(user, team, action)
    return team


@login_required
@require_POST
def team_switch(request: HttpRequest) -> HttpResponse:
    team = get_object_or_404(teams_of(request.user), slug=request.POST.get("team", ""))
    request.session["team"] = team.slug
    choose_team(user=request.user, team=team)
    return redirect("home")


@login_required
@require_safe
def team_detail(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_team(request.user, pk)
    return team_page(request, team)


@login_required
@require_POST
def team_settings(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_team(request.user, pk, action=Action.MANAGE)
    form = TeamForm(request.POST, instance=team)
    if not form.is_valid():
        return team_page(request, Team.objects.get(pk=pk), team_form=form)
    form.save()
    messages.success(request, _("Saved."))
    return redirect("team-detail", pk)


@login_required
@never_cache
@require_POST
def member_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new account's password is in this answer only, so there is no redirect."""
    team = get_team(request.user, pk, action=Action.MANAGE)
    form = MemberForm(request.POST)
    if not form.is_valid():
        return team_page(request, team, member_form=form)
    try:
        membership, password = add_member(team=team, email=form.cleaned_data["email"], role=form.cleaned_data["role"])
    except StepNotAllowed as refusal:
        form.add_error("email", SENTENCES[refusal.code])
        return team_page(request, team, member_form=form)
    if password:
        return team_page(request, team, new_member=membership, password=password)
    messages.success(request, _("%(who)s is now in the team.") % {"who": membership.user})
    return redirect("team-detail", pk)


@login_required
@require_POST
def member_role(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    team = get_team(request.user, pk, action=Action.MANAGE)
    membership = get_object_or_404(team.memberships.select_related("user", "team"), pk=member)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            change_role(membership=membership, role=Role(form.cleaned_data["role"]))
            messages.success(request, _("The role of %(who)s is changed.") % {"who": membership.user})
        except StepNotAllowed as refusal:
            messages.error(request, SENTENCES[refusal.code])
    return redirect("team-detail", pk)


@login_required
@require_POST
def member_remove(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """An admin removes anybody; everybody may leave."""
    team = get_team(request.user, pk)
    membership = get_object_or_404(team.memberships.select_related("user", "team"), pk=member)
    if membership.user != request.user:
        require(request.user, team, Action.MANAGE)
    try:
        remove_member(membership=membership)
    except StepNotAllowed as refusal:
        messages.error(request, SENTENCES[refusal.code])
        return redirect("team-detail", pk)
    if membership.user == request.user:
        return redirect("home")
    messages.success(request, _("%(who)s is no longer in the team.") % {"who": membership.user})
    return redirect("team-detail", pk)


def team_page(
    request: HttpRequest,
    team: Team,
    *,
    team_form: TeamForm | None = None,
    member_form: MemberForm | None = None,
    new_member: Membership | None = None,
    password: str = "",
) -> HttpResponse:
    members = team.memberships.select_related("user").order_by("user__name", "user__email")
    context = {
        "shown_team": team,
        "members": members,
        "roles": Role.choices,
        "manages": members.get(user=request.user).may(Action.MANAGE),
        "team_form": team_form or TeamForm(instance=team),
        "member_form": member_form or MemberForm(),
        "new_member": new_member,
        "password": password,
    }
    is_wrong = any(form and form.errors for form in (team_form, member_form))
    return render(request, "extraction/team_detail.html", context, status=422 if is_wrong else 200)
