"""Events to a team's own addresses, signed as Standard Webhooks has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook as Signer

from extraction.providers.http import Answer, Caller
from extraction.types import Endpoint

CONNECT_SECONDS = 5.0
# for the whole call (Standard Webhooks asks for 15 to 30)
CALL_SECONDS = 15.0
# of the answer's body, which is only shown to people
FIRST_BYTES = 2000


class WebhookSender:
    """Thread-safe; one for all webhooks of a process."""

    def __init__(self, *, allow_private: bool, call_seconds: float = CALL_SECONDS) -> None:
        self._seconds = call_seconds
        self._caller = Caller(Endpoint("", allow_private=allow_private, connect_seconds=CONNECT_SECONDS))

    def send(self, url: str, body: str, *, event_id: str, secrets: Sequence[str]) -> Answer:
        """Signed by each of the `secrets`; any status is an Answer with the beginning of its body. Raises as `call`."""
        now = datetime.now(UTC)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(Signer(secret).sign(event_id, now, body) for secret in secrets),
        }
        return self._caller.post(
            url, body.encode(), headers=headers, within_seconds=self._seconds, first_bytes=FIRST_BYTES
        )

    def close(self) -> None:
        self._caller.close()
