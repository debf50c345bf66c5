"""The template editor's forms: rows of fields, each with rows of columns.

The post names its rows in order (`rows`, and `f3-rows` for the columns of row 3), so that adding, removing and moving
a row is a new order and works without scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from extraction.choices import Kind
from extraction.services.templates import labels_looked_for
from extraction.types import FieldSpec, FieldType, Rule, strange_names
from extraction.web.forms.template_rules import MOST_RULES, RuleRow, posted_rules, rows_of

MOST_FIELDS = 200
_FLAGS = ("required", "single")
_TEXTS = ("label", "name", "group", "type", "items", "description", "labels", "not_labels", "options")
_NAME_FORBIDDEN = re.compile(r"[.\[\]\x00-\x1f]")
_ITEM_KINDS = [(kind.value, kind.label) for kind in Kind if kind not in (Kind.LIST, Kind.TABLE)]


class FieldForm(forms.Form):
    label = forms.CharField(label=_("Label"), required=False, max_length=200)
    name = forms.CharField(label=_("Name"), required=False, max_length=100)
    type = forms.ChoiceField(label=_("Type"), choices=Kind.choices)
    required = forms.BooleanField(label=_("Required"), required=False)
    single = forms.BooleanField(label=_("One row only"), required=False)
    items = forms.ChoiceField(label=_("Type of the items"), required=False, choices=_ITEM_KINDS)
    group = forms.CharField(label=_("Group"), required=False, max_length=100)
    labels = forms.CharField(
        label=_("Label hints, one a line"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )
    not_labels = forms.CharField(
        label=_("Words that are no labels, one a line"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    options = forms.CharField(
        label=_("Options, one a line"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        name = data["name"] = data.get("name") or name_from(data.get("label", ""))
        if not name and "name" not in self.errors:
            self.add_error("name", gettext("This field needs a name or a label."))
        elif _NAME_FORBIDDEN.search(name):
            self.add_error("name", gettext("A name has no dots and no square brackets."))
        if data.get("type") == Kind.CHOICE and not lines(data.get("options", "")):
            self.add_error("options", gettext("A choice needs options: write one a line."))
        return data


class ColumnForm(FieldForm):
    """A column is never a list or a table itself."""

    type = forms.ChoiceField(label=_("Type"), choices=_ITEM_KINDS)


@dataclass(slots=True)
class Row:
    """A field in the editor: raw values as an input shows them, its form, and the rows of its columns."""

    key: int
    values: dict[str, Any]
    columns: list[Row] = field(default_factory=list)
    parent: Row | None = None
    form: FieldForm | None = None
    rules: list[RuleRow] = field(default_factory=list)
    looks_for: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        return f"{self.parent.prefix}-c{self.key}" if self.parent else f"f{self.key}"

    @property
    def place(self) -> str:
        """As the editor's buttons name the row: `3`, or `3.1` for a column."""
        return f"{self.parent.key}.{self.key}" if self.parent else str(self.key)

    @property
    def path(self) -> str:
        """`line_items.amount` for a column."""
        own = self.form.cleaned_data.get("name") if self.form and self.form.is_bound else self.values["name"]
        own = own or self.values["name"]
        return f"{self.parent.path}.{own}" if self.parent else own

    @property
    def order(self) -> str:
        return " ".join(str(column.key) for column in self.columns)

    @property
    def rule_order(self) -> str:
        return " ".join(str(rule.key) for rule in self.rules)

    @property
    def has_wrong_rule(self) -> bool:
        return any(rule.form.errors for rule in self.rules if rule.form and rule.form.is_bound)

    @property
    def title(self) -> str:
        return self.values.get("label") or self.values.get("name") or gettext("New field")


