"""Slow clients hold nothing for long and slow nobody else: deadlines for heads, bodies and readers."""

import json
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPResponse
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.processes import Running
from tests.support.waiting import PATIENCE_S, wait_until

BODY = b'{"email": "ada@example.org", "password": "mossy lantern 42 orbit"}'


@contextmanager
def connected(web: Running, *, receive_bytes: int | None = None) -> Iterator[socket.socket]:
    with socket.socket() as client:
        if receive_bytes is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        client.settimeout(PATIENCE_S)
        client.connect(("127.0.0.1", urlsplit(web.address).port))
        yield client


def head(method: str, path: str, **headers: object) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def sign_in_head(length: int) -> bytes:
    return head("POST", "/api/v1/auth/signin", Content_Type="application/json", Content_Length=length)


def answer_on(client: socket.socket) -> tuple[HTTPResponse, dict[str, Any]]:
    answer = HTTPResponse(client)
    answer.begin()
    return answer, json.loads(answer.read())


def read_all(client: socket.socket) -> None:
    while client.recv(1_000_000):
        pass


def test_a_head_that_does_not_arrive_is_answered_408(web: Running) -> None:
    with connected(web) as client:
        started = time.monotonic()
        client.sendall(b"GET /api/v1/posts?limit=1 HTTP/1.1\r\nHost: localhost\r\nX-Sl")
        answer, problem = answer_on(client)
        took_s = time.monotonic() - started

        assert (answer.status, answer.getheader("Content-Type")) == (408, "application/problem+json")
        assert (problem["code"], problem["instance"]) == ("too_slow", "/api/v1/posts")
        assert took_s > 0.9
        assert client.recv(1) == b""


def test_a_head_that_trickles_is_not_waited_for_longer(web: Running) -> None:
    with connected(web) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\n")
        with suppress(ConnectionError):  # the answer may have come before the last line
            for _ in range(4):
                time.sleep(0.25)
                client.sendall(b"X: y\r\n")
        answer, _ = answer_on(client)

        assert answer.status == 408


def test_a_body_that_stops_is_answered_408_and_the_connection_ends(web: Running) -> None:
    with connected(web) as client:
        client.sendall(sign_in_head(len(BODY)) + BODY[:10])
        answer, problem = answer_on(client)

        assert (answer.status, answer.getheader("Content-Type")) == (408, "application/problem+json")
        assert (problem["code"], problem["instance"]) == ("too_slow", "/api/v1/auth/signin")
        assert answer.getheader("Connection") == "close"
        assert client.recv(1) == b""


def test_a_body_above_the_minimum_rate_may_take_longer_than_the_grace(web: Running) -> None:
    answers: list[tuple[int, str]] = []
    wait_until(lambda: sent_in_pieces(web, BODY + b" " * 5000, answers) < 0.7)  # else the machine was too slow

    assert answers[-1] == (401, "wrong_credentials")


def sent_in_pieces(web: Running, body: bytes, answers: list[tuple[int, str]]) -> float:
    """Sends 500 bytes each 0.2 s, and says what the longest pause became."""
    longest_s = 0.0
    with connected(web) as client, suppress(ConnectionError):
        client.sendall(sign_in_head(len(body)))
        for start in range(0, len(body), 500):
            began = time.monotonic()
            client.sendall(body[start : start + 500])
            time.sleep(0.2)
            longest_s = max(longest_s, time.monotonic() - began)
        answer, problem = answer_on(client)
        answers.append((answer.status, problem["code"]))
    return longest_s


def test_a_body_that_never_comes_is_answered_408(web: Running) -> None:
    with connected(web) as client:
        client.sendall(sign_in_head(len(BODY)))
        answer, problem = answer_on(client)

        assert (answer.status, problem["code"]) == (408, "too_slow")


def test_a_chunked_body_that_stops_is_answered_408(web: Running) -> None:
    with connected(web) as client:
        chunked = head("POST", "/api/v1/auth/signin", Content_Type="application/json", Transfer_Encoding="chunked")
        client.sendall(chunked + b'5\r\n{"ema\r\n')
        answer, problem = answer_on(client)

        assert (answer.status, problem["code"]) == (408, "too_slow")


