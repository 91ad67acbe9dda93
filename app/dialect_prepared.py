"""Statements that are built, compiled and prepared once: psycopg runs them without a cursor, rows are made in C.

Around a small read SQLAlchemy's execution and psycopg's cursor cost six times of what the exchange itself does.
"""

import re
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import orjson
import psycopg
from psycopg import adapt
from psycopg.abc import Transformer
from psycopg.adapt import Loader, PyFormat
from psycopg.errors import error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Dialect, Engine, Row, Select, UpdateBase
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.compiler import SQLCompiler

_PLACEHOLDER: Final = re.compile(r"%\(([^)]+)\)s|%%")
_LANE: Final = "marquee_lane"
_PREPARED_AT_MOST: Final = 100
_ANSWERED: Final = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})
_Statement = Select[*tuple[Any, ...]] | UpdateBase
_Key = tuple[bytes, tuple[int, ...]]
_Rows = list[Row[*tuple[Any, ...]]]


class _JSON(Loader):
    """Without a function in Python around each value."""

    load = staticmethod(orjson.loads)  # type: ignore[assignment]  # it takes strings besides


@dataclass(slots=True)
class _Kept:
    """A prepared statement; `reading` knows the types of its columns once there was an answer."""

    name: bytes
    reading: Transformer | None = None


@dataclass(slots=True)
class _Lane:
    """What one connection keeps: how values are sent, and what it has prepared."""

    sending: Transformer
    prepared: OrderedDict[_Key, _Kept] = field(default_factory=OrderedDict)
    count: int = 0


class Form:
    """A statement as PostgreSQL takes it; the columns stay known to SQLAlchemy alone."""

    def __init__(self, statement: _Statement, dialect: Dialect, names: tuple[str, ...] | None = None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=names and list(names))
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("This is no statement with rows.")
        self._dialect = dialect
        self._is_change = isinstance(statement, UpdateBase)
        self.is_fixed = not (compiled.post_compile_params or compiled.literal_execute_params)
        """Whether its text is the same for all parameters: lists of values are written out each time."""
        self._order: list[str] = []
        self._sql = _PLACEHOLDER.sub(self._number, compiled.string).encode()
        self._keep_parameters(compiled)
        self._columns = {str(name): column for name, column in statement.exported_columns.items()}
        self._make_row: Callable[[Sequence[Any]], Any] | None = None

    def rows_of(self, engine: Engine, parameters: Mapping[str, object]) -> _Rows:
        """Its rows, by a connection of the pool."""
        with closing(_connection_of(engine)) as pooled:
            return self.rows(pooled, parameters)

    def rows(self, pooled: PoolProxiedConnection, parameters: Mapping[str, object]) -> _Rows:
        """Its rows: of the open transaction, or of one of its own. Raises SQLAlchemy's `DBAPIError`."""
        connection: psycopg.Connection[Any] = pooled.driver_connection  # type: ignore[assignment]  # typed as Any|None
        try:
            return self._ask(connection, pooled.info, parameters)
        except psycopg.Error as error:
            is_gone = self._dialect.is_disconnect(error, pooled.dbapi_connection, None)  # type: ignore[arg-type]  # typed for SQLAlchemy's own wrappers
            if is_gone:
                pooled.invalidate(error)
            raise _wrapped(error, self._dialect, is_gone=is_gone) from error
        except BaseException:  # ended while it waited: the next one to ask would get the answer
            pooled.invalidate()
            raise

    def _ask(
        self, connection: psycopg.Connection[Any], known: dict[Any, Any], parameters: Mapping[str, object]
    ) -> _Rows:
        if self._is_change:
            _begin(connection)
        lane: _Lane = known.get(_LANE) or known.setdefault(_LANE, _new_lane(connection))
        sent = lane.sending
        values = sent.dump_sequence(self._values(parameters), self._formats)
        if connection.prepare_threshold is None or not connection.autocommit:
            # PgBouncer has no prepared statements, and psycopg ends all of a connection that rolled something back.
            connection.pgconn.send_query_params(self._sql, values, sent.types, sent.formats)
            return self._read(_answer_of(connection), connection, _Kept(b""))
        key, formats = (self._sql, sent.types or ()), sent.formats
        kept = lane.prepared.get(key) or self._prepare(connection, lane, key)
        connection.pgconn.send_query_prepared(kept.name, values, formats)
        return self._read(_answer_of(connection), connection, kept)

    def _prepare(self, connection: psycopg.Connection[Any], lane: _Lane, key: _Key) -> _Kept:
        """Prepares it; where the connection keeps many, the oldest goes."""
        if len(lane.prepared) >= _PREPARED_AT_MOST:
            _, oldest = lane.prepared.popitem(last=False)
            connection.pgconn.send_query_params(b"DEALLOCATE " + oldest.name, None)
            _answer_of(connection)
        lane.count += 1
        kept = _Kept(b"marquee_%d" % lane.count)
        connection.pgconn.send_prepare(kept.name, *key)
        _answer_of(connection)
        lane.prepared[key] = kept
        return kept

    def _read(self, answer: PGresult, connection: psycopg.Connection[Any], kept: _Kept) -> _Rows:
        if answer.status == ExecStatus.COMMAND_OK:
            return []
        reading = kept.reading or adapt.Transformer(connection)
        reading.set_pgresult(answer, set_loaders=kept.reading is None)
        kept.reading = reading
        found = reading.load_rows(0, answer.ntuples, tuple)
        reading.set_pgresult(None, set_loaders=False)  # or each connection kept its last answer
        make = self._make_row = self._make_row or self._maker(answer)
        return [make(row) for row in found]

    def _maker(self, answer: PGresult) -> Callable[[Sequence[Any]], Any]:
        """Rows with the types' own converters, where psycopg does not give the right thing already."""
        kinds = [column.type.dialect_impl(self._dialect) for column in self._columns.values()]
        found = [kind.result_processor(self._dialect, answer.ftype(at)) for at, kind in enumerate(kinds)]
        converters = [(at, convert) for at, convert in enumerate(found) if convert]
        make = _row_of(tuple(self._columns))

        def converted(values: Sequence[Any]) -> object:
            changed = list(values)
            for at, convert in converters:
                changed[at] = convert(changed[at])
            return make(changed)

        return converted if converters else make

    def _number(self, placeholder: re.Match[str]) -> str:
        name = placeholder[1]
        if name is None:
            return "%"
        if name not in self._order:
            self._order.append(name)
        return f"${self._order.index(name) + 1}"

    def _keep_parameters(self, compiled: SQLCompiler) -> None:
        bound = {name: parameter for parameter, name in compiled.bind_names.items() if name in self._order}
        kinds = {name: parameter.type.dialect_impl(self._dialect) for name, parameter in bound.items()}
        converters = {name: kind.bind_processor(self._dialect) for name, kind in kinds.items()}
        self._defaults = {
            **{column.key: _made_by(column.default) for column in compiled.insert_prefetch},
            **{column.key: _made_by(column.onupdate) for column in compiled.update_prefetch},
        }
        optional = bound.keys() - self._defaults.keys()
        given = {name: bound[name].value for name in optional if not bound[name].required}
        self._constants = {name: _converted(value, converters[name]) for name, value in given.items()}
        self._converters = [(name, one) for name, one in converters.items() if one and name not in given]
        self._formats = [PyFormat.AUTO] * len(self._order)

    def _values(self, parameters: Mapping[str, object]) -> list[object]:
        given = {**self._constants, **parameters}
        for name, make in self._defaults.items():
            given[name] = make()
        for name, convert in self._converters:
            given[name] = convert(given[name])
        return [given[name] for name in self._order]


