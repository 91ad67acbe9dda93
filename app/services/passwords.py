"""Password hashing: argon2id in a small thread pool, never on the gevent hub."""

import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.clients import threads

MAX_BYTES: Final = 1024
_MEMORY_KIB: Final = 19 * 1024  # OWASP's argon2id minimum, with two passes
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=_MEMORY_KIB, parallelism=1)


def hash_password(password: str) -> str:
    """The argon2id hash of a password (t=2, m=19 MiB, p=1)."""
    return threads.run(_HASHER.hash, prepared(password))


def verify(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; without a hash (no such user) it takes as long and says no."""
    hash_to_try = password_hash or _NOBODYS_HASH
    return threads.run(_verify, prepared(password), hash_to_try) and password_hash is not None


def prepared(password: str) -> str:
    """The same characters however a keyboard composes them: NFC, every space a plain one (RFC 8265 §4.2.2)."""
    plain = "".join(" " if unicodedata.category(character) == "Zs" else character for character in password)
    return unicodedata.normalize("NFC", plain)


def _verify(password: str, password_hash: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


# A hash that no password has, with the costs of a real one: whoever asks first waits no longer than others.
_NOBODYS_HASH: Final = f"$argon2id$v=19$m={_MEMORY_KIB},t=2,p=1${'A' * 22}${'A' * 43}"
