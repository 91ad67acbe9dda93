"""The session, the declarative base, and the one place that commits: `transaction()`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import UUID

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Dialect, Engine, MetaData, Row, Select, UpdateBase, Uuid, inspect
from sqlalchemy.orm import DeclarativeBase, Session, registry

from app import dialect
from app.dialect import JSONDocument, UTCDateTime
from config import settings

if TYPE_CHECKING:
    from app.dialect_prepared import Form

NAMING_CONVENTION: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Columns by type: ids are UUIDs, times aware UTC, documents JSON."""

    # Given as a registry because Flask-SQLAlchemy copies this class's attributes into a second base.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={
            UUID: Uuid(),
            datetime: UTCDateTime(),
            dict[str, Any]: JSONDocument,
            list[dict[str, Any]]: JSONDocument,
        },
    )


Record: TypeAlias = Row[*tuple[Any, ...]]
"""A row of a read, by column name; only services make them and only `render` functions take them apart."""

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

_UNIT: Final = "marquee_unit"
_AUTOCOMMIT: Final = "AUTOCOMMIT"
_READS: Final = "reads"
"""Of PostgreSQL a second pool, whose connections are in AUTOCOMMIT for good."""


@dataclass
class _Unit:
    """What one outermost transaction gathered to do around its commit."""

    before_commit: list[Callable[[], None]] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)


def init_app(app: Flask) -> None:
    """Binds the app to its database."""
    url = settings.sqlalchemy_url
    if url.startswith("sqlite"):
        with suppress(OSError):  # connecting says it better
            settings.data_dir.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    options = app.config["SQLALCHEMY_ENGINE_OPTIONS"] = dialect.engine_options(
        url,
        pool_size=settings.database_pool_size,
        pool_wait_s=settings.database_pool_wait_s,
        behind_pgbouncer=settings.behind_pgbouncer,
    )
    if not url.startswith("sqlite"):
        app.config["SQLALCHEMY_BINDS"] = {_READS: {"url": url, **options, **dialect.READING}}
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            dialect.prepare_engine(engine, engine.url)


@contextmanager
def transaction() -> Iterator[Session]:
    """Commits what is done inside, or nothing; an inner one joins the outer.

    What `before_commit` holds runs as the last statements, what `after_commit` holds once it is durable.
    """
    session = db.session()
    if _UNIT in session.info:
        yield session
        return
    if session.in_transaction():
        # A read left its snapshot open. SQLite cannot turn one into a write, so end it.
        session.commit()
    unit = session.info[_UNIT] = _Unit()
    try:
        session.connection(execution_options={dialect.WRITES: True})
        yield session
        session.flush()
        while unit.before_commit:
            unit.before_commit.pop(0)()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info[_UNIT]
    for action in unit.after_commit:
        action()


@contextmanager
def savepoint() -> Iterator[Session]:
    """A part of the running transaction that may fail alone, such as an insert that loses a race."""
    session = db.session()
    with session.begin_nested():
        yield session


def in_transaction() -> bool:
    """Whether a `transaction()` is open here: nothing slow may run inside one."""
    return _UNIT in db.session().info


def before_commit(action: Callable[[], None]) -> None:
    """Runs `action` as the last statements of the open transaction."""
    _unit().before_commit.append(action)


def after_commit(action: Callable[[], None]) -> None:
    """Runs `action` once the open transaction is durable; it must not fail and may be lost in a crash."""
    _unit().after_commit.append(action)


def unit_values() -> dict[str, object]:
    """A place for what one transaction gathers, such as its events; gone with it."""
    return _unit().values


def _unit() -> _Unit:
    unit: _Unit | None = db.session().info.get(_UNIT)
    if unit is None:
        raise RuntimeError("No transaction is open: use `with transaction():`.")
    return unit


@contextmanager
def read_connection() -> Iterator[Connection]:
    """A connection for reads: AUTOCOMMIT (1.5x faster than a transaction), or the open transaction's own.

    Inside `transaction()` it sees what was written there.
    """
    # A request that only reads never makes a session.
    if db.session.registry.has() and _UNIT in db.session().info:
        db.session.flush()
        yield db.session.connection()
        return
    engines = db.engines
    bind: Engine | Connection = engines[_READS] if _READS in engines else engines[None]
    if isinstance(bind, Connection):  # tests bind everything to one rolled-back connection
        yield bind
        return
    with bind.connect() as connection:
        # Said again only where the pool is shared with writers: each change costs as much as the rest of a check-out.
        yield connection if _READS in engines else connection.execution_options(isolation_level=_AUTOCOMMIT)


@dataclass(eq=False)
class Prepared:
    """A statement for many reads or changes: built once, and on PostgreSQL compiled and prepared once.

    `names`: the columns that a change is given; the others get the model's defaults.
    """

    statement: Select[*tuple[Any, ...]] | UpdateBase
    names: tuple[str, ...] | None = None
    _form: "Form | None" = None

    def form(self, dialect_of: Dialect) -> "Form":
        """How PostgreSQL takes it."""
        if self._form is None:
            from app.dialect_prepared import Form  # noqa: PLC0415 - SQLite needs no psycopg

            self._form = Form(self.statement, dialect_of, self.names)
        return self._form


def write(prepared: Prepared, parameters: Mapping[str, object]) -> Sequence[Record]:
    """Makes a change in the open transaction, past the session; the rows that it returns."""
    connection = db.session().connection()
    if connection.dialect.name == "postgresql":
        return prepared.form(connection.dialect).rows(connection.connection, parameters)
    result = connection.execute(prepared.statement, parameters)
    return result.all() if result.returns_rows else []


def write_all(prepared: Prepared, rows: Sequence[Mapping[str, object]]) -> None:
    """The same change for each row: mostly there is one."""
    if len(rows) == 1:
        write(prepared, rows[0])
    else:
        db.session().connection().execute(prepared.statement, rows)


def inserted_or_skipped(table: type[DeclarativeBase], unique: tuple[str, ...], row: DeclarativeBase) -> bool:
    """Inserts a record without the session: two statements less than by a savepoint.

    Columns that it has not set yet get the model's defaults. False where the unique columns were taken.
    """
    values = {name: value for name, value in vars(row).items() if name in inspect(table).columns}
    kind = db.session().connection().dialect.name
    return bool(write(_skipping(kind, table, unique, tuple(sorted(values))), values))


@lru_cache(maxsize=64)
def _skipping(kind: str, table: type[DeclarativeBase], unique: tuple[str, ...], names: tuple[str, ...]) -> Prepared:
    return Prepared(dialect.skipping_insert(kind, table, unique).returning(*inspect(table).primary_key), names)


def read(prepared: Prepared, parameters: Mapping[str, object]) -> Sequence[Record]:
    """All rows of a statement that is built once; as by `read_connection`, with a sixth of the work around it."""
    engines = db.engines
    engine: Engine | Connection = engines[_READS] if _READS in engines else engines[None]
    if isinstance(engine, Engine) and engine.dialect.name == "postgresql":
        form = prepared.form(engine.dialect)
        if form.is_fixed and db.session.registry.has() and _UNIT in db.session().info:
            db.session.flush()
            return form.rows(db.session.connection().connection, parameters)
        if form.is_fixed:
            return form.rows_of(engine, parameters)
    with read_connection() as connection:
        return connection.execute(prepared.statement, parameters).all()


def database_kind() -> str:
    """`postgresql` or `sqlite`."""
    return str(db.engines[None].dialect.name)


def forget_connections() -> None:
    """For a forked child: drops the parent's connections without closing them under it."""
    for engine in db.engines.values():
        engine.dispose(close=False)
