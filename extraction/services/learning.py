"""What a template learns from approved documents: each review an example, all of them together a version."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, partial

from django.db import transaction
from django.db.models import QuerySet

from extraction.engine.fields import LEAST_DOCUMENTS, familiar, lesson_of, merge, rank
from extraction.errors import StepNotAllowed
from extraction.models import LearnedExample, LearnedVersion, Review, Template
from extraction.services.approved import approved_of
from extraction.services.checked import checks_of
from extraction.services.readings import document_reading
from extraction.services.templates import specs_of
from extraction.types import Learned, Lesson, Ranking
from extraction.wire.learned import dump_learned, dump_lesson, load_learned, load_lesson, load_looks, load_outline

log = logging.getLogger("galley.learning")

AT_ONCE_PAGES = 3
"""Of longer documents the next worker learns, so that nobody waits for it."""

_MOST_EXAMPLES = 300
_KEPT_VERSIONS = 10
_REFITS = 10
"""So often a template's ranking is fitted anew until its documents are twice as many."""


def teach(review: Review) -> None:
    """After the commit of its approval. Whatever fails there leaves the approval as it is."""
    transaction.on_commit(partial(_teach, review.pk), robust=True)


def _teach(pk: int) -> None:
    review = Review.objects.select_related("extraction__version__template", "extraction__parse__document").get(pk=pk)
    document, template = review.extraction.parse.document, review.extraction.version.template
    with transaction.atomic():
        _forget(LearnedExample.objects.filter(review__extraction__parse__document=document).exclude(review=review))
        example, _made = LearnedExample.objects.get_or_create(review=review, defaults={"template": template})
    if (document.page_count or 0) <= AT_ONCE_PAGES and example.lesson is None:
        _look_at(example)
        _make_version(template.pk)


def learn_what_is_new(template: Template) -> None:
    """Look at approved documents that nobody has looked at yet, and make a version of all."""
    new = LearnedExample.objects.filter(template=template, lesson__isnull=True, failed=False)
    examples = list(new.select_related("review__extraction__version", "review__extraction__parse"))
    for example in examples:
        _look_at(example)
    if examples:
        _make_version(template.pk)


def _look_at(example: LearnedExample) -> None:
    own = LearnedExample.objects.filter(pk=example.pk)
    try:
        own.update(lesson=dump_lesson(_lesson(example.review)))
    except Exception:
        log.exception("nothing can be learned from review %s", example.review_id)
        own.update(failed=True)


def _lesson(review: Review) -> Lesson:
    extraction = review.extraction
    lesson = lesson_of(document_reading(extraction.parse), specs_of(extraction.version), approved_of(review))
    return replace(lesson, checks=tuple(checks_of(review)))


def _make_version(template_pk: int, *, in_use: bool | None = None) -> None:
    """Of all examples; it is used if the newest one was, unless `in_use` says so."""
    ranked, ranking = _rank(template_pk)
    with transaction.atomic():
        template = _lock(template_pk)
        if template is None:
            return
        own = LearnedVersion.objects.filter(template=template)
        newest = own.order_by("-number").first()
        if in_use is None:
            in_use = newest is None or newest.is_active
        examples = _examples(template.pk)
        is_whole = LearnedExample.objects.filter(pk__in=ranked).count() == len(ranked)
        data = dump_learned(merge(_groups(examples), ranking if is_whole else None))
        if in_use:
            own.filter(is_active=True).update(is_active=False)
        number = newest.number + 1 if newest else 1
        LearnedVersion.objects.create(
            template=template,
            number=number,
            data=data,
            examples=sorted({example.pk for example in examples} | (ranked if is_whole else set())),
            is_active=in_use,
        )
        old = own.filter(number__lte=number - _KEPT_VERSIONS, is_active=False, data__isnull=False)
        old.update(data=None, examples=[])


