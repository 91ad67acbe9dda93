"""Asks the product's own list for pages and searches, and counts its queries."""

import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import event, select

from app import create_app
from app.database import database_kind, db, read_connection
from app.models import Post
from app.permissions import ANONYMOUS
from app.services import post_reading
from app.services.listing import Filters
from app.services.pages import Place, Position
from app.utils.search_words import search_words

TIMES: Final = 40
_WARM_UPS: Final = 8
_DEPTHS: Final = (0.0, 0.1, 0.4, 0.8)
_SEARCHES: Final = {
    "a word of nearly every post": "the",
    "a common word": "city",
    "two common words": "city river",
    "a prefix": "light",
    "a short prefix": "sto",
    "a phrase of common words": '"harbour of porto"',
    "a phrase of common words that is nowhere": '"of the of"',
    "two words that are rare together": "zoë lindqvist",
    "eight common words": "the city river new old small quiet open",
    "one word without another": "museum -theatre",
    "three middling words": "oaxaca observatory sourdough",
    "a word that is nowhere": "zyxwvut",
}


def main(what: str, rows: str = "0") -> None:
    app = create_app()
    with app.app_context(), _counted() as statements:
        if what == "pages":
            _measure_pages(int(rows), statements)
        else:
            _measure_searches(statements)


@contextmanager
def _counted() -> Iterator[list[str]]:
    statements: list[str] = []
    for engine in db.engines.values():
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    yield statements


def _measure_pages(rows: int, statements: list[str]) -> None:
    first_ms = 0.0
    for depth in _DEPTHS:
        row = int(rows * depth)
        place = _place_of(row) if row else None
        taken_ms, queries = _taken_ms(Filters(), Position(limit=20, after=place), statements)
        first_ms = first_ms or statistics.median(taken_ms)
        ratio = statistics.median(taken_ms) / first_ms
        print(f"page at row {row:>9,}: {_figures(taken_ms)}, {ratio:.2f} x the first (target 2), {queries} query")


def _measure_searches(statements: list[str]) -> None:
    print(f"searches in {database_kind()}")
    for name, text in _SEARCHES.items():
        taken_ms, queries = _taken_ms(Filters(words=search_words(text)), Position(limit=20), statements)
        found = len(post_reading.list_(ANONYMOUS, Filters(words=search_words(text)), Position(limit=20)).rows)
        verdict = "within 50 ms" if _percentile(taken_ms, 95) < 50 else "MISSED 50 ms"
        print(f"search for {name} ({text}): {_figures(taken_ms)} ({verdict}), {queries} queries, {found} rows")


def _taken_ms(filters: Filters, position: Position, statements: list[str]) -> tuple[list[float], int]:
    taken_ms, counts = [], set()
    for number in range(_WARM_UPS + TIMES):
        before, began = len(statements), time.perf_counter()
        post_reading.list_(ANONYMOUS, filters, position)
        if number >= _WARM_UPS:
            taken_ms.append(1000 * (time.perf_counter() - began))
            counts.add(len(statements) - before)
    (queries,) = counts
    return taken_ms, queries


def _place_of(row: int) -> Place:
    query: Any = select(Post.published_at, Post.id).order_by(Post.published_at.desc(), Post.id.desc())
    with read_connection() as connection:
        moment, post_id = connection.execute(query.offset(row - 1).limit(1)).one()
    return moment, post_id


def _figures(taken_ms: list[float]) -> str:
    return f"p50 {statistics.median(taken_ms):.1f} ms, p95 {_percentile(taken_ms, 95):.1f} ms"


def _percentile(values: list[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


if __name__ == "__main__":
    main(*sys.argv[1:])
