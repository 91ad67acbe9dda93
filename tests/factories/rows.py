"""What every factory does with its row."""

import secrets
from typing import TypeVar

from app.database import Base, db

Row = TypeVar("Row", bound=Base)


def flushed(row: Row) -> Row:
    """The row, written in the open transaction but not committed."""
    db.session.add(row)
    db.session.flush()
    return row


def unique(stem: str) -> str:
    """A name that no other row has, in any process of the run."""
    return f"{stem}-{secrets.token_hex(6)}"
