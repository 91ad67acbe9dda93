"""The keys that this instance signs with: the newest signs, the older ones still verify what they signed."""

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Final

from itsdangerous import Signer, URLSafeSerializer

from config import settings

_KID_LENGTH: Final = 12


@dataclass(frozen=True, slots=True)
class Key:
    """One key and its public name (`kid`), which follows from it and tells nothing about it."""

    kid: str
    secret: str = field(repr=False)


def all_keys() -> tuple[Key, ...]:
    """`SECRET_KEY` first, then `SECRET_KEYS_OLD`."""
    return _named((settings.secret_key, *settings.secret_keys_old))


def signing_key() -> Key:
    """The key of everything new."""
    return all_keys()[0]


def key_of(kid: object) -> Key | None:
    """The key of that name, if it is (still) one of ours."""
    return next((key for key in all_keys() if key.kid == kid), None)


def serializer(salt: str) -> URLSafeSerializer:
    """Signs with the newest key and reads what any of them signed, for one purpose only."""
    return URLSafeSerializer([key.secret for key in reversed(all_keys())], salt=salt)


def signer(salt: str) -> Signer:
    """The same for bytes, for what is written and read with every request."""
    return _signer(all_keys(), salt)


@lru_cache(maxsize=4)
def _signer(keys: tuple[Key, ...], salt: str) -> Signer:
    return Signer([key.secret for key in reversed(keys)], salt=salt)


@lru_cache(maxsize=4)
def _named(secrets: tuple[str, ...]) -> tuple[Key, ...]:
    return tuple(
        Key(sha256(b"marquee kid\x00" + secret.encode()).hexdigest()[:_KID_LENGTH], secret) for secret in secrets
    )
