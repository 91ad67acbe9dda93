"""Full-text search in both databases: a `tsvector` with a GIN index in PostgreSQL, an FTS5 table in SQLite.

The migration `add_full_text_search` makes both: the column `search` of a table, or `<table>_search` (title, summary,
body) with the rowids of `<table>_search_keys`, kept by triggers.
"""

from typing import Any, Final

from sqlalchemy import Boolean, Integer, String, bindparam, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.utils.search_words import PREFIX_LENGTH, SearchWords, Term

MARK_BEGIN: Final = "\ue000"
MARK_END: Final = "\ue001"
"""Around a found word in a snippet: characters that no text needs, so that escaping it comes after."""
_RANK_STEPS: Final = 1_000_000
_SQLITE_WEIGHTS: Final = "10.0, 4.0, 1.0"


class _Search(FunctionElement[Any]):
    """Of a table's id (which says what is searched), the query in PostgreSQL's notation and the same in FTS5's."""

    inherit_cache = True

    def __init__(self, row_id: ColumnElement[Any], words: SearchWords) -> None:
        # PostgreSQL sees the words themselves: a plan that holds for all words reads the whole table for a common one.
        query = bindparam(None, _tsquery(words), String(), unique=True, literal_execute=True)
        super().__init__(row_id, query, literal(_fts5(words)))


class search_matches(_Search):  # noqa: N801 - reads as the SQL function it is
    """Whether a row of the table has all the words."""

    inherit_cache = True
    type = Boolean()


class search_rank(_Search):  # noqa: N801 - reads as the SQL function it is
    """How well a matching row fits, higher is better: a whole number, so that a cursor can hold it exactly."""

    inherit_cache = True
    type = Integer()


class search_snippet(_Search):  # noqa: N801 - reads as the SQL function it is
    """A piece of a matching row's body around found words, which stand between `MARK_BEGIN` and `MARK_END`."""

    inherit_cache = True
    type = String()


@compiles(search_matches, "postgresql")
def _pg_matches(element: _Search, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{_table(element)}.search @@ {_pg_query(element, compiler, **kw)}"


@compiles(search_rank, "postgresql")
def _pg_rank(element: _Search, compiler: SQLCompiler, **kw: Any) -> str:
    query = _pg_query(element, compiler, **kw)
    # 1: divided by the logarithm of the length, so that long texts don't always win.
    return f"CAST(ts_rank({_table(element)}.search, {query}, 1) * {_RANK_STEPS} AS integer)"


@compiles(search_snippet, "postgresql")
def _pg_snippet(element: _Search, compiler: SQLCompiler, **kw: Any) -> str:
    options = f'StartSel="{MARK_BEGIN}", StopSel="{MARK_END}", MaxWords=30, MinWords=15, MaxFragments=1'
    text = f"left({_table(element)}.{_BODY[_table(element)]}, 50000)"
    return f"ts_headline('simple', {text}, {_pg_query(element, compiler, **kw)}, '{options}')"


@compiles(search_matches, "sqlite")
def _sqlite_matches(element: _Search, compiler: SQLCompiler, **kw: Any) -> str:
    name, query = f"{_table(element)}_search", _sqlite_query(element, compiler, **kw)
    rowids = f"SELECT rowid FROM {name} WHERE {name} MATCH {query}"  # noqa: S608 - our own names
    return f"{_table(element)}.id IN (SELECT row_id FROM {name}_keys WHERE id IN ({rowids}))"  # noqa: S608 - our own names


@compiles(search_rank, "sqlite")
def _sqlite_rank(element: _Search, compiler: SQLCompiler, **kw: Any) -> str:
    name = f"{_table(element)}_search"
    # bm25 is negative, and the better the smaller.
    found = _of_row(element, compiler, f"bm25({name}, {_SQLITE_WEIGHTS})", **kw)
    return f"CAST(-{found} * {_RANK_STEPS} AS INTEGER)"


@compiles(search_snippet, "sqlite")
def _sqlite_snippet(element: _Search, compiler: SQLCompiler, **kw: Any) -> str:
    name = f"{_table(element)}_search"
    return _of_row(element, compiler, f"snippet({name}, 2, '{MARK_BEGIN}', '{MARK_END}', '…', 30)", **kw)


_BODY: Final = {"posts": "body_markdown", "videos": "description"}


def _of_row(element: _Search, compiler: SQLCompiler, expression: str, **kw: Any) -> str:
    name, query = f"{_table(element)}_search", _sqlite_query(element, compiler, **kw)
    key = f"(SELECT id FROM {name}_keys WHERE row_id = {_table(element)}.id)"  # noqa: S608 - our own names
    return f"(SELECT {expression} FROM {name} WHERE {name} MATCH {query} AND rowid = {key})"  # noqa: S608 - our own names


def _pg_query(element: _Search, compiler: SQLCompiler, **kw: Any) -> str:
    return f"to_tsquery('simple', {compiler.process(_arguments(element)[1], **kw)})"


def _sqlite_query(element: _Search, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(_arguments(element)[2], **kw)


def _table(element: _Search) -> str:
    row_id: Any = _arguments(element)[0]
    return str(row_id.table.name)


def _arguments(element: _Search) -> list[ColumnElement[Any]]:
    return list(element.clauses)


def _tsquery(words: SearchWords) -> str:
    """`'web':* & 'video':*`, `'a' <-> 'b'`, `!'c'`; words hold letters and digits only."""
    wanted = [f"({_ts_term(term)})" for term in words.wanted]
    return " & ".join([*wanted, *(f"!({_ts_term(term)})" for term in words.unwanted)])


def _ts_term(term: Term) -> str:
    if len(term) == 1:
        return f"'{term[0]}':*" if len(term[0]) >= PREFIX_LENGTH else f"'{term[0]}'"
    return " <-> ".join(f"'{word}'" for word in term)


def _fts5(words: SearchWords) -> str:
    """`"web"* AND "video"* NOT "c"`: strings in FTS5's notation, in which nothing is an operator."""
    wanted = " AND ".join(_fts_term(term) for term in words.wanted)
    return f"({wanted})" + "".join(f" NOT {_fts_term(term)}" for term in words.unwanted)


def _fts_term(term: Term) -> str:
    quoted = '"' + " ".join(term) + '"'
    return f"{quoted}*" if len(term) == 1 and len(term[0]) >= PREFIX_LENGTH else quoted
