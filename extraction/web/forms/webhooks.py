from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from extraction.choices import sentence_of
from extraction.errors import GalleyError
from extraction.models import Webhook
from extraction.services.webhooks import EVENTS, MOST_LETTERS


class WebhookForm(forms.Form):
    """Of a webhook, None for a new one; its address is checked by the service, which resolves its name."""

    url = forms.CharField(
        label=_("Address"),
        max_length=MOST_LETTERS,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "https://"}),
        help_text=_("Gets a POST with JSON. Redirects are not followed."),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[(event.value, event.label) for event in EVENTS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one event.")},
    )
    is_active = forms.BooleanField(
        label=_("Switched on"),
        required=False,
        help_text=_("What waits for a webhook that is switched off is not sent; it stays in the log."),
    )

    def __init__(self, *args: Any, webhook: Webhook | None = None, **kwargs: Any) -> None:
        stored = {"events": [str(event) for event in EVENTS]}
        if webhook is not None:
            stored = {"url": webhook.url, "events": webhook.events, "is_active": webhook.is_active}
        super().__init__(*args, initial=stored, **kwargs)
        if webhook is None:
            del self.fields["is_active"]

    def refuse(self, refusal: GalleyError) -> None:
        """Say beside the right field what the service has against it."""
        fields = {"max_webhooks_reached": None, "webhook_without_events": "events", "webhook_event_unknown": "events"}
        self.add_error(fields.get(refusal.code, "url"), sentence_of(refusal.code, refusal.params))
