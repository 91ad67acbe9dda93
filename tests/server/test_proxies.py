"""The nginx and HAProxy examples of `deploy/` before a running Marquee: TLS, live events, uploads, media, failures."""

import json
import shutil
import signal
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import pytest
import requests
import socketio

from tests import clips
from tests.support.keep_alive import asking
from tests.support.processes import Running, web_alone
from tests.support.proxies import Proxy, proxy, why_not
from tests.support.servers import free_port
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow
MB: Final = 1_000_000


def each_proxy() -> list[Any]:
    """Both, or the reason why one is not tried here."""
    return [
        pytest.param(name, marks=[pytest.mark.skipif(why is not None, reason=str(why))])
        for name in ("nginx", "haproxy")
        for why in [why_not(name)]
    ]


@dataclass
class Site:
    """Marquee, what stands before it, and somebody who signed up there."""

    name: str
    folder: Path
    web: Running
    proxy: Proxy
    session: requests.Session

    @property
    def api(self) -> str:
        return f"{self.proxy.address}/api/v1"

    def publish_a_post(self) -> str:
        post = self.session.post(f"{self.api}/posts", json={"title": "Seen from afar"}, timeout=60).json()
        answer = self.session.post(f"{self.api}/posts/{post['id']}/publish", timeout=60)
        assert answer.status_code == 200, answer.text
        return f"post:{post['id']}"


@pytest.fixture(scope="module", params=each_proxy())
def site(request: pytest.FixtureRequest, redis_url: str, sqlite_template: Path) -> Iterator[Site]:
    """One Marquee behind each of the proxies."""
    ports = free_port(), free_port()
    variables = {"TRUSTED_PROXIES": "127.0.0.1", "PUBLIC_URL": f"https://localhost:{ports[1]}"}
    if request.param == "nginx":
        variables["ACCEL_PATH"] = "/_storage/"
    with tempfile.TemporaryDirectory(prefix="marquee-web-") as name:
        folder = Path(name)
        (folder / "data").mkdir()
        shutil.copyfile(sqlite_template, folder / "data" / "marquee.db")
        with (
            web_alone(folder / "data", redis_url=redis_url, **variables) as web,
            proxy(
                request.param, folder, ports=ports, upstream=web.address, storage_dir=web.data_dir / "storage"
            ) as before,
            requests.Session() as session,
        ):
            session.trust_env = False  # a bundle named there would replace ours
            session.verify = str(before.certificate)
            account = {"email": "ada@example.org", "password": "mossy lantern 42 orbit", "name": "Ada"}
            answer = session.post(f"{before.address}/api/v1/auth/signup", json=account, timeout=60)
            session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            yield Site(request.param, folder, web, before, session)


@pytest.fixture(params=each_proxy())
def lonely_proxy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Proxy]:
    """A proxy with no Marquee behind it."""
    nobody = f"http://localhost:{free_port()}"
    ports = free_port(), free_port()
    with proxy(request.param, tmp_path, ports=ports, upstream=nobody, storage_dir=tmp_path) as before:
        yield before


@contextmanager
def connected(before: Proxy) -> Iterator[ssl.SSLSocket]:
    context = ssl.create_default_context(cafile=before.certificate)
    context.set_alpn_protocols(["http/1.1"])
    port = urlsplit(before.address).port or 0
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as client,
    ):
        yield client


def test_the_api_answers_over_tls_and_plain_http_is_sent_there(site: Site) -> None:
    answer = site.session.get(f"{site.api}/posts", headers={"X-Request-Id": "from-the-client-1"}, timeout=60)
    plain = requests.get(f"{site.proxy.plain_address}/api/v1/posts", allow_redirects=False, timeout=60)

    assert (answer.status_code, answer.headers["X-Request-Id"]) == (200, "from-the-client-1")
    assert (plain.status_code, urlsplit(plain.headers["Location"]).scheme) == (308, "https")


def test_socket_io_changes_from_polling_to_websocket_and_hears_events(site: Site) -> None:
    heard: list[str] = []
    client = socketio.Client(http_session=site.session, reconnection=False)
    client.on("event", lambda event: heard.append(event["type"]))
    client.connect(site.proxy.address, auth={"token": str(site.session.headers["Authorization"])[7:]}, wait_timeout=60)
    try:
        site.publish_a_post()
        site.web.wait_until(lambda: "post.published" in heard)

        assert client.transport() == "websocket"
    finally:
        client.disconnect()


def test_server_sent_events_come_one_by_one(site: Site) -> None:
    with site.session.get(f"{site.api}/events", stream=True, timeout=60) as stream:
        lines = stream.iter_lines(chunk_size=1)
        assert next(lines) == b": welcome"
        subject = site.publish_a_post()

        published = next(line for line in lines if b"post.published" in line and line.startswith(b"data:"))

    assert json.loads(published.removeprefix(b"data:"))["subject"] == subject


