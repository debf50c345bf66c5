from __future__ import annotations

import pytest
from django.db import transaction

from extraction.models import IdempotencyKey, Team
from extraction.services.idempotency import remembered


def test_memory_of_a_transaction_that_failed_is_none(team: Team) -> None:
    with pytest.raises(KeyboardInterrupt), remembered(team, "/path", "one", "a" * 64) as memory, transaction.atomic():
        memory.keep(201, {"id": 1})
        raise KeyboardInterrupt

    assert not IdempotencyKey.objects.exists()


def test_memory_is_kept_with_what_it_remembers(team: Team) -> None:
    """Whatever happens to the call afterwards."""
    with pytest.raises(KeyboardInterrupt), remembered(team, "/path", "one", "a" * 64) as memory:
        with transaction.atomic():
            memory.keep(201, {"id": 1})
        raise KeyboardInterrupt

    with remembered(team, "/path", "one", "a" * 64) as memory:
        assert (memory.status, memory.answer) == (201, {"id": 1})
