"""What a provider says of the fields, typed under our template and found in our own words."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.choices import Provider
from extraction.engine.fields.grounding import ground
from extraction.engine.fields.settle import settle
from extraction.errors import InvalidReply
from extraction.models import Extraction
from extraction.services.raw_replies import read_reply
from extraction.types import ExtractRequest, ReadValue
from extraction.wire import chat, docmap, scalars


def provided_values(extraction: Extraction, request: ExtractRequest) -> Sequence[ReadValue]:
    """The values of the extraction's raw reply; keys that no field takes come last. Raises InvalidReply."""
    try:
        reply = read_reply(extraction)
    except FileNotFoundError as exc:
        raise InvalidReply("the provider's answer is gone from the store") from exc
    if extraction.provider == Provider.CHAT:
        return ground(
            chat.load(reply), request.reading, request.fields, language=request.language, notation=request.notation
        )
    record = docmap.load_record(scalars.parse(reply))
    names = extraction.settings.get("docmap_names") or {}
    data = record.extracted_data or {}
    return settle(
        data, request.reading, request.fields, names=names, language=request.language, notation=request.notation
    )
