"""How well a printed label says a phrase: shared words by weight, Chinese by characters, OCR slips forgiven."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from extraction.engine.fields.lexicon import (
    Token,
    concepts,
    generic_tokens,
    is_chinese,
    light_tokens,
    tokens,
    translated,
)

_LIGHT, _DIGITS = 0.25, 0.3
_NEAR = 86.0
_LOOKALIKES = str.maketrans({"1": "l", "i": "l", "|": "l", "0": "o", "5": "s", "8": "b", "2": "z", "6": "g"})
_KEPT = 4000
_TURNED = 0.92
"""What a label keeps of its score when it opens with another word than the phrase."""

_TRANSLATED = 0.9
"""What a label keeps of its score when it says a phrase in the other language."""

_SLIP = 0.92
"""What a label keeps of its score when a word of it had to be corrected."""


@lru_cache(maxsize=4096)
def weight(token: str) -> float:
    if token in light_tokens():
        return _LIGHT
    return _DIGITS if token.isdigit() else generic_tokens().get(token, 1.0)


@dataclass(slots=True)
class PhraseBook:
    """Phrases by owner (a concept's key or a field's name), found by their words."""

    postings: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    phrases: list[tuple[str, frozenset[str], float, float, str]] = field(default_factory=list)
    chinese: list[tuple[str, str, float]] = field(default_factory=list)
    _matched: dict[tuple[str, ...], dict[str, float]] = field(default_factory=dict)

    def add(self, owner: str, phrase: str, strength: float = 1.0) -> None:
        self._matched.clear()
        if is_chinese(phrase):
            text = chinese_text(tokens(phrase))
            self.chinese.append((owner, text, strength))
            self._add_words(owner, translated(text), _TRANSLATED * strength)
        else:
            self._add_words(owner, tuple(token.text for token in tokens(phrase)), strength)

    def _add_words(self, owner: str, found: tuple[str, ...], strength: float) -> None:
        words = frozenset(found)
        if words and not any(map(is_chinese, words)):
            for word in words:
                self.postings[word].append(len(self.phrases))
            self.phrases.append((owner, words, sum(map(weight, words)), strength, _first(found)))

    def match(self, label: tuple[Token, ...]) -> dict[str, float]:
        """Score from 0 to 1 by owner, for those that share anything with the label; not to be changed."""
        texts = tuple(token.text for token in label)
        scores = self._matched.get(texts)
        if scores is None:
            # labels are asked for again and again; what values say is not worth keeping for ever
            if len(self._matched) >= _KEPT:
                self._matched.clear()
            scores = self._matched[texts] = self._match(label)
        return scores

    def _match(self, label: tuple[Token, ...]) -> dict[str, float]:
        scores: dict[str, float] = {}
        latin = tuple(token.text for token in label if not is_chinese(token.text))
        self._match_words(frozenset(latin), _first(latin), scores)
        text = chinese_text(label)
        if text:
            self._match_chinese(text, scores)
            words = translated(text)
            self._match_words(frozenset(words), _first(words), scores, _TRANSLATED)
        return scores

    def _match_words(self, words: frozenset[str], first: str, scores: dict[str, float], factor: float = 1.0) -> None:
        total = sum(map(weight, words))
        for index in {index for word in words for index in self.postings.get(word, ())}:
            owner, phrase, size, strength, opening = self.phrases[index]
            shared = sum(weight(word) for word in words & phrase)
            score = factor * strength * 2 * shared / (total + size)
            if opening != first:
                score *= _TURNED
            if score > scores.get(owner, 0.0):
                scores[owner] = score

    def _match_chinese(self, text: str, scores: dict[str, float]) -> None:
        for owner, phrase, strength in self.chinese:
            if phrase in text:
                share = 2 * len(phrase) / (len(phrase) + len(text))
            elif len(text) >= 4 and abs(len(text) - len(phrase)) < 2:
                share = fuzz.ratio(text, phrase) / 100 if fuzz.ratio(text, phrase) >= 75 else 0.0
            else:
                continue
            if strength * share > scores.get(owner, 0.0):
                scores[owner] = strength * share


def _first(label: tuple[str, ...]) -> str:
    return next((word for word in label if word not in light_tokens()), "")


def chinese_text(label: Iterable[Token]) -> str:
    return "".join(token.text for token in label if is_chinese(token.text))


@cache
def concept_book() -> PhraseBook:
    book = PhraseBook()
    for concept in concepts().values():
        for phrase in concept.phrases:
            book.add(concept.key, phrase)
    return book


@cache
def name_book() -> PhraseBook:
    """The names that templates give to the concepts."""
    book = PhraseBook()
    for concept in concepts().values():
        for name in concept.names:
            book.add(concept.key, name)
    return book


def corrections(unknown: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """The known word that each unknown one may be a misprint of, where one is near."""
    rows, columns = sorted(set(unknown)), sorted(word for word in known if len(word) >= 4)
    if not rows or not columns:
        return {}
    near = process.cdist(rows, columns, processor=_alike, scorer=fuzz.ratio, score_cutoff=_NEAR)
    best = near.argmax(axis=1)
    return {word: columns[best[i]] for i, word in enumerate(rows) if near[i, best[i]] > 0}


def _alike(word: str) -> str:
    return word.translate(_LOOKALIKES)


def slip_factor(corrected: bool) -> float:
    return _SLIP if corrected else 1.0
