"""Reviews: where people stand with an extraction, and changes that a program makes in a person's name."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status
from pydantic import Field, model_validator

from extraction.api.errors import Refusal
from extraction.api.galley_extraction_shapes import (
    FieldAnswer,
    Plain,
    ReviewAnswer,
    StandingValues,
    plain_value,
    review_answer,
)
from extraction.api.galley_extractions import extraction_named, latest_review
from extraction.api.galley_openapi import told
from extraction.api.galley_requests import READ, RUN, not_found, once, refusal_of
from extraction.api.galley_shapes import Asked, PublicId, Shape
from extraction.choices import Action
from extraction.errors import StaleReview
from extraction.models import FieldValue, Membership, Review, User
from extraction.services.corrections import confirm_absent, confirm_value, correct_value, reset_value
from extraction.services.reviews import approve_review, reject_review, reopen_review

router = Router(tags=["reviews"])
Version = Field(ge=1, le=2**31 - 1, description="Of the review, as you last saw it.")


class ApproveBody(Asked):
    version: int = Version
    anyway: bool = Field(False, description="Also where fields are unchecked; broken rules still stand against it.")


class RejectBody(Asked):
    version: int = Version
    reason: str = Field(min_length=1, max_length=2000, examples=["Not an invoice"])


class ReopenBody(Asked):
    version: int = Version
    comment: str = Field("", max_length=2000)


class CorrectionBody(Asked):
    """One change of one value: exactly one of `value`, `absent`, `confirm` and `reset`."""

    version: int = Version
    path: str = Field(min_length=1, max_length=300, examples=["line_items[0].amount"])
    value: str | int | float | bool | None = Field(None, description="The right value.", examples=[184.5])
    absent: bool = Field(False, description="The document does not say it.")
    confirm: bool = Field(False, description="The value stands, whatever the doubt.")
    reset: bool = Field(False, description="Go back to what the machine read.")

    @model_validator(mode="after")
    def says_one_thing(self) -> CorrectionBody:
        if sum((self.value is not None, self.absent, self.confirm, self.reset)) != 1:
            raise ValueError("give exactly one of value, absent, confirm and reset")
        if isinstance(self.value, str) and not 1 <= len(self.value.strip()) <= 10_000:
            raise ValueError("a value has 1 to 10,000 characters")
        return self


class CorrectedAnswer(Shape):
    field: FieldAnswer
    review: ReviewAnswer


class Conflict(Shape):
    """Both values: what stands there now, and the one that was not written."""

    path: str
    current: Plain = Field(examples=[184.5])
    yours: Plain = Field(examples=[185.4])
    version: int = Field(description="The review's version now.")


def _review(request: HttpRequest, extraction_id: str) -> Review:
    """Raises Refusal."""
    extraction = extraction_named(request.auth.team, extraction_id)
    review = latest_review(extraction)
    if review is None:
        raise Refusal(409, "NOT_EXTRACTED", "This extraction is not done, so there is nothing to review.")
    review.extraction = extraction
    return review


def _person(request: HttpRequest) -> User:
    """In whose name a key changes a review. Raises Refusal."""
    maker = request.auth.key.created_by
    if maker is None:
        message = "This API key acts for nobody, since no person made it. Make one on the team's page to review with."
        raise Refusal(403, "KEY_WITHOUT_PERSON", message)
    membership = Membership.objects.filter(team=request.auth.team, user=maker).first()
    if membership is None or not membership.may(Action.REVIEW) or not maker.is_active:
        raise Refusal(403, "PERSON_MAY_NOT_REVIEW", "The person who made this API key may not review in this team.")
    return maker


@router.get(
    "/extractions/{extraction_id}/review",
    auth=READ,
    response=ReviewAnswer,
    operation_id="getReview",
    summary="Look at a review",
    openapi_extra=told(409),
)
def get_review(request: HttpRequest, extraction_id: PublicId) -> ReviewAnswer:
    return review_answer(_review(request, extraction_id))


@router.post(
    "/extractions/{extraction_id}/review/approve",
    auth=RUN,
    response=ReviewAnswer,
    operation_id="approveReview",
    summary="Approve",
    openapi_extra=told(409, 422),
)
@once
def approve(request: HttpRequest, extraction_id: PublicId, body: ApproveBody) -> Status[ReviewAnswer]:
    """In the name of the key's maker. 409 where another change came first, or where fields need a person."""
    return _stepped(request, extraction_id, body, approve_review)


