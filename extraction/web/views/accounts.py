"""A team's accounts at providers: members see their names and states, admins look after them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from extraction.choices import Action, Pause, Provider
from extraction.models import ProviderAccount
from extraction.queries.accounts import accounts_of, unfinished_documents, with_waiting
from extraction.services.access import get_account, get_membership
from extraction.services.accounts import (
    delete_account,
    embedded_account,
    pause_account,
    resume_account,
    save_account,
    test_account,
)
from extraction.web.forms.accounts import FORMS, AccountForm
from extraction.web.views.preferences import back
from extraction.web.views.teams import get_team


@login_required
@require_safe
def account_list(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_team(request.user, pk)
    context = {
        "shown_team": team,
        "rows": accounts_of(team),
        "manages": get_membership(request.user, team).may(Action.MANAGE),
    }
    return render(request, "extraction/account_list.html", context)


@login_required
@require_safe
def account_new(request: HttpRequest, pk: int) -> HttpResponse:
    """The choice of the provider; its own page asks for what it needs."""
    team = get_team(request.user, pk, action=Action.MANAGE)
    return render(request, "extraction/account_new.html", {"shown_team": team})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_add(request: HttpRequest, pk: int, provider: str) -> HttpResponse:
    team = get_team(request.user, pk, action=Action.MANAGE)
    account = ProviderAccount(team=team, provider=provider)
    form = FORMS[provider](request.POST or None, instance=account, team=team)
    if request.method == "POST" and form.is_valid():
        _save(request, form)
        return redirect("account-edit", pk, account.pk)
    return _form_page(request, form, title=_("Add an account"))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_edit(request: HttpRequest, pk: int, account: int) -> HttpResponse:
    found = get_account(request.user, pk, account, action=Action.MANAGE)
    title = found.name
    form = FORMS[found.provider](request.POST or None, instance=found, team=found.team)
    if request.method == "POST" and form.is_valid():
        _save(request, form)
        return redirect("account-edit", pk, account)
    return _form_page(request, form, title=title)


def _save(request: HttpRequest, form: AccountForm) -> None:
    key = form.cleaned_data["key"]
    # from now on there is something to choose from, the embedded engine among it
    embedded_account(form.team)
    account = save_account(account=form.save(commit=False), key=key or None, by=request.user)
    if account.pause == Pause.KEY_REFUSED:
        messages.warning(request, _("Saved, but the account stays paused: see below."))
    else:
        messages.success(request, _("Saved. “Test” asks the provider whether it works."))


def _form_page(request: HttpRequest, form: AccountForm, *, title: str) -> HttpResponse:
    stored = _with_waiting(form.instance)
    context = {
        "shown_team": form.team,
        "form": form,
        "title": title,
        "provider": Provider(form.instance.provider),
        "account": stored,
        "manages": True,
    }
    return render(request, "extraction/account_form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def account_test(request: HttpRequest, pk: int, account: int) -> HttpResponse:
    """The provider's cheapest question; its answer is one sentence, kept on the account."""
    found = get_account(request.user, pk, account, action=Action.MANAGE)
    test_account(account=found)
    return _state(request, found)


@login_required
@require_POST
def account_pause(request: HttpRequest, pk: int, account: int) -> HttpResponse:
    found = get_account(request.user, pk, account, action=Action.MANAGE)
    pause_account(account=found, error=None, by=request.user)
    messages.success(request, _("%(name)s is paused. Its documents wait.") % {"name": found.name})
    return back(request)


@login_required
@require_POST
def account_resume(request: HttpRequest, pk: int, account: int) -> HttpResponse:
    found = get_account(request.user, pk, account, action=Action.MANAGE)
    resume_account(account=found, by=request.user)
    messages.success(request, _("%(name)s goes on. Documents that waited are sent.") % {"name": found.name})
    return back(request)


def _with_waiting(account: ProviderAccount) -> ProviderAccount | None:
    """As it is stored, with the number of documents that wait; None for one that is still being added."""
    return with_waiting(ProviderAccount.objects.filter(pk=account.pk)).first()


def _state(request: HttpRequest, account: ProviderAccount) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("account-edit", account.team_id, account.pk)
    context: dict[str, Any] = {"account": _with_waiting(account), "manages": True}
    return render(request, "extraction/_account_state.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_delete(request: HttpRequest, pk: int, account: int) -> HttpResponse:
    found = get_account(request.user, pk, account, action=Action.MANAGE)
    if request.method != "POST":
        context = {"account": found, "shown_team": found.team, "unfinished": unfinished_documents(found)}
        return render(request, "extraction/account_delete.html", context)
    name = found.name
    delete_account(account=found, by=request.user)
    messages.success(request, _("%(name)s is deleted.") % {"name": name})
    return redirect("account-list", pk)
