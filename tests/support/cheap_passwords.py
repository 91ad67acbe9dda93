"""Passwords hashed at argon2's lowest cost: a real hash takes 20 ms and 19 MiB, and most tests make some."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from argon2 import PasswordHasher

from app.services import passwords

OF_THE_PRODUCT: Final = passwords._HASHER
"""For the tests of what a hash must cost. Products that run as processes hash with it too."""
NOBODYS_OF_THE_PRODUCT: Final = passwords._NOBODYS_HASH
_CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@contextmanager
def hashed_cheaply() -> Iterator[None]:
    """Within, what this process hashes is cheap; a hash tells its costs, so any can be verified."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", _CHEAP)
        patch.setattr(passwords, "_NOBODYS_HASH", NOBODYS_OF_THE_PRODUCT.replace("m=19456,t=2", "m=8,t=1"))
        yield
