from __future__ import annotations

import pytest

from extraction.choices import JobState, Provider, VersionState
from extraction.errors import ReviewLocked, StepNotAllowed
from extraction.models import Extraction, Parse, Review, ReviewEvent, Team, TemplateVersion, User
from extraction.queries.comparison import own_extraction, trials_of
from extraction.queries.progress import progress_of
from extraction.queries.queue import lane
from extraction.services.corrections import correct_value
from extraction.services.extractions import extract_again
from extraction.services.parses import read_again
from extraction.services.reviews import approve_review, lock_review, reopen_review
from extraction.services.trials import MOST_TRIALS, adopt_trial, discard_trial, start_trial
from tests.read_documents import make_read_document
from tests.trials import embedded, make_account, make_trial


@pytest.fixture
def review(team: Team) -> Review:
    return make_read_document(team)


def start(review: Review, by: User, *, again: bool = False, **accounts: object) -> Extraction:
    document = review.extraction.parse.document
    engine = embedded(document.team)
    chosen = {"parse_account": engine, "extract_account": engine} | accounts
    return start_trial(document=document, version=review.extraction.version, by=by, again=again, **chosen)


def finish(trial: Extraction) -> Extraction:
    Parse.objects.filter(pk=trial.parse_id).update(state=JobState.DONE)
    Extraction.objects.filter(pk=trial.pk).update(state=JobState.DONE)
    trial.refresh_from_db()
    return trial


def clear(review: Review, by: User) -> None:
    lock_review(review=review, by=by)
    for key, text in (("po_number", "PO-77128"), ("total", "7,421.91"), ("discount", "0"), ("incoterm", "DAP")):
        correct_value(
            review=review,
            value=review.extraction.values.get(key=key, row=None),
            text=text,
            by=by,
            version=review.version,
        )
    wrong = review.extraction.values.get(key="amount", value="369.00")
    correct_value(review=review, value=wrong, text="396.00", by=by, version=review.version)


def test_trial_of_the_same_reader_uses_its_reading(review: Review, alice: User) -> None:
    trial = start(review, alice)

    assert (trial.is_trial, trial.parse, trial.state) == (True, review.extraction.parse, JobState.QUEUED)
    assert list(trials_of(trial.parse.document)) == [trial]


def test_trial_of_another_reader_reads_anew(review: Review, alice: User, team: Team) -> None:
    somark = make_account(team)

    trial = start(review, alice, parse_account=somark)

    parse = trial.parse
    assert (parse.is_trial, parse.provider, parse.account, parse.ranges.count()) == (True, "somark", somark, 1)
    assert (trial.provider, trial.account, trial.state) == (Provider.EMBEDDED, None, JobState.WAITING)
    assert trial.chain == "SoMark → Embedded engine"


def test_second_trial_of_that_reader_shares_its_reading(review: Review, alice: User, team: Team) -> None:
    somark = make_account(team)
    first = start(review, alice, parse_account=somark)

    second = start(review, alice, parse_account=somark)

    assert second.parse == first.parse


def test_pages_are_read_again_when_asked_for(review: Review, alice: User) -> None:
    trial = start(review, alice, again=True)

    assert trial.parse.is_trial and trial.parse != review.extraction.parse


def test_failed_reading_is_not_used(review: Review, alice: User) -> None:
    Parse.objects.update(state=JobState.FAILED)

    trial = start(review, alice)

    assert trial.parse.is_trial and trial.parse.state == JobState.QUEUED


def test_account_of_another_team_is_refused(review: Review, alice: User, charlie: User) -> None:
    theirs = make_account(charlie.teams.get())

    with pytest.raises(StepNotAllowed):
        start(review, alice, parse_account=theirs)

    assert not trials_of(review.extraction.parse.document).exists()


def test_trial_does_not_become_the_documents_reading(review: Review, alice: User, team: Team) -> None:
    document = review.extraction.parse.document

    trial = finish(start(review, alice, parse_account=make_account(team)))

    progress = progress_of([document])[document.pk]
    assert (progress.extraction, progress.review, progress.is_pending) == (review.extraction, review, False)
    assert list(lane(team)) == [review]
    assert not trial.reviews.exists()


def test_trial_leaves_reading_and_extracting_again_alone(review: Review, alice: User, team: Team) -> None:
    document = review.extraction.parse.document
    start(review, alice, parse_account=make_account(team))

    assert extract_again(document=document, by=alice).parse == review.extraction.parse
    assert read_again(document=document, by=alice).is_trial is False


