"""Plain `gunicorn wsgi:app` with four workers on PostgreSQL and Valkey, and people enough."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg
import requests

from app.services import tokens
from config import settings
from tests.support import servers
from tests.support.database_fixtures import migrate
from tests.support.processes import Running, running

WORKERS: Final = 4
_PASSWORD: Final = "correct horse battery"
_COPIES: Final = {
    "users": "'email', 'crowd' || n || '@example.org', 'slug', 'crowd' || n",
    "organizations": "'slug', 'crowd-' || n, 'name', 'Crowd ' || n",
    "memberships": "'user_id', %(users)s[n], 'organization_id', %(organizations)s[n]",
    "sessions": "'user_id', %(users)s[n], 'organization_id', %(organizations)s[n]",
}
"""What differs in each copy of the first person's rows, beside the id."""


@dataclass
class Ground:
    """The product while it is measured."""

    web: Running
    database_url: str
    first: dict[str, Any]
    """The answer to the first person's sign-up."""

    @property
    def workers(self) -> list[int]:
        """The web workers' process ids."""
        listing = ["/bin/ps", "-o", "pid=", "--ppid", str(self.web.processes[0].pid)]
        return [int(pid) for pid in subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split()]

    def memory_mb(self) -> float:
        """PSS of the web workers together."""
        return sum(_pss_mb(pid) for pid in self.workers)

    def people(self, count: int) -> list[str]:
        """Access tokens of so many people, each with a session and the only member of an organization."""
        ids: dict[str, list[UUID]] = {}
        with psycopg.connect(self.database_url) as connection:
            for table, differences in _COPIES.items():
                copied = f"""INSERT INTO {table}
                    SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(first)
                        || jsonb_build_object('id', gen_random_uuid(), {differences}))).*
                    FROM (SELECT * FROM {table} ORDER BY created_at LIMIT 1) first, generate_series(1, %(count)s) n
                    RETURNING id"""  # noqa: S608 - names and differences are the constants above
                ids[table] = [row[0] for row in connection.execute(copied.encode(), {"count": count, **ids})]
        pairs = zip(ids["users"], ids["sessions"], strict=True)
        return [tokens.write_access_token(user_id, session_id) for user_id, session_id in pairs]

    def happen(self, title: str = "News") -> None:
        """Makes an event of the first person's organization."""
        url, token = f"{self.web.address}/api/v1/posts", self.first["access_token"]
        answer = requests.post(url, json={"title": title}, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        answer.raise_for_status()


@contextmanager
def ground(**variables: str) -> Iterator[Ground]:
    """Starts everything, stops it afterwards."""
    variables = {
        "WEB_CONCURRENCY": str(WORKERS),
        "PUBLIC_URL": settings.base_url,  # so that tokens written here are good there
        "RATE_LIMIT_SCALE": "0",
        "REALTIME_ADDRESS_CONNECTIONS": "20000",
        **variables,
    }
    with (
        servers.postgresql() as postgresql,
        servers.valkey() as valkey,
        tempfile.TemporaryDirectory(prefix="marquee-live-") as folder,
    ):
        migrate(postgresql.url)
        data_dir = Path(folder)
        with running(data_dir, database_url=postgresql.url, redis_url=valkey.url, workers=0, **variables) as web:
            web.wait_until(lambda: len(web.serving()) == WORKERS)
            yield Ground(web, postgresql.url, _sign_up(web.address))


def load_average() -> str:
    """The machine's, of the last minute, for the record."""
    return f"load average {os.getloadavg()[0]:.1f}"


def _sign_up(address: str) -> dict[str, Any]:
    body = {"email": "first@example.org", "password": _PASSWORD, "name": "First"}
    answer = requests.post(f"{address}/api/v1/auth/signup", json=body, timeout=30)
    answer.raise_for_status()
    document: dict[str, Any] = answer.json()
    return document


def _pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
