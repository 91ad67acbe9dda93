"""The main job on the running product: upload real clips, watch, play; faults and hostile files."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from tests import clips
from tests.e2e.conftest import Client, Product, fetched
from tests.support.event_stream import event_stream
from tests.support.waiting import wait_until


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("clips")
    return lambda name: clips.make(folder, name)


def playlist(url: str) -> list[str]:
    """The addresses that a playlist lists, its init files included."""
    answer = requests.get(url, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    named = [line.split('URI="')[1].split('"')[0] for line in answer.text.splitlines() if 'URI="' in line]
    listed = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    return [urljoin(url, address) for address in [*named, *listed]]


def test_a_copyable_clip_plays_at_once_and_ends_ready(ada: Client, clip: Callable[[str], Path]) -> None:
    video = ada.upload(clip("closed_gop.mp4"))

    ada.wait_for(video["id"], "playable", "ready")
    ready = ada.wait_for(video["id"], "ready")

    assert [rung["name"] for rung in ready["renditions"]] == ["360", "240"]
    assert {rung["state"] for rung in ready["renditions"]} == {"ready"}
    assert ready["processing"]["percent"] == 100
    assert (ready["width"], ready["height"], ready["duration_s"]) == (640, 360, 6.0)
    playback = ada.send("GET", f"/videos/{video['id']}/playback").json()
    master = requests.get(playback["hls_url"], timeout=60).text
    assert 'CODECS="avc1.' in master
    assert "mp4a.40.2" in master
    children = [address for media in playlist(playback["hls_url"]) for address in playlist(media)]
    assert len(children) >= 6
    assert {requests.get(address, timeout=60).status_code for address in children} == {200}
    for picture in (playback["poster_url"], playback["storyboard_url"]):
        assert requests.get(picture, timeout=60).status_code == 200


def test_a_progressive_file_answers_ranges_as_rfc_9110_says(ada: Client, clip: Callable[[str], Path]) -> None:
    video = ada.upload(clip("no_audio.mp4"))
    ada.wait_for(video["id"], "ready")
    url = ada.send("GET", f"/videos/{video['id']}/playback").json()["mp4_url"]

    whole = fetched(url)
    part = requests.get(url, headers={"Range": "bytes=10-19"}, timeout=60)
    tail = requests.get(url, headers={"Range": "bytes=-5"}, timeout=60)
    beyond = requests.get(url, headers={"Range": f"bytes={len(whole.content)}-"}, timeout=60)
    same = {"Range": "bytes=0-3", "If-Range": whole.headers["ETag"]}
    other = {"Range": "bytes=0-3", "If-Range": '"other"'}

    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.content)}"
    assert (tail.status_code, tail.content) == (206, whole.content[-5:])
    assert beyond.status_code == 416
    assert beyond.headers["Content-Range"] == f"bytes */{len(whole.content)}"
    assert requests.get(url, headers=same, timeout=60).status_code == 206
    assert requests.get(url, headers=other, timeout=60).status_code == 200
    assert requests.head(url, timeout=60).headers["Content-Length"] == str(len(whole.content))


@pytest.mark.parametrize(
    ("name", "issue"),
    [
        ("open_gop.mp4", "open_gop"),
        ("long_gop.mp4", "long_gop"),
        ("vp9.webm", "codec"),
        ("rotated.mov", "rotated"),
    ],
)
def test_what_cannot_be_copied_is_encoded(ada: Client, clip: Callable[[str], Path], name: str, issue: str) -> None:
    video = ada.upload(clip(name))

    ready = ada.wait_for(video["id"], "ready", "failed")

    assert ready["processing"]["state"] == "ready", ready["errors"]
    assert issue in {found["code"] for found in ready["input_issues"]}
    if name == "rotated.mov":
        assert (ready["width"], ready["height"]) == (360, 640)


@pytest.mark.parametrize("name", ["audio_only.m4a", "audio_only.mp3"])
def test_unusual_but_whole_files_become_ready(ada: Client, clip: Callable[[str], Path], name: str) -> None:
    video = ada.upload(clip(name))

    ready = ada.wait_for(video["id"], "ready", "failed")

    assert ready["processing"]["state"] == "ready", ready["errors"]
    mp4 = fetched(ada.send("GET", f"/videos/{video['id']}/playback").json()["mp4_url"])
    assert (mp4.status_code, mp4.content[4:8]) == (200, b"ftyp")


def test_a_truncated_file_fails_with_a_reason(ada: Client, clip: Callable[[str], Path]) -> None:
    video = ada.upload(clip("truncated.mp4"))

    failed = ada.wait_for(video["id"], "failed")

    assert failed["errors"][0]["code"] == "truncated"
    assert failed["errors"][0]["hint"]
    job = ada.send("GET", f"/jobs/{video['job_id']}").json()
    assert (job["state"], job["attempt"]) == ("failed", 1)


def test_a_deleted_video_leaves_no_file(ada: Client, product: Product, clip: Callable[[str], Path]) -> None:
    video = ada.upload(clip("no_audio.mp4"))
    ada.wait_for(video["id"], "playable", "ready")
    assert list(product.folder.glob(f"storage/videos/*/{video['id']}"))

    assert ada.send("DELETE", f"/videos/{video['id']}").status_code == 204

    wait_until(lambda: not list(product.folder.glob(f"storage/videos/*/{video['id']}")))


def replay(ada: Client) -> list[dict[str, Any]]:
    """Her events from the first to the one that ends a job."""
    with event_stream(ada.address, ada.token, last_event_id="0") as stream:
        return stream.take_until("job.succeeded")


def test_events_tell_the_whole_story_and_can_be_replayed(ada: Client, clip: Callable[[str], Path]) -> None:
    with event_stream(ada.address, ada.token) as stream:
        ada.upload(clip("vp9.webm"))
        live = stream.take_until("job.succeeded")

    replayed = replay(ada)

    story = ["video.created", "video.probed", "video.playable", "video.ready", "job.succeeded"]
    assert [event["type"] for event in live if "seq" in event] == story
    assert [event["seq"] for event in live if "seq" in event] == [1, 2, 3, 4, 5]
    percents = [event["data"]["percent"] for event in live if event["type"] == "video.progress"]
    assert percents
    assert percents == sorted(percents)
    assert [event["id"] for event in replayed] == [event["id"] for event in live if "seq" in event]


def workers_of(product: Product) -> list[int]:
    """The process ids of the worker's parent and children."""
    found = subprocess.run(["/bin/ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in found.splitlines()[1:]]
    own = {int(pid) for pid, ppid, args in rows if int(ppid) == product.process.pid and "celery" in args}
    return [int(pid) for pid, ppid, args in rows if int(pid) in own or int(ppid) in own]


def test_a_killed_worker_is_replaced_and_the_video_ends_ready_once(
    ada: Client, product: Product, clip: Callable[[str], Path]
) -> None:
    video = ada.upload(clip("open_gop.mp4"))
    ada.wait_for(video["id"], "preparing", "playable", "ready")

    for process_id in workers_of(product):
        os.kill(process_id, signal.SIGKILL)

    ready = ada.wait_for(video["id"], "ready", "failed")
    assert ready["processing"]["state"] == "ready", ready["errors"]
    assert [event["type"] for event in replay(ada)].count("video.ready") == 1
