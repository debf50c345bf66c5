from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from extraction.models import Document, Team, Template, User
from extraction.queries.queue_rows import NOBODY, QueueFilter, QueueState, reviewers_of
from extraction.web.forms.choices import DocumentsField


class QueueFilterForm(forms.Form):
    """What of the queue to show. A value that makes no sense counts as none."""

    search = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Search name or supplier")}),
    )
    template = forms.ModelChoiceField(
        Template.objects.none(), label=_("Template"), required=False, empty_label=_("All types")
    )
    state = forms.ChoiceField(label=_("Status"), required=False, choices=QueueState.choices)
    assignee = forms.ChoiceField(label=_("Reviewer"), required=False)
    order = forms.ChoiceField(required=False, choices=[("", _("Newest first")), ("oldest", _("Oldest first"))])
    page = forms.IntegerField(required=False, min_value=1)

    def __init__(self, data: Any, *, team: Team, user: User) -> None:
        super().__init__(data, auto_id="queue-%s")
        self.fields["template"].queryset = Template.objects.filter(team=team)
        others = [(str(person.pk), str(person)) for person in reviewers_of(team) if person != user]
        self.fields["assignee"].choices = [
            ("", _("Everybody")),
            (str(user.pk), _("Assigned to me")),
            (NOBODY, _("Nobody")),
            *others,
        ]

    @property
    def chosen(self) -> QueueFilter:
        self.is_valid()
        data = self.cleaned_data
        template = data.get("template")
        return QueueFilter(
            search=data.get("search") or "",
            template=template.pk if template else None,
            state=QueueState(data.get("state") or ""),
            assignee=data.get("assignee") or "",
            oldest_first=data.get("order") == "oldest",
            page=data.get("page") or 1,
        )


class AssignForm(forms.Form):
    """Rows of the queue that a person takes; `next` is the query string to come back to."""

    documents = DocumentsField()
    query = forms.CharField(required=False, max_length=2000)

    def __init__(self, data: Any, *, team: Team) -> None:
        super().__init__(data)
        self.fields["documents"].queryset = Document.objects.filter(team=team)
