"""Password hashing: argon2id in a small thread pool, never on the gevent hub."""

from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.clients import threads

MAX_BYTES: Final = 1024
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's argon2id minimum


def hash_password(password: str) -> str:
    """The argon2id hash of a password (t=2, m=19 MiB, p=1)."""
    return threads.run(_HASHER.hash, password)


def verify(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; without a hash (no such user) it takes as long and says no."""
    return threads.run(_verify, password, password_hash or _nobodys_hash()) and password_hash is not None


def _verify(password: str, password_hash: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody's password")
