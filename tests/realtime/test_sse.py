"""Server-Sent Events on the running product: replay, live delivery, topics, gaps, and who is let in."""

import time
import uuid

import pytest
import requests

from tests.realtime.conftest import ENDINGS, GONE_WITHIN_S, Live, Person
from tests.support.event_stream import EventStream, event_stream


def stream_of(person: Person, **options: str) -> EventStream:
    return event_stream(person.live.address, person.token, **options)


def refusal(person: Person, query: str = "", **headers: str) -> tuple[int, str]:
    """Status and code of a stream that is not opened."""
    url = f"{person.live.address}/api/v1/events?{query}"
    answer = requests.get(url, headers={**person.headers, **headers}, timeout=60)
    return answer.status_code, answer.json()["code"]


def test_a_client_that_resumes_gets_what_it_missed_and_then_what_happens(ada: Person) -> None:
    for _ in range(3):
        ada.draft()
    with stream_of(ada, last_event_id="1") as stream:
        replayed = stream.take(2)
        ada.draft()
        live = stream.take(1)

    assert [event["seq"] for event in replayed] == [2, 3]
    assert [event["seq"] for event in live] == [4]
    assert stream.last_event_id == "4"
    assert {event["type"] for event in replayed} == {"post.created"}


def test_zero_replays_from_the_oldest_kept_and_nothing_begins_with_now(ada: Person) -> None:
    ada.draft()
    with stream_of(ada, after="0") as everything, stream_of(ada) as news:
        ada.draft()

        assert [event["seq"] for event in everything.take(2)] == [1, 2]
        assert [event["seq"] for event in news.take(1)] == [2]


def test_events_come_without_a_wake_up_too(live: Live, ada: Person) -> None:
    with stream_of(ada) as stream:
        live.happen(ada.organization_id, organization_id=ada.organization_id)
        events = stream.take(1)

    assert events[0]["type"] == "test.happened"


def test_many_missed_events_come_in_order_each_once(live: Live, ada: Person) -> None:
    live.happen(ada.organization_id, organization_id=ada.organization_id, times=450)  # more than two batches
    with stream_of(ada, after="0") as stream:
        events = stream.take(450)
        ada.draft()
        events += stream.take(1)

    assert [event["seq"] for event in events] == list(range(1, 452))


def test_a_gap_is_told_where_older_events_are_gone(live: Live, ada: Person) -> None:
    for _ in range(4):
        ada.draft()
    live.execute("DELETE FROM events WHERE scope_id = %s AND seq <= 3", ada.organization_id)
    with stream_of(ada, after="1") as stream, stream_of(ada, after="3") as complete:
        gap, event = stream.take(2)

        assert (gap["type"], gap["data"]) == ("events.gap", {"after": 1, "resumed_after": 3})
        assert (gap["organization_id"], "seq" in gap) == (ada.organization_id, False)
        assert event["seq"] == 4
        assert [one["seq"] for one in complete.take(1)] == [4]


def test_a_number_that_was_never_given_is_a_gap(ada: Person) -> None:
    ada.draft()
    with stream_of(ada, last_event_id="99") as stream:
        gap, event = stream.take(2)

    assert (gap["type"], gap["data"]) == ("events.gap", {"after": 99, "resumed_after": 0})
    assert event["seq"] == 1


def test_a_user_s_own_events_have_their_own_numbers(live: Live, ada: Person) -> None:
    ada.draft()
    with stream_of(ada) as stream:
        live.happen(ada.user_id)
        own = stream.take(1)[0]
        place = stream.last_event_id
        live.happen(ada.user_id)
    with stream_of(ada, last_event_id=place) as stream:
        following = stream.take(1)[0]

    assert (own["seq"], own["organization_id"], place) == (1, None, "1.1")
    assert (following["seq"], following["organization_id"]) == (2, None)


def test_topics_narrow_a_stream_to_their_subjects(ada: Person) -> None:
    chosen, other = ada.draft(), ada.draft()
    with stream_of(ada, after="0", topics=f"post:{chosen['id']}") as stream:
        ada.change(other["id"], "Not asked for")
        ada.change(chosen["id"], "Asked for")
        events = stream.take(2)

    assert {event["subject"] for event in events} == {f"post:{chosen['id']}"}
    assert stream.last_event_id == "4"


def test_nobody_hears_of_another_organization(ada: Person, bob: Person) -> None:
    with stream_of(ada, after="0") as stream:
        bob.draft("A secret of Bob's")
        ada.draft("A post of Ada's")
        events = stream.take(1)
        time.sleep(0.6)  # longer than the pump's own round

        assert [event["organization_id"] for event in events] == [ada.organization_id]
        assert stream.waiting() == []


def test_what_is_another_tenant_s_is_no_topic_and_no_organization(ada: Person, bob: Person) -> None:
    post = bob.draft()
    slug = bob.session["organization"]["slug"]

    assert refusal(ada, f"topics=post:{post['id']}") == (404, "not_found")
    assert refusal(ada, f"topics=post:{uuid.uuid4()}") == (404, "not_found")
    assert refusal(ada, "topics=organization:1") == (404, "not_found")
    assert refusal(ada, **{"Marquee-Organization": slug}) == (404, "no_such_organization")


def test_what_is_no_number_is_refused(ada: Person) -> None:
    assert refusal(ada, "after=-1")[0] == 422
    assert refusal(ada, "after=one")[0] == 422
    assert refusal(ada, **{"Last-Event-ID": "one"}) == (400, "invalid_header")
    assert refusal(ada, f"topics={','.join(f'post:{number}' for number in range(101))}") == (422, "too_many_topics")


@pytest.mark.parametrize("statement", ENDINGS.values(), ids=ENDINGS)
def test_a_stream_ends_with_its_right(live: Live, ada: Person, statement: str) -> None:
    with stream_of(ada) as stream:
        live.execute(statement, ada.user_id)
        taken_s = stream.wait_until_ended()

    assert taken_s < GONE_WITHIN_S
