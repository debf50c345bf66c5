"""What a FieldSpec means on paper: its kind of value, whose it is, and the labels that may stand beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from extraction.engine.fields.lexicon import Concept, concepts, is_chinese, light_tokens, opposites, tokens, word_list
from extraction.engine.fields.matching import PhraseBook, concept_book, name_book
from extraction.types import FieldSpec, FieldType

_OF = re.compile(r"(\w+) of (?:the |an? )?(\w+)(?: or (?:the |an? )?(\w+))?", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r"[()（）,，;；/]|或者?")
_GENERIC = frozenset(("金额", "日期", "名称", "号码", "编号", "地址", "单位"))
_BARE_NAMES = frozenset(
    ["address", "code", "contact", "date", "email", "id", "name", "number", "phone", "reference", "total", "type"]
)
"""Names that leave open what is meant; a description says more."""

_LONGEST_NAME = 18
_SAID, _ALIKE = 0.99, 0.75
"""The scores of a text that is a name, and of one that is like it."""

_LONGEST_DESCRIPTION = 4  # words
_HEADS = {
    "number": ("id", "tax_id", "iban", "phone", "number"),
    "id": ("id", "tax_id", "iban"),
    "code": ("id", "tax_id", "currency"),
    "reference": ("id",),
    "date": ("date",),
}
"""What a name that ends so can mean."""

_ID_TOKENS = frozenset({"number", "id", "code", "reference"})
_KIND_TOKENS = {
    "iban": "iban", "email": "email", "mail": "email", "telephone": "phone", "mobile": "phone", "fax": "phone",
    "address": "address", "currency": "currency", "website": "url", "url": "url", "company": "org",
    "organisation": "org", "organization": "org",
}  # fmt: skip
_TYPE_KINDS = {
    FieldType.AMOUNT: "amount",
    FieldType.NUMBER: "number",
    FieldType.DATE: "date",
    FieldType.BOOLEAN: "boolean",
    FieldType.CHOICE: "choice",
}


DENIES = 0.9
"""How alike a label must be to one that never names the field."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A compiled field: our concepts for it, its own phrases with their strength; `end` is from, to or nothing."""

    spec: FieldSpec
    kind: str
    concepts: tuple[tuple[str, float], ...] = ()
    phrases: tuple[tuple[str, float], ...] = ()
    role: str = ""
    end: str = ""
    unlabelled: bool = False
    opposed: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def concept(self) -> str:
        return self.concepts[0][0] if self.concepts else ""


@lru_cache(maxsize=512)
def compile_field(spec: FieldSpec, *, is_column: bool = False) -> Profile:
    name = spaced(spec.name)
    concept = _concept(spec, name, is_column)
    end = _end(name) if spec.type in (FieldType.DATE, FieldType.STRING) else ""
    named = name if _without(name, "roles") or not concept else ""
    role = _role(named) or _role(spec.label) or _role(spec.description) or (concept.role if concept else "")
    if concept and concept.role and role != concept.role:
        concept = _sibling(concept, role) or concept
    kind = _kind(spec, concept, name)
    profile = Profile(spec, kind, role=role, end=end if kind == "date" else "")
    return replace(
        profile,
        concepts=_concepts(concept, profile, is_column),
        phrases=_phrases(spec, name, profile),
        unlabelled=bool(concept and concept.unlabelled),
        opposed=frozenset(
            opposites()[token.text] for token in tokens(f"{name} {spec.label}") if token.text in opposites()
        ),
    )


def compile_item(spec: FieldSpec) -> Profile:
    """A list's items; a label that says no more than `date` is none of a list's."""
    profile = compile_field(replace(spec, type=spec.items or FieldType.STRING, items=None))
    return replace(
        profile, concepts=tuple((key, score) for key, score in profile.concepts if not concepts()[key].plain)
    )


def spaced(name: str) -> str:
    """A field's name as words: line_items, lineItems and line-items are `line items`."""
    return re.sub(r"[_\-.]+|(?<=[a-z0-9])(?=[A-Z])", " ", name).strip()


def _concept(spec: FieldSpec, name: str, is_column: bool) -> Concept | None:
    if spec.type is FieldType.BOOLEAN:
        return None
    whole, *parts = _chinese_names(spec.description) or [""]
    described = _short(spec.description)
    said = _named(name, _SAID, spec, is_column, name_book())
    if whole and (agreed := {key: said[key] for key in said if _prints(key, whole)}):
        return _best(agreed, spec, is_column)
    names = (
        whole,
        _without_role(whole),
        described if name.lower() in _BARE_NAMES and not is_column else "",
        name,
        spec.label,
        _without(name, "ends"),
        name.removesuffix(" name"),
        _without(name, "roles"),
        *parts,
        described,
    )
    tried = [(text, _SAID, name_book()) for text in names]
    tried += [(text, _SAID, concept_book()) for text in (whole, name, spec.label) if not is_column]
    tried += [(text, _ALIKE, name_book()) for text in (name, spec.label)]
    for text, least, book in tried:
        scores = _named(text, least, spec, is_column, book)
        if scores:
            return _best(scores, spec, is_column)
    return None


def _named(text: str, least: float, spec: FieldSpec, is_column: bool, book: PhraseBook) -> dict[str, float]:
    """The concepts of which the text is a name, one that is only alike if its last word fits."""
    wanted = {"amount", "number"} if spec.type in (FieldType.NUMBER, FieldType.AMOUNT) else None
    wanted = {"date"} if spec.type is FieldType.DATE else wanted
    words = tokens(text)
    heads = _HEADS.get(words[-1].text) if words and least < _SAID else None
    return {
        key: score
        for key, score in book.match(words).items()
        if score >= least
        and (wanted is None or concepts()[key].kind in wanted)
        and (heads is None or concepts()[key].kind in heads)
        and (is_column or not concepts()[key].only_column)
        and not concepts()[key].plain
    }


