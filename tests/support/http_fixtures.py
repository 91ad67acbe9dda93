"""The client that most tests speak through."""

import pytest
from flask import Flask

from tests.support.http import ApiClient

_DATABASES = ("database", "committed_database", "sqlite_database")


@pytest.fixture
def client(app: Flask, database_kind: str, request: pytest.FixtureRequest) -> ApiClient:
    """Nobody in particular, on the test's database: the rolled-back one unless another is asked for."""
    del database_kind  # asked for so that `both_databases` reaches tests that name no database
    if not any(name in request.fixturenames for name in _DATABASES):
        request.getfixturevalue("database")
    return ApiClient(app, app.response_class)
