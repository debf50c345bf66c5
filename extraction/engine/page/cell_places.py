"""Where a table's cells stand: its printed lines go to its rows, and their words to the rows' cells, in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy
from rapidfuzz import fuzz, process

from extraction.engine.spelling import Spelling, is_telling, key_of, without_markup
from extraction.types import BBox, TableCell, Word

_LEAST = 0.5  # share of a cell's letters that must be found
_SLIP = 75.0
_LOOKALIKES = str.maketrans("1i058269", "llosbzgg")
_SIGN = 0.3  # what a word of signs weighs
_REACH = 4.0  # heights beside its column at which a word weighs half
_LACKING = 0.3

type Edges = tuple[float, float]


def place_cells(cells: Sequence[TableCell], words: Sequence[Word]) -> tuple[TableCell, ...]:
    """The cells, each with the box of the words that spell it; None where they are not found."""
    return _Placing(cells, words).placed()


def found_share(cells: Iterable[TableCell]) -> float:
    """Share of the cells' letters that have a place."""
    sizes = [(len(key_of(cell.text)), cell.bbox is not None) for cell in cells]
    whole = sum(size for size, _ in sizes)
    return sum(size for size, found in sizes if found) / whole if whole else 0.0


class _Placing:
    def __init__(self, cells: Sequence[TableCell], words: Sequence[Word]) -> None:
        self._cells = cells
        self._words = words
        self._keys = [key_of(word.text) for word in words]
        self._spellings = [Spelling(without_markup(cell.text)) for cell in cells]
        self._left = [float(_size(spelling)) for spelling in self._spellings]
        self._cells_of = _Spelled(self._spellings).cells_of(self._keys)
        self._rows = _rows_of(cells)
        self._held: dict[int, list[int]] = defaultdict(list)  # cell -> its words
        self._taken: set[int] = set()

    def placed(self) -> tuple[TableCell, ...]:
        lines = _lines(self._words)
        rows = self._rows_of_lines(lines)
        matched = [(line, row) for line, row in zip(lines, rows, strict=True) if row is not None]
        self._give_certain(matched)
        columns = self._columns()
        for line, row in matched:
            self._give_line(line, row, columns)
        columns = self._columns()
        for line, row in matched:
            self._give_rest([word for word in line if word not in self._taken], row, columns)
        return tuple(self._boxed(number, cell) for number, cell in enumerate(self._cells))

    def _rows_of_lines(self, lines: list[list[int]]) -> list[int | None]:
        """For each printed line the row whose cells it spells best; rows come in order."""
        gains = [self._row_gains(line) for line in lines]
        room = [sum(self._left[cell] for cell in cells) for cells in self._rows]
        return in_order(gains, room)

    def _row_gains(self, line: list[int]) -> Mapping[int, float]:
        gains: dict[int, float] = defaultdict(float)
        for word in line:
            rows: set[int] = set()
            for number in self._cells_of[self._keys[word]]:
                cell = self._cells[number]
                rows.update(range(cell.row, min(cell.row + cell.row_span, len(self._rows))))
            for row in rows:
                gains[row] += _weight(self._keys[word])
        return gains

    def _give_certain(self, matched: list[tuple[list[int], int]]) -> None:
        """Give the telling words that only one cell of their row says: they show where the columns stand."""
        for line, row in matched:
            places = set(self._rows[row])
            for word in line:
                cells = [cell for cell in self._cells_of[self._keys[word]] if cell in places]
                if len(cells) == 1 and is_telling(self._keys[word]) and self._left[cells[0]] > 0:
                    self._give(word, cells[0])

    def _give_line(self, line: list[int], row: int, columns: Mapping[int, Edges]) -> None:
        """Give the other words of a line, from the left, to the cells of its row."""
        cells = self._rows[row]
        places = {cell: place for place, cell in enumerate(cells) if self._left[cell] > 0}
        words = [word for word in line if word not in self._taken]
        gains = [
            {
                places[cell]: _weight(self._keys[word]) * self._fit(word, cell, columns)
                for cell in self._cells_of[self._keys[word]]
                if cell in places
            }
            for word in words
        ]
        slots = in_order(gains, [self._left[cell] for cell in cells])
        for word, gain, place in zip(words, gains, slots, strict=True):
            if place is not None and place in gain:
                self._give(word, cells[place])

    def _fit(self, word: int, cell: int, columns: Mapping[int, Edges]) -> float:
        """How well a word stands where the cell or its column does: 1 within, less the farther beside them."""
        boxes = [self._words[other].bbox for other in self._held.get(cell, ())]
        own = (min(box.x0 for box in boxes), max(box.x1 for box in boxes)) if boxes else None
        column = columns.get(self._cells[cell].column) if self._cells[cell].column_span == 1 else None
        box = self._words[word].bbox
        known = [max(left - box.centre[0], box.centre[0] - right, 0.0) for left, right in filter(None, (own, column))]
        return _REACH / (_REACH + min(known, default=0.0) / box.height)

    def _give(self, word: int, cell: int) -> None:
        self._held[cell].append(word)
        self._taken.add(word)
        self._left[cell] -= _weight(self._keys[word])

    def _give_rest(self, words: list[int], row: int, columns: Mapping[int, Edges]) -> None:
        """Words that their row did not take: of a neighbouring row, else read wrongly within their column."""
        for word in words:
            near = [cell for cell in self._cells_of[self._keys[word]] if abs(self._cells[cell].row - row) <= 1]
            lacking = [cell for cell in near if self._left[cell] >= _weight(self._keys[word])]
            cell = lacking[0] if lacking and is_telling(self._keys[word]) else self._in_column(word, row, columns)
            if cell is not None:
                self._give(word, cell)

    def _in_column(self, word: int, row: int, columns: Mapping[int, Edges]) -> int | None:
        """The cell of the row that lacks letters, in whose column the word stands."""
        centre = self._words[word].bbox.centre[0]
        for cell in self._rows[row]:
            left, right = columns.get(self._cells[cell].column, (0.0, -1.0))
            if left <= centre <= right and self._left[cell] > max(0.0, _LACKING * _size(self._spellings[cell])):
                return cell
        return None

    def _columns(self) -> dict[int, Edges]:
        """From where to where the words stand that each column's own cells hold."""
        boxes: dict[int, list[BBox]] = defaultdict(list)
        for cell, held in self._held.items():
            if self._cells[cell].column_span == 1:
                boxes[self._cells[cell].column] += [self._words[word].bbox for word in held]
        return {column: (min(box.x0 for box in found), max(box.x1 for box in found)) for column, found in boxes.items()}

    def _boxed(self, number: int, cell: TableCell) -> TableCell:
        held = self._held.get(number)
        whole = _size(self._spellings[number])
        if not held or whole - self._left[number] < _LEAST * whole:
            return cell
        return replace(cell, bbox=BBox.around(*(self._words[word].bbox for word in held)))


