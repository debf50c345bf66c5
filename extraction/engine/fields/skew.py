"""How much the lines of a scanned page slope."""

from __future__ import annotations

import numpy as np

from extraction.types import Word

_SLOPES = np.linspace(-0.04, 0.04, 81)
_FEWEST, _MOST = 12, 1500
_SURELY = 1.08
"""How much sharper than level lines the sloping ones must be."""


def slope_of(words: list[Word]) -> float:
    """Downward units for each unit to the right; 0 where the words are no scan's or lie level."""
    if not _FEWEST <= len(words) <= _MOST or any(word.confidence is None for word in words):
        return 0.0
    boxes = np.array([(*word.bbox.centre, word.bbox.height) for word in words])
    across, down, size = boxes[:, 0] - boxes[:, 0].mean(), boxes[:, 1], float(np.median(boxes[:, 2]))
    if size <= 0:
        return 0.0
    levels = down[None, :] - _SLOPES[:, None] * across[None, :]
    sharpness = np.array([_sharpness(level, size / 3) for level in levels])
    best = int(sharpness.argmax())
    return float(_SLOPES[best]) if sharpness[best] > _SURELY * sharpness[len(_SLOPES) // 2] else 0.0


def _sharpness(level: np.ndarray, bin_size: float) -> float:
    """How much the words gather on few lines."""
    bins = np.floor((level - level.min()) / bin_size).astype(int)
    counts = np.bincount(bins).astype(float)
    return float((counts**2).sum() + (counts[1:] * counts[:-1]).sum())
