"""What has changed: the numbers of the newest events, looked up at most four times a second while somebody asks."""

import threading
from datetime import timedelta
from time import monotonic
from typing import Final
from uuid import UUID

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.middlewares.edge_cache.keys import EVERYTHING
from app.services import event_service
from app.utils.times import now

log = structlog.get_logger("marquee.edge_cache")
LOOK_S: Final = 0.25
BLIND_S: Final = 0.5
"""Whoever looked longer ago does not know what is current."""
_BACK: Final = timedelta(seconds=10)
"""Twice the life of an entry: room for slow commits, and for hosts whose clocks differ."""


class Versions:
    """One a process."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._look_at = 0.0
        self._looked_at = -BLIND_S
        self._of_slugs: dict[str, int] = {}
        self._of_scopes: dict[tuple[UUID, str | None], int] = {}
        self._changes = 0

    def of(self, scope: str) -> int:
        """The version of an organization by any of its slugs, or of everything."""
        return self._changes if scope == EVERYTHING else self._of_slugs.get(scope, 0)

    def are_known(self, moment: float) -> bool:
        """Looks again if it is time for it; whether the versions are right to half a second.

        One request in a quarter of a second looks for all; others wait for it only if it has been long.
        """
        if moment >= self._look_at:
            is_blind = moment - self._looked_at > BLIND_S
            if self._lock.acquire(blocking=is_blind):
                try:
                    self._look_unless_done()
                finally:
                    self._lock.release()
        return moment - self._looked_at <= BLIND_S

    def _look_unless_done(self) -> None:
        moment = monotonic()
        if moment < self._look_at:
            return
        self._look_at = moment + LOOK_S
        try:
            with self._app.app_context():
                found = event_service.latest(now() - _BACK)
        except SQLAlchemyError as error:
            log.warning("the edge cache cannot look for changes", cause=type(error).__name__)
            return
        # What is no longer found is too old to matter: nothing that was kept before it is alive.
        if any(self._of_scopes.get(scope) != number for scope, number in found.items()):
            self._changes += 1
        self._of_scopes = found
        self._of_slugs = {slug: number for (_scope, slug), number in found.items() if slug is not None}
        self._looked_at = moment
