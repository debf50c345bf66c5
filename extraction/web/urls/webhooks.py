from __future__ import annotations

from django.urls import path

from extraction.web.views import webhooks

# /teams/<pk>/webhooks/…
urlpatterns = [
    path("teams/<int:pk>/webhooks/", webhooks.webhook_list, name="webhook-list"),
    path("teams/<int:pk>/webhooks/new/", webhooks.webhook_add, name="webhook-add"),
    path("teams/<int:pk>/webhooks/<int:webhook>/", webhooks.webhook_edit, name="webhook-edit"),
    path("teams/<int:pk>/webhooks/<int:webhook>/secret/", webhooks.webhook_roll, name="webhook-roll"),
    path("teams/<int:pk>/webhooks/<int:webhook>/test/", webhooks.webhook_ping, name="webhook-ping"),
    path("teams/<int:pk>/webhooks/<int:webhook>/delete/", webhooks.webhook_delete, name="webhook-delete"),
    path("teams/<int:pk>/webhooks/<int:webhook>/deliveries/", webhooks.webhook_deliveries, name="webhook-deliveries"),
    path(
        "teams/<int:pk>/webhooks/<int:webhook>/deliveries/<int:delivery>/send-again/",
        webhooks.webhook_send_again,
        name="webhook-send-again",
    ),
]
