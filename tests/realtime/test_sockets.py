"""Socket.IO on the running product: who is let in, rooms, acknowledgements, progress, and unsound frames."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
import requests
from redis import Redis
from websocket import ABNF

from app.services.event_service import TICK_CHANNEL
from tests.realtime.conftest import ENDINGS, GONE_WITHIN_S, Live, Person
from tests.support.plain_socket import PlainSocket
from tests.support.waiting import wait_until

LONGER_THAN_A_ROUND_S = 0.7


@pytest.fixture
def socket(live: Live) -> Iterator[PlainSocket]:
    with PlainSocket(live.address) as socket:
        yield socket


def test_whoever_is_not_signed_in_is_refused(socket: PlainSocket) -> None:
    assert socket.sign_in()["message"] == "invalid_token"


@pytest.mark.parametrize(
    ("auth", "code"),
    [({"after": "one"}, "invalid_after"), ({"after": -1}, "invalid_after"), ({"topics": "x"}, "invalid_auth")],
)
def test_what_auth_does_not_take_is_refused(socket: PlainSocket, ada: Person, auth: dict[str, Any], code: str) -> None:
    assert socket.sign_in(token=ada.token, **auth)["message"] == code


def test_another_tenant_s_organization_and_topics_are_refused(live: Live, ada: Person, bob: Person) -> None:
    theirs = bob.draft()
    slug = bob.session["organization"]["slug"]
    for auth, code in (
        ({"organization": slug}, "no_such_organization"),
        ({"topics": [f"post:{theirs['id']}"]}, "not_found"),
    ):
        with PlainSocket(live.address) as socket:
            assert socket.sign_in(token=ada.token, **auth)["message"] == code


def test_subscribing_across_tenants_is_refused_as_if_it_did_not_exist(
    socket: PlainSocket, ada: Person, bob: Person
) -> None:
    theirs = bob.draft()
    socket.sign_in(token=ada.token)
    foreign = socket.ask("subscribe", {"topic": f"post:{theirs['id']}"})
    absent = socket.ask("subscribe", {"topic": f"post:{uuid.uuid4()}"})

    assert (foreign["ok"], foreign["code"]) == (False, "not_found")
    assert foreign == absent
    assert socket.ask("subscribe", {"topic": "everything"}) == absent


@pytest.mark.parametrize("asked", [[], [None], [{}], [{"topic": 1}], [{"topic": "x" * 101}], ["post:1"], [1, 2]])
def test_a_malformed_subscription_is_answered(socket: PlainSocket, ada: Person, asked: list[object]) -> None:
    socket.sign_in(token=ada.token)
    answer = socket.ask("subscribe", *asked)

    assert (answer["ok"], answer["code"]) == (False, "invalid")


def test_nobody_hears_of_another_organization(socket: PlainSocket, ada: Person, bob: Person) -> None:
    socket.sign_in(token=ada.token, after=0)
    bob.draft("A secret of Bob's")
    ada.draft("A post of Ada's")
    heard = [*socket.take(1), *socket.heard_within(LONGER_THAN_A_ROUND_S)]

    assert [event["organization_id"] for event in heard] == [ada.organization_id]


def test_a_connection_with_topics_hears_those_it_has_joined(socket: PlainSocket, ada: Person) -> None:
    chosen, other = ada.draft(), ada.draft()
    topic = f"post:{chosen['id']}"
    socket.sign_in(token=ada.token, topics=[])
    joined = socket.ask("subscribe", {"topic": topic})
    ada.change(other["id"], "Not asked for")
    ada.change(chosen["id"], "Asked for")
    heard = [*socket.take(1), *socket.heard_within(LONGER_THAN_A_ROUND_S)]
    left = socket.ask("unsubscribe", {"topic": topic})
    ada.change(chosen["id"], "No longer asked for")

    assert joined == {"ok": True, "topic": topic, "seq": 2}
    assert [(event["seq"], event["subject"]) for event in heard] == [(4, topic)]
    assert left == {"ok": True, "topic": topic}
    assert socket.heard_within(LONGER_THAN_A_ROUND_S) == []
    assert socket.ask("unsubscribe", {"topic": topic})["code"] == "not_found"


def test_a_gap_is_told_where_older_events_are_gone(live: Live, socket: PlainSocket, ada: Person) -> None:
    live.happen(ada.organization_id, organization_id=ada.organization_id, times=4)
    live.execute("DELETE FROM events WHERE scope_id = %s AND seq <= 3", ada.organization_id)
    socket.sign_in(token=ada.token, after=1)
    gap, event = socket.take(2)

    assert (gap["type"], gap["data"]) == ("events.gap", {"after": 1, "resumed_after": 3})
    assert event["seq"] == 4


def test_progress_only_rises_and_does_not_flood(socket: PlainSocket, ada: Person, redis_url: str) -> None:
    socket.sign_in(token=ada.token)
    with Redis.from_url(redis_url) as redis:

        def tell(percent: int) -> None:
            redis.publish(TICK_CHANNEL, tick(ada, percent))

        heard = told_until_heard(socket, tell, 10)
        for percent in (30, 20, *[31] * 50, 25):
            tell(percent)
        heard += told_until_heard(socket, tell, 60)

    percents = [event["data"]["percent"] for event in heard]
    assert percents == sorted(percents)
    assert set(percents) <= {10, 30, 31, 60}
    assert percents.count(31) < 25
    assert all("seq" not in event for event in heard)


def told_until_heard(socket: PlainSocket, tell: Callable[[int], None], percent: int) -> list[dict[str, Any]]:
    """Ticks may be lost, so it is told until it is heard; all that came by then."""
    heard: list[dict[str, Any]] = []

    def is_heard() -> bool:
        tell(percent)
        heard.extend(socket.heard_within(0.3))
        return any(event["data"]["percent"] == percent for event in heard)

    wait_until(is_heard)
    return heard


def tick(person: Person, percent: int) -> bytes:
    document = {"type": "video.progress", "subject": "video:1", "organization_id": person.organization_id}
    return orjson.dumps({**document, "occurred_at": "2026-01-01T00:00:00Z", "data": {"percent": percent}})


@pytest.mark.parametrize("statement", ENDINGS.values(), ids=ENDINGS)
def test_a_connection_ends_with_its_right(live: Live, socket: PlainSocket, ada: Person, statement: str) -> None:
    socket.sign_in(token=ada.token)
    live.execute(statement, ada.user_id)
    frames, taken_s = socket.wait_until_ended()

    assert frames[0] == "41"  # told to stay away
    assert taken_s < GONE_WITHIN_S


@pytest.mark.parametrize(
    "frame", ["4", "42", "42{}", "42[]", "42[1]", "9", "45-[1]", "42" + "[" * 70 + "]" * 70, "x" * 70_000, b"42[]"]
)
def test_an_unsound_frame_ends_its_connection_alone(
    live: Live, socket: PlainSocket, ada: Person, frame: str | bytes
) -> None:
    with PlainSocket(live.address) as other:
        other.sign_in(token=ada.token)
        socket.sign_in(token=ada.token)
        socket.wire.send(frame, opcode=ABNF.OPCODE_TEXT if isinstance(frame, str) else ABNF.OPCODE_BINARY)
        _, taken_s = socket.wait_until_ended()

        assert taken_s < GONE_WITHIN_S
        assert other.ask("unsubscribe", {"topic": "post:1"})["code"] == "not_found"


def test_an_unsound_body_is_refused(live: Live) -> None:
    url = f"{live.address}/socket.io/?EIO=4&transport=polling"
    session = orjson.loads(requests.get(url, timeout=60).content[1:])["sid"]
    for body in (b"\xff", b"42{", b"x" * 70_000, b""):
        answer = requests.post(f"{url}&sid={session}", data=body, timeout=60)
        assert answer.status_code == 400, body[:10]
    assert requests.post(f"{url}&sid={session}", data=b"40", timeout=60).text == "OK"
