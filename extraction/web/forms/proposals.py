"""What a document suggests as a form: each proposal with a tick, its name and type to be changed in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from extraction.choices import Kind
from extraction.services.proposals import Proposal
from extraction.types import ReadValue
from extraction.web.forms.template_editor import Row, TemplateEditor

ROWS_SHOWN = 3
_CARRIED = ("label", "description", "labels", "options", "items")
_SINGLE = [(kind.value, kind.label) for kind in Kind if kind is not Kind.TABLE]


class SampleForm(forms.Form):
    """A file to make a template from."""

    file = forms.FileField(label=_("Document"), max_length=255, error_messages={"required": _("Choose a document.")})
    password = forms.CharField(label=_("Password of an encrypted PDF"), required=False, strip=False, max_length=500)

    def upload(self) -> UploadedFile:
        return self.cleaned_data["file"]


@dataclass(slots=True)
class Line:
    """A proposal on the screen: its row of inputs, what is read there, whether it is taken."""

    row: Row
    value: ReadValue
    taken: bool
    is_likely: bool
    columns: list[Line]

    @property
    def is_table(self) -> bool:
        return bool(self.columns)

    @property
    def take_name(self) -> str:
        return _take_name(self.row)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the editor gets beside the name and the type."""
        return [(name, self.row.values[name]) for name in _CARRIED if self.row.values[name]]

    @property
    def label(self) -> str:
        return self.value.label.text if self.value.label else ""

    @property
    def text(self) -> str:
        """As printed; of a list its items."""
        if self.value.rows:
            return ", ".join(cell.text or "" for row in self.value.rows for cell in row)
        return self.value.text or ""

    @property
    def shown_rows(self) -> list[tuple[ReadValue, ...]]:
        return list(self.value.rows[:ROWS_SHOWN])

    @property
    def rows_left(self) -> int:
        return max(0, len(self.value.rows) - ROWS_SHOWN)


class ProposalEditor(TemplateEditor):
    """The rows of the template editor, those that are not ticked left out of its specs."""

    @classmethod
    def from_proposals(cls, proposals: Sequence[Proposal]) -> ProposalEditor:
        return cls.from_specs([proposal.spec for proposal in proposals]) if proposals else cls([])

    @classmethod
    def from_post(cls, data: Mapping[str, str]) -> ProposalEditor:
        editor = cls(list(TemplateEditor.from_post(data).rows))
        editor.taken = {name for name in data if name.endswith("-take")}
        return editor

    def __init__(self, rows: list[Row]) -> None:
        super().__init__(rows)
        self.taken: set[str] = set()

    def chosen(self) -> ProposalEditor:
        """A copy with the ticked rows and columns alone."""
        return ProposalEditor([self._as_taken(row) for row in self.rows if _take_name(row) in self.taken])

    def _as_taken(self, row: Row) -> Row:
        kept = replace(row, columns=[])
        columns = (column for column in row.columns if _take_name(column) in self.taken)
        kept.columns = [replace(column, parent=kept) for column in columns]
        return kept

    def show_errors_of(self, chosen: ProposalEditor) -> None:
        """As `show`; the ticked rows, which were checked, say what is wrong with them."""
        checked = {row.prefix: row.form for row in chosen.all_rows()}
        self.show()
        for row in self.all_rows():
            row.form = checked.get(row.prefix) or row.form


def lines_of(proposals: Sequence[Proposal], editor: ProposalEditor, *, posted: bool) -> list[Line]:
    """The rows in the order of the proposals; ticked as posted, else where a field is likely."""
    rows = {row.key: row for row in editor.rows}
    return list(_lines(proposals, rows, editor.taken if posted else None))


def _lines(proposals: Sequence[Proposal], rows: Mapping[int, Row], taken: set[str] | None) -> Iterator[Line]:
    for number, proposal in enumerate(proposals):
        row = rows.get(number)
        if row is None:
            continue
        _narrow(row)
        columns = [_line(column, proposal, taken, is_likely=True) for column in row.columns]
        yield _line(row, proposal, taken, is_likely=proposal.is_likely, columns=columns)


def _line(
    row: Row, proposal: Proposal, taken: set[str] | None, *, is_likely: bool, columns: Sequence[Line] = ()
) -> Line:
    is_taken = is_likely if taken is None else _take_name(row) in taken
    return Line(row, proposal.value, is_taken, is_likely, list(columns))


def _take_name(row: Row) -> str:
    """The name of the row's tick."""
    return f"{row.prefix}-take"


def _narrow(row: Row) -> None:
    """A proposal with columns stays a table, and no other can become one here: the editor can do that."""
    if row.form is None:
        return
    field: Any = row.form.fields["type"]
    field.choices = [(Kind.TABLE.value, Kind.TABLE.label)] if row.columns else _SINGLE
