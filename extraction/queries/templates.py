from __future__ import annotations

from django.db.models import Count, Prefetch, Q, QuerySet

from extraction.models import Team, Template, TemplateVersion


def versions_with_counts() -> QuerySet[TemplateVersion]:
    """Newest first, each with the number of its fields (`field_count`), a table counting as one."""
    return TemplateVersion.objects.annotate(field_count=Count("fields", filter=Q(fields__parent=None))).order_by(
        "-number"
    )


def templates_of(team: Team, *, archived: bool = False) -> QuerySet[Template]:
    """With `document_count` and, prefetched, `versions` newest first; two queries."""
    return (
        Template.objects.filter(team=team, is_archived=archived)
        .annotate(document_count=Count("documents", distinct=True))
        .prefetch_related(Prefetch("versions", queryset=versions_with_counts()))
        .order_by("name", "pk")
    )