def test_an_upload_is_written_while_it_arrives(site: Site) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
    begin, end = part + b"\x00\x00\x00\x18ftypmp42", b"\r\n--b--\r\n"
    authorization = str(site.session.headers["Authorization"])
    head = (
        f"POST /api/v1/videos HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len(begin) + 8 * MB + len(end)}\r\n\r\n"
    )
    with connected(site.proxy) as client:
        client.sendall(head.encode() + begin + b"x" * 4 * MB)
        site.web.wait_until(lambda: _written_bytes(site.web.data_dir) >= 2 * MB)
        client.sendall(b"x" * 4 * MB + end)
        answer = HTTPResponse(client)
        answer.begin()

    assert answer.status == 201


def _written_bytes(data_dir: Path) -> int:
    return sum(path.stat().st_size for path in (data_dir / "storage").rglob("*") if path.is_file())


def test_media_are_sent_by_range_with_our_validators_and_headers(site: Site, tmp_path: Path) -> None:
    site.web.start("celery", "-A", "workers", "worker")
    url = _init_file_of_a_video(site, clips.make(tmp_path, "closed_gop.mp4"))
    whole = site.session.get(url, timeout=60)
    part = site.session.get(url, headers={"Range": "bytes=10-19", "If-Range": whole.headers["ETag"]}, timeout=60)
    same = site.session.get(url, headers={"If-None-Match": whole.headers["ETag"]}, timeout=60)
    beyond = site.session.get(url, headers={"Range": "bytes=9999999-"}, timeout=60)
    direct = requests.get(site.web.address + urlsplit(url).path, timeout=60)

    assert (whole.status_code, whole.content[4:8]) == (200, b"ftyp")
    assert (whole.headers["Content-Type"], whole.headers["X-Content-Type-Options"]) == ("video/mp4", "nosniff")
    assert (whole.headers["Cross-Origin-Resource-Policy"], "X-Accel-Redirect" in whole.headers) == (
        "cross-origin",
        False,
    )
    assert "immutable" in whole.headers["Cache-Control"]
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.content)}"
    assert (same.status_code, same.content) == (304, b"")
    assert (beyond.status_code, beyond.headers["Content-Type"]) == (416, "application/problem+json")
    assert direct.headers.get("X-Accel-Redirect", "").startswith("/_storage/videos/") == (site.name == "nginx")
    secret = urlsplit(url).path.split("/")[2]
    assert not [path for path in site.folder.glob("*.log") if secret in path.read_text(errors="replace")]


def _init_file_of_a_video(site: Site, clip: Path) -> str:
    with clip.open("rb") as file:
        video = site.session.post(f"{site.api}/videos", files={"file": (clip.name, file)}, timeout=30).json()
    playback_url = f"{site.api}/videos/{video['id']}/playback"
    site.web.wait_until(lambda: site.session.get(playback_url, timeout=60).status_code == 200)
    master_path = urlsplit(site.session.get(playback_url, timeout=60).json()["hls_url"]).path
    master = site.session.get(site.proxy.address + master_path, timeout=60)
    (playlist_path, *_) = [line for line in master.text.splitlines() if line and not line.startswith("#")]
    playlist = site.session.get(urljoin(master.url, playlist_path), timeout=60)
    name = playlist.text.partition('#EXT-X-MAP:URI="')[2].partition('"')[0]
    return urljoin(playlist.url, name)


def test_a_path_into_the_storage_leads_nowhere_from_outside(site: Site) -> None:
    answer = site.session.get(f"{site.proxy.address}/_storage/videos/", timeout=60)

    assert answer.status_code == 404


def test_a_reload_behind_the_proxy_loses_no_request(site: Site) -> None:
    context = ssl.create_default_context(cafile=site.proxy.certificate)
    before = site.web.serving()
    with asking(site.proxy.address, "/api/v1/posts", clients=4, context=context) as asked:
        site.web.processes[0].send_signal(signal.SIGHUP)
        site.web.wait_until(lambda: len(site.web.serving() - before) == 2 and not site.web.serving() & before)
        begun = len(asked.durations_s)
        wait_until(lambda: len(asked.durations_s) > begun + 20)

    assert asked.failed == []


def test_while_marquee_is_away_the_proxy_says_so_as_a_problem(lonely_proxy: Proxy) -> None:
    answer = requests.get(f"{lonely_proxy.address}/api/v1/posts?q=1", verify=str(lonely_proxy.certificate), timeout=20)
    problem = answer.json()

    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert (problem["status"], problem["code"], problem["instance"]) == (503, "unavailable", "/api/v1/posts")
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["Retry-After"] == "2"


@pytest.mark.parametrize("lonely_proxy", each_proxy()[:1], indirect=True)  # HAProxy has a page of its own for it
def test_what_the_proxy_cannot_read_is_a_problem(lonely_proxy: Proxy) -> None:
    with connected(lonely_proxy) as client:
        client.sendall(b"GET /\x01 nonsense\r\n\r\n")
        answer = HTTPResponse(client)
        answer.begin()
        problem = json.loads(answer.read())

    assert (answer.status, answer.getheader("Content-Type")) == (400, "application/problem+json")
    assert (problem["code"], problem["status"]) == ("bad_http", 400)
