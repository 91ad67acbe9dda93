"""Identifiers: UUIDv7, so that a primary key sorts by the time of creation."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562 §5.7)."""
    return uuid7()


def id_of(text: str) -> UUID | None:
    """The id that a text spells in the way we write ids; None for any other text."""
    try:
        spelled = UUID(text)
    except ValueError:
        return None
    return spelled if str(spelled) == text else None
