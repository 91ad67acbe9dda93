"""Somebody who uploads videos to a measured product and waits for what becomes of them."""

import json
import subprocess
import time
from itertools import count
from pathlib import Path
from typing import Any

import requests

from benchmarks.product import Measured

_numbers = count(1)


class Owner:
    """An account of its own, with an organization of its own."""

    def __init__(self, product: Measured) -> None:
        self._url = f"{product.address}/api/v1"
        body = {"email": f"owner{next(_numbers)}@example.org", "password": "a long and odd phrase 77", "name": "Ada"}
        answer = requests.post(f"{self._url}/auth/signup", json=body, timeout=30)
        answer.raise_for_status()
        self.token: str = answer.json()["access_token"]
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **query: str) -> requests.Response:
        return requests.get(f"{self._url}{path}", headers=self.headers, params=query, timeout=30)

    def upload(self, clip: Path) -> str:
        """By curl, which streams from disk; the video's id."""
        command = ["/usr/bin/curl", "-s", f"{self._url}/videos", "-H", f"Authorization: Bearer {self.token}"]
        answer = subprocess.run([*command, "-F", f"file=@{clip}"], capture_output=True, check=True).stdout
        video_id: str = json.loads(answer)["id"]
        return video_id

    def video(self, video_id: str) -> dict[str, Any]:
        document: dict[str, Any] = self.get(f"/videos/{video_id}").json()
        return document

    def jobs(self, kind: str, state: str) -> int:
        """How many jobs of the kind are in the state, up to a hundred."""
        return len(self.get("/jobs", kind=kind, state=state, limit="100").json()["data"])

    def playable_after_s(self, video_id: str, *, within_s: float = 60) -> float:
        """Seconds from now until the playback is there."""
        began = time.monotonic()
        while self.get(f"/videos/{video_id}/playback").status_code != 200:
            if time.monotonic() - began > within_s:
                raise TimeoutError(str(self.video(video_id)))
            time.sleep(0.02)
        return time.monotonic() - began

    def ended(self, video_id: str, *, within_s: float = 300) -> dict[str, Any]:
        """The video once its processing has ended, well or badly."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            video = self.video(video_id)
            if video["processing"]["state"] in {"ready", "failed", "cancelled"}:
                return video
            time.sleep(0.05)
        raise TimeoutError(str(video))

    def delete(self, video_id: str) -> None:
        requests.delete(f"{self._url}/videos/{video_id}", headers=self.headers, timeout=30)