def _rank(template_pk: int) -> tuple[set[int], Ranking | None]:
    """The examples that were tried, and what came of it; before the transaction, since fitting takes time.

    For the same reason it is fitted anew once in a while, and else stays that of the newest version.
    """
    count = LearnedExample.objects.filter(template=template_pk, lesson__isnull=False)[:_MOST_EXAMPLES].count()
    if count < LEAST_DOCUMENTS:
        return set(), None
    newest = LearnedVersion.objects.filter(template=template_pk).order_by("-number").first()
    kept = load_outline(newest.data).ranking if newest and newest.data else None
    if newest and kept and newest.number % (count // _REFITS):
        return set(newest.examples), kept
    examples = _examples(template_pk)
    trials = [load_lesson(example.lesson or []).trials for example in examples]
    return {example.pk for example in examples}, rank(trials)


def _lock(template_pk: int) -> Template | None:
    """One at a time makes, chooses and empties versions of a template."""
    return Template.objects.select_for_update(no_key=True).filter(pk=template_pk).first()


def _examples(template_pk: int) -> list[LearnedExample]:
    """The latest, in the order of their approval."""
    own = LearnedExample.objects.filter(template=template_pk, lesson__isnull=False)
    return list(own.order_by("-pk")[:_MOST_EXAMPLES])[::-1]


def _groups(examples: Collection[LearnedExample]) -> list[list[Lesson]]:
    """Lessons by layout; an example without one gets its layout here."""
    groups: dict[int, list[Lesson]] = defaultdict(list)
    for example in examples:
        lesson = load_lesson(example.lesson or [])
        if example.layout is None:
            known = familiar(lesson, list(groups.values()))
            example.layout = example.pk if known is None else list(groups)[known]
            LearnedExample.objects.filter(pk=example.pk).update(layout=example.layout)
        groups[example.layout].append(lesson)
    return list(groups.values())


def forget(*, reviews: Collection[int]) -> None:
    """In the transaction that reopens or deletes them: no version that learned from them is kept."""
    _forget(LearnedExample.objects.filter(review__in=reviews))


def _forget(examples: Collection[LearnedExample]) -> None:
    gone: dict[int, set[int]] = defaultdict(set)
    for example in examples:
        gone[example.template_id].add(example.pk)
    for template, keys in sorted(gone.items()):
        _lock(template)
        newest = LearnedVersion.objects.filter(template=template).order_by("-number").first()
        in_use = newest is None or newest.is_active
        _empty_versions(template, keys)
        LearnedExample.objects.filter(pk__in=keys).delete()
        transaction.on_commit(partial(_make_version, template, in_use=in_use), robust=True)


def _empty_versions(template: int, keys: set[int]) -> None:
    kept = LearnedVersion.objects.filter(template=template, data__isnull=False).values_list("pk", "examples")
    of_gone = [pk for pk, examples in kept if keys & set(examples)]
    LearnedVersion.objects.filter(pk__in=of_gone).update(data=None, is_active=False, examples=[])


def use_version(version: LearnedVersion) -> None:
    """Raises StepNotAllowed for one that is not kept any more."""
    with transaction.atomic():
        _lock(version.template_id)
        own = LearnedVersion.objects.filter(template=version.template_id)
        if not own.filter(pk=version.pk, data__isnull=False).exists():
            raise StepNotAllowed(f"{version} has no data", code="learned_gone")
        own.filter(is_active=True).update(is_active=False)
        own.filter(pk=version.pk).update(is_active=True)


def turn_off(template: Template) -> None:
    """New versions are made as before, and none is used until a person chooses one."""
    with transaction.atomic():
        _lock(template.pk)
        LearnedVersion.objects.filter(template=template, is_active=True).update(is_active=False)


def learned_for(template: Template) -> tuple[LearnedVersion | None, Learned | None]:
    """The version in use; nothing where learning fails, since a document is read without it too."""
    try:
        version = _in_use(template).defer("data").first()
        return version, _loaded(version.pk, version.created_at) if version else None
    except Exception:
        log.exception("template %s is used without what it learned", template.pk)
        return None, None


def looks_learned_for(template: Template) -> Learned | None:
    """How its approved documents look, and no more: a team's templates are looked at all at once."""
    try:
        version = _in_use(template).first()
        return load_looks(version.data or []) if version else None
    except Exception:
        log.exception("template %s is compared without what it learned", template.pk)
        return None


def _in_use(template: Template) -> QuerySet[LearnedVersion]:
    """With what was approved since."""
    learn_what_is_new(template)
    return LearnedVersion.objects.filter(template=template, is_active=True)


@lru_cache(maxsize=8)
def _loaded(pk: int, created_at: datetime) -> Learned:
    """A version's data never changes while it is in use."""
    return load_learned(LearnedVersion.objects.get(pk=pk).data or [])
