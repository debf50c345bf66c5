"""What the review page shows, with a review or while its document is still being read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from extraction.choices import Action
from extraction.models import Document, Parse, Review, Team, User
from extraction.queries.page_states import page_shells
from extraction.queries.progress import DocumentProgress, progress_of
from extraction.queries.queue import place_of
from extraction.queries.review import events_of, latest_correction
from extraction.services.access import get_membership
from extraction.services.pointing import reading_of
from extraction.services.review_sheet import read_sheet
from extraction.services.reviews import lock_holder
from extraction.services.sheets import Sheet
from extraction.web.forms.reviews import CommentForm, PostponeForm, ReasonForm, ReopenForm
from extraction.web.views.page_places import page_places, page_words
from extraction.web.views.reading_status import reading_context
from extraction.web.views.review_pages import is_read, texts_of

TABS = ("all", "check", "text", "history")
# named to the browser at once, since it learns of an import only from the module that imports it
MODULES = (
    "js/csrf.js",
    *(f"js/review-{name}.js" for name in ("pages", "reading", "view", "selection", "save", "fields", "table")),
    *(f"js/review-{name}.js" for name in ("fill", "grab", "panels", "keys", "lock")),
)


def review_context(request: HttpRequest, review: Review, progress: DocumentProgress | None = None) -> dict[str, Any]:
    document = review.extraction.parse.document
    sheet = read_sheet(review.extraction)
    holder = lock_holder(review, request.user)
    membership = get_membership(request.user, document.team)
    may_review = membership.may(Action.REVIEW)
    shells = page_shells(review.extraction.parse, document.page_count)
    progress = progress or progress_of([document])[document.pk]
    return reading_context(document, progress, shells, membership=membership, review=review) | {
        "review": review,
        "modules": MODULES,
        "parse": review.extraction.parse,
        "template": review.extraction.version.template,
        "sheet": sheet,
        "holder": holder,
        "may_edit": may_review and not holder and not review.is_finished,
        "can_undo": latest_correction(review) is not None,
        "place": place_of(review, document.team),
        "pages": page_places(document, shells, sheet.by_page),
        "page_words": page_words(),
        "dialogs": step_forms(review) if may_review else {},
        **_tab(request, review, sheet),
    }


def step_forms(review: Review) -> dict[str, Any]:
    version = {"version": review.version}
    return {
        "reject": ReasonForm(initial=version, auto_id="reject-%s"),
        "postpone": PostponeForm(initial=version, auto_id="postpone-%s"),
        "escalate": CommentForm(initial=version, auto_id="escalate-%s"),
        "reopen": ReopenForm(initial=version, auto_id="reopen-%s"),
    }


def _tab(request: HttpRequest, review: Review, sheet: Sheet) -> dict[str, Any]:
    """The chosen tab's content for those without scripts; with them it is fetched."""
    tab = request.GET.get("tab") if request.GET.get("tab") in TABS else "all"
    if tab == "history":
        return {"tab": tab, "events": events_of(review)}
    return _text(request, review.extraction.parse) if tab == "text" else {"tab": tab}


def _text(request: HttpRequest, parse: Parse) -> dict[str, Any]:
    number = _page_number(request)
    return {"tab": "text", "number": number, "blocks": texts_of(reading_of(parse, number)), "is_read": is_read(parse)}


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isdecimal() and 0 < int(text) < 10_000 else 1


def pending_context(request: HttpRequest, document: Document, progress: DocumentProgress) -> dict[str, Any]:
    """The page of a document that has no review yet: what was read so far, and how far it is."""
    parse = progress.parse
    shells = page_shells(parse, document.page_count) if parse else []
    shows_text = parse is not None and request.GET.get("tab") == "text"
    membership = get_membership(request.user, document.team)
    return reading_context(document, progress, shells, membership=membership) | {
        "review": None,
        "modules": MODULES,
        "parse": parse,
        "template": document.template,
        "pages": page_places(document, shells, {}),
        "page_words": page_words(),
        **(_text(request, parse) if parse and shows_text else {"tab": "all"}),
    }


def may_review(user: User, team: Team) -> bool:
    return get_membership(user, team).may(Action.REVIEW)
