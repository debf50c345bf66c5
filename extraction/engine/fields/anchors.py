"""Labels on the page: every piece of text that may name the value beside it, scored against concepts and fields."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from extraction.engine.dates import find_dates
from extraction.engine.fields.lexicon import Token, concepts, is_chinese, tokens
from extraction.engine.fields.matching import PhraseBook, concept_book, corrections, slip_factor
from extraction.engine.fields.profiles import DENIES, Profile, denial
from extraction.engine.fields.segments import Segment, Sheet

_COLON = re.compile(r":(?!\d)|:(?=\d)(?<!\d:)|[=]")
_VALUE = re.compile(r"\S*\d\S*|[$€£¥]\S*")
_LABEL_DIGIT = re.compile(r"^[A-Za-z]*[@(]*\d{1,2}(?:\.\d+)?%\)?$|^[@(]*\d{1,2}%?\)$|^[@(]*\d{1,2}%$")
_SLIPPED = re.compile(r"^(?=(?:[^A-Za-z]*[A-Za-z]){3})[A-Za-z]+[01568][A-Za-z]+:?$")
_DAYS = re.compile(r"\s*(?:\d{1,2}|\d{3}(?= days))(?![\d.,]*\d)(?!\s?%)", re.IGNORECASE)
_VAT_COUNTRY = re.compile("AT|BE|BG|CHE|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI")
_MAX_TOKENS = 8
_LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Anchor:
    """A label: characters start to end of its segment, what it may say with which score, whether a colon ends it."""

    segment: Segment
    start: int
    end: int
    says: dict[str, float]
    fields: dict[str, float]
    has_colon: bool = False
    words: frozenset[str] = frozenset()

    def score(self, profile: Profile) -> float:
        """How surely this labels the field, less where another meaning fits better."""
        mine = plain = self.fields.get(profile.name, 0.0)
        for key, strength in profile.concepts:
            mine = max(mine, strength * self.says.get(key, 0.0))
            plain = max(plain, self.says.get(key, 0.0))
        if self.fields.get(denial(profile.name), 0.0) >= DENIES:
            return 0.0
        if self.words & profile.opposed:
            return 0.3 * mine
        other = max((score for key, score in self.says.items() if _rivals(key, profile)), default=0.0)
        return mine if other <= plain + 0.02 else mine * max(0.0, 1 - 4.0 * (other - plain))

    @property
    def strength(self) -> float:
        return max(*self.says.values(), *self.fields.values(), 0.0, 0.0)


def _rivals(key: str, profile: Profile) -> bool:
    """Columns of item tables share their words with sums and say nothing against them."""
    concept = concepts()[key]
    return not (concept.only_column or concept.plain) and key not in dict(profile.concepts)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a segment that may be a label."""

    segment: Segment
    start: int
    end: int
    tokens: tuple[Token, ...]
    has_colon: bool


def find_anchors(sheets: tuple[Sheet, ...], book: PhraseBook) -> tuple[Anchor, ...]:
    pieces = [piece for sheet in sheets for segment in sheet.segments for piece in _pieces(segment)]
    slips = _slips(pieces, book)
    found = []
    for piece in pieces:
        anchor = _anchor(piece, book, slips)
        if anchor:
            found.append(anchor)
    return tuple(found)


def _anchor(piece: Piece, book: PhraseBook, slips: dict[str, str]) -> Anchor | None:
    label, factor = _corrected(piece, slips)
    whole = _scored(piece, label, book, factor, end=piece.end)
    if whole.strength < 0.72 and piece.has_colon:
        whole = max(whole, _last(piece, label, book, factor), key=lambda anchor: anchor.strength)
    if whole.strength >= 0.72 or piece.has_colon:
        return whole if whole.strength >= _LEAST else None
    prefix = _prefix(piece, label, book, factor)
    if prefix:
        return prefix
    return whole if whole.strength >= _LEAST else None


def _corrected(piece: Piece, slips: dict[str, str]) -> tuple[tuple[Token, ...], float]:
    if not any(token.text in slips for token in piece.tokens):
        return piece.tokens, 1.0
    return tuple(Token(slips.get(t.text, t.text), t.start, t.end) for t in piece.tokens), slip_factor(True)


def _scored(piece: Piece, label: tuple[Token, ...], book: PhraseBook, factor: float, *, end: int) -> Anchor:
    says = {key: score * factor for key, score in concept_book().match(label).items() if score >= 0.4}
    fields = {key: score * factor for key, score in book.match(label).items() if score >= 0.4}
    words = frozenset(token.text for token in label)
    return Anchor(piece.segment, piece.start, end, says, fields, piece.has_colon, words)


def _prefix(piece: Piece, label: tuple[Token, ...], book: PhraseBook, factor: float) -> Anchor | None:
    """The longest beginning that is a whole phrase, as in `Schedule Dates Monday`."""
    for size in range(min(5, len(label) - 1), 0, -1):
        anchor = _scored(piece, label[:size], book, factor * 0.85, end=label[size - 1].end)
        if anchor.strength >= 0.8:
            return anchor
    return None


