"""Identifiers: UUIDv7, so that a primary key sorts by the time of creation."""

import random
from datetime import datetime
from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

_SPELLED_LENGTH: Final = 36


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562 §5.7)."""
    return uuid7()


def id_at(moment: datetime, dice: random.Random) -> UUID:
    """A UUIDv7 as one made at that moment, the same for the same dice: for sample rows that are older than today."""
    time_ms = int(moment.timestamp() * 1000)
    return UUID(int=time_ms << 80 | 0x7 << 76 | dice.getrandbits(12) << 64 | 0b10 << 62 | dice.getrandbits(62))


def first_id_at(moment: datetime) -> UUID:
    """The least UUIDv7 of that millisecond: whatever is made from then on is greater."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62)


def spelled(key: str) -> str:
    """An id in the way we write ids; SQLite's JSON has it without hyphens."""
    return key if len(key) == _SPELLED_LENGTH else str(UUID(key))


def id_of(text: str) -> UUID | None:
    """The id that a text spells in the way we write ids; None for any other text."""
    try:
        spelled = UUID(text)
    except ValueError:
        return None
    return spelled if str(spelled) == text else None
