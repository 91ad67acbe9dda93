"""The product as its user starts it: `flask up` on an empty folder, with the embedded parts."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from config.env import PROJECT_DIR
from tests.support.as_installed import python_path
from tests.support.servers import free_port
from tests.support.waiting import PATIENCE_S

PASSWORD = "correct horse battery"
HEALTHY_WITHIN_S = 180.0


@dataclass
class Product:
    """A running Marquee and the folder that it keeps everything in."""

    address: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    def ready(self) -> dict[str, Any]:
        """What `/readyz` says; empty while nobody answers."""
        try:
            document: dict[str, Any] = requests.get(f"{self.address}/readyz", timeout=2).json()
        except requests.RequestException:
            return {}
        return document

    def log(self) -> str:
        return (self.folder / "up.log").read_text(errors="replace")


@dataclass
class Client:
    """Somebody who signed up."""

    address: str
    token: str

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return requests.request(method, f"{self.address}/api/v1{path}", headers=headers, timeout=30, **options)

    def upload(self, clip: Path) -> dict[str, Any]:
        """Sends a clip in one request."""
        with clip.open("rb") as file:
            answer = self.send("POST", "/videos", files={"file": (clip.name, file)})
        assert answer.status_code == 201, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def video(self, video_id: str) -> dict[str, Any]:
        document: dict[str, Any] = self.send("GET", f"/videos/{video_id}").json()
        return document

    def wait_for(self, video_id: str, *states: str) -> dict[str, Any]:
        """The video once it is in one of the states."""
        deadline = time.monotonic() + HEALTHY_WITHIN_S
        while time.monotonic() < deadline:
            video = self.video(video_id)
            if video["processing"]["state"] in states:
                return video
            time.sleep(0.1)
        raise AssertionError(f"{video['processing']} after {HEALTHY_WITHIN_S} s; wanted {states}")


def fetched(url: str) -> requests.Response:
    """The answer to a GET, asked for as a client does: again while a 503 says that the file is being made."""
    deadline = time.monotonic() + PATIENCE_S
    while (answer := requests.get(url, timeout=60)).status_code == 503:
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.3)
    return answer


def start_product(folder: Path, **variables: str) -> Product:
    """Starts `flask up` as `make run` does and waits until it is healthy."""
    port = free_port()
    inherited = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}  # noqa: TID251 - a clean environment for the child
    settings = {
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "APP_ENV": "development",
        "PYTHONPATH": python_path(),
        "WORKER_CORES": "2",
        "RATE_LIMIT_SCALE": "0",
    }
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "up.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "up"],
            env={**inherited, **settings, "JOB_LEASE_S": "8", "JOB_HEARTBEAT_S": "2", **variables},
            cwd=PROJECT_DIR,
            stdout=log,
            stderr=log,
        )
    product = Product(f"http://localhost:{port}", folder, process)
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    while not product.ready().get("workers"):
        assert process.poll() is None, product.log()
        assert time.monotonic() < deadline, product.log()
        time.sleep(0.1)
    return product


def stop_product(product: Product, number: int = signal.SIGTERM) -> float:
    """Stops it and says how many seconds that took."""
    started = time.monotonic()
    product.process.send_signal(number)
    product.process.wait(PATIENCE_S)
    return time.monotonic() - started


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    product = start_product(tmp_path_factory.mktemp("product"))
    yield product
    stop_product(product)


@pytest.fixture(scope="session")
def sign_up(product: Product) -> Callable[[], Client]:
    def sign_up() -> Client:
        email = f"user{time.monotonic_ns()}@example.org"
        body = {"email": email, "password": PASSWORD, "name": "Ada"}
        answer = requests.post(f"{product.address}/api/v1/auth/signup", json=body, timeout=30)
        assert answer.status_code == 201, answer.text
        return Client(product.address, answer.json()["access_token"])

    return sign_up


@pytest.fixture
def ada(sign_up: Callable[[], Client]) -> Client:
    return sign_up()
