"""How many live connections a web process takes: of one user, of one address; and how long it keeps a stranger."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
import requests
from websocket import WebSocketBadStatusException

from tests.realtime.conftest import Live, Person
from tests.support.event_stream import event_stream
from tests.support.plain_socket import PlainSocket
from tests.support.waiting import wait_until

USER_LIMIT = 2
ADDRESS_LIMIT = 8


@pytest.fixture(scope="module")
def live_settings() -> dict[str, str]:
    """One process, as each counts its own."""
    return {
        "WEB_CONCURRENCY": "1",
        "REALTIME_USER_CONNECTIONS": str(USER_LIMIT),
        "REALTIME_ADDRESS_CONNECTIONS": str(ADDRESS_LIMIT),
        "REALTIME_SIGN_IN_S": "5",  # in this time eight strangers have to come, on a busy machine too
    }


@pytest.fixture
def held() -> Iterator[ExitStack]:
    """Connections that are open until the test ends."""
    with ExitStack() as stack:
        yield stack


def signed_in(person: Person, held: ExitStack) -> PlainSocket:
    socket = held.enter_context(PlainSocket(person.live.address))
    assert "sid" in socket.sign_in(token=person.token)
    return socket


def refused_stream(person: Person) -> requests.Response:
    """The answer to one stream too many; an accepted one would not end in time."""
    return requests.get(f"{person.live.address}/api/v1/events", headers=person.headers, timeout=60)


def test_a_user_has_so_many_connections_of_either_kind(live: Live, ada: Person, bob: Person, held: ExitStack) -> None:
    first = signed_in(ada, held)
    held.enter_context(event_stream(live.address, ada.token))
    stream = refused_stream(ada)
    with PlainSocket(live.address) as one_more:
        refusal = one_more.sign_in(token=ada.token)
    signed_in(bob, held)
    first.__exit__()

    assert (stream.status_code, stream.headers["Retry-After"]) == (429, "10")
    assert stream.json()["code"] == "too_many_connections"
    assert refusal["message"] == "too_many_connections"
    assert f"{USER_LIMIT} live connections of the user" in refusal["data"]["detail"]
    wait_until(lambda: is_let_in(ada), poll_s=0.1)  # once the server has noticed that another connection was closed


def is_let_in(person: Person) -> bool:
    with PlainSocket(person.live.address) as socket:
        return "sid" in socket.sign_in(token=person.token)


def test_an_address_has_so_many_connections_with_strangers_counted(live: Live, ada: Person, held: ExitStack) -> None:
    with suppress(WebSocketBadStatusException):
        while True:
            held.enter_context(PlainSocket(live.address))
    handshake = requests.get(f"{live.address}/socket.io/?EIO=4&transport=polling", timeout=60)
    stream = refused_stream(ada)

    assert (handshake.status_code, handshake.headers["Retry-After"]) == (429, "10")
    assert handshake.headers["Content-Type"] == "application/problem+json"
    assert handshake.json()["code"] == stream.json()["code"] == "too_many_connections"
    assert "the address 127.0.0.1" in handshake.json()["detail"]
    assert requests.get(f"{live.address}/healthz", timeout=60).status_code == 200


def test_whoever_does_not_sign_in_or_is_refused_is_sent_away(live: Live, ada: Person, held: ExitStack) -> None:
    known, refused = signed_in(ada, held), PlainSocket(live.address)
    assert refused.sign_in(token="wrong")["message"] == "invalid_token"
    silent = PlainSocket(live.address)
    for stranger in (silent, refused):
        with stranger:
            stranger.wait_until_ended()

    assert known.ask("unsubscribe", {"topic": "post:1"})["code"] == "not_found"
