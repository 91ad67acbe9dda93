"""Every difference between PostgreSQL and SQLite: clock, types, locking, engine options, error classes."""

import random
import select
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Final

import orjson
from gevent.monkey import get_original, is_module_patched
from sqlalchemy import JSON, DateTime, Dialect, Engine, Insert, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from config import settings

_SQLITE_RETRY_S: Final = (0.001, 0.02)
_TRUSTED_FOR_S: Final = 1.0
_USED_AT: Final = "marquee_used_at"
_new_poll: Final = get_original("select", "poll")  # it does not wait here, so it need not be gevent's
WRITES: Final = "marquee_writes"
"""Execution option of a connection whose transaction will write: SQLite takes the write lock at BEGIN."""


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC time. SQLite stores text without a zone, which must compare in the order of time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; use utils.times.now().")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """None where our connections speak in UTC anyway: a page has a hundred times."""
        is_utc = dialect.name == "postgresql" and not settings.behind_pgbouncer
        return None if is_utc else super().result_processor(dialect, coltype)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None or value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JSONDocument: Final = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class utc_now(FunctionElement[datetime]):  # noqa: N801 - reads as the SQL function it is
    """The database's clock. Leases compare against it and never against a host's own clock."""

    type = UTCDateTime()
    inherit_cache = True


class utc_now_plus(FunctionElement[datetime]):  # noqa: N801 - reads as the SQL function it is
    """The database's clock moved by a number of seconds (an expression or a value; may be negative)."""

    type = UTCDateTime()
    inherit_cache = True


@compiles(utc_now, "postgresql")
def _pg_now(_element: ColumnElement[datetime], _compiler: SQLCompiler, **_kw: Any) -> str:
    return "clock_timestamp()"


@compiles(utc_now, "sqlite")
def _sqlite_now(_element: ColumnElement[datetime], _compiler: SQLCompiler, **_kw: Any) -> str:
    return "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')"


@compiles(utc_now_plus, "postgresql")
def _pg_now_plus(element: utc_now_plus, compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    return f"(clock_timestamp() + make_interval(secs => CAST({seconds} AS double precision)))"


@compiles(utc_now_plus, "sqlite")
def _sqlite_now_plus(element: utc_now_plus, compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    return f"(strftime('%Y-%m-%d %H:%M:%f', 'now', {seconds} || ' seconds') || '000')"


class json_row(FunctionElement[list[Any]]):  # noqa: N801 - reads as the SQL function it is
    """The expressions as one JSON array."""

    type = JSON()
    inherit_cache = True


class json_rows(FunctionElement[list[list[Any]]]):  # noqa: N801 - reads as the SQL function it is
    """All `json_row`s of a query as one JSON array of arrays, in no order; empty where there is none."""

    type = JSON()
    inherit_cache = True


@compiles(json_row, "postgresql")
def _pg_json_row(element: json_row, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_build_array({compiler.process(element.clauses, **kw)})"


@compiles(json_row, "sqlite")
def _sqlite_json_row(element: json_row, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_array({compiler.process(element.clauses, **kw)})"


@compiles(json_rows, "postgresql")
def _pg_json_rows(element: json_rows, compiler: SQLCompiler, **kw: Any) -> str:
    return f"coalesce(json_agg({compiler.process(element.clauses, **kw)}), CAST('[]' AS json))"


@compiles(json_rows, "sqlite")
def _sqlite_json_rows(element: json_rows, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **kw)})"


_PG_OPTIONS: Final = " ".join(
    f"-c {name}={value}"
    for name, value in (
        (
            "TimeZone",
            "UTC",
        ),  # by any other name, such as Etc/UTC, psycopg looks into the rules of a zone for every time
        ("statement_timeout", 10_000),
        ("lock_timeout", 5_000),
        # A process frozen inside a transaction would keep its locks, the relay's among them.
        ("idle_in_transaction_session_timeout", 5_000),
    )
)
# A database host that vanished without a word is given up after 10 s.
_PG_KEEPALIVE: Final = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


READING: Final = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True, "pool_reset_on_return": None}
"""Options of an engine for reads alone: no transaction ever begins, so none needs to be ended."""


def engine_options(url: str, *, pool_size: int, pool_wait_s: float, behind_pgbouncer: bool) -> dict[str, Any]:
    """What `create_engine` needs for this database."""
    if make_url(url).get_backend_name() == "sqlite":
        # The driver itself never waits for a lock: that would freeze the gevent hub. We wait in `_begin`.
        return {
            "connect_args": {"timeout": 0, "check_same_thread": False},
            "pool_size": pool_size,
            "json_deserializer": orjson.loads,
            "hide_parameters": True,
        }
    connect_args: dict[str, Any] = {"connect_timeout": 3, "application_name": "marquee", **_PG_KEEPALIVE}
    if behind_pgbouncer:
        connect_args["prepare_threshold"] = None
    else:
        connect_args["options"] = _PG_OPTIONS
    return {
        "connect_args": connect_args,
        "pool_size": pool_size,
        # SQLAlchemy would close what overflows after each use, and making a connection costs more than most requests.
        "max_overflow": 0,
        "pool_use_lifo": True,  # the few in use keep their prepared statements warm
        "pool_timeout": pool_wait_s,
        "json_deserializer": orjson.loads,
        "hide_parameters": True,  # addresses and hashes would stand in every traceback
    }


def prepare_engine(engine: Engine, url: URL) -> None:
    """Hooks an engine up: on SQLite the pragmas, foreign keys, and a BEGIN that we control."""
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "connect", _note_time)
        event.listen(engine, "checkin", _note_time)
        event.listen(engine, "checkout", partial(_assert_alive, engine.dialect))
        if is_module_patched("socket"):
            event.listen(engine, "do_connect", _connect_green)


