"""What approved documents taught about a template: layouts, and where each field stands in them."""

from __future__ import annotations

from dataclasses import dataclass

from extraction.types.calibration import Calibration, Check
from extraction.types.fields import Span, Value


@dataclass(frozen=True, slots=True)
class Approved:
    """A field as a person approved it; `value` None is absent. Without spans a value stands nowhere.

    A table or list has `rows` of its cells instead, and `removed` has the places of each row that a person took out.
    A member of an object is named with it, as `seller.name`.
    """

    name: str
    value: Value | None = None
    spans: tuple[Span, ...] = ()
    rows: tuple[tuple[Approved, ...], ...] = ()
    removed: tuple[tuple[Span, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class LayoutMark:
    """A text that stands still: its words, and its left edge and middle as shares of the page.

    `page` is 0 for the first page, -1 for the last of several.
    """

    text: str
    x: float
    y: float
    page: int = 0


@dataclass(frozen=True, slots=True)
class Pointer:
    """A text near a value and how far the value's left and right edge and middle are from it, in line heights."""

    text: str
    left: float
    right: float
    down: float
    weight: float


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stood once.

    `from_start` and `from_end` count pages from 0; `left`, `right` and `middle` are shares of the page; `before` and
    `after` are the words of its own line around it, `shape` its characters by class, `words` and `lines` its extent.
    `is_cut` says that its line goes on behind it, `echoes` are digests of its lines (of texts, which may come again).
    """

    from_start: int
    from_end: int
    left: float
    right: float
    middle: float
    before: str
    after: str
    shape: str
    words: int
    lines: int
    pointers: tuple[Pointer, ...] = ()
    is_cut: bool = False
    echoes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LearnedField:
    """A field in a layout: its spots, how often it was approved absent, and a value that never changed.

    `mended` counts the documents in which the engine by itself would have chosen another place.
    """

    name: str
    spots: tuple[Spot, ...] = ()
    absent: int = 0
    constant: str = ""
    mended: int = 0


@dataclass(frozen=True, slots=True)
class LearnedColumn:
    """A column, or the items of a list: the words over it, and its edges as shares of the page's width."""

    name: str
    labels: tuple[str, ...] = ()
    left: float = 0.0
    right: float = 1.0


@dataclass(frozen=True, slots=True)
class LearnedTable:
    """A table or list in a layout.

    `items` are the first words of lines that are rows though they name a sum, `others` of lines that are none.
    """

    name: str
    columns: tuple[LearnedColumn, ...] = ()
    items: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LearnedLayout:
    """Documents that look alike; `day_first` and `decimal_comma` are None where they did not show."""

    marks: tuple[LayoutMark, ...]
    fields: tuple[LearnedField, ...]
    documents: int = 1
    day_first: bool | None = None
    decimal_comma: bool | None = None
    tables: tuple[LearnedTable, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate: its shipped score, the words of its label, its features by name, whether it was right.

    `place` tells it from the others: no two fields take the same.
    """

    score: float
    label: str
    features: tuple[tuple[str, float], ...]
    is_right: bool
    place: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What could be chosen for a field of an approved document; below `least` it would have been absent."""

    name: str
    least: float
    is_absent: bool
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class RankedField:
    """What is added to the score of a field's candidates, by feature."""

    name: str
    weights: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Weights fitted to `documents`: `fields` are those that are used, none where it was tried and not taken.

    `before` and `after` of the `asked` choices are right by the shipped score and with these weights, each judged by
    weights that its document had no part in.
    """

    documents: int
    asked: int
    before: int
    after: int
    fields: tuple[RankedField, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one approved document says: its layout by itself, the approved texts, the labels beside them.

    `adrift` names fields whose approved value stands nowhere on the page, `trials` have what there was to choose from,
    `checks` how sure the machine had been.
    """

    layout: LearnedLayout
    texts: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    adrift: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Learned:
    """Everything that a template's approved documents taught; `labels` are words found beside its fields.

    `ranking` is None where there were too few documents to try one; `spread` are labels to look for in any layout.
    `calibration` is None where there were too few checked values.
    """

    layouts: tuple[LearnedLayout, ...] = ()
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    documents: int = 0
    ranking: Ranking | None = None
    spread: tuple[tuple[str, tuple[str, ...]], ...] = ()
    calibration: Calibration | None = None
