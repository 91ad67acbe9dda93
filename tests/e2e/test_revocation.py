"""What is revoked is over for streams that are open already."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests

from tests.e2e.conftest import Client

WITHIN_S = 10.0
"""Nothing else would end a stream before: its beat comes every 15 s."""


@contextmanager
def open_stream(client: Client) -> Iterator[Iterator[bytes]]:
    """The client's events, once the server has welcomed it."""
    headers = {"Authorization": f"Bearer {client.token}"}
    with requests.get(f"{client.address}/api/v1/events", headers=headers, stream=True, timeout=60) as answer:
        assert answer.status_code == 200, answer.text
        lines = answer.iter_lines()
        assert next(lines) == b": welcome"
        yield lines


def seconds_until_it_ends(lines: Iterator[bytes]) -> float:
    started = time.monotonic()
    for _line in lines:
        pass
    return time.monotonic() - started


def test_an_ended_session_s_stream_closes(ada: Client) -> None:
    with open_stream(ada) as lines:
        assert ada.send("DELETE", "/auth/sessions").status_code == 204

        assert seconds_until_it_ends(lines) < WITHIN_S


def test_a_revoked_key_s_stream_closes_and_nobody_else_s(ada: Client, sign_up: Callable[[], Client]) -> None:
    made = ada.send("POST", "/api-keys", json={"name": "A listener", "scopes": ["events:read"]}).json()
    listener = Client(ada.address, made["key"])
    with open_stream(sign_up()) as others, open_stream(listener) as lines:
        assert ada.send("DELETE", f"/api-keys/{made['id']}").status_code == 204

        assert seconds_until_it_ends(lines) < WITHIN_S
        assert next(others).startswith(b"retry: ")  # the welcome goes on: this stream is open
