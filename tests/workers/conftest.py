"""The stage on which real workers play."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.database import db, transaction
from app.models import Organization
from tests.workers.stage import Stage


@pytest.fixture
def stage(committed_database: object, redis_url: str, tmp_path: Path) -> Iterator[Stage]:
    del committed_database
    with transaction():
        organization = Organization(slug="acme", name="Acme")
        db.session.add(organization)
    stage = Stage(organization.id, tmp_path, redis_url)
    yield stage
    stage.end()
