"""Every object is reached through its team: 404 for a stranger, 403 for a member who may not do it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from extraction.choices import Action, Provider
from extraction.models import Document, Membership, ProviderAccount, Review, Team, Template, User, Webhook


def teams_of(user: User) -> QuerySet[Team]:
    return Team.objects.filter(memberships__user=user).order_by("name", "pk")


def get_membership(user: User, team: Team) -> Membership:
    return get_object_or_404(Membership.objects.select_related("team"), user=user, team=team)


def require(user: User, team: Team, action: Action) -> Membership:
    """The user's membership; Http404 for a stranger, PermissionDenied where the role does not allow the action."""
    membership = Membership.objects.select_related("team").filter(user=user, team=team).first()
    if membership is None:
        raise Http404
    if not membership.may(action):
        raise PermissionDenied
    return membership


def get_document(user: User, pk: int, *, action: Action = Action.READ) -> Document:
    document = get_object_or_404(
        Document.objects.select_related("team", "blob", "readable", "template"), pk=pk, team__memberships__user=user
    )
    require(user, document.team, action)
    return document


def may_read_pages(membership: Membership, document: Document) -> bool:
    """Have single pages read again: reviewers in any document, uploaders in what they uploaded themselves."""
    own = document.uploaded_by_id == membership.user_id
    return membership.may(Action.UPLOAD if own else Action.REVIEW)


def get_document_with_pages(user: User, pk: int) -> Document:
    """To have pages of it read again."""
    document = get_document(user, pk)
    if not may_read_pages(get_membership(user, document.team), document):
        raise PermissionDenied
    return document


def get_review(user: User, pk: int, *, action: Action = Action.READ) -> Review:
    review = get_object_or_404(
        Review.objects.select_related(
            "extraction__parse__document__team", "extraction__version__template", "assignee", "locked_by"
        ),
        pk=pk,
        extraction__parse__document__team__memberships__user=user,
    )
    require(user, review.extraction.parse.document.team, action)
    return review


def get_template(user: User, pk: int, *, action: Action = Action.READ) -> Template:
    template = get_object_or_404(Template.objects.select_related("team"), pk=pk, team__memberships__user=user)
    require(user, template.team, action)
    return template


def get_account(user: User, team: int, pk: int, *, action: Action = Action.READ) -> ProviderAccount:
    """One of the team's own; the embedded engine has nothing to look after."""
    account = get_object_or_404(
        ProviderAccount.objects.exclude(provider=Provider.EMBEDDED).select_related("team"),
        pk=pk,
        team=team,
        team__memberships__user=user,
    )
    require(user, account.team, action)
    return account


def get_webhook(user: User, team: int, pk: int, *, action: Action) -> Webhook:
    webhook = get_object_or_404(Webhook.objects.select_related("team"), pk=pk, team=team, team__memberships__user=user)
    require(user, webhook.team, action)
    return webhook
