"""The team's figures, all counted from rows, days in the team's time zone.

A review counts on the day it was finished. Straight-through: approved, and no value changed by a person (confirming a
value is no change). Corrected fields: those changed in the reviews approved that day, of all their fields; a table is
one field. Median review time: from the first opening of a review to its end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from extraction.choices import JOB_PENDING, REVIEW_UNFINISHED, CorrectionKind, JobState, ReviewState
from extraction.models import Correction, Detection, Extraction, Parse, Review, Team, User
from extraction.queries.documents import unfamiliar_count

DAYS = 21

_CHANGED = Q(kind__in=(CorrectionKind.EDIT, CorrectionKind.ADD_ROW, CorrectionKind.REMOVE_ROW)) | Q(
    kind=CorrectionKind.ABSENT, field_value__value__isnull=False
)
# a change that was set back, or a row that was restored, is none
_SET_BACK = Exists(
    Correction.objects.filter(
        Q(kind=CorrectionKind.RESET, field_value=OuterRef("field_value"))
        | Q(kind=CorrectionKind.RESTORE_ROW, row=OuterRef("row")),
        undone=False,
        pk__gt=OuterRef("pk"),
    )
)
# a cell or a row counts as its table
_CHANGED_FIELD = Coalesce("field_value__row__field", "row__field", "field_value__field")


@dataclass(frozen=True, slots=True)
class Day:
    """One day's reviews and failures; figures without anything to count are None."""

    day: date
    waiting: int
    approved: int = 0
    rejected: int = 0
    unchanged: int = 0
    failed: int = 0
    fields: int = 0
    corrected: int = 0
    median_seconds: float | None = None

    @property
    def reviewed(self) -> int:
        return self.approved + self.rejected

    @property
    def with_changes(self) -> int:
        return self.reviewed - self.unchanged

    @property
    def total(self) -> int:
        return self.reviewed + self.failed

    @property
    def straight_share(self) -> float | None:
        return self.unchanged / self.approved if self.approved else None

    @property
    def corrected_share(self) -> float | None:
        return min(1.0, self.corrected / self.fields) if self.fields else None


@dataclass(frozen=True, slots=True)
class ReviewerToday:
    user: User
    reviewed: int


@dataclass(frozen=True, slots=True)
class Figures:
    """`days` end with today; `waiting_at_midnight` is what waited when today began.

    `unfamiliar` documents wait for somebody to choose their template.
    """

    days: tuple[Day, ...]
    waiting: int
    waiting_at_midnight: int
    being_read: int
    unfamiliar: int
    reviewers: tuple[ReviewerToday, ...]

    @property
    def today(self) -> Day:
        return self.days[-1]

    @property
    def week_before(self) -> Day:
        """The seven days before today as one; its median is the median of the days' medians."""
        week = self.days[-8:-1]
        medians = [day.median_seconds for day in week if day.median_seconds is not None]
        sums = {
            name: sum(getattr(day, name) for day in week)
            for name in ("approved", "rejected", "unchanged", "failed", "fields", "corrected")
        }
        return Day(week[0].day, 0, **sums, median_seconds=median(medians) if medians else None)


def _being_read(team: Team) -> int:
    """Documents that are to be reviewed, as far as is known: with a template, or while one is looked for."""
    pending = {"parse__document__team": team, "state__in": JOB_PENDING}
    extractions = Extraction.objects.filter(is_trial=False, **pending)
    return extractions.count() + Detection.objects.filter(**pending).count()


def figures_of(team: Team, now: datetime) -> Figures:
    zone = team.zone
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    start = datetime.combine(days[0], time.min, zone)
    waiting = _waiting_at_end_of(team, days, zone)
    return Figures(
        days=_days(team, days, start, waiting),
        waiting=waiting[today],
        waiting_at_midnight=waiting[today - timedelta(days=1)],
        being_read=_being_read(team),
        unfamiliar=unfamiliar_count(team),
        reviewers=_reviewers(team, datetime.combine(today, time.min, zone)),
    )