def _new_lane(connection: psycopg.Connection[Any]) -> _Lane:
    for kind in ("json", "jsonb"):
        connection.adapters.register_loader(kind, _JSON)
    return _Lane(adapt.Transformer(connection))


def _row_of(names: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    """Reads as SQLAlchemy's `Row`, which finds a column by failing to find an attribute: 30 times as long."""
    columns: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 - the names are known only now
    kind: Any = type("Row", (columns,), {"__slots__": (), "_mapping": property(columns._asdict)})
    made: Callable[[Sequence[Any]], Any] = kind._make
    return made


def _connection_of(engine: Engine) -> PoolProxiedConnection:
    """One of the pool. Raises SQLAlchemy's `DBAPIError`, which the pool itself leaves to its users."""
    try:
        return engine.raw_connection()
    except psycopg.Error as error:
        raise _wrapped(error, engine.dialect, is_gone=False) from error


def _wrapped(error: psycopg.Error, dialect: Dialect, *, is_gone: bool) -> BaseException:
    told: dict[str, Any] = {"hide_parameters": True, "connection_invalidated": is_gone, "dialect": dialect}
    wrapped: BaseException = DBAPIError.instance(None, None, error, psycopg.Error, **told)
    return wrapped


def _begin(connection: psycopg.Connection[Any]) -> None:
    """What psycopg does before the first statement of a transaction, if this is one."""
    if not connection.autocommit and connection.pgconn.transaction_status == TransactionStatus.IDLE:
        connection.pgconn.send_query(b"BEGIN")
        _answer_of(connection)


def _made_by(default: Any) -> Callable[[], object]:  # noqa: ANN401 - of SQLAlchemy's kinds one that Python runs
    """What the model gives a column that the statement leaves out."""
    return partial(default.arg, None) if default.is_callable else lambda: default.arg


def _converted(value: object, convert: Callable[[Any], Any] | None) -> object:
    return convert(value) if convert else value


def _answer_of(connection: psycopg.Connection[Any]) -> PGresult:
    """What the server says to what was sent. Raises psycopg's error for its refusal."""
    answer: PGresult = connection.wait(execute(connection.pgconn))[-1]
    if answer.status not in _ANSWERED:
        raise error_from_result(answer)
    return answer