class TemplateEditor:
    """All rows of the editor. `act` changes their order; `specs` is None where a form is wrong, which then says so."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows

    @classmethod
    def from_specs(cls, specs: Iterable[FieldSpec]) -> TemplateEditor:
        rows = [_row_of(number, spec) for number, spec in enumerate(specs)]
        return cls(rows or [Row(0, _blank())])

    @classmethod
    def from_post(cls, data: Mapping[str, str]) -> TemplateEditor:
        return cls(list(_posted(data, "rows", None)))

    @property
    def order(self) -> str:
        return " ".join(str(row.key) for row in self.rows)

    def act(self, act: str) -> str:
        """Do what a button says (`add`, `add:3` for a column, `remove:3.1`, `up:3`, `down:3`); the id to focus."""
        verb, _colon, place = act.partition(":")
        if verb == "add":
            return self._add(place)
        if verb in ("rule", "unrule"):
            return self._act_on_rules(verb, place)
        siblings, row = self._find(place)
        if row is None:
            return ""
        index = siblings.index(row)
        if verb == "remove":
            siblings.remove(row)
            return f"{siblings[min(index, len(siblings) - 1)].prefix}-label" if siblings else "add-field"
        target = index + {"up": -1, "down": 1}.get(verb, 0)
        if 0 <= target < len(siblings):
            siblings.insert(target, siblings.pop(index))
        return f"{row.prefix}-{verb}"

    def _add(self, place: str) -> str:
        parent = self._find(place)[1] if place else None
        siblings = parent.columns if parent else self.rows
        if len(siblings) < MOST_FIELDS:
            key = max((row.key for row in siblings), default=-1) + 1
            siblings.append(Row(key, _blank(), parent=parent))
        return f"{siblings[-1].prefix}-label"

    def _act_on_rules(self, verb: str, place: str) -> str:
        """`rule:3.1` adds one to the column, `unrule:3.1:0` removes it."""
        place, _colon, key = place.partition(":")
        row = self._find(place)[1]
        if row is None:
            return ""
        if verb == "unrule":
            row.rules = [rule for rule in row.rules if str(rule.key) != key]
            return f"{row.prefix}-add-rule"
        if len(row.rules) < MOST_RULES:
            row.rules.append(RuleRow(max((rule.key for rule in row.rules), default=-1) + 1, row.prefix))
        return f"{row.rules[-1].prefix}-kind"

    def _find(self, place: str) -> tuple[list[Row], Row | None]:
        outer, _dot, inner = place.partition(".")
        row = next((row for row in self.rows if str(row.key) == outer), None)
        if row is None or not inner:
            return self.rows, row
        return row.columns, next((column for column in row.columns if str(column.key) == inner), None)

    def show(self) -> TemplateEditor:
        """Forms with the values as they are, nothing checked."""
        for row in self.all_rows():
            row.form = _form_class(row)(initial=row.values, prefix=row.prefix, auto_id="%s")
            for rule in row.rules:
                rule.show()
        return self

    def specs(self) -> tuple[FieldSpec, ...] | None:
        for row in self.rows:
            if row.values["type"] != Kind.TABLE:
                row.columns = []
        for row in self.all_rows():
            data = {f"{row.prefix}-{name}": value for name, value in row.values.items()}
            row.form = _form_class(row)(data, prefix=row.prefix, auto_id="%s")
            row.form.full_clean()
            for rule in row.rules:
                rule.check()
        for siblings in (self.rows, *(row.columns for row in self.rows)):
            _refuse_same_names(siblings)
        for row in self.rows:
            if row.values["type"] == Kind.TABLE and not row.columns and row.form:
                row.form.add_error("type", gettext("A table needs columns: add one below."))
        if any(row.form.errors for row in self.all_rows() if row.form):
            return None
        specs = tuple(_spec_of(row) for row in self.rows)
        self._refuse_strange_names(specs)
        return None if any(row.has_wrong_rule for row in self.all_rows()) else specs

    def _refuse_strange_names(self, specs: Sequence[FieldSpec]) -> None:
        rows = {row.path: row for row in self.all_rows()}
        for path, rule, name in strange_names(specs):
            for one in rows[path].rules:
                if one.rule == rule:
                    one.refuse("rule_field_unknown", field=name)
                    break

    def look_up(self, language: str) -> None:
        """Note what each field will be looked for by, as far as it is filled in."""
        for row in self.all_rows():
            kind = row.values["items"] if row.values["type"] == Kind.LIST else row.values["type"]
            if kind in dict(_ITEM_KINDS) and (name := row.values["name"] or name_from(row.values["label"])):
                spec = FieldSpec(
                    name,
                    FieldType(kind),
                    label=row.values["label"],
                    description=row.values["description"],
                    labels=lines(row.values["labels"]),
                    not_labels=lines(row.values["not_labels"]),
                )
                row.looks_for = labels_looked_for(spec, is_column=row.parent is not None, language=language)

    @property
    def names(self) -> list[str]:
        """That rules can name."""
        return [row.path for row in self.all_rows() if row.path.strip(".")]

    def all_rows(self) -> Iterator[Row]:
        for row in self.rows:
            yield row
            yield from row.columns


def _form_class(row: Row) -> type[FieldForm]:
    return ColumnForm if row.parent else FieldForm


def _blank() -> dict[str, Any]:
    return (
        dict.fromkeys(_TEXTS, "")
        | {"type": Kind.STRING.value, "items": Kind.STRING.value}
        | dict.fromkeys(_FLAGS, False)
    )


def _row_of(number: int, spec: FieldSpec, parent: Row | None = None) -> Row:
    row = Row(number, _values_of(spec), parent=parent)
    row.rules = rows_of(spec.rules, row.prefix)
    row.columns = [_row_of(index, column, row) for index, column in enumerate(spec.fields)]
    return row


def _values_of(spec: FieldSpec) -> dict[str, Any]:
    return {
        "label": spec.label,
        "name": spec.name,
        "group": spec.group,
        "type": spec.type.value,
        "items": spec.items.value if spec.items else Kind.STRING.value,
        "description": spec.description,
        "labels": "\n".join(spec.labels),
        "not_labels": "\n".join(spec.not_labels),
        "options": "\n".join(spec.options),
        "required": spec.required,
        "single": spec.single,
    }


def _posted(data: Mapping[str, str], order: str, parent: Row | None) -> Iterator[Row]:
    keys = dict.fromkeys(key for key in data.get(order, "").split() if key.isdecimal() and len(key) < 5)
    for key in list(keys)[:MOST_FIELDS]:
        row = Row(int(key), {}, parent=parent)
        row.values = {name: data.get(f"{row.prefix}-{name}", "") for name in _TEXTS}
        row.values |= {name: f"{row.prefix}-{name}" in data for name in _FLAGS}
        row.rules = list(posted_rules(data, row.prefix))
        row.columns = [] if parent else list(_posted(data, f"{row.prefix}-rows", row))
        yield row


def _refuse_same_names(rows: Sequence[Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        name = row.form.cleaned_data.get("name", "") if row.form else ""
        if name and name in seen and row.form:
            row.form.add_error("name", gettext("Another field has this name already."))
        seen.add(name)


def _spec_of(row: Row) -> FieldSpec:
    data = row.form.cleaned_data if row.form else {}
    kind = FieldType(data["type"])
    is_table, is_list = kind is FieldType.TABLE, kind is FieldType.LIST
    spec = FieldSpec(
        name=data["name"],
        type=kind,
        label=data["label"],
        description=data["description"],
        labels=lines(data["labels"]),
        required=data["required"],
        options=lines(data["options"]) if kind is FieldType.CHOICE else (),
        fields=tuple(_spec_of(column) for column in row.columns) if is_table else (),
        items=FieldType(data["items"] or FieldType.STRING) if is_list else None,
        group=data["group"],
        single=is_table and data["single"],
        not_labels=lines(data["not_labels"]),
    )
    return replace(spec, rules=tuple(_fitting_rules(row, spec)))


def _fitting_rules(row: Row, spec: FieldSpec) -> Iterator[Rule]:
    for one in row.rules:
        if one.rule and spec.takes(one.rule):
            yield one.rule
        elif one.rule:
            one.refuse("rule_not_of_this_type")


def lines(text: str) -> tuple[str, ...]:
    stripped = (line.strip() for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in stripped if line))


def name_from(label: str) -> str:
    """`Invoice number` gives `invoice_number`; signs of other scripts are kept."""
    return re.sub(r"\W+", "_", label.lower()).strip("_")[:100]
