"""Answers that the server has at once, and all that must not be answered so, on one connection."""

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest
import requests

from config.security import ALWAYS
from tests.server.conftest import StartWeb
from tests.support.processes import Running
from tests.support.waiting import wait_until

LIST = "/api/v1/posts?limit=5"


@pytest.fixture
def web(start_web: StartWeb) -> Running:
    return start_web(EDGE_CACHE_BYTES="1000000", RATE_LIMIT_SCALE="0")


@pytest.fixture
def connection(web: Running) -> Iterator[HTTPConnection]:
    client = HTTPConnection("127.0.0.1", urlsplit(web.address).port or 0, timeout=30)
    yield client
    client.close()


def ask(connection: HTTPConnection, path: str = LIST, method: str = "GET", **headers: str) -> tuple[HTTPResponse, str]:
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer, answer.read().decode()


def test_a_kept_answer_goes_out_as_the_application_s_and_the_connection_goes_on(
    web: Running, connection: HTTPConnection
) -> None:
    account = {"email": "ada@example.org", "password": "correct horse battery", "name": "Ada"}
    token = requests.post(f"{web.address}/api/v1/auth/signup", json=account, timeout=30).json()["access_token"]
    mine = {"Authorization": f"Bearer {token}"}

    first, whole = ask(connection)
    answers: list[tuple[HTTPResponse, str]] = []
    hits: list[tuple[HTTPResponse, str]] = []

    def has_hit_ten_times() -> bool:  # a look at what has changed may fall between
        answers.append(ask(connection))
        hits[:] = [pair for pair in answers if pair[0].getheader("Cache-Status") == "Marquee; hit"]
        return len(hits) == 10

    wait_until(has_hit_ten_times)
    for answer, body in hits:
        own = {"Date", "X-Request-Id", "Age", "Cache-Status"}
        assert sorted(pair for pair in answer.getheaders() if pair[0] not in own) == sorted(
            pair for pair in first.getheaders() if pair[0] not in own
        )
        assert body == whole
        assert {name for name, _value in ALWAYS} <= {name for name, _value in answer.getheaders()}
    assert len({answer.getheader("X-Request-Id") for answer, _body in answers}) == len(answers)
    # What is not plainly the same question goes to the application, on the same connection.
    assert ask(connection, X_Request_Id="my-request-1")[0].getheader("X-Request-Id") == "my-request-1"
    assert ask(connection, Authorization="Bearer nonsense")[0].status == 401
    assert ask(connection, If_None_Match=first.getheader("ETag") or "")[0].status == 304
    assert ask(connection, method="HEAD")[0].getheader("Content-Length") == str(len(whole.encode()))
    assert ask(connection, Host="evil.example")[0].status == 421
    assert ask(connection, method="POST")[0].status == 401
    assert ask(connection, "/api/v1/p%6fsts?limit=5")[1] == whole
    post = requests.post(f"{web.address}/api/v1/posts", json={"title": "News"}, headers=mine, timeout=30).json()
    requests.post(f"{web.address}/api/v1/posts/{post['id']}/publish", headers=mine, timeout=30).raise_for_status()
    wait_until(lambda: "News" in ask(connection)[1])
    assert ask(connection, Connection="close")[0].getheader("Connection") == "close"
