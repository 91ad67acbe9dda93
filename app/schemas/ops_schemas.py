"""Health and readiness."""

from typing import Literal

from app.schemas.fields import Output
from app.services.health_service import Readiness


class HealthOut(Output):
    """The process answers."""

    status: Literal["ok"]


class ReadinessOut(Output):
    """Every part. `degraded`: without Redis, when writes still succeed and work waits; or with so little space on the
    storage that uploads are refused.
    """

    status: Literal["ok", "degraded", "unavailable"]
    database: bool
    migrations: bool
    redis: bool
    workers: int
    jail: str
    storage: Literal["ok", "low"]


def render_readiness(readiness: Readiness) -> dict[str, object]:
    """The parts and what follows from them."""
    return {
        "status": readiness.status,
        "database": readiness.database,
        "migrations": readiness.migrations,
        "redis": readiness.redis,
        "workers": readiness.workers,
        "jail": readiness.jail,
        "storage": readiness.storage,
    }
