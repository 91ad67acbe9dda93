"""Full-text search in both databases: a `tsvector` with a GIN index in PostgreSQL, an FTS5 table in SQLite.

Migrations make both by hand: the column `search` of a table, or `<table>_search` (title, summary, body) with the rowids
of `<table>_search_keys` (id, row_id, organization_id), kept by triggers.

The newest matches are found and ranked: no more work for a word that is in every text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Join,
    Select,
    String,
    Subquery,
    TableClause,
    Uuid,
    bindparam,
    cast,
    column,
    false,
    func,
    literal,
    literal_column,
    select,
    table,
    union_all,
)

from app.utils.search_words import PREFIX_LENGTH, SearchWords, Term

FOUND_AT_MOST: Final = 1_000
"""A search finds and ranks the newest this many matches: nobody turns the pages of a million."""
LOOKED_AT_MOST: Final = 10_000
"""Among the newest this many rows PostgreSQL looks for words that are common: no index finds the newest of many."""
_SAMPLE: Final = 1_000
COMMON_IN_SAMPLE: Final = 100
"""Of the sample; from here on, the rows to look at hold about as many matches as a search finds."""
_RANK_STEPS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search goes through: the rows of a table under conditions, the newest first.

    `organization_id` is the one that the conditions narrow to, if they do.
    """

    id: ColumnElement[UUID]
    newest_by: ColumnElement[Any]
    conditions: Sequence[ColumnElement[bool]]
    words: SearchWords
    organization_id: ColumnElement[UUID] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The newest matches by `id`, and how well one of them fits: the higher, the better.

    The rank is a whole number, so that a cursor can hold it exactly.
    """

    rows: Subquery
    rank: ColumnElement[int]


def found(database: str, sought: Sought) -> Found:
    """What is found; `rank` may be asked of a query that joins the table itself with `rows`."""
    if not sought.words.wanted:
        return Found(select(sought.id.label("id")).where(false()).subquery("found"), literal(0))
    return _pg_found(sought) if database == "postgresql" else _sqlite_found(sought)


def _pg_found(sought: Sought) -> Found:
    """Common words are met soon among the newest rows, rare ones are taken from the index.

    Which ones are common is seen from the newest rows, each time: PostgreSQL's own guess is far off for several words,
    and the wrong way takes twenty times as long.
    """
    vector: ColumnElement[Any] = literal_column(f"{_table(sought.id)}.search")
    query, at_most = _tsquery(sought.words), _exactly(FOUND_AT_MOST)
    sample, window = (_pg_newest(sought, vector, number) for number in (_SAMPLE, LOOKED_AT_MOST))
    met = select(sample.c.id).where(sample.c.search.bool_op("@@")(_loose_tsquery(sought.words)))
    seen = _once(select(met.offset(_exactly(COMMON_IN_SAMPLE)).exists().label("are_common")), "seen")
    are_common = select(seen.c.are_common).scalar_subquery()
    common = select(window.c.id).where(are_common, window.c.search.bool_op("@@")(query)).limit(at_most)
    matches = select(sought.id.label("id"), sought.newest_by.label("moment"))
    # Apart: with its limit in sight, PostgreSQL would go through the newest rows again.
    indexed = _once(matches.where(*sought.conditions, vector.bool_op("@@")(query), ~are_common), "indexed")
    rare = select(indexed.c.id).order_by(indexed.c.moment.desc(), indexed.c.id.desc()).limit(at_most)
    rows = union_all(select(common.subquery().c.id), select(rare.subquery().c.id)).subquery("found")
    # 1: divided by the logarithm of the length, so that long texts don't always win.
    rank = func.ts_rank(vector, query, literal_column("1")) * _RANK_STEPS
    return Found(rows, cast(rank, Integer))


def _pg_newest(sought: Sought, vector: ColumnElement[Any], number: int) -> Subquery:
    rows = select(sought.id.label("id"), vector.label("search")).where(*sought.conditions)
    return rows.order_by(sought.newest_by.desc(), sought.id.desc()).limit(_exactly(number)).subquery()


def _once(query: Select[*tuple[Any, ...]], name: str) -> CTE:
    return query.cte(name).prefix_with("MATERIALIZED")


def _exactly(number: int) -> ColumnElement[int]:
    """A limit that PostgreSQL sees when it plans, for the same reason."""
    return literal_column(str(number), Integer())


def _sqlite_found(sought: Sought) -> Found:
    index, keys = _sqlite_tables(sought.id)
    rank = cast(-func.bm25(literal_column(index.name), 10.0, 4.0, 1.0) * _RANK_STEPS, Integer)  # the smaller the better
    rows = select(sought.id.label("id"), rank.label("rank")).select_from(_sqlite_join(index, keys))
    rows = rows.join(sought.id.table, sought.id == keys.c.row_id).where(_sqlite_matches(index, sought.words))
    if sought.organization_id is not None:  # before a row is looked at, whose columns stand behind its body
        rows = rows.where(keys.c.organization_id == sought.organization_id)
    rows = rows.where(*sought.conditions).order_by(index.c.rowid.desc())
    newest = rows.limit(_exactly(FOUND_AT_MOST)).subquery("found")
    return Found(newest, newest.c.rank)


def _sqlite_tables(row_id: ColumnElement[UUID]) -> tuple[TableClause, TableClause]:
    name = f"{_table(row_id)}_search"
    keys = table(f"{name}_keys", column("id"), column("row_id", Uuid()), column("organization_id", Uuid()))
    return table(name, column("rowid")), keys


def _sqlite_join(index: TableClause, keys: TableClause) -> Join:
    """The index comes first: through `+`, SQLite cannot ask it anew for every row, which took minutes."""
    return index.join(keys, keys.c.id == literal_column(f"+{index.name}.rowid"))


def _sqlite_matches(index: TableClause, words: SearchWords) -> ColumnElement[bool]:
    return literal_column(index.name).bool_op("MATCH")(_fts5(words))


def _table(row_id: ColumnElement[Any]) -> str:
    named: Any = row_id
    return str(named.table.name)


def _tsquery(words: SearchWords) -> ColumnElement[Any]:
    """`'web':* & 'video':*`, `'a' <-> 'b'`, `!'c'`; words hold letters and digits only."""
    wanted = [f"({_ts_term(term)})" for term in words.wanted]
    return _to_tsquery(" & ".join([*wanted, *(f"!({_ts_term(term)})" for term in words.unwanted)]))


def _loose_tsquery(words: SearchWords) -> ColumnElement[Any]:
    """All the words wherever they stand: the index knows no more."""
    return _to_tsquery(" & ".join(_ts_term(term, then="&") for term in words.wanted))


def _to_tsquery(text: str) -> ColumnElement[Any]:
    # PostgreSQL sees the words themselves: a plan that holds for all words reads the whole table for a common one.
    visible = bindparam(None, text, String(), unique=True, literal_execute=True)
    return func.to_tsquery(literal_column("'simple'"), visible)


def _ts_term(term: Term, *, then: str = "<->") -> str:
    if len(term) == 1:
        return f"'{term[0]}':*" if len(term[0]) >= PREFIX_LENGTH else f"'{term[0]}'"
    return f" {then} ".join(f"'{word}'" for word in term)


def _fts5(words: SearchWords) -> str:
    """`"web"* AND "video"* NOT "c"`: strings in FTS5's notation, in which nothing is an operator."""
    wanted = " AND ".join(_fts_term(term) for term in words.wanted)
    return f"({wanted})" + "".join(f" NOT {_fts_term(term)}" for term in words.unwanted)


def _fts_term(term: Term) -> str:
    quoted = '"' + " ".join(term) + '"'
    return f"{quoted}*" if len(term) == 1 and len(term[0]) >= PREFIX_LENGTH else quoted
