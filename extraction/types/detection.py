"""Which template fits a document: what is compared, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from extraction.types.fields import FieldSpec
from extraction.types.learned import Learned


@dataclass(frozen=True, slots=True)
class TemplateCandidate:
    """A template that a document may be of; `key` names it in the answer."""

    key: int
    name: str
    fields: tuple[FieldSpec, ...]
    learned: Learned | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a template fits, `score` from 0 to 1, and what speaks for it.

    `labels_found` of `labels` were printed; `title` is the document's as printed, empty where it does not say what the
    template is for; `documents` is how many approved ones looked the same, 0 for none.
    """

    key: int
    score: float
    labels_found: int
    labels: int
    title: str = ""
    documents: int = 0


@dataclass(frozen=True, slots=True)
class Detection:
    """`template` is the key of the one that fits, None for an unfamiliar document; `fits` are all, the best first."""

    template: int | None
    fits: tuple[Fit, ...]
