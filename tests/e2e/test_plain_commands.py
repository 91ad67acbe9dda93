"""`gunicorn wsgi:app` and `celery -A workers worker`, each started by itself, against PostgreSQL."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from tests.support.processes import Running, is_alive
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_the_two_commands_make_a_ready_product(live_server: Running) -> None:
    answer = requests.get(f"{live_server.address}/readyz", timeout=60)

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["workers"]) == ("ok", 1)


def test_stopping_leaves_no_process_behind(live_server: Running) -> None:
    groups = {process.pid for process in live_server.processes}

    live_server.stop()

    wait_until(lambda: not [pid for pid in _process_ids() if is_alive(pid) and _group_of(pid) in groups])


@pytest.mark.browser
def test_a_browser_reads_the_api_s_documentation(live_server: Running, browser_page: "Page") -> None:
    answer = browser_page.goto(f"{live_server.address}/docs")

    assert answer is not None
    assert answer.status == 200
    browser_page.get_by_text("Publish a post").first.wait_for()


def _process_ids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _group_of(process_id: int) -> int | None:
    try:
        return os.getpgid(process_id)
    except ProcessLookupError:
        return None
