"""Keys of provider accounts and secrets of webhooks, encrypted at rest with a key of their own that can be rotated."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from extraction.errors import AccountRefused
from extraction.models import ProviderAccount, Webhook

_PURPOSE = b"galley: keys of provider accounts"


class SecretUnreadable(AccountRefused):
    """No key of this Galley opens a stored secret: it has to be entered again."""

    code = "key_unreadable"


def encrypt(text: str) -> str:
    return _box().encrypt(text.encode()).decode("ascii")


def decrypt(secret: str) -> str:
    """Raises SecretUnreadable."""
    try:
        return _box().decrypt(secret).decode()
    except (InvalidToken, UnicodeError):
        raise SecretUnreadable("the stored key was encrypted with another GALLEY_PROVIDER_KEY") from None


def rotate_secrets() -> tuple[int, list[ProviderAccount | Webhook]]:
    """Encrypt all of them with the present GALLEY_PROVIDER_KEY: how many, and the rows that nobody can read."""
    done, unreadable = 0, []
    tables: tuple[type[ProviderAccount | Webhook], ...] = (ProviderAccount, Webhook)
    for row in (row for table in tables for row in table.objects.exclude(secret="").select_related("team")):
        try:
            secret = encrypt(decrypt(row.secret))
        except SecretUnreadable:
            unreadable.append(row)
            continue
        # a key that a person enters meanwhile stays
        done += type(row).objects.filter(pk=row.pk, secret=row.secret).update(secret=secret)
    return done, unreadable


def _box() -> MultiFernet:
    """Encrypts with the present key, opens with the one before too."""
    texts = (settings.GALLEY_PROVIDER_KEY, settings.GALLEY_PROVIDER_KEY_OLD)
    return MultiFernet([_fernet(text) for text in texts if text])


def _fernet(text: str) -> Fernet:
    """A key of any length and form is stretched to what Fernet takes."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(text.encode())
    return Fernet(base64.urlsafe_b64encode(key))
