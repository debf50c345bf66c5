"""What a template's page tells of its learning."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from extraction.models import LearnedVersion, Template
from extraction.types import Calibration, Learned, Ranking
from extraction.wire.learned import ADRIFT, load_outline

_SHOWN_VERSIONS = 10
_SHOWN_LABELS = 8


@dataclass(frozen=True, slots=True)
class LearnedFacts:
    """A version for people: `day_first` is None where nothing was learned of it; without data it is not kept.

    `ranking` is None where none was tried, `ranked` are the fields that it is taken for.
    `calibration` is None where too few values were checked to fit one.
    """

    pk: int
    number: int
    created_at: datetime
    is_active: bool
    is_kept: bool
    documents: int = 0
    layouts: int = 0
    labels: tuple[tuple[str, str], ...] = ()
    day_first: bool | None = None
    ranking: Ranking | None = None
    ranked: tuple[str, ...] = ()
    calibration: Calibration | None = None


@dataclass(frozen=True, slots=True)
class Learning:
    """`documents` are those that the version in use learned from, `failed` those that nothing can be learned from.

    `nowhere` counts the approved values, by field, that stand nowhere in their documents and so taught nothing.
    """

    versions: tuple[LearnedFacts, ...]
    waiting: int
    failed: int
    nowhere: tuple[tuple[str, int], ...] = ()

    @property
    def active(self) -> LearnedFacts | None:
        return next((version for version in self.versions if version.is_active), None)

    @property
    def documents(self) -> int:
        return self.active.documents if self.active else 0


def learned_facts(template: Template) -> Learning:
    """The newest versions and the one in use; six queries."""
    own = LearnedVersion.objects.filter(template=template).order_by("-number").defer("examples")
    shown = [*own[:_SHOWN_VERSIONS]]
    shown += own.filter(is_active=True).exclude(pk__in=[version.pk for version in shown])
    names = _labels_of_fields(template)
    waiting = template.examples.filter(lesson__isnull=True, failed=False).count()
    failed = template.examples.filter(failed=True).count()
    return Learning(tuple(_facts(version, names) for version in shown), waiting, failed, _nowhere(template, names))


def _nowhere(template: Template, names: dict[str, str]) -> tuple[tuple[str, int], ...]:
    key = f"lesson__{ADRIFT}"
    adrift = template.examples.filter(lesson__isnull=False).exclude(**{key: []}).values_list(key, flat=True)
    counts = Counter(name for found in adrift for name in found)
    return tuple((_shown(name, names), count) for name, count in counts.most_common(_SHOWN_LABELS))


def _shown(name: str, names: dict[str, str]) -> str:
    """A field's label; of a cell, `hires.kit`, its column's."""
    last = name.rpartition(".")[2]
    return names.get(name) or names.get(last, last)


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
        ranking=learned.ranking,
        calibration=learned.calibration,
        ranked=tuple(names.get(field.name, field.name) for field in learned.ranking.fields) if learned.ranking else (),
        **told,
    )


def _day_first(learned: Learned) -> bool | None:
    said = {layout.day_first for layout in learned.layouts if layout.day_first is not None}
    return said.pop() if len(said) == 1 else None
