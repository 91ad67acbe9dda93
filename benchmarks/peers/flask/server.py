"""The floor: gunicorn's stock gevent worker, bare Flask and one query by psycopg; nothing that an API needs."""

import os
import re
from pathlib import Path
from queue import LifoQueue
from typing import Any, Final
from uuid import UUID

import orjson
import psycopg
from flask import Flask, Response

_SOURCE: Final = (Path(__file__).parents[1] / "api" / "database.mjs").read_text()
_PARTS: Final = dict(re.findall(r"const (\w+) = `(.*?)`;", _SOURCE, re.DOTALL))
_POOL_SIZE: Final = 10
_LAST: Final = UUID(int=2**128 - 1)

app = Flask(__name__, static_folder=None)
_free: "LifoQueue[psycopg.Connection[Any] | None]" = LifoQueue()
for _ in range(_POOL_SIZE):
    _free.put(None)


def _query(name: str) -> bytes:
    text = _PARTS[name]
    for part, value in _PARTS.items():
        text = text.replace(f"${{{part}}}", value)
    return text.encode()


_ONE: Final = _query("ONE")
_LIST: Final = _query("LIST")


def _rows(query: bytes, *values: object) -> list[tuple[Any, ...]]:
    """The peers' own query, prepared, by a pool of the same size."""
    connection = _free.get()
    try:
        connection = connection or psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)  # noqa: TID251 - not ours to configure
        return psycopg.RawCursor(connection).execute(query, values, prepare=True).fetchall()
    finally:
        _free.put(connection)


def _json(document: object) -> Response:
    return Response(orjson.dumps(document), mimetype="application/json")


@app.get("/api/v1/posts")
def posts() -> Response:
    """The newest 20 rows as they are."""
    return _json(_rows(_LIST, "infinity", _LAST, 21))


@app.get("/api/v1/posts/<uuid:post_id>")
def post(post_id: UUID) -> Response:
    """One row as it is."""
    return _json(_rows(_ONE, post_id))
