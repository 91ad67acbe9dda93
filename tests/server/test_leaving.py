"""Reload, change of the binary and stop of gunicorn: no request is lost, and nobody waits for the idle."""

import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.server.conftest import StartWeb
from tests.support.keep_alive import asking
from tests.support.processes import new_master_of, stopped
from tests.support.waiting import wait_until

POSTS = "/api/v1/posts"
pytestmark = pytest.mark.slow


def test_a_reload_under_load_loses_no_request(start_web: StartWeb) -> None:
    web = start_web()
    before = web.serving()
    with asking(web.address, POSTS, clients=8) as asked:
        wait_until(lambda: len(asked.durations_s) > 40)  # each client has been here
        web.processes[0].send_signal(signal.SIGHUP)
        web.wait_until(lambda: len(web.serving() - before) == 2 and not web.serving() & before)
        begun = len(asked.durations_s)
        wait_until(lambda: len(asked.durations_s) > begun + 40)

    assert asked.failed == []
    assert asked.announced_ends >= 8


def test_the_workers_of_before_serve_until_a_successor_does(start_web: StartWeb) -> None:
    web = start_web()
    before, started = web.serving(), time.monotonic()
    with asking(web.address, "/healthz", clients=1) as asked:
        web.processes[0].send_signal(signal.SIGHUP)
        web.wait_until(lambda: bool(web.serving() - before))
        took_s = time.monotonic() - started

    assert asked.failed == []
    assert max(asked.durations_s) < 0.9 * took_s  # else it waited until the successors were loaded


def test_a_new_master_takes_over_under_load_without_losing_a_request(start_web: StartWeb) -> None:
    web = start_web()
    old, workers = web.processes[0], web.serving()
    with asking(web.address, POSTS, clients=8) as asked:
        old.send_signal(signal.SIGUSR2)
        web.wait_until(lambda: len(web.serving() - workers) == 2)
        new_master = new_master_of(old.pid)
        old.terminate()
        old.wait(60)
        begun = len(asked.durations_s)
        wait_until(lambda: len(asked.durations_s) > begun + 40)
    os.kill(new_master, signal.SIGTERM)

    assert asked.failed == []


def test_a_stop_under_load_answers_all_that_it_accepted(start_web: StartWeb) -> None:
    web = start_web(LOG_LEVEL="INFO")
    with asking(web.address, POSTS, clients=8, until_refused=True) as asked:
        wait_until(lambda: len(asked.durations_s) > 40)
        web.processes[0].terminate()
        assert web.processes[0].wait(60) == 0
    log = web.log_file.read_text()

    assert asked.failed == []
    assert [request_id for request_id in asked.never_taken if request_id in log] == []
    assert POSTS in log


def test_idle_connections_and_streams_do_not_hold_up_a_stop(start_web: StartWeb) -> None:
    web = start_web("--graceful-timeout", "60")
    account = {"email": "ada@example.org", "password": "mossy lantern 42 orbit", "name": "Ada"}
    with ExitStack() as stack:
        session = stack.enter_context(requests.Session())
        token = session.post(f"{web.address}/api/v1/auth/signup", json=account, timeout=60).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        stream = stack.enter_context(
            requests.get(f"{web.address}/api/v1/events", headers=headers, stream=True, timeout=60)
        )
        assert next(stream.iter_lines()) == b": welcome"
        started = time.monotonic()
        web.processes[0].terminate()
        web.processes[0].wait(60)

    assert time.monotonic() - started < 45


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_without_clients_stops_at_once(number: int, start_web: StartWeb) -> None:
    web = start_web()

    web.processes[0].send_signal(number)

    web.processes[0].wait(25)  # the grace for what is under way is 30


def test_a_stop_while_the_workers_load_is_not_lost(web_folder: Path, redis_url: str) -> None:
    web = stopped(web_folder, "", redis_url, {})
    sockets = web.data_dir / "run" / "web"
    of_before = set(sockets.glob("*.sock"))  # a server that was killed leaves some
    process = web.start_script("gunicorn", "wsgi:app")
    try:
        web.wait_until(lambda: bool(set(sockets.glob("*.sock")) - of_before))
        process.terminate()

        assert process.wait(60) == 0
    finally:
        web.stop()
