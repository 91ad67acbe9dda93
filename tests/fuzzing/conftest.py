"""What the API document is tried on: the application in this process, or in a long run the real server."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import Engine

from config import settings
from tests.support.processes import running

SECONDS: Final = int(os.environ.get("MARQUEE_FUZZ_S", "8"))  # noqa: TID251 - the tests' own variable
SEED: Final = int(os.environ.get("MARQUEE_FUZZ_SEED", "1"))  # noqa: TID251 - the tests' own variable
_LONG_S: Final = 60


@pytest.fixture
def target(app: Flask, committed_database: Engine, redis_url: str, tmp_path: Path) -> Iterator[Flask | str]:
    if SECONDS < _LONG_S:
        yield app
        return
    url = committed_database.url.render_as_string(hide_password=False)
    configured = settings.public_url
    with running(tmp_path / "data", database_url=url, redis_url=redis_url, workers=0) as product:
        settings.public_url = product.address  # tokens name it
        yield product.address
        settings.public_url = configured
