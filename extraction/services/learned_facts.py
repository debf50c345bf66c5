"""What a template's page tells of its learning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from extraction.models import LearnedVersion, Template
from extraction.types import Learned
from extraction.wire.learned import load_outline

_SHOWN_VERSIONS = 10
_SHOWN_LABELS = 8


@dataclass(frozen=True, slots=True)
class LearnedFacts:
    """A version for people: `day_first` is None where nothing was learned of it; without data it is not kept."""

    pk: int
    number: int
    created_at: datetime
    is_active: bool
    is_kept: bool
    documents: int = 0
    layouts: int = 0
    labels: tuple[tuple[str, str], ...] = ()
    day_first: bool | None = None


@dataclass(frozen=True, slots=True)
class Learning:
    """`documents` are those that the version in use learned from, `failed` those that nothing can be learned from."""

    versions: tuple[LearnedFacts, ...]
    waiting: int
    failed: int

    @property
    def active(self) -> LearnedFacts | None:
        return next((version for version in self.versions if version.is_active), None)

    @property
    def documents(self) -> int:
        return self.active.documents if self.active else 0


def learned_facts(template: Template) -> Learning:
    """The newest versions and the one in use; five queries."""
    own = LearnedVersion.objects.filter(template=template).order_by("-number").defer("examples")
    shown = [*own[:_SHOWN_VERSIONS]]
    shown += own.filter(is_active=True).exclude(pk__in=[version.pk for version in shown])
    names = _labels_of_fields(template)
    waiting = template.examples.filter(lesson__isnull=True, failed=False).count()
    failed = template.examples.filter(failed=True).count()
    return Learning(tuple(_facts(version, names) for version in shown), waiting, failed)


def _labels_of_fields(template: Template) -> dict[str, str]:
    fields = template.versions.order_by("number").values_list("fields__name", "fields__label")
    return {name: label or name for name, label in fields if name}


def _facts(version: LearnedVersion, names: dict[str, str]) -> LearnedFacts:
    told: dict[str, Any] = {
        "pk": version.pk,
        "number": version.number,
        "created_at": version.created_at,
        "is_active": version.is_active,
    }
    if version.data is None:
        return LearnedFacts(is_kept=False, **told)
    learned = load_outline(version.data)
    labels = [(names.get(name, name), word) for name, words in learned.labels for word in words]
    return LearnedFacts(
        is_kept=True,
        documents=learned.documents,
        layouts=len(learned.layouts),
        labels=tuple(labels[:_SHOWN_LABELS]),
        day_first=_day_first(learned),
        **told,
    )


def _day_first(learned: Learned) -> bool | None:
    said = {layout.day_first for layout in learned.layouts if layout.day_first is not None}
    return said.pop() if len(said) == 1 else None
