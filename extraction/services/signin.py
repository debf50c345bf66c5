"""Wrong passwords are counted for each e-mail and each address; past the limit nobody's password is looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from extraction.models import SignInFailure, User

WINDOW = timedelta(minutes=15)
EMAIL_LIMIT = 5
ADDRESS_LIMIT = 20


def try_to_sign_in(*, email: str, address: str, check: Callable[[], User | None]) -> User | timedelta | None:
    """The user, None for a wrong password, or how long to wait before the next try.

    The try is written down before the password is checked, so that many at once cannot pass the limit together.
    """
    limits = {_key("email", email.strip().lower()): EMAIL_LIMIT, _key("address", address): ADDRESS_LIMIT}
    SignInFailure.objects.filter(at__lt=timezone.now() - WINDOW).delete()
    tries = SignInFailure.objects.bulk_create([SignInFailure(key=key) for key in limits])
    if wait := max((_wait(key, limit) for key, limit in limits.items()), default=timedelta()):
        _forget(tries)
        return wait
    user = check()
    if user is not None:
        _forget(tries)
        SignInFailure.objects.filter(key=tries[0].key).delete()
    return user


def _key(kind: str, text: str) -> str:
    return salted_hmac("galley.sign-in", f"{kind}:{text}", algorithm="sha256").hexdigest()


def _wait(key: str, limit: int) -> timedelta:
    times: list[datetime] = list(SignInFailure.objects.filter(key=key).order_by("-at").values_list("at", flat=True))
    if len(times) <= limit:
        return timedelta()
    return max(times[limit] + WINDOW - timezone.now(), timedelta(seconds=1))


def _forget(tries: list[SignInFailure]) -> None:
    SignInFailure.objects.filter(pk__in=[row.pk for row in tries]).delete()