@router.post(
    "/extractions/{extraction_id}/review/reject",
    auth=RUN,
    response=ReviewAnswer,
    operation_id="rejectReview",
    summary="Reject",
    openapi_extra=told(409, 422),
)
@once
def reject(request: HttpRequest, extraction_id: PublicId, body: RejectBody) -> Status[ReviewAnswer]:
    """In the name of the key's maker."""
    return _stepped(request, extraction_id, body, reject_review)


@router.post(
    "/extractions/{extraction_id}/review/reopen",
    auth=RUN,
    response=ReviewAnswer,
    operation_id="reopenReview",
    summary="Reopen",
    openapi_extra=told(409, 422),
)
@once
def reopen(request: HttpRequest, extraction_id: PublicId, body: ReopenBody) -> Status[ReviewAnswer]:
    """Send a finished, postponed or escalated review back to the queue."""
    return _stepped(request, extraction_id, body, reopen_review)


def _stepped(
    request: HttpRequest, extraction_id: str, body: Asked, step: Callable[..., Review]
) -> Status[ReviewAnswer]:
    """A step of the review in the name of the key's maker; the body's keys are what it takes."""
    review, by = _review(request, extraction_id), _person(request)
    return Status(200, review_answer(step(review=review, by=by, **body.model_dump())))


@router.post(
    "/extractions/{extraction_id}/corrections",
    auth=RUN,
    response={201: CorrectedAnswer},
    operation_id="correctValue",
    summary="Correct a value",
    openapi_extra=told(409, 422),
)
@once
def correct(request: HttpRequest, extraction_id: PublicId, body: CorrectionBody) -> Status[CorrectedAnswer]:
    """In the name of the key's maker; the machine's value stays beside it.

    The value is looked for on the page, so that it points at its place. Where another change came first the answer is
    409 with `conflict`: the value that stands now, and yours.
    """
    review, by = _review(request, extraction_id), _person(request)
    current = StandingValues(review.extraction).by_path.get(body.path)
    if current is None:
        raise Refusal(422, "UNKNOWN_PATH", f"This extraction has no value {body.path!r:.80}.")
    try:
        _change(body)(review=review, value=_row(review, current.stored.pk), by=by, version=body.version)
    except StaleReview as exc:
        raise _conflict(review, body, exc) from None
    standing = StandingValues(review.extraction)
    return Status(201, CorrectedAnswer(field=standing.field(body.path), review=review_answer(review)))


def _row(review: Review, pk: int) -> FieldValue:
    return FieldValue.objects.select_related("field", "row", "extraction__parse").get(pk=pk)


def _change(body: CorrectionBody) -> Callable[..., Any]:
    if body.absent:
        return confirm_absent
    if body.confirm:
        return confirm_value
    if body.reset:
        return reset_value
    text = _as_typed(body.value)
    return lambda **places: correct_value(text=text, **places)


def _as_typed(value: Plain) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{Decimal(str(value)):f}"


def _conflict(review: Review, body: CorrectionBody, error: StaleReview) -> Refusal:
    now = latest_review(review.extraction)
    current = StandingValues(review.extraction).by_path.get(body.path)
    if now is None or current is None:
        return not_found("value any more")
    conflict = Conflict(path=body.path, current=plain_value(current), yours=body.value, version=now.version)
    refusal = refusal_of(error)
    return Refusal(refusal.status, refusal.code, str(refusal), told={"conflict": conflict.model_dump()})
