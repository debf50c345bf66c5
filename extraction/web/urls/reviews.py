from __future__ import annotations

from django.urls import path

from extraction.web.views import reading_status, review_fields, review_pages, reviews

# /reviews/…, /documents/…/review/ and, for pages, /readings/<parse>/pages/…
urlpatterns = [
    path("reviews/next/", reviews.review_next, name="review-next"),
    path("reviews/<int:pk>/", reviews.review_detail, name="review-detail"),
    path("reviews/<int:pk>/save/", review_fields.review_save, name="review-save"),
    path("reviews/<int:pk>/lock/", review_fields.review_lock, name="review-lock"),
    path("reviews/<int:pk>/take-over/", reviews.review_take_over, name="review-take-over"),
    path("reviews/<int:pk>/read-fields-again/", reading_status.review_fields_again, name="review-fields-again"),
    path("reviews/<int:pk>/history/", review_fields.review_history, name="review-history"),
    *[
        path(f"reviews/<int:pk>/{step}/", reviews.review_step, {"step": step}, name=f"review-{step}")
        for step in reviews.STEPS
    ],
    path("documents/<int:pk>/review/", reviews.document_review, name="document-review"),
    path("documents/<int:pk>/review/status/", reading_status.document_review_status, name="document-review-status"),
    path("readings/<int:parse>/pages/<int:number>/", review_pages.review_page, name="review-page"),
    path("readings/<int:parse>/pages/<int:number>/text/", review_pages.review_page_text, name="review-page-text"),
    path("readings/<int:parse>/pages/<int:number>/words/", review_pages.review_words, name="review-words"),
    path("readings/<int:parse>/pages/<int:number>/region/", review_pages.review_region, name="review-region"),
]
