"""Where everything runs: cores, a large PostgreSQL and Valkey that end with the benchmark, and 50,000 posts."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg

from config.env import PROJECT_DIR
from tests.support import keeper

SERVER_CORE: Final = 0
DATABASE_CORES: Final = (1, 2)
LOAD_CORE: Final = 3
SECRET_KEY: Final = "a-benchmark-signs-with-this-0123456789abcdef"
ISSUER: Final = "https://marquee.example"
PASSWORD: Final = "mossy-lantern-42-orbit"
_INHERITED: Final = ("PATH", "HOME", "LANG", "TMPDIR")
_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Ground:
    """A folder that goes at the end, with whatever was started with `variables`."""

    folder: Path
    database_url: str
    redis_url: str

    @property
    def variables(self) -> dict[str, str]:
        """For every server: production, signed with our key."""
        inherited = {name: value for name, value in os.environ.items() if name in _INHERITED}  # noqa: TID251 - the child's clean environment
        return {
            **inherited,
            "MARQUEE_TEST_RUN": str(self.folder),  # by which the keeper finds what a killed benchmark left
            "NODE_ENV": "production",
            "APP_ENV": "production",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": SECRET_KEY,
            "ISSUER": ISSUER,
            "PUBLIC_URL": ISSUER,
            "ALLOWED_HOSTS": "127.0.0.1",
            "CORS_ORIGINS": "",
            "PUBLIC_INDEX": "on",
            "METRICS_TOKEN": "a-token-of-the-benchmark",
            "SMTP_URL": "smtp://127.0.0.1:1",
            "MAIL_FROM": "Marquee <mail@marquee.example>",
            "RATE_LIMIT_SCALE": "0",  # the peers have no limits
            "LOG_LEVEL": "WARNING",  # nor do they write a line for each request
            "ACCESS_TOKEN_S": "3600",
        }

    def flask(self, *arguments: str) -> str:
        """Runs one of our commands."""
        folder = self.folder / "command"
        folder.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "flask", *arguments]
        variables = {**self.variables, "DATA_DIR": str(folder)}
        ran = subprocess.run(command, cwd=PROJECT_DIR, env=variables, check=False, capture_output=True, text=True)
        if ran.returncode:
            raise RuntimeError(f"flask {arguments[0]}: {ran.stderr[-2000:]}")
        return ran.stdout


@contextmanager
def ground(*, posts: int, users: int) -> Iterator[Ground]:
    """Starts the servers, fills the database, and says how long that took."""
    folder = Path(tempfile.mkdtemp(prefix="marquee-bench-"))
    server_url = keeper.address_of("postgresql-large", folder=folder, serves_pid=os.getpid())
    redis_url = keeper.address_of("valkey", folder=folder, serves_pid=os.getpid())
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE marquee")
    made = Ground(folder, urlunsplit(urlsplit(server_url)._replace(path="/marquee")), redis_url)
    made.flask("db", "upgrade")
    if posts:
        began = time.monotonic()
        made.flask("seed", "--posts", str(posts), "--users", str(users), "--password", PASSWORD, "--yes")
        print(f"flask seed: {posts:,} posts by {users:,} users in {time.monotonic() - began:.1f} s")
    with psycopg.connect(made.database_url, autocommit=True) as connection:
        _round_times(connection)
        connection.execute("VACUUM (ANALYZE, FREEZE)")
    pin_database(made.database_url)
    yield made


def _round_times(connection: psycopg.Connection) -> None:
    """JavaScript's dates have milliseconds: the same JSON needs the same times."""
    names = ("created_at", "updated_at", "published_at", "publish_at")
    rounded = ", ".join(f"{name} = date_trunc('milliseconds', {name})" for name in names)
    connection.execute(f"UPDATE posts SET {rounded}".encode())  # noqa: S608 - our own names


def pin_database(url: str) -> None:
    """Keeps PostgreSQL to its cores; those that it starts later inherit that."""
    with psycopg.connect(url) as connection:
        postmaster = _parent_of(connection.info.backend_pid)
    for pid in (postmaster, *children_of(postmaster)):
        os.sched_setaffinity(pid, DATABASE_CORES)


def pinned(core: int, command: list[str]) -> list[str]:
    """The command on one core."""
    return ["taskset", "-c", str(core), *command]


def children_of(pid: int) -> list[int]:
    """Its children that live now."""
    return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in _read(task / "children").split()]


def cpu_s(pid: int) -> float:
    """CPU that a process and its living descendants have used so far."""
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / _TICKS_PER_S if fields else 0.0
    return own + sum(cpu_s(child) for child in (children_of(pid) if fields else []))


def busy_s(core: int) -> float:
    """For how long a core has been anything but idle since the machine started."""
    line = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith(f"cpu{core} "))
    ticks = [int(field) for field in line.split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / _TICKS_PER_S


def _parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