def in_order(gains: Sequence[Mapping[int, float]], room: Sequence[float]) -> list[int | None]:
    """For each unit the slot it goes to, slots never falling, so that the sum of the gains is greatest.

    A slot takes no more than its room; None for units before the first that gains anything.
    """
    slots = len(room)
    score, taken = [0.0] * slots, [0.0] * slots
    came: list[list[int]] = []
    for gain in gains:
        best, from_slot = 0.0, -1
        new_score, new_taken, origin = [0.0] * slots, [0.0] * slots, [0] * slots
        for slot in range(slots):
            mine = gain.get(slot, 0.0)
            stay = min(mine, room[slot] - taken[slot])
            if best + min(mine, room[slot]) > score[slot] + stay:
                new_score[slot], new_taken[slot] = best + min(mine, room[slot]), min(mine, room[slot])
                origin[slot] = from_slot
            else:
                new_score[slot], new_taken[slot], origin[slot] = score[slot] + stay, taken[slot] + stay, slot
            if score[slot] > best:
                best, from_slot = score[slot], slot
        came.append(origin)
        score, taken = new_score, new_taken
    return _walked_back(came, score)


def _walked_back(came: list[list[int]], score: list[float]) -> list[int | None]:
    best = max(score, default=0.0)
    slot = score.index(best) if best > 0 else -1
    path: list[int | None] = []
    for origin in reversed(came):
        path.append(slot if slot >= 0 else None)
        slot = origin[slot] if slot >= 0 else -1
    return path[::-1]


class _Spelled:
    """The cells that a word may belong to, by its key."""

    def __init__(self, spellings: Sequence[Spelling]) -> None:
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for number, spelling in enumerate(spellings):
            for word in dict.fromkeys(spelling.words):
                self._by_word[word].append(number)
        self._starts: list[int] = []
        parts, length = [], 0
        for spelling in spellings:
            self._starts.append(length)
            parts.append(spelling.key)
            length += len(spelling.key) + 1
        self._all = "\n".join(parts)

    def cells_of(self, keys: Iterable[str]) -> dict[str, list[int]]:
        found = {key: self._exact(key) for key in dict.fromkeys(keys)}
        lost = [key for key, cells in found.items() if not cells and is_telling(key)]
        return {**found, **self._misread(lost)}

    def _exact(self, key: str) -> list[int]:
        if key in self._by_word or (key.isascii() and not is_telling(key)):
            return self._by_word.get(key, [])
        cells: list[int] = []
        at = self._all.find(key)
        while at >= 0:
            cells.append(int(numpy.searchsorted(self._starts, at, side="right")) - 1)
            at = self._all.find(key, at + len(key))
        return cells

    def _misread(self, lost: list[str]) -> dict[str, list[int]]:
        known = list(self._by_word)
        if not lost or not known:
            return {}
        alike = process.cdist(lost, known, processor=_alike, scorer=fuzz.ratio, score_cutoff=_SLIP)
        best = alike.argmax(axis=1)
        return {key: self._by_word[known[best[row]]] for row, key in enumerate(lost) if alike[row, best[row]] > 0}


def _alike(word: str) -> str:
    return word.translate(_LOOKALIKES)


def _weight(key: str) -> float:
    return len(key) if key.isalnum() else _SIGN


def _size(spelling: Spelling) -> float:
    return sum(_weight(word) for word in spelling.words)


def _rows_of(cells: Sequence[TableCell]) -> list[list[int]]:
    """By row the numbers of its cells from the left, those that reach down from above among them."""
    height = max((cell.row for cell in cells), default=-1) + 1
    rows: list[list[int]] = [[] for _ in range(height)]
    for number, cell in enumerate(cells):
        for row in range(cell.row, min(cell.row + cell.row_span, height)):
            rows[row].append(number)
    return [sorted(row, key=lambda number: cells[number].column) for row in rows]


def _lines(words: Sequence[Word]) -> list[list[int]]:
    """The words' numbers in printed lines from the top, each from the left."""
    lines: list[list[int]] = []
    middles: list[float] = []
    for number in sorted(range(len(words)), key=lambda number: words[number].bbox.centre[1]):
        middle, height = words[number].bbox.centre[1], words[number].bbox.height
        if lines and middle - middles[-1] < 0.4 * height:
            lines[-1].append(number)
            middles[-1] += (middle - middles[-1]) / len(lines[-1])
        else:
            lines.append([number])
            middles.append(middle)
    return [sorted(line, key=lambda number: words[number].bbox.x0) for line in lines]