def _connect_green(
    _dialect: Dialect, _entry: ConnectionPoolEntry, arguments: tuple[Any, ...], options: dict[str, Any]
) -> object:
    from app.dialect_green import GreenConnection  # noqa: PLC0415 - SQLite needs no psycopg

    return GreenConnection.connect(*arguments, **options)


def _note_time(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.info[_USED_AT] = time.monotonic()


def _assert_alive(
    dialect: Dialect,
    connection: Any,  # noqa: ANN401 - the driver's
    entry: ConnectionPoolEntry,
    _proxy: object,
) -> None:
    """Asks a connection whether it still is one if it idled, or if the server has said something that nobody asked for.

    That is its farewell: a restart is noticed before a query meets it. Asking each time would double the round trips
    of a read. Raises `InvalidatePoolError`, by which the pool makes new ones.
    """
    try:
        if time.monotonic() - entry.info[_USED_AT] >= _TRUSTED_FOR_S or _has_something_to_read(connection.fileno()):
            dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error


def _has_something_to_read(descriptor: int) -> bool:
    poll = _new_poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


def _set_up_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # None: the driver starts no transaction of its own; `_begin` does.
    connection.isolation_level = None

    def pragmas() -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=0"):
            connection.execute(f"PRAGMA {pragma}")

    _when_free(pragmas)


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]  # typed as Any|None
    statement = "BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN"
    _when_free(lambda: raw.execute(statement))


def _when_free(action: Callable[[], object]) -> None:
    """Repeats an action while another writer holds SQLite's lock, up to `SQLITE_WAIT_S`.

    Waiting inside sqlite froze the gevent hub for 10 s; this sleep is cooperative in a patched process.
    """
    deadline = time.monotonic() + settings.sqlite_wait_s
    while True:
        try:
            action()
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(random.uniform(*_SQLITE_RETRY_S))  # noqa: S311 - jitter, not a secret  # nosec B311
        else:
            return


def _is_busy(error: BaseException | None) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


_PG_PASSING_CLASSES: Final = (
    "08",  # connection exception
    "25P03",  # idle in a transaction for too long: this process was frozen
    "40",  # serialization failure, deadlock
    "53",  # insufficient resources
    "55P03",  # lock not available
    "57",  # operator intervention: shutdown, crash, statement cancelled
)


def is_passing(error: BaseException) -> bool:
    """Whether a database error passes by itself: it is down, restarting, locked or out of connections."""
    if isinstance(error, sqlite3.OperationalError):
        return _is_busy(error)
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or _is_busy(error.orig):
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return str(state).startswith(_PG_PASSING_CLASSES)
    # psycopg gives no SQLSTATE when it could not connect at all; a time-out has a class of its own below this one.
    kinds = type(error.orig).__mro__
    return any(kind.__module__.startswith("psycopg") and kind.__name__ == "OperationalError" for kind in kinds)


def lacks_migration(error: BaseException) -> bool:
    """Whether a statement named a table or a column that the database does not have."""
    original = getattr(error, "orig", error)
    if isinstance(original, sqlite3.OperationalError):
        return str(original).startswith(("no such table", "no such column"))
    return getattr(original, "sqlstate", None) in {"42P01", "42703"}


def is_lock_timeout(error: BaseException) -> bool:
    """Whether a statement gave up waiting for a row that another transaction holds."""
    original = getattr(error, "orig", error)
    return getattr(original, "sqlstate", None) == "55P03" or _is_busy(original)


def insert_or_skip(connection: Connection, table: type[DeclarativeBase], unique: list[str]) -> Insert:
    """An INSERT that does nothing where the unique columns are taken; it waits for a rival's transaction."""
    return skipping_insert(connection.dialect.name, table, tuple(unique))


@cache
def skipping_insert(kind: str, table: type[DeclarativeBase], unique: tuple[str, ...]) -> Insert:
    """The same for a kind of database."""
    insert = postgresql.insert if kind == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing(index_elements=unique)


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows that name the same columns, as fast as the database can: by COPY in PostgreSQL.

    Columns that are not named get the database's defaults, not the model's.
    """
    if connection.dialect.name != "postgresql":
        connection.execute(table.insert(), rows)
        return
    kinds = {name: table.c[name].type.dialect_impl(connection.dialect) for name in rows[0]}
    writers = [(name, kind.bind_processor(connection.dialect)) for name, kind in kinds.items()]
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(kinds)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([write(row[name]) if write else row[name] for name, write in writers])


def is_disk_full(error: BaseException) -> bool:
    """Whether the database could not write because its disk is full."""
    original = getattr(error, "orig", error)
    if getattr(original, "sqlstate", None) == "53100":
        return True
    code = getattr(original, "sqlite_errorcode", None)
    return code is not None and code & 0xFF == sqlite3.SQLITE_FULL
