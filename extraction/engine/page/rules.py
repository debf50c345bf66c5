"""Printed rules, joined where they meet end to end, and the groups that form frames or stacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extraction.engine.raw import RawPage
from extraction.types import BBox

CLOSE = 3.0
MIN_LENGTH = 8.0
RULE_LIMIT = 3000


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal or vertical rule: `at` is its y or x, `low` and `high` its ends."""

    at: float
    low: float
    high: float

    @property
    def length(self) -> float:
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Frame:
    """Rules that touch one another."""

    across: tuple[Rule, ...]
    down: tuple[Rule, ...]

    @property
    def bbox(self) -> BBox:
        return BBox(
            min([rule.low for rule in self.across] + [rule.at for rule in self.down]),
            min([rule.at for rule in self.across] + [rule.low for rule in self.down]),
            max([rule.high for rule in self.across] + [rule.at for rule in self.down]),
            max([rule.at for rule in self.across] + [rule.high for rule in self.down]),
        )


def page_rules(raw: RawPage) -> tuple[list[Rule], list[Rule]]:
    """Horizontal and vertical rules; the edges of filled areas count too."""
    across = [Rule(rule.y0, rule.x0, rule.x1) for rule in raw.rules if rule.is_horizontal]
    down = [Rule(rule.x0, rule.y0, rule.y1) for rule in raw.rules if not rule.is_horizontal]
    page = raw.width * raw.height
    for box in raw.fills:
        if box.area < 0.5 * page and min(box.width, box.height) > 5:
            across += [Rule(box.y0, box.x0, box.x1), Rule(box.y1, box.x0, box.x1)]
            down += [Rule(box.x0, box.y0, box.y1), Rule(box.x1, box.y0, box.y1)]
    return join_rules(across), join_rules(down)


def join_rules(rules: Iterable[Rule]) -> list[Rule]:
    """Join rules on one line that overlap or nearly touch; scraps are dropped."""
    rows: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if rows and rule.at - rows[-1][0].at <= 1.5:
            rows[-1].append(rule)
        else:
            rows.append([rule])
    joined = [rule for row in rows for rule in _join_row(row)]
    return [rule for rule in joined if rule.length >= MIN_LENGTH][:RULE_LIMIT]


def _join_row(row: Sequence[Rule]) -> list[Rule]:
    result: list[Rule] = []
    at = sum(rule.at for rule in row) / len(row)
    for rule in sorted(row, key=lambda rule: rule.low):
        if result and rule.low - result[-1].high <= CLOSE:
            result[-1] = Rule(at, result[-1].low, max(result[-1].high, rule.high))
        else:
            result.append(Rule(at, rule.low, rule.high))
    return result


def frames_of(across: Sequence[Rule], down: Sequence[Rule]) -> list[Frame]:
    """Group the rules that cross or touch; a lone rule makes no frame."""
    parent = list(range(len(across) + len(down)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for first, rule in enumerate(across):
        for second, post in enumerate(down):
            meets = rule.low - CLOSE <= post.at <= rule.high + CLOSE
            if meets and post.low - CLOSE <= rule.at <= post.high + CLOSE:
                parent[root(first)] = root(len(across) + second)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for item in range(len(parent)):
        group = groups.setdefault(root(item), ([], []))
        if item < len(across):
            group[0].append(across[item])
        else:
            group[1].append(down[item - len(across)])
    return [Frame(tuple(wide), tuple(tall)) for wide, tall in groups.values() if wide and tall]


def stacks_of(across: Sequence[Rule]) -> list[list[Rule]]:
    """Group horizontal rules of the same extent, from the top; a stack has at least two."""
    stacks: list[list[Rule]] = []
    for rule in sorted(across, key=lambda rule: rule.at):
        stack = next((stack for stack in stacks if _same_extent(stack[0], rule)), None)
        if stack is None:
            stacks.append([rule])
        else:
            stack.append(rule)
    return [stack for stack in stacks if len(stack) > 1]


def _same_extent(first: Rule, second: Rule) -> bool:
    slack = max(5.0, 0.02 * first.length)
    return abs(first.low - second.low) <= slack and abs(first.high - second.high) <= slack


def places(values: Iterable[float], slack: float = CLOSE) -> list[float]:
    """Distinct places, those closer than the slack taken as one."""
    result: list[list[float]] = []
    for value in sorted(values):
        if result and value - result[-1][-1] <= slack:
            result[-1].append(value)
        else:
            result.append([value])
    return [sum(group) / len(group) for group in result]
