"""What the answers about finished work depend on, in one small query each: programs poll it.

Written as SQL, since building the same query anew costs more than all the rest of a poll's answer.
"""

from __future__ import annotations

import uuid

from django.db import connection

from extraction.choices import JobState
from extraction.models import Parse, Team

type Stamp = tuple[object, ...]

_PARSE = """
    SELECT parse.id, parse.finished_at,
        (SELECT MAX(page.id) FROM extraction_parsedpage page WHERE page.parse_id = parse.id)
    FROM extraction_parse parse
    JOIN extraction_document document ON document.id = parse.document_id
    WHERE parse.public_id = %s AND document.team_id = %s AND parse.state = %s AND NOT parse.is_trial
"""
_EXTRACTION = """
    SELECT extraction.id, extraction.finished_at, template.name,
        (SELECT SUM(review.version) FROM extraction_review review WHERE review.extraction_id = extraction.id)
    FROM extraction_extraction extraction
    JOIN extraction_parse parse ON parse.id = extraction.parse_id
    JOIN extraction_document document ON document.id = parse.document_id
    JOIN extraction_templateversion version ON version.id = extraction.version_id
    JOIN extraction_template template ON template.id = version.template_id
    WHERE extraction.public_id = %s AND document.team_id = %s AND extraction.state = %s AND NOT extraction.is_trial
        AND extraction.listed_at IS NOT NULL
"""


def parse_stamp(team: Team, public_id: str) -> Stamp | None:
    """Of a parse that is done: pages that are read again are new rows. None for any other."""
    try:
        wanted = uuid.UUID(public_id)
    except ValueError:
        return None
    stored = Parse._meta.get_field("public_id").get_db_prep_value(wanted, connection)
    return _first(_PARSE, stored, team)


def record_stamp(team: Team, public_id: str) -> Stamp | None:
    """Of an extraction that is done: every change of a review raises its version. None for any other."""
    return _first(_EXTRACTION, public_id, team)


def _first(sql: str, public_id: object, team: Team) -> Stamp | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [public_id, team.pk, JobState.DONE.value])
        stamp: Stamp | None = cursor.fetchone()
    return stamp
