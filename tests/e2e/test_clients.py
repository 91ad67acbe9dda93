"""The stock clients against the running product: npm's socket.io-client, and a browser on the try-it page."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from config.env import PROJECT_DIR
from tests import clips
from tests.e2e.conftest import Client, Product
from tests.support.event_documents import assert_is_event

if TYPE_CHECKING:
    from playwright.sync_api import Page


SCRIPTS: Final = PROJECT_DIR / "tests" / "js"
NODE: Final = shutil.which("node")
needs_node = pytest.mark.skipif(
    NODE is None or not (SCRIPTS / "node_modules" / "socket.io-client").is_dir(),
    reason="Node or npm's socket.io-client is not installed (make test installs it where npm is)",
)


def follow(address: str, token: str, topic: str, until: str) -> list[dict[str, Any]]:
    """What npm's socket.io-client with default options hears."""
    command = [str(NODE), str(SCRIPTS / "follow.mjs"), address, token, topic, until]
    done = subprocess.run(command, cwd=SCRIPTS, capture_output=True, text=True, timeout=120, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


@needs_node
def test_the_stock_socket_io_client_follows_a_video(ada: Client, product: Product, tmp_path: Path) -> None:
    video = ada.upload(clips.make(tmp_path, "no_audio.mp4"))

    heard = follow(product.address, ada.token, f"video:{video['id']}", "video.ready")

    acks = [line for line in heard if line["type"] == "ack"]
    assert [ack["ok"] for ack in acks] == [True]
    numbered = [event for event in heard if "seq" in event and event not in acks]
    assert [event["type"] for event in numbered][:3] == ["video.created", "video.probed", "video.playable"]
    for event in heard:
        if event not in acks:
            assert_is_event(event)
    assert [event["seq"] for event in numbered] == sorted({event["seq"] for event in numbered})
    percents = [event["data"]["percent"] for event in heard if event["type"] == "video.progress"]
    assert percents == sorted(percents)


@needs_node
def test_a_topic_of_another_tenant_and_a_bad_token_are_refused(
    ada: Client, sign_up: Callable[[], Client], product: Product, tmp_path: Path
) -> None:
    video = ada.upload(clips.make(tmp_path, "no_audio.mp4"))
    bob = sign_up()
    bob.send("POST", "/posts", json={"title": "Something to hear"})

    heard = follow(product.address, bob.token, f"video:{video['id']}", "post.created")
    refused = follow(product.address, "no token", "video:x", "never")

    assert next(event["subject"] for event in heard if "seq" in event).startswith("post:")
    assert all(video["id"] not in json.dumps(event) for event in heard)
    assert refused == [{"type": "refused", "code": "invalid_token"}]


def wait_until_playing(page: "Page") -> None:
    """Playwright's own waiting for a function needs eval, which the page's CSP refuses."""
    deadline = time.monotonic() + 60
    while page.evaluate("() => document.getElementById('player').currentTime") < 0.5:
        assert time.monotonic() < deadline, page.inner_text("#stage")
        time.sleep(0.2)


def test_the_try_it_page_takes_a_newcomer_to_a_playing_video(
    product: Product, browser_page: "Page", tmp_path: Path
) -> None:
    page = browser_page
    clip = clips.make(tmp_path, "closed_gop.mp4")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(product.address)
    page.fill("#signup [name=email]", f"browser{time.monotonic_ns()}@example.org")
    page.fill("#signup [name=password]", "correct horse battery")
    page.click("#signup button")
    page.wait_for_selector("#who:has-text('You are Ada')")
    page.click("#post button")
    page.wait_for_selector("#published strong")
    page.set_input_files("#file", str(clip))
    wait_until_playing(page)
    page.wait_for_selector("#stage:has-text('Ready')", timeout=60_000)

    assert page.evaluate("() => document.getElementById('player').videoWidth") > 0
    assert page.evaluate("() => document.getElementById('bar').value") == 100
    assert complaints == []
