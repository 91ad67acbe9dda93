"""gunicorn alone, as a process, with deadlines short enough for tests."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.processes import Running, web_alone

StartWeb = Callable[..., Running]


@pytest.fixture(scope="module")
def web(redis_url: str, sqlite_template: Path) -> Iterator[Running]:
    """One server for a file's tests, with an empty database."""
    deadlines = {"REQUEST_HEADER_S": "1", "CLIENT_GRACE_S": "1", "ANSWER_STALL_S": "1"}
    # A short path: the workers' sockets shall stand in it.
    with tempfile.TemporaryDirectory(prefix="marquee-web-") as folder:
        shutil.copyfile(sqlite_template, Path(folder) / "marquee.db")
        with web_alone(Path(folder), "--keep-alive", "2", redis_url=redis_url, **deadlines) as running:
            yield running


@pytest.fixture(scope="module")
def web_folder(sqlite_template: Path) -> Iterator[Path]:
    """One database for the servers that a file's tests start one after the other."""
    with tempfile.TemporaryDirectory(prefix="marquee-web-") as folder:
        shutil.copyfile(sqlite_template, Path(folder) / "marquee.db")
        yield Path(folder)


@pytest.fixture
def start_web(web_folder: Path, redis_url: str) -> Iterator[StartWeb]:
    """Starts a server that the test may signal; arguments are gunicorn's."""
    with ExitStack() as stack:
        yield lambda *arguments, **variables: stack.enter_context(
            web_alone(web_folder, *arguments, redis_url=redis_url, **variables)
        )