def test_a_resumable_upload_that_stops_keeps_what_arrived(web: Running) -> None:
    headers = {"Authorization": f"Bearer {sign_up(web)}", "Tus-Resumable": "1.0.0"}
    size = {"Upload-Length": "10000000"}
    created = requests.post(f"{web.address}/api/v1/uploads", headers=headers | size, timeout=60)
    path = urlsplit(created.headers["Location"]).path
    piece = {**headers, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    with connected(web) as client:
        client.sendall(head("PATCH", path, Content_Length=10_000_000, **piece) + b"x" * 300_000)
        answer, problem = answer_on(client)
    asked = requests.head(f"{web.address}{path}", headers=headers, timeout=60)

    assert (answer.status, problem["code"]) == (408, "too_slow")
    assert asked.headers["Upload-Offset"] == "300000"


def sign_up(web: Running) -> str:
    """The access token of a new account."""
    account = {"email": f"user{time.monotonic_ns()}@example.org", "password": "mossy lantern 42 orbit", "name": "Ada"}
    answer = requests.post(f"{web.address}/api/v1/auth/signup", json=account, timeout=60)
    return str(answer.json()["access_token"])


def test_an_upload_that_stops_leaves_no_file(web: Running) -> None:
    token, before = sign_up(web), stored_files(web)
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n' + b"x" * 100_000
    headers = {"Authorization": f"Bearer {token}", "Content_Type": "multipart/form-data; boundary=b"}
    with connected(web) as client:
        client.sendall(head("POST", "/api/v1/videos", Content_Length=10_000_000, **headers) + part)
        answer, problem = answer_on(client)

    assert (answer.status, problem["code"]) == (408, "too_slow")
    assert stored_files(web) == before


def stored_files(web: Running) -> set[Path]:
    return {path for path in (web.data_dir / "storage").rglob("*") if path.is_file()}


def test_a_client_without_a_request_is_let_go_without_a_word(web: Running) -> None:
    with connected(web) as client:
        assert client.recv(1) == b""


def test_a_reader_that_stops_reading_is_cut_off(web: Running) -> None:
    with connected(web, receive_bytes=4096) as client:
        client.sendall(head("GET", "/openapi.json") * 300)
        reset = select.poll()
        reset.register(client, 0)  # an error is told unasked

        assert reset.poll(PATIENCE_S * 1000)
        with pytest.raises(ConnectionResetError):
            read_all(client)


def test_an_answer_that_comes_before_the_body_leaves_the_connection_usable(web: Running) -> None:
    body = b"x" * 3_000_000
    with connected(web) as client:
        client.sendall(head("POST", "/nowhere", Content_Length=len(body)) + body + head("GET", "/healthz"))
        refused, _ = answer_on(client)
        healthy, _ = answer_on(client)

        assert (refused.status, healthy.status) == (404, 200)


@pytest.mark.parametrize(
    "headers",
    ["".join(f"X-{number}: y\r\n" for number in range(101)), f"X: {'y' * 9000}\r\n"],
    ids=["too many", "too long"],
)
def test_headers_beyond_the_limits_are_a_problem(headers: str, web: Running) -> None:
    with connected(web) as client:
        client.sendall(f"GET /media/a-secret/019a/master.m3u8?x=1 HTTP/1.1\r\n{headers}\r\n".encode())
        answer, problem = answer_on(client)

        assert (answer.status, answer.getheader("Content-Type")) == (431, "application/problem+json")
        assert (problem["code"], problem["instance"]) == ("headers_too_large", "/media/…/019a/master.m3u8")


def test_two_hundred_slow_clients_leave_a_list_fast(web: Running) -> None:
    with ExitStack() as stack:
        for number in range(200):
            client = stack.enter_context(connected(web))
            client.sendall(b"GET / HTT" if number % 2 else sign_in_head(len(BODY)) + b"{")
        durations_s = [_list_s(web) for _ in range(30)]

    assert median(durations_s) < 1  # else they wait for the slow


def _list_s(web: Running) -> float:
    started = time.monotonic()
    assert requests.get(f"{web.address}/api/v1/posts", timeout=60).status_code == 200
    return time.monotonic() - started


def test_nothing_of_this_is_an_error_in_the_log(web: Running) -> None:
    assert "Traceback" not in Path(web.log_file).read_text(errors="replace")
