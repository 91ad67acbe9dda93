"""The ground under every test: its environment is set here, before anything reads the settings."""

import os
import shutil
import tempfile
from pathlib import Path

_IS_XDIST_WORKER = "PYTEST_XDIST_WORKER" in os.environ  # noqa: TID251 - config must not be imported yet


def _prepare_environment() -> Path:
    """The one temporary folder of the run, in which each xdist worker has its own DATA_DIR."""
    variables = os.environ  # noqa: TID251 - what is set here is what config reads
    if not _IS_XDIST_WORKER:
        variables["MARQUEE_TEST_RUN"] = tempfile.mkdtemp(prefix="marquee-run-")
        variables["MARQUEE_TEST_ROOT_PID"] = str(os.getpid())
    run_folder = Path(variables["MARQUEE_TEST_RUN"])
    for name in ("NODE_ENV", "DATABASE_URL", "DIRECT_URL", "SECRET_KEY", "PUBLIC_URL"):
        variables.pop(name, None)
    variables["APP_ENV"] = "test"
    # Nobody listens there: unset, whatever asks before a fixture names a real one would start the bundled one.
    variables["REDIS_URL"] = "redis://127.0.0.1:1/0"
    variables["LOG_LEVEL"] = "ERROR"
    variables["DATA_DIR"] = str(run_folder / variables.get("PYTEST_XDIST_WORKER", "main") / "data")
    Path(variables["DATA_DIR"]).mkdir(parents=True)
    return run_folder


_RUN_FOLDER = _prepare_environment()

pytest_plugins = [
    "tests.support.scheduling",
    "tests.support.database_fixtures",
    "tests.support.http_fixtures",
    "tests.support.matrix_summary",
    "tests.support.process_fixtures",
    "tests.support.browser_fixtures",
]


def pytest_unconfigure() -> None:
    """Leaves nothing behind; a killed run is cleaned up by the keeper of its servers."""
    if not _IS_XDIST_WORKER:
        shutil.rmtree(_RUN_FOLDER, ignore_errors=True)
