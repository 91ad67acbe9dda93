"""How much PostgreSQL itself could do on its cores: pgbench with the peers' own queries, prepared."""

import re
import subprocess
from typing import Final

import psycopg

from benchmarks.api.ground import LOAD_CORE, Ground, pinned
from benchmarks.api.operations import LIST, ONE
from benchmarks.api.peers import PEERS
from tests.support.servers import postgresql_program

_CLIENTS: Final = 8
_PICK: Final = "\\set n random(1, 1000)\n"
_PARAMETERS: Final = {
    LIST: {
        "($1, $2)": "((SELECT published_at FROM picked WHERE n = :n), (SELECT id FROM picked WHERE n = :n))",
        "$3": "21",
    },
    ONE: {"$1": "(SELECT id FROM picked WHERE n = :n)"},
}


def measure(ground: Ground, *, seconds: int) -> dict[str, float]:
    """Transactions a second for each read."""
    with psycopg.connect(ground.database_url) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS picked AS SELECT row_number() OVER () AS n, id, published_at FROM "
            "(SELECT id, published_at FROM posts WHERE publication = 'published' ORDER BY random() LIMIT 1000) AS found"
        )
        connection.execute("CREATE INDEX IF NOT EXISTS picked_n ON picked (n)")
    return {operation: _per_s(ground, operation, seconds) for operation in (LIST, ONE)}


def _per_s(ground: Ground, operation: str, seconds: int) -> float:
    script = ground.folder / "pgbench.sql"
    script.write_text(_PICK + _query(operation) + ";\n")
    command = [str(postgresql_program("pgbench")), "-n", "-M", "prepared", "-j1", f"-c{_CLIENTS}", f"-T{seconds}"]
    output = subprocess.run(
        pinned(LOAD_CORE, [*command, "-f", str(script), ground.database_url]),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = re.search(r"tps = ([\d.]+)", output)
    if found is None:
        raise RuntimeError(output)
    return float(found[1])


def _query(operation: str) -> str:
    """The query as it stands in the peers' source."""
    source = (PEERS / "api" / "database.mjs").read_text()
    parts: dict[str, str] = dict(re.findall(r"const (\w+) = `(.*?)`;", source, re.DOTALL))
    query = parts[{LIST: "LIST", ONE: "ONE"}[operation]]
    for name, text in parts.items():
        query = query.replace(f"${{{name}}}", text)
    for placeholder, value in _PARAMETERS[operation].items():
        query = query.replace(placeholder, value)
    return query.replace("\n", " ")
