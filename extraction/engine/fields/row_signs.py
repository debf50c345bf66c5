"""What speaks for the cells of a table, the items of a list, and for there being none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extraction.engine.fields.items import Item
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.scoring import Scored
from extraction.engine.fields.signs import ABSENCE, Readings, places_of, read_surely
from extraction.types import Signs

CELL, EMPTY_CELL, ITEM = "cell", "empty cell", "item"

_MANY_ROWS = 20
_NEARLY_FULL = 0.75


@dataclass(frozen=True, slots=True)
class TableSigns:
    """Of a whole table: its items, by column the score of the header's label, and whether it was ruled into cells.

    `strange` counts the printed columns that are no field's.
    """

    items: Sequence[Item]
    labels: Mapping[int, float]
    columns: frozenset[int]
    strange: int
    is_celled: bool
    readings: Readings

    def of_cell(self, index: int, profile: Profile, item: Item, *, holds: bool | None, sums: bool) -> Signs:
        """`holds` says whether the row's arithmetic comes out right, `sums` whether the column's sum is printed."""
        places = item.places[index]
        return Signs(
            CELL,
            profile.kind,
            {
                **self._common(index, item, holds=holds, sums=sums),
                "misread": 1 - read_surely(places),
                "lines": min(3, len({id(made) for made, _start, _end in places}) - 1) / 3,
            },
        )

    def of_empty_cell(self, index: int, profile: Profile, item: Item, *, holds: bool | None, sums: bool) -> Signs:
        """Of one in a column that is empty altogether, or nearly full, a value was probably missed.

        But a field whose column is not printed has no values: all printed ones are `taken` by other fields. Where one
        is not, cells that are known well say nothing for an absence.
        """
        common = self._common(index, item, holds=holds, sums=sums)
        filled = common["column_filled"]
        is_taken = index not in self.columns and not self.strange
        own = {
            "celled": float(self.is_celled and (filled > 0 or is_taken)),
            "column_missing": float(filled == 0),
            "taken": float(is_taken),
            "column_full": max(0.0, filled - _NEARLY_FULL) / (1 - _NEARLY_FULL),
            "misread": self.readings.misread,
        }
        return Signs(EMPTY_CELL, profile.kind, common | own)

    def _common(self, index: int, item: Item, *, holds: bool | None, sums: bool) -> dict[str, float]:
        label = self.labels.get(index, 0.0)
        return {
            "labelled": float(label > 0),
            "label": label,
            "labels": sum(column in self.labels for column in self.columns) / max(1, len(self.columns)),
            "celled": float(self.is_celled),
            "holds": float(holds is True),
            "broken": float(holds is False),
            "sums": float(sums),
            "row_filled": len(item.places) / max(1, len(self.columns)),
            "column_filled": sum(index in other.places for other in self.items) / len(self.items),
            "rows": min(_MANY_ROWS, len(self.items)) / _MANY_ROWS,
            "scanned": self.readings.scanned,
        }


def signs_of_item(profile: Profile, scored: Scored, count: int, readings: Readings) -> Signs:
    """Of one of `count` items of a list."""
    return Signs(
        ITEM,
        profile.kind,
        {
            "label": scored.features.get("label", 0.0),
            "relation": scored.features.get("relation", 0.0),
            "items": min(_MANY_ROWS, count) / _MANY_ROWS,
            "lines": min(3, len(scored.candidate.more)) / 3,
            "scanned": readings.scanned,
            "misread": 1 - read_surely(places_of(scored.candidate)),
        },
    )


def signs_of_no_rows(label: float, readings: Readings) -> Signs:
    """`label` is the score of the best label or header, 0 where there is none."""
    return Signs(
        ABSENCE,
        "rows",
        {
            "label": label,
            "scanned": readings.scanned,
            "misread": readings.misread,
            "empty": float(readings.is_empty),
        },
    )
