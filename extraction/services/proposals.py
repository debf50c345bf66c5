"""A template from a document: what its reading suggests, and the draft made of what a person takes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from django.db import transaction

from extraction.choices import PageState
from extraction.engine.fields.proposing import Proposal, language_of, propose
from extraction.models import Document, Parse, Template, User
from extraction.queries.pages import parsed_pages
from extraction.services.readings import page_reading
from extraction.services.teams import lock_team
from extraction.services.templates import create_template
from extraction.types import DocumentReading, FieldSpec
from extraction.wire.template_json import TemplateDefinition

FIRST_PAGES, LAST_PAGES = 8, 2
"""Of a long document only these are looked at: heads stand on the first, totals on the last."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a document suggests; `pages` are the numbers of those that were looked at."""

    name: str
    language: str
    proposals: tuple[Proposal, ...]
    pages: tuple[int, ...]


def suggest_template(parse: Parse) -> Suggested:
    """From the pages that were read; without a field where none shows a label with its value."""
    reading = _looked_at(parse)
    name = PurePosixPath(parse.document.name).stem.replace("_", " ").strip()[:100]
    pages = tuple(page.number for page in reading.pages)
    return Suggested(name or parse.document.name[:100], language_of(reading), propose(reading), pages)


def _looked_at(parse: Parse) -> DocumentReading:
    rows = [page for page in parsed_pages(parse) if page.state == PageState.DONE]
    chosen = rows if len(rows) <= FIRST_PAGES + LAST_PAGES else [*rows[:FIRST_PAGES], *rows[-LAST_PAGES:]]
    return DocumentReading(tuple(page_reading(row) for row in chosen))


@transaction.atomic
def draft_from_document(
    *, document: Document, name: str, language: str, fields: Sequence[FieldSpec], by: User | None
) -> Template:
    """A new template of the team with these fields as its draft; it remembers its sample, if that is still there."""
    # whoever deletes the document holds it too
    lock_team(document.team_id)
    definition = replace(TemplateDefinition(name, ()), language=language, fields=tuple(fields))
    template = create_template(team=document.team, definition=definition, by=by)
    template.sample = Document.objects.filter(pk=document.pk).first()
    template.save(update_fields=["sample"])
    return template
