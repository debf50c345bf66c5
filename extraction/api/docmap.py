"""DocMap's extractions and usage."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from extraction.api.auth import Caller
from extraction.api.docmap_requests import not_found, query_of
from extraction.api.kept_answers import KEPT
from extraction.errors import InvalidTemplate
from extraction.models import Extraction
from extraction.queries.records import RecordFilter, record_page
from extraction.queries.stamps import record_stamp
from extraction.services.erasing import erase_record
from extraction.services.records import record_of, records_of
from extraction.services.submissions import extraction_of
from extraction.services.templates import resolve_template
from extraction.services.usage import month_of, usage_of
from extraction.wire.docmap import RecordPage
from extraction.wire.docmap_accounts import Usage, dump_usage
from extraction.wire.docmap_requests import dump_answer, dump_list, dump_success, load_include, load_list

PLAN = "pro"
# "unlimited" is a number too
NO_LIMIT = 1_000_000_000


def list_extractions(request: HttpRequest, caller: Caller) -> JsonResponse:
    query = query_of(request)
    asked, with_evidence = load_list(query), load_include(query)
    try:
        template = resolve_template(caller.team, asked.template_id) if asked.template_id else None
    except InvalidTemplate:
        return JsonResponse(dump_list(RecordPage((), False), []))
    chosen = RecordFilter(template, asked.run_id, asked.since, asked.before, asked.limit)
    extractions, has_more = record_page(caller.team, chosen)
    told = records_of(extractions, with_evidence=with_evidence)
    page = RecordPage(tuple(one.record for one in told), has_more)
    return JsonResponse(dump_list(page, [one.evidence for one in told]))


def get_extraction(request: HttpRequest, caller: Caller, public_id: str) -> HttpResponse:
    with_evidence = load_include(query_of(request))
    stamp = record_stamp(caller.team, public_id)
    return KEPT.answer(
        stamp and ("record", public_id, with_evidence, *stamp), lambda: _told(caller, public_id, with_evidence)
    )


def _told(caller: Caller, public_id: str, with_evidence: bool) -> JsonResponse:
    told = record_of(_found(caller, public_id), with_evidence=with_evidence)
    return JsonResponse(dump_answer(told.record, told.evidence))


def erase_extraction(request: HttpRequest, caller: Caller, public_id: str) -> JsonResponse:
    erase_record(extraction=_found(caller, public_id), by=caller.key.created_by)
    return JsonResponse(dump_success())


def get_usage(request: HttpRequest, caller: Caller) -> JsonResponse:
    limit = caller.team.monthly_extractions
    used = Usage(PLAN, usage_of(caller.team).extractions, NO_LIMIT if limit is None else limit, month_of())
    return JsonResponse(dump_usage(used))


def _found(caller: Caller, public_id: str) -> Extraction:
    extraction = extraction_of(caller.team, public_id)
    if extraction is None:
        raise not_found("extraction")
    return extraction
