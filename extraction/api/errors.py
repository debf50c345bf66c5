"""How DocMap's interface and our own refuse a call: in one envelope."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.http import JsonResponse
from django.utils import timezone

from extraction.choices import sentence_of
from extraction.errors import QuotaUsedUp, TooManyAtOnce
from extraction.services.usage import next_month

COME_BACK_SECONDS = 2


class Refusal(Exception):
    """A status with a code and a sentence; `wait_seconds` become Retry-After, `told` stands beside the error."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        wait_seconds: float | None = None,
        told: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.wait_seconds, self.told = status, code, wait_seconds, told

    def answer(self) -> JsonResponse:
        headers = {} if self.wait_seconds is None else {"Retry-After": str(max(1, math.ceil(self.wait_seconds)))}
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return envelope(self.code, str(self), status=self.status, headers=headers, told=self.told)


def envelope(
    code: str,
    message: str,
    *,
    status: int,
    headers: Mapping[str, str] | None = None,
    told: Mapping[str, Any] | None = None,
) -> JsonResponse:
    body = {"error": {"code": code, "message": message}, **(told or {})}
    return JsonResponse(body, status=status, headers=headers)


def over_limit(error: QuotaUsedUp | TooManyAtOnce) -> Refusal:
    """With the time after which another call is worth its while."""
    sentence = sentence_of(error.code, error.params)
    if isinstance(error, QuotaUsedUp):
        wait = (next_month() - timezone.now()).total_seconds()
        return Refusal(429, "USAGE_LIMIT_EXCEEDED", sentence, wait_seconds=wait)
    return Refusal(429, "RATE_LIMITED", sentence, wait_seconds=COME_BACK_SECONDS)
