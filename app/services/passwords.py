"""Password hashing: argon2id in a small thread pool, never on the gevent hub."""

import unicodedata
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.clients import threads

MAX_BYTES: Final = 1024
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's argon2id minimum


def hash_password(password: str) -> str:
    """The argon2id hash of a password (t=2, m=19 MiB, p=1)."""
    return threads.run(_HASHER.hash, prepared(password))


def verify(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; without a hash (no such user) it takes as long and says no."""
    return threads.run(_verify, prepared(password), password_hash) and password_hash is not None


def prepared(password: str) -> str:
    """The same characters however a keyboard composes them: NFC, every space a plain one (RFC 8265 §4.2.2)."""
    plain = "".join(" " if unicodedata.category(character) == "Zs" else character for character in password)
    return unicodedata.normalize("NFC", plain)


def _verify(password: str, password_hash: str | None) -> bool:
    try:
        return _HASHER.verify(password_hash or _nobodys_hash(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody's password")