def _last(piece: Piece, label: tuple[Token, ...], book: PhraseBook, factor: float) -> Anchor:
    """The last Chinese word before the colon, a heading standing before it, as in `购买方信息 名称：`."""
    last = label[-1:]
    if len(label) < 2 or not is_chinese(last[0].text):
        return _scored(piece, label, book, factor, end=piece.end)
    return replace(_scored(piece, last, book, factor * 0.95, end=piece.end), start=last[0].start)


def _slips(pieces: list[Piece], book: PhraseBook) -> dict[str, str]:
    known = set(concept_book().postings) | set(book.postings)
    unknown = {
        token.text
        for piece in pieces
        if len(piece.tokens) <= 4
        for token in piece.tokens
        if len(token.text) >= 4 and token.text not in known and not is_chinese(token.text)
    }
    return corrections(unknown, known)


def _pieces(segment: Segment) -> list[Piece]:
    pieces: list[Piece] = []
    start = 0
    for end, has_colon, following in _breaks(segment.text):
        if end > start and not _is_answer(segment.text, start, end, pieces):
            piece = _piece(segment, start, end, has_colon)
            if piece:
                pieces.append(piece)
        start = following
    return pieces


def _is_answer(text: str, start: int, end: int, before: list[Piece]) -> bool:
    """Whether the text is all that stands behind a label with a colon, as in `Department: Accounts`."""
    return bool(before) and before[-1].has_colon and end == len(text) and text[before[-1].end : start].strip() == ":"


def _piece(segment: Segment, start: int, end: int, has_colon: bool) -> Piece | None:
    text = segment.text[start:end]
    found = tokens(text)
    if not found or len(found) > 3 * _MAX_TOKENS or all(token.text.isdigit() for token in found):
        return None
    if not has_colon and _is_measure(segment.text[:start], found, is_last=end == len(segment.text)):
        return None
    if not has_colon and end < len(segment.text) and _belongs_to_value(text, found, segment.text[end:]):
        found, end = found[:-1], start + found[-1].start
    if not found or len(found) == 1 and len(found[0].text) == 1 and found[0].text.isalpha() and found[0].text.isascii():
        return None
    placed = tuple(Token(token.text, token.start + start, token.end + start) for token in found)
    if len(placed) > _MAX_TOKENS and not has_colon:
        placed = placed[:_MAX_TOKENS]
    return Piece(segment, placed[0].start, end, placed, has_colon)


def _is_measure(before: str, found: tuple[Token, ...], *, is_last: bool) -> bool:
    """Whether one word says of what a number before it there are so many, as in `Net 30 days`."""
    return is_last and len(found) == 1 and before.rstrip()[-1:].isdigit() and not is_chinese(found[0].text)


def _belongs_to_value(text: str, found: tuple[Token, ...], following: str) -> bool:
    """Whether the last word is none of the label's: a number's country, or the Net of `Net 30`."""
    if found[-1].text == "net":
        return bool(_DAYS.match(following))
    return len(found) > 1 and _is_country(text, found[-1])


def _is_country(text: str, token: Token) -> bool:
    """Two or three capitals between a label and a number belong to the number, as in `VAT ID IE 3748215KH`."""
    printed = text[token.start : token.end]
    if _VAT_COUNTRY.fullmatch(printed):
        return True
    return bool(re.fullmatch(r"[A-Z]{2,3}", printed)) and token.text not in concept_book().postings


def _breaks(text: str) -> list[tuple[int, bool, int]]:
    """Where label text ends: at a colon, at a value, at the segment's end; with where it may go on."""
    marks = [(match.start(), True, match.end()) for match in _COLON.finditer(text)]
    dates = find_dates(text)
    marks += [(found.start, False, found.end) for found in dates]
    for match in _VALUE.finditer(text):
        if _is_label_word(match, text) or any(d.start <= match.start() < d.end for d in dates):
            continue
        start = match.start() + _chinese_lead(match.group())
        if not any(mark[0] >= match.start() and mark[0] < match.end() and mark[1] for mark in marks):
            marks.append((start, False, match.end()))
    marks.append((len(text), False, len(text)))
    return sorted(marks)


def _is_label_word(match: re.Match[str], text: str) -> bool:
    """A rate, as in `VAT 20 %`, or a word in which OCR saw a digit."""
    is_percent = text[match.end() :].lstrip()[:1] == "%"
    return is_percent or bool(_LABEL_DIGIT.match(match.group()) or _SLIPPED.match(match.group()))


def _chinese_lead(text: str) -> int:
    # 发票号码12345678 without a space: the label is the Chinese run before the first Latin character.
    match = re.match(r"[\u3400-\u9fff()、/]+", text)
    return match.end() if match and is_chinese(text) else 0
