"""Whether the parts are there: database, migrations, Redis, room for files, the workers and their jail."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.clients import redis
from app.clients.stores import storage
from app.database import read_connection
from app.dialect import utc_now, utc_now_plus
from app.models import OPEN_STATES, Job, Worker
from app.utils.times import now
from config import settings
from config.env import PROJECT_DIR

WORKER_SEEN_WITHIN_S = 15


@dataclass(frozen=True, slots=True)
class Readiness:
    """What `/readyz` says. Only the database and its migrations decide whether requests can be served."""

    database: bool
    migrations: bool
    redis: bool
    workers: int
    jail: str
    storage: str

    @property
    def status(self) -> str:
        if not (self.database and self.migrations):
            return "unavailable"
        return "ok" if self.redis and self.storage == "ok" else "degraded"


def readiness() -> Readiness:
    """Looks at every part now; nothing here waits longer than the clients' own limits."""
    is_there, room = redis.can_write(), "low" if storage().is_low() else "ok"
    try:
        with read_connection() as connection:
            head = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            alive = Worker.seen_at > utc_now_plus(-WORKER_SEEN_WITHIN_S)
            jails = connection.execute(select(Worker.jail).where(alive)).scalars().all()
    except SQLAlchemyError:
        # Also a database without our tables yet: for a load balancer both mean "not here".
        return Readiness(
            database=_can_connect(), migrations=False, redis=is_there, workers=0, jail="unknown", storage=room
        )
    jail = jails[0] if jails else "unknown"
    is_current = head == migration_head()
    return Readiness(database=True, migrations=is_current, redis=is_there, workers=len(jails), jail=jail, storage=room)


def _can_connect() -> bool:
    try:
        with read_connection() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def clock_skew_s() -> float:
    """Seconds by which this host's clock is ahead of the database's, the way there and back included."""
    with read_connection() as connection:
        return (now() - connection.execute(select(utc_now())).scalar_one()).total_seconds()


@cache
def migration_head() -> str | None:
    """The newest revision in the migrations folder, read without loading Alembic."""
    names = sorted(path.name for path in (PROJECT_DIR / "migrations" / "versions").glob("[0-9]*.py"))
    return names[-1].split("_", 1)[0] if names else None


def storage_bytes() -> dict[str, int]:
    """What is free on the storage, and how much of it is kept free of uploads."""
    return {"free": storage().free_bytes(), "reserve": settings.disk_reserve_bytes}


def job_counts() -> Sequence[tuple[str, str, int]]:
    """Open jobs by kind and state, and the dead ones that wait for somebody to look."""
    shown = (*OPEN_STATES, "dead")
    query = select(Job.kind, Job.state, func.count()).where(Job.state.in_(shown)).group_by(Job.kind, Job.state)
    with read_connection() as connection:
        return [(kind, state.value, count) for kind, state, count in connection.execute(query)]
