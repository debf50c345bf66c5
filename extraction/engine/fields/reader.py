"""The engine's way from a reading and a template's fields to values with evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extraction.engine.dates import find_yearless
from extraction.engine.fields.anchors import Anchor, find_anchors
from extraction.engine.fields.candidates import Habits, Typed, as_told, find_habits, find_typed
from extraction.engine.fields.choosing import Choice, choose
from extraction.engine.fields.columns import Closings
from extraction.engine.fields.confidence import with_confidence
from extraction.engine.fields.currencies import score_currencies
from extraction.engine.fields.forms import score_forms
from extraction.engine.fields.geometry import Surroundings
from extraction.engine.fields.homes import at_home
from extraction.engine.fields.ibans import score_ibans
from extraction.engine.fields.invoice_head import score_invoice_head
from extraction.engine.fields.journeys import Journeys
from extraction.engine.fields.learn_votes import Taught
from extraction.engine.fields.letterhead import score_letterhead
from extraction.engine.fields.lists import read_list
from extraction.engine.fields.marks import score_booleans, score_options
from extraction.engine.fields.profiles import Profile, compile_field, compile_item, field_book
from extraction.engine.fields.proofs import Sums
from extraction.engine.fields.prose import Flow, find_parties, score_prose
from extraction.engine.fields.roles import Roles
from extraction.engine.fields.ruled import with_rules
from extraction.engine.fields.scoring import LEAST_LABEL, Scored, score_typed
from extraction.engine.fields.segments import Sheet, lay_out
from extraction.engine.fields.signs import Readings, signs_of_absence, signs_of_value
from extraction.engine.fields.tables import read_table
from extraction.engine.fields.texts import places_of, score_texts
from extraction.engine.fields.values import typed_value
from extraction.types import (
    AbsentReason,
    Alternative,
    DocumentReading,
    ExtractRequest,
    FieldSpec,
    FieldType,
    ReadValue,
    Span,
)

_TELLING = 0.75
"""A label's least score to say that its value is missing."""

_TYPED_KINDS = ("date", "amount", "number")


@dataclass(frozen=True, slots=True)
class _Page:
    """All that is known of the document before a field is asked for."""

    request: ExtractRequest
    sheets: tuple[Sheet, ...]
    anchors: tuple[Anchor, ...]
    around: Surroundings
    habits: Habits
    typed: Typed
    closings: Closings
    sums: Sums
    flows: dict[int, Flow]
    roles: Roles
    journeys: Journeys
    taught: Taught
    readings: Readings

    def labels(self, profile: Profile, least: float = LEAST_LABEL) -> list[Anchor]:
        return [anchor for anchor in self.anchors if anchor.score(profile) >= least]


def extract(request: ExtractRequest) -> tuple[ReadValue, ...]:
    """One value per field, in the order of the fields; what is not found is absent with its reason."""
    sheets = lay_out(request.reading)
    taught = Taught(request.learned, sheets)
    request = replace(request, fields=taught.fields_of(request.fields))
    plain = [spec for spec in request.fields if spec.type not in (FieldType.TABLE, FieldType.LIST)]
    plain += [member for spec in request.fields if spec.single for member in _members(spec)]
    profiles = [compile_field(spec) for spec in plain]
    lists = {spec.name: compile_item(spec) for spec in request.fields if spec.type is FieldType.LIST}
    page = _look(request, (*profiles, *lists.values()), sheets, taught)
    choices = choose(profiles, {profile.name: _placed(profile, page) for profile in profiles})
    found = {profile.name: _read_value(profile, choices[profile.name], page) for profile in profiles}
    values = [_value_of(spec, found, lists, page) for spec in request.fields]
    return with_confidence(with_rules(values, request.fields), request.learned)


def candidates_of(
    reading: DocumentReading, fields: Sequence[FieldSpec], sheets: tuple[Sheet, ...]
) -> list[tuple[Profile, list[Scored]]]:
    """What there is to choose from by itself, without anything learned; `sheets` are the reading's."""
    request = ExtractRequest(reading, tuple(fields))
    profiles = tuple(compile_field(spec) for spec in fields)
    page = _look(request, profiles, sheets, Taught(None, sheets))
    return [(profile, _placed(profile, page)) for profile in profiles]


def _placed(profile: Profile, page: _Page) -> list[Scored]:
    """The field's candidates, equal ones ordered by their place; sums stand where they are proven."""
    scored = _score(profile, page)
    placed = scored if profile.kind in ("amount", "number") else at_home(scored, page.around.sheets)
    return page.taught.weigh(profile, placed, page.typed)


def _look(request: ExtractRequest, profiles: tuple[Profile, ...], sheets: tuple[Sheet, ...], taught: Taught) -> _Page:
    anchors = find_anchors(sheets, field_book(profiles))
    guessed = taught.habits(sheets, find_habits(sheets, language=request.language))
    habits = as_told(guessed, request.notation)
    around = Surroundings(sheets, anchors)
    typed = find_typed(sheets, habits)
    flows = {sheet.number: Flow(sheet) for sheet in sheets}
    readings = Readings(sheets, typed)
    closings, sums, roles = Closings(typed, around), Sums(typed, anchors, around), Roles(sheets, anchors)
    journeys = Journeys(anchors)
    return _Page(
        request, sheets, anchors, around, habits, typed, closings, sums, flows, roles, journeys, taught, readings
    )


