"""Fields from a reading: `extract` finds them, `locate` finds a typed value's place, `normalise` reads a typed edit.

`lesson_of` says what an approved document teaches, `learn` makes of lessons what `extract` is given:
`familiar` finds the layout of each, and `merge` joins those of one; from LEAST_DOCUMENTS on `rank` fits their ranking.
For a model that reads the fields, `number_lines` makes what it is shown and `ground` places what it says.
"""

from __future__ import annotations

from extraction.engine.fields.grounding import ground
from extraction.engine.fields.learn import familiar, learn, merge
from extraction.engine.fields.learn_lessons import lesson_of
from extraction.engine.fields.numbered import number_lines
from extraction.engine.fields.places import locate
from extraction.engine.fields.ranking_fit import LEAST_DOCUMENTS, rank
from extraction.engine.fields.reader import extract
from extraction.engine.fields.recalibrate import as_shipped
from extraction.engine.fields.values import normalise

__all__ = [
    "LEAST_DOCUMENTS",
    "as_shipped",
    "extract",
    "familiar",
    "ground",
    "learn",
    "lesson_of",
    "locate",
    "merge",
    "normalise",
    "number_lines",
    "rank",
]