def _best(scores: dict[str, float], spec: FieldSpec, is_column: bool) -> Concept:
    """The likest, of those alike the one that is a column or none, and of a text's type for a text."""

    def rank(key: str) -> float:
        concept = concepts()[key]
        is_text = concept.kind not in ("date", "amount", "number")
        return scores[key] + 0.2 * (concept.column == is_column) + 0.1 * (spec.type is FieldType.STRING and is_text)

    return concepts()[max(scores, key=rank)]


def _prints(key: str, text: str) -> bool:
    """Whether the text is one of the concept's own labels."""
    return concept_book().match(tokens(text)).get(key, 0.0) >= _SAID


def _short(description: str) -> str:
    """A description of so few words that documents may print it."""
    return description if len(description.split()) <= _LONGEST_DESCRIPTION and not is_chinese(description) else ""


def _chinese_names(description: str) -> list[str]:
    """A short Chinese description is itself what the page may print: as a whole, then the names it is made of."""
    if not is_chinese(description) or len(description) > _LONGEST_NAME or "。" in description:
        return []
    parts = [part.strip() for part in _BETWEEN_NAMES.split(description)]
    return [description, *(part for part in parts if len(part) > 1 and part != description)]


def _without_role(name: str) -> str:
    words = [word for word in word_list("roles") if not word.isascii() and name.startswith(word)]
    return name[max(map(len, words), default=0) :]


def _without(name: str, group: str) -> str:
    words = word_list(group)
    return " ".join(word for word in name.split() if word.lower() not in words)


def _end(name: str) -> str:
    ends = word_list("ends")
    found = [ends[word] for word in name.lower().split() if word in ends]
    return found[-1] if found else ""


def _role(text: str) -> str:
    roles = word_list("roles")
    lowered = text.lower()
    found = [roles[word] for word in re.findall(r"[a-z]+", lowered) if word in roles]
    found += [role for word, role in roles.items() if not word.isascii() and word in lowered]
    return found[0] if found else ""


def _sibling(concept: Concept, role: str) -> Concept | None:
    suffix = concept.key.partition("_")[2]
    return concepts().get(f"{role}_{suffix}")


def _kind(spec: FieldSpec, concept: Concept | None, name: str) -> str:
    if spec.type is FieldType.NUMBER and concept and concept.kind == "amount":
        return "amount"
    if spec.type in _TYPE_KINDS:
        return _TYPE_KINDS[spec.type]
    if concept:
        return concept.kind
    words = [token.text for token in tokens(f"{name} {spec.label}")]
    for word in words:
        if word in _KIND_TOKENS:
            return _KIND_TOKENS[word]
    return "id" if words and _ID_TOKENS & set(words) else "text"


def _concepts(concept: Concept | None, profile: Profile, is_column: bool) -> tuple[tuple[str, float], ...]:
    found = {concept.key: 1.0} if concept else {}
    for key in concept.also if concept else ():
        found.setdefault(key, 0.8)
    if profile.end:
        found.setdefault("period", 0.85)
    for phrase in () if is_column else _described(profile.spec.description):
        for key, score in name_book().match(tokens(phrase)).items():
            if score >= _SAID and concepts()[key].kind == profile.kind:
                found.setdefault(key, 0.85)
    if not concept:
        for key, score in name_book().match(tokens(profile.spec.description)).items():
            if score >= 0.8 and concepts()[key].kind == profile.kind:
                found.setdefault(key, 0.7)
    return tuple(found.items())


def _phrases(spec: FieldSpec, name: str, profile: Profile) -> tuple[tuple[str, float], ...]:
    phrases = dict.fromkeys(spec.labels, 1.0)
    phrases.setdefault(spec.label, 1.0)
    phrases.setdefault(name, 0.95)
    rest = _without(name, "ends")
    if profile.end and rest:
        for phrase in (rest, f"{rest} dates", f"{rest} period"):
            phrases.setdefault(phrase, 0.95)
    if profile.kind == "org" or not profile.concepts:
        phrases.setdefault(f"{name} name", 0.9)
    for phrase in _chinese_names(spec.description):
        phrases.setdefault(phrase, 0.85 if phrase in _GENERIC else 0.97)
    for phrase in (_short(spec.description), *_described(spec.description)):
        phrases.setdefault(phrase, 0.85)
    return tuple((phrase, strength) for phrase, strength in phrases.items() if _says_something(phrase))


def _described(description: str) -> list[str]:
    # "Number of the contract or order" is printed as "contract number" or "order number".
    found = []
    for thing, first, second in _OF.findall(description):
        found += [f"{owner} {thing}" for owner in (first, second) if owner]
    return found


def _says_something(phrase: str) -> bool:
    return any(token.text not in light_tokens() for token in tokens(phrase))


def denial(name: str) -> str:
    """The owner, in a field's book, of the phrases that never name the field."""
    return f"\n{name}"


@lru_cache(maxsize=64)
def field_book(profiles: tuple[Profile, ...]) -> PhraseBook:
    """The fields' own phrases, by field name."""
    book = PhraseBook()
    for profile in profiles:
        for phrase in profile.spec.not_labels:
            book.add(denial(profile.name), phrase)
        for phrase, strength in profile.phrases:
            book.add(profile.name, phrase, strength)
    return book