def _of_team(team: Team) -> QuerySet[Review]:
    return Review.objects.filter(extraction__parse__document__team=team)


def _waiting_at_end_of(team: Team, days: list[date], zone: ZoneInfo) -> dict[date, int]:
    """How many reviews had begun and not ended, by day; one query."""
    ends = {day: datetime.combine(day + timedelta(days=1), time.min, zone) for day in days}
    is_open = Q(state__in=REVIEW_UNFINISHED)
    waiting = Q(pk__in=Review.objects.filter(is_open, extraction__parse__document__team=team).current().values("pk"))
    reviews = _of_team(team).filter(waiting | Q(finished_at__gte=ends[days[0]]))
    counts = reviews.aggregate(
        **{
            f"day_{number}": Count("pk", filter=Q(created_at__lt=end) & (is_open | Q(finished_at__gte=end)))
            for number, end in enumerate(ends.values())
        }
    )
    return dict(zip(ends, counts.values(), strict=True))


def _days(team: Team, days: list[date], start: datetime, waiting: dict[date, int]) -> tuple[Day, ...]:
    zone = start.tzinfo
    finished: dict[date, list[_Finished]] = defaultdict(list)
    for review in _finished_since(team, start):
        finished[review.finished_at.astimezone(zone).date()].append(review)
    failed = dict(
        Parse.objects.filter(document__team=team, is_trial=False, state=JobState.FAILED, finished_at__gte=start)
        .annotate(day=TruncDate("finished_at", tzinfo=zone))
        .values_list("day")
        .order_by()
        .annotate(count=Count("pk"))
    )
    return tuple(_day(day, finished[day], failed.get(day, 0), waiting[day]) for day in days)


@dataclass(frozen=True, slots=True)
class _Finished:
    state: str
    opened_at: datetime | None
    finished_at: datetime
    field_count: int
    changed: int

    @property
    def seconds(self) -> float | None:
        return (self.finished_at - self.opened_at).total_seconds() if self.opened_at else None


def _finished_since(team: Team, start: datetime) -> Iterable[_Finished]:
    reviews = _of_team(team).exclude(state__in=REVIEW_UNFINISHED).filter(finished_at__gte=start)
    changed = dict(
        Correction.objects.filter(_CHANGED & ~_SET_BACK, review__in=reviews.values("pk"), undone=False)
        .values_list("review")
        .order_by()
        .annotate(count=Count(_CHANGED_FIELD, distinct=True))
    )
    columns = reviews.order_by().values_list("pk", "state", "opened_at", "finished_at", "field_count")
    return [_Finished(*row, changed=changed.get(pk, 0)) for pk, *row in columns]


def _day(day: date, finished: list[_Finished], failed: int, waiting: int) -> Day:
    approved = [review for review in finished if review.state == ReviewState.APPROVED]
    seconds = [review.seconds for review in finished if review.seconds is not None]
    return Day(
        day=day,
        waiting=waiting,
        approved=len(approved),
        rejected=len(finished) - len(approved),
        unchanged=sum(review.changed == 0 for review in approved),
        failed=failed,
        fields=sum(review.field_count for review in approved),
        corrected=sum(review.changed for review in approved),
        median_seconds=median(seconds) if seconds else None,
    )


def _reviewers(team: Team, midnight: datetime) -> tuple[ReviewerToday, ...]:
    counted = (
        _of_team(team)
        .exclude(state__in=REVIEW_UNFINISHED)
        .filter(finished_at__gte=midnight, finished_by__isnull=False)
        .values_list("finished_by")
        .order_by()
        .annotate(count=Count("pk"))
    )
    counts = dict(counted)
    users = User.objects.in_bulk(counts)
    ordered = sorted(counts, key=lambda pk: (-counts[pk], str(users[pk])))
    return tuple(ReviewerToday(users[pk], counts[pk]) for pk in ordered)
