"""How far a template's confidences held, and what is added to them for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """A plain field's confidence as the shipped weights give it, and whether its reviewer left the value as it was."""

    name: str
    confidence: float
    is_right: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted to `checked` values: a confidence's log odds times `slope`, plus `shift` and what its field adds.

    `before` and `after` are the mean log loss as shipped and with it, each document judged without having been fitted
    to; it is used only where it is not worse.
    """

    checked: int
    before: float
    after: float
    slope: float = 1.0
    shift: float = 0.0
    fields: tuple[tuple[str, float], ...] = ()

    @property
    def is_used(self) -> bool:
        return self.after <= self.before
