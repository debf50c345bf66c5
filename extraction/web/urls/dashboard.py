from __future__ import annotations

from django.urls import path

from extraction.web.views import dashboard

urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("reviews/", dashboard.review_list, name="review-list"),
    path("reviews/assign/", dashboard.review_assign, name="review-assign"),
]
