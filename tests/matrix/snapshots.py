"""Fingerprints of what an organization owns, to see that a refused call has changed nothing."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, text

from app.database import Base, db

Keys = dict[str, set[str]]
_NOTES: Final = frozenset({"sessions", "idempotency_keys", "workers", "relay_locks"})
"""Tables that note a call itself."""


def keys() -> Keys:
    """The primary keys of all rows, by table."""
    connection = _connection()
    return {
        name: set(connection.execute(text(f"SELECT {_key(name)} FROM {name} t")).scalars())  # noqa: S608 - our own names
        for name in Base.metadata.tables
    }


def added(before: Keys, after: Keys) -> Keys:
    """The rows that came between."""
    return {name: after[name] - before[name] for name in after}


class Fingerprint:
    """One statement over every table: the rows of an organization, and those known to be its own."""

    def __init__(self, organization_id: UUID, own: Keys) -> None:
        parts = [self._part(name, organization_id, own[name]) for name in own if name not in _NOTES]
        self._query = text(" UNION ALL ".join(parts))

    def take(self) -> dict[str, str]:
        """Table → digest of its rows."""
        return {row[0]: row[1] for row in _connection().execute(self._query)}

    @staticmethod
    def _part(name: str, organization_id: UUID, own: Iterable[str]) -> str:
        conditions = []
        if "organization_id" in Base.metadata.tables[name].columns:
            conditions.append(f"t.organization_id = '{organization_id}'")
        if listed := ", ".join(f"'{key}'" for key in sorted(own)):
            conditions.append(f"{_key(name)} IN ({listed})")
        where = " OR ".join(conditions) or "false"
        digest = "md5(coalesce(string_agg(t::text, ' ' ORDER BY t::text), ''))"
        return f"SELECT '{name}', {digest} FROM {name} t WHERE {where}"  # noqa: S608 - our own names and ids


def _key(table: str) -> str:
    columns = ", ".join(f"t.{column.name}" for column in Base.metadata.tables[table].primary_key)
    return f"concat_ws(' ', {columns})"


def _connection() -> Connection:
    bind = db.engines[None]
    assert isinstance(bind, Connection), "the matrix stands on one rolled-back connection"
    return bind
