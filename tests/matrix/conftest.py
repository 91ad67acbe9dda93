"""One prepared world a module; each test puts it back as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from flask import Flask
from sqlalchemy import Connection

from app.database import db
from tests.matrix.snapshots import Fingerprint, added, keys
from tests.matrix.world import Side, World, build_outsiders, build_side
from tests.support.database_fixtures import _bound_to
from tests.support.http import ApiClient


@dataclass
class Stage:
    """The world, a client, and the fingerprints of both sides as they were made."""

    connection: Connection
    client: ApiClient
    world: World
    fingerprints: dict[str, Fingerprint] = field(default_factory=dict)
    original: dict[str, dict[str, str]] = field(default_factory=dict)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever happens inside is rolled back."""
        inner = self.connection.begin_nested()
        try:
            yield
        finally:
            db.session.remove()
            inner.rollback()

    def changed(self, side: Side) -> list[str]:
        """The tables in which something of the side is not as it was."""
        current = self.fingerprints[side.name].take()
        return [table for table, digest in current.items() if digest != self.original[side.name][table]]


@pytest.fixture(scope="module")
def stage(app: Flask) -> Iterator[Stage]:
    with app.app_context(), db.engine.connect() as connection:
        outer = connection.begin()
        # A whole module may think for longer than a request may.
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
        with _bound_to(connection):
            yield _stage(app, connection)
        outer.rollback()


def _stage(app: Flask, connection: Connection) -> Stage:
    stage = Stage(connection, ApiClient(app, app.response_class), World())
    for name in ("north", "south"):
        before = keys()
        side = build_side(name)
        stage.world.sides.append(side)
        fingerprint = Fingerprint(side.organization.id, added(before, keys()))
        stage.fingerprints[name] = fingerprint
    stage.world.outsiders = build_outsiders(*stage.world.sides)
    stage.original = {name: fingerprint.take() for name, fingerprint in stage.fingerprints.items()}
    return stage