def test_document_has_a_few_trials_at_once(review: Review, alice: User) -> None:
    for _ in range(MOST_TRIALS):
        start(review, alice)

    with pytest.raises(StepNotAllowed) as refusal:
        start(review, alice)

    assert (refusal.value.code, refusal.value.params) == ("too_many_trials", {"limit": MOST_TRIALS})


def test_adopted_trial_is_the_documents_reading(review: Review, alice: User, team: Team) -> None:
    document = review.extraction.parse.document
    trial = make_trial(review, changes={"total": "7421.91"})

    opened = adopt_trial(extraction=trial, by=alice)

    progress = progress_of([document])[document.pk]
    assert (progress.parse, progress.extraction, progress.review) == (trial.parse, trial, opened)
    assert list(lane(team)) == [opened]
    assert (own_extraction(document), list(trials_of(document))) == (trial, [])
    event = ReviewEvent.objects.get(what="trial_adopted")
    assert (event.review, event.who, event.subject) == (opened, alice, "SoMark → Embedded engine")
    assert event.before == {"extraction": review.extraction.public_id}


def test_adopting_a_trial_of_another_template_changes_the_documents(review: Review, alice: User, team: Team) -> None:
    template = team.templates.create(slug="other", name="Other")
    version = TemplateVersion.objects.create(template=template, number=1, state=VersionState.PUBLISHED)
    trial = make_trial(review)
    trial.version = version
    trial.save(update_fields=["version"])

    adopt_trial(extraction=trial, by=alice)

    assert review.extraction.parse.document.__class__.objects.get().template == template


def test_trial_under_way_cannot_be_adopted(review: Review, alice: User) -> None:
    with pytest.raises(StepNotAllowed):
        adopt_trial(extraction=start(review, alice), by=alice)


def test_adoption_waits_for_who_works_on_the_review(review: Review, alice: User, bob: User) -> None:
    trial = make_trial(review)
    lock_review(review=review, by=bob)

    with pytest.raises(ReviewLocked):
        adopt_trial(extraction=trial, by=alice)

    assert trials_of(review.extraction.parse.document).get() == trial
    assert adopt_trial(extraction=trial, by=bob).extraction == trial


def test_approved_review_has_to_be_reopened_first(review: Review, alice: User) -> None:
    trial = make_trial(review)
    clear(review, alice)
    approve_review(review=review, version=review.version, by=alice, anyway=True)

    with pytest.raises(StepNotAllowed) as refusal:
        adopt_trial(extraction=trial, by=alice)

    assert refusal.value.code == "review_finished"
    reopen_review(review=review, version=review.version, by=alice)
    assert adopt_trial(extraction=trial, by=alice).extraction == trial


def test_trial_older_than_the_documents_reading_is_refused(review: Review, alice: User) -> None:
    trial = make_trial(review)
    finish(extract_again(document=trial.parse.document, by=alice))

    with pytest.raises(StepNotAllowed) as refusal:
        adopt_trial(extraction=trial, by=alice)

    assert refusal.value.code == "trial_outdated"


def test_adoption_waits_while_the_document_is_read(review: Review, alice: User) -> None:
    extract_again(document=review.extraction.parse.document, by=alice)
    trial = make_trial(review)

    with pytest.raises(StepNotAllowed) as refusal:
        adopt_trial(extraction=trial, by=alice)

    assert refusal.value.code == "document_busy"


def test_discarded_trial_goes_with_the_reading_made_for_it(review: Review, alice: User) -> None:
    trial = make_trial(review)
    parse = trial.parse

    discard_trial(extraction=trial, by=alice)

    assert not Extraction.objects.filter(pk=trial.pk).exists() and not Parse.objects.filter(pk=parse.pk).exists()
    assert ReviewEvent.objects.filter(what="trial_discarded", who=alice).count() == 1


def test_reading_that_others_use_stays(review: Review, alice: User, team: Team) -> None:
    somark = make_account(team)
    first, second = (start(review, alice, parse_account=somark) for _ in range(2))
    on_own_reading = start(review, alice)

    discard_trial(extraction=first, by=alice)
    discard_trial(extraction=on_own_reading, by=alice)

    assert list(trials_of(second.parse.document)) == [second]
    assert Parse.objects.filter(pk__in=[second.parse_id, review.extraction.parse_id]).count() == 2


def test_documents_own_extraction_is_not_discarded(review: Review, alice: User) -> None:
    with pytest.raises(StepNotAllowed):
        discard_trial(extraction=review.extraction, by=alice)

    assert Extraction.objects.get() == review.extraction
