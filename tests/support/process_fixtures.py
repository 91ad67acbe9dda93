"""A running product on the test's committed database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.processes import Running, running


@pytest.fixture
def live_server(committed_database: Engine, redis_url: str, tmp_path: Path) -> Iterator[Running]:
    """Web and worker as processes; what the test commits, they see."""
    url = committed_database.url
    database_url = "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=False)
    with running(tmp_path / "data", database_url=database_url, redis_url=redis_url) as product:
        yield product
