"""The bundled Valkey: shared by processes, restarted after a crash, gone with its last user."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.clients.valkey import BundledValkey, guardian
from config.env import PROJECT_DIR
from tests.support.waiting import wait_until

USE_IT = "from app.clients import valkey; print(valkey.redis_url(), flush=True); input()"


@pytest.fixture
def bundled(tmp_path: Path) -> Iterator[BundledValkey]:
    server = BundledValkey(tmp_path / "run", tmp_path / "valkey")
    yield server
    server.release()
    wait_until(lambda: server_pid(server) is None)


@pytest.fixture
def start_user(bundled: BundledValkey) -> "Iterator[Callable[[], subprocess.Popen[str]]]":
    """Starts another process that uses the same server until its input ends."""
    started: list[subprocess.Popen[str]] = []

    def start_user() -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", USE_IT],
            cwd=PROJECT_DIR,
            env={"APP_ENV": "test", "DATA_DIR": str(bundled.run_dir.parent)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start_user
    for process in started:
        process.kill()
        process.communicate()


def server_pid(server: BundledValkey) -> int | None:
    try:
        return int((server.run_dir / guardian.PID_FILE).read_text())
    except FileNotFoundError:
        return None


def is_answering(server: BundledValkey) -> bool:
    address = guardian.read_address(server.run_dir)
    return address is not None and guardian.answers(address)


def url_of(user: "subprocess.Popen[str]") -> str:
    assert user.stdout is not None
    return user.stdout.readline().strip()


def test_two_processes_share_one_server_and_the_last_to_leave_ends_it(
    bundled: BundledValkey, start_user: "Callable[[], subprocess.Popen[str]]"
) -> None:
    first, second = start_user(), start_user()
    assert url_of(first) == url_of(second) != ""
    pid = server_pid(bundled)

    first.communicate("\n")
    time.sleep(0.5)  # five looks of the guardian
    wait_until(lambda: is_answering(bundled))
    assert server_pid(bundled) == pid

    second.communicate("\n")
    wait_until(lambda: server_pid(bundled) is None)
    assert not (bundled.run_dir / guardian.ADDRESS_FILE).exists()


def test_a_last_user_killed_by_force_leaves_no_server(
    bundled: BundledValkey, start_user: "Callable[[], subprocess.Popen[str]]"
) -> None:
    user = start_user()
    assert url_of(user).startswith("redis://")

    user.kill()

    wait_until(lambda: server_pid(bundled) is None)


def test_a_crashed_server_comes_back_at_the_same_address(bundled: BundledValkey) -> None:
    url = bundled.url()
    crashed = server_pid(bundled)
    assert crashed is not None

    os.kill(crashed, signal.SIGKILL)
    wait_until(lambda: server_pid(bundled) not in {None, crashed} and is_answering(bundled))

    assert bundled.url() == url


def test_a_killed_guardian_takes_its_server_along_and_the_next_call_starts_both(bundled: BundledValkey) -> None:
    url = bundled.url()
    guardian_pid = bundled.guardian_pid
    assert guardian_pid is not None

    os.kill(guardian_pid, signal.SIGKILL)
    wait_until(lambda: not is_answering(bundled))

    assert bundled.url() == url
    assert bundled.is_guarded()


def test_the_address_and_the_data_are_private(bundled: BundledValkey) -> None:
    bundled.url()

    modes = [(bundled.run_dir / name).stat().st_mode & 0o777 for name in (".", guardian.ADDRESS_FILE)]

    assert modes == [0o700, 0o600]


def test_the_server_wants_its_password(bundled: BundledValkey) -> None:
    bundled.url()
    address = guardian.read_address(bundled.run_dir)
    assert address is not None

    wait_until(lambda: guardian.answers(address))
    assert not guardian.answers(address._replace(password="wrong"))