def _members(spec: FieldSpec) -> list[FieldSpec]:
    """An object's members as fields of their own, named with their parent's name."""
    return [replace(member, name=f"{spec.name}.{member.name}") for member in spec.fields]


def _value_of(spec: FieldSpec, found: dict[str, ReadValue], lists: dict[str, Profile], page: _Page) -> ReadValue:
    if spec.type is FieldType.LIST:
        profile = lists[spec.name]
        stated = find_parties(page.flows) if profile.concept == "parties" else []
        return read_list(
            profile,
            stated=stated,
            typed=page.typed,
            anchors=page.labels(profile),
            around=page.around,
            readings=page.readings,
        )
    if spec.single:
        return _object(spec, found)
    if spec.type is FieldType.TABLE:
        return read_table(
            spec,
            page.request.reading,
            around=page.around,
            habits=page.habits,
            typed=page.typed,
            readings=page.readings,
            learned=page.taught.tables.get(spec.name),
        )
    return found[spec.name]


def _object(spec: FieldSpec, found: dict[str, ReadValue]) -> ReadValue:
    cells = tuple(replace(found[f"{spec.name}.{member.name}"], name=member.name) for member in spec.fields)
    if all(cell.is_absent for cell in cells):
        return ReadValue(spec.name, reason=cells[0].reason, signs=cells[0].signs)
    spans = tuple(span for cell in cells for span in cell.spans)
    text = " ".join(span.text for span in spans)
    return ReadValue(spec.name, text=text, spans=spans, method="object", rows=(cells,))


def _score(profile: Profile, page: _Page) -> list[Scored]:
    mine = page.labels(profile)
    if profile.kind in _TYPED_KINDS:
        scored = score_typed(profile, page.typed, mine, page.around, page.closings)
        scored += _unlabelled_dates(profile, page.typed)
        scored += score_prose(profile, page.flows, page.typed)
        scored = page.journeys.weigh(profile, scored, page.typed)
        return page.sums.prove(profile, scored)
    if profile.kind == "boolean":
        return score_booleans(profile, mine, page.around)
    if profile.kind == "choice":
        return score_options(profile, mine, page.around)
    if profile.kind == "currency":
        return score_currencies(profile, mine, page.typed, page.around)
    scored = score_texts(profile, mine, page.around)
    scored += score_letterhead(profile, page.around, writer=page.roles.writer)
    scored += score_invoice_head(profile, page.around)
    scored += score_ibans(profile, page.around, page.roles)
    scored += score_forms(profile, page.around, page.roles)
    return page.roles.weigh(profile, scored) + score_prose(profile, page.flows, page.typed)


def _unlabelled_dates(profile: Profile, typed: Typed) -> list[Scored]:
    """A document's only or first date, when the field asks for no particular one."""
    if profile.concept != "issue_date":
        return []
    return [
        Scored(date, 0.5 - 0.02 * order, None, "first date", {"label": 0.0, "relation": 0.5})
        for order, date in enumerate(typed.dates[:5])
    ]


def _read_value(profile: Profile, choice: Choice, page: _Page) -> ReadValue:
    if choice.chosen is None:
        return _absent(profile, choice, page)
    chosen = choice.chosen
    return ReadValue(
        profile.name,
        value=typed_value(profile.spec, chosen.candidate),
        text=chosen.candidate.text,
        spans=chosen.candidate.spans,
        label=_label_span(chosen.label),
        method=chosen.method,
        alternatives=tuple(_alternative(profile, other) for other in choice.others[:3]),
        signs=signs_of_value(profile, chosen, choice, page.readings, page.taught),
    )


def _absent(profile: Profile, choice: Choice, page: _Page) -> ReadValue:
    best = max(page.labels(profile), key=lambda anchor: anchor.score(profile), default=None)
    strength = best.score(profile) if best else 0.0
    label = best if strength >= _TELLING else None
    span = _yearless(profile, label, page)
    if span:
        return ReadValue(
            profile.name,
            text=span.text,
            spans=(span,),
            reason=AbsentReason.NOT_READ,
            label=_label_span(label),
        )
    return ReadValue(
        profile.name,
        reason=_reason(label, page.request.reading),
        label=_label_span(label),
        alternatives=tuple(_alternative(profile, other) for other in choice.others[:3]),
        signs=signs_of_absence(profile, choice, strength, page.readings, page.taught),
    )


def _yearless(profile: Profile, label: Anchor | None, page: _Page) -> Span | None:
    """A day and month beside the label of a date field: kept as text, since no date can be made of it."""
    if profile.kind != "date" or label is None:
        return None
    for segment, start, end in places_of(label, page.around):
        found = find_yearless(segment.text[start:end])
        if found:
            return segment.span(start + found[0], start + found[1])
    return None


def _reason(label: Anchor | None, reading: DocumentReading) -> AbsentReason:
    if label:
        return AbsentReason.LABEL_WITHOUT_VALUE
    if reading.failed or not any(page.words for page in reading.pages):
        return AbsentReason.NOT_READ
    return AbsentReason.LABEL_NOT_FOUND


def _label_span(label: Anchor | None) -> Span | None:
    return label.segment.span(label.start, label.end) if label else None


def _alternative(profile: Profile, other: Scored) -> Alternative:
    value = typed_value(profile.spec, other.candidate)
    text = other.candidate.text
    return Alternative(
        value if value is not None else text, text, other.candidate.spans, round(max(0.0, min(0.5, other.score / 2)), 4)
    )
