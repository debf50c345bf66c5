"""Score line items and lists, cell by cell, and read again what stands under the boxes.

    uv run benchmarks/samples/items_set.py SET
    manage.py read SET/work/*.pdf SET/work/*.jpg --out READINGS
    uv run benchmarks/items.py SET/work READINGS [--errors 3] [--json FILE]

Rows are aligned in their order so that the most cells are equal; a cell counts where its value is equal. *boxed* is the
share of the values given whose boxes hold the same words and hardly more, in a born-digital file by the file's own
text, in a scan by the words of the reading, which are cut in proportion where a box cuts them.
"""

from __future__ import annotations

import argparse
import json
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any

import pypdfium2

sys.path.insert(0, str(Path(__file__).parents[1]))

from extraction.engine.fields.reader import extract
from extraction.types import DocumentReading, ExtractRequest, FieldSpec, ReadValue, Span, Word
from extraction.wire.results import extracted_data, load_reading
from extraction.wire.template_json import TemplateDefinition, load

type Row = dict[str, str]


@dataclass
class Score:
    """Cells of a document or of several."""

    right: int = 0
    given: int = 0
    true: int = 0
    boxed: int = 0
    values: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.given + self.true) if self.given + self.true else 1.0

    def add(self, other: Score) -> None:
        for name in ("right", "given", "true", "boxed", "values", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("readings", type=Path)
    parser.add_argument("--errors", type=int, default=0, help="so many wrong rows of each document")
    parser.add_argument("--only", default="", help="files whose name holds this")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    groups: dict[str, Score] = {}
    with (options.folder / "truth.jsonl").open() as lines:
        for line in map(json.loads, lines):
            if options.only in line["file"]:
                score = _document(options.folder, options.readings, line)
                _report(line, score, options.errors)
                for group in _groups(line):
                    groups.setdefault(group, Score()).add(score)
    for name, score in groups.items():
        print(f"{name:24} F1 {score.f1:.3f}  cells {score.right}/{score.given}/{score.true}  "
              f"boxed {score.boxed}/{score.values}  {score.seconds:.2f} CPU-s")  # fmt: skip
    if options.json:
        options.json.write_text(json.dumps({name: [score.f1, score.true] for name, score in groups.items()}, indent=1))


def _groups(line: dict[str, Any]) -> Iterator[str]:
    yield "all tables" if line["manner"] else "all lists"
    if line["manner"]:
        yield "scanned" if line["scanned"] else "born-digital"
        yield "language " + line["template"].rsplit("-", 1)[1].removesuffix(".json")
        for key in ("rules", "heads", "wrap"):
            yield f"{key} {line['manner'][key]}"


def _report(line: dict[str, Any], score: Score, errors: int) -> None:
    manner = line["manner"] or {}
    said = " ".join(f"{key}={value}" for key, value in manner.items() if value)
    print(f"{line['file']:24} F1 {score.f1:.3f}  {score.right}/{score.given}/{score.true}  "
          f"boxed {score.boxed}/{score.values}  {score.seconds:.2f} s  {said}")  # fmt: skip
    for error in score.errors[:errors]:
        print("    ", error)


def _document(folder: Path, readings: Path, line: dict[str, Any]) -> Score:
    template = load(json.loads((folder / "templates" / line["template"]).read_text()))
    reading = load_reading(json.loads((readings / f"{line['file']}.json").read_text()))
    start = process_time()
    values = extract(ExtractRequest(reading, template.fields, template.language))
    score = Score(seconds=process_time() - start)
    _count(score, template, extracted_data(values, template.fields), line["fields"])
    under = _printed(folder / line["file"]) if not line["scanned"] else _read(reading)
    for spec, value in zip(template.fields, values, strict=True):
        _look_under(score, spec, value, under)
    return score


def _count(score: Score, template: TemplateDefinition, data: dict[str, Any], truth: dict[str, Any]) -> None:
    for spec in template.fields:
        given, true = _rows(data.get(spec.name)), _rows(truth.get(spec.name))
        if not spec.fields:
            given, true = (
                [{"": value} for row in given for value in row.values()],
                [{"": v} for r in true for v in r.values()],
            )
        score.given += sum(map(len, given))
        score.true += sum(map(len, true))
        for row, other in align(given, true):
            score.right += same_cells(row, other)
            if row != other:
                score.errors.append(f"given {row}\n      true  {other}")


def _rows(found: Any) -> list[Row]:
    rows = [row if isinstance(row, dict) else {"": row} for row in found or []]
    return [{key: _folded(value) for key, value in row.items() if value is not None} for row in rows]


def _folded(value: Any) -> str:
    """Numbers by their value, texts by letters, digits and signs in half width."""
    if isinstance(value, int | float):
        return str(Decimal(str(value)).normalize())
    return "".join(unicodedata.normalize("NFKC", value).casefold().split())


def same_cells(given: Row, true: Row) -> int:
    return sum(given.get(key) == value for key, value in true.items())


def align(given: list[Row], true: list[Row]) -> list[tuple[Row, Row]]:
    """Pairs of rows in order with the most equal cells in all; a row without a partner stands with an empty one."""
    best = [[0] * (len(true) + 1) for _ in range(len(given) + 1)]
    for i, row in enumerate(given, start=1):
        for j, other in enumerate(true, start=1):
            best[i][j] = max(best[i - 1][j], best[i][j - 1], best[i - 1][j - 1] + same_cells(row, other))
    pairs: list[tuple[Row, Row]] = []
    i, j = len(given), len(true)
    while i and j:
        if best[i][j] == best[i - 1][j - 1] + same_cells(given[i - 1], true[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((given[i], true[j]))
        elif best[i][j] == best[i - 1][j]:
            i -= 1
            pairs.append((given[i], {}))
        else:
            j -= 1
            pairs.append(({}, true[j]))
    pairs += [(row, {}) for row in given[:i]] + [({}, row) for row in true[:j]]
    return pairs[::-1]


def _look_under(score: Score, spec: FieldSpec, value: ReadValue, under: Any) -> None:
    for cell in (cell for row in value.rows for cell in row) if value.rows else (value,):
        if cell.value is None:
            continue
        score.values += 1
        seen = Counter("".join(_folded(under(span)) for span in cell.spans))
        said = Counter(_folded("".join(span.text for span in cell.spans)))
        if cell.spans and said and not said - seen and (seen - said).total() <= max(2.0, 0.1 * said.total()):
            score.boxed += 1
        else:
            score.errors.append(f"box of {spec.name}.{cell.name}: {cell.text!r} has {[under(s) for s in cell.spans]}")


def _printed(path: Path) -> Any:
    """The file's own text under a box."""
    document = pypdfium2.PdfDocument(path)
    pages = [page.get_textpage() for page in document]
    heights = [page.get_height() for page in document]

    def under(span: Span) -> str:
        box, height = span.bbox, heights[span.page - 1]
        return str(pages[span.page - 1].get_text_bounded(box.x0 - 0.5, height - box.y1, box.x1 + 0.5, height - box.y0))

    return under


def _read(reading: DocumentReading) -> Any:
    """The signs whose middles lie under a box, as the reading has them: its words may be whole lines."""

    def under(span: Span) -> str:
        page = next(page for page in reading.pages if page.number == span.page)
        return "".join(_signs(span, word) for word in page.words)

    return under


def _signs(span: Span, word: Word) -> str:
    """Signs of a word under the box, the box half a sign wider on both sides where it cuts the word."""
    box, (x0, _, x1, _) = span.bbox, word.bbox
    if not box.y0 <= word.bbox.centre[1] <= box.y1 or not word.text:
        return ""
    if x0 >= box.x0 - 0.01 and x1 <= box.x1 + 0.01:
        return word.text
    widths = [2 if ord(sign) > 0x2E7F else 1 for sign in word.text]
    step = (x1 - x0) / sum(widths)
    middles = [x0 + step * (sum(widths[:at]) + width / 2) for at, width in enumerate(widths)]
    return "".join(
        sign
        for sign, middle, width in zip(word.text, middles, widths, strict=True)
        if box.x0 - step * width / 2 <= middle <= box.x1 + step * width / 2
    )


if __name__ == "__main__":
    main()
