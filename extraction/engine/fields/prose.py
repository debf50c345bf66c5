"""Values that running text states: parties, dates, law and fees of a contract, over the ends of its lines."""

from __future__ import annotations

import re
from bisect import bisect_right

from extraction.engine.fields.candidates import Candidate, Typed
from extraction.engine.fields.lexicon import is_chinese
from extraction.engine.fields.profiles import Profile
from extraction.engine.fields.scoring import Scored
from extraction.engine.fields.segments import Segment, Sheet

_STATED = {
    "governing_law": re.compile(
        r"(?:governed by|subject to|in accordance with|under)(?: and construed in accordance with)?"
        r" (?:the )?(?:laws?|legislation) of (?:the )?(?P<value>[^.,;()]{2,60})"
        r"|(?:适用|依照|依据|受)(?P<value_zh>[^，。；]{2,20}?)(?:的)?法律",
        re.IGNORECASE,
    ),
    "payment_terms": re.compile(
        r"(?P<value>(?:within|net|no later than) \d+ (?:calendar |business |working )?days[^.;]{0,60})"
        r"|(?P<value_zh>[^，。；]{0,12}\d+[个]?(?:工作)?日内[^，。；]{0,12}(?:支付|付款|付清))",
        re.IGNORECASE,
    ),
}
_LEADS = {
    "effective_date": re.compile(
        r"(?:effective(?: date)?|dated|entered into|made|commenc\w+|begin\w*|starts?|in force|自|签订于|生效日期为?)"
        r"(?:,? as)?(?: of| on| from| this| the)*\s*[\"(:]?\s*$",
        re.IGNORECASE,
    ),
    "end_date": re.compile(
        r"(?:until|through|expir\w+|ends?|ending|terminat\w+|no later than|至|到|终止于)"
        r"(?: on| at| of| the| and including)*\s*[\"(:]?\s*$",
        re.IGNORECASE,
    ),
    "contract_amount": re.compile(
        r"(?:fees?|price|sum|amount|value|consideration|pays?|合同(?:总价|金额|价款)|费用)"
        r"[^.;。]{0,40}?(?: of| is| be|为|:)?\s*$",
        re.IGNORECASE,
    ),
}
_BETWEEN = re.compile(
    r"\bbetween\b[\s:]*(?P<a>.{3,90}?)(?:,[^()]{0,90})?(?:\s*\([^)]*\))?[\s,;]+and[\s:]+(?P<b>.{3,90}?)"
    r"(?=\s*\(|\.\s|\.$|,|;| (?:for|with|dated|effective)\b|$)",
    re.IGNORECASE,
)
_PARTY = re.compile(
    r"(?:[甲乙丙]方|Party [AB])\s?(?:\([^)]*\))?\s?:\s?(?P<name>(?![甲乙丙]方)[^,;，；。(]+?)"
    r"(?=\s?[甲乙丙]方|\s{2}|[,;，；。(]|$)"
)


_WRAPPED = 0.35
"""What a line of running text has of the page's width at least, if it goes on in the next."""


class Flow:
    """A page's segments as one text whose characters know their segments."""

    def __init__(self, sheet: Sheet) -> None:
        self.segments: list[Segment] = []
        self.starts: list[int] = []
        self.text = ""
        for segment in sheet.segments:
            if self.text and not (is_chinese(self.text[-1]) and is_chinese(segment.text[0])):
                self.text += " "
            self.segments.append(segment)
            self.starts.append(len(self.text))
            self.text += segment.text
        self._wrapped = _WRAPPED * sheet.width
        self._index = {id(segment): index for index, segment in enumerate(self.segments)}

    def candidate(self, start: int, end: int) -> Candidate | None:
        """The stretch of text as a value, over as many segments as it crosses; None for blanks and quotes alone."""
        start += len(self.text[start:end]) - len(self.text[start:end].lstrip(' "“'))
        end = start + len(self.text[start:end].rstrip(' "”,'))
        first = max(0, bisect_right(self.starts, start) - 1)
        places = []
        for index in range(first, len(self.segments)):
            offset, segment = self.starts[index], self.segments[index]
            if offset >= end:
                break
            left, right = max(0, start - offset), min(len(segment.text), end - offset)
            if right > left:
                places.append((segment, left, right))
        if not places:
            return None
        segment, left, right = places[0]
        return Candidate(segment, left, right, self.text[start:end], more=tuple(places[1:]))

    def paragraph_end(self, start: int, end: int) -> int:
        """Where text from start on ends at the latest: at a line's end too short to be wrapped, at a column's."""
        for index in range(max(0, bisect_right(self.starts, start) - 1), len(self.segments) - 1):
            segment, following = self.segments[index], self.segments[index + 1]
            done = self.starts[index] + len(segment.text)
            if done >= end:
                break
            if following.row == segment.row or segment.bbox.width < self._wrapped:
                return done
        return end

    def before(self, candidate: Candidate, length: int) -> str:
        index = self._index[id(candidate.segment)]
        position = self.starts[index] + candidate.start
        return self.text[max(0, position - length) : position]


def score_prose(profile: Profile, flows: dict[int, Flow], typed: Typed) -> list[Scored]:
    keys = [key for key, _ in profile.concepts]
    scored = [s for key in keys if key in _STATED for s in _stated(key, flows)]
    for key in keys:
        if key in _LEADS:
            candidates = typed.numbers if profile.kind == "amount" else typed.dates
            scored += _led(key, candidates, flows)
    return scored


def _stated(key: str, flows: dict[int, Flow]) -> list[Scored]:
    scored: list[Scored] = []
    for flow in flows.values():
        for match in _STATED[key].finditer(flow.text):
            group = "value" if match["value"] else "value_zh"
            start, end = match.span(group)
            candidate = flow.candidate(start, flow.paragraph_end(start, end))
            if candidate:
                scored.append(_scored(candidate, 0.93 - 0.05 * len(scored)))
    return scored


def _led(key: str, candidates: tuple[Candidate, ...], flows: dict[int, Flow]) -> list[Scored]:
    scored: list[Scored] = []
    for candidate in candidates:
        if key == "contract_amount" and not (candidate.currency or candidate.decimals == 2):
            continue
        if _LEADS[key].search(flows[candidate.segment.page].before(candidate, 60)):
            scored.append(_scored(candidate, 0.68 - 0.04 * len(scored)))
    return scored


def _scored(candidate: Candidate, score: float) -> Scored:
    return Scored(candidate, score, None, "prose", {"label": score, "relation": 1.0})


def find_parties(flows: dict[int, Flow]) -> list[Scored]:
    """The parties of a contract: behind Party A and Party B, or between "between" and "and"."""
    for flow in flows.values():
        places = [match.span("name") for match in _PARTY.finditer(flow.text)]
        match = _BETWEEN.search(flow.text)
        if not places and match:
            places = [match.span(name) for name in ("a", "b")]
        named = [candidate for place in places if (candidate := flow.candidate(*place))]
        if named:
            distinct = {str(candidate.value): candidate for candidate in reversed(named)}
            return [_scored(candidate, 0.8) for candidate in reversed(distinct.values())]
    return []
