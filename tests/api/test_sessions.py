"""Sessions: the list of one's devices, ending them, and refreshing without being signed out by oneself."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.database import db, transaction
from app.models import AuditEntry, Organization, Processing, RefreshToken, Session
from app.permissions import Scope
from app.services import tokens
from app.utils.times import now
from tests.api.conftest import PASSWORD, Person
from tests.factories import make_membership, make_video
from tests.factories.accounts import PASSWORD as MADE_PASSWORD
from tests.support.http import ApiClient, bearer_of_key
from tests.support.media import stored_playlist

NATIVE = {"Marquee-Token-Delivery": "body"}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def phone(app: Flask, ada: Person) -> Person:
    """Ada's second device."""
    other = Person(app.test_client())
    body = {"email": ada.session["user"]["email"], "password": PASSWORD}
    other.session = other.post("/auth/signin", body, headers={"User-Agent": FIREFOX}).get_json()
    other.token = other.session["access_token"]
    return other


def audited(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_one_sees_where_one_is_signed_in(ada: Person, phone: Person) -> None:
    listed = ada.get("/auth/sessions").json["data"]

    assert [(session["device"], session["current"]) for session in listed] == [
        ("Firefox on Linux", False),
        ("Unknown device", True),
    ]
    assert listed[0]["address"] == "127.0.0.1"
    assert listed[0]["user_agent"] == FIREFOX
    assert listed[0]["last_used_at"].endswith("Z")
    assert [session["current"] for session in phone.get("/auth/sessions").json["data"]] == [True, False]


def test_a_session_that_is_ended_is_over_at_once_and_the_others_go_on(ada: Person, phone: Person) -> None:
    ended = next(session for session in ada.get("/auth/sessions").json["data"] if not session["current"])

    assert ada.send("DELETE", f"/auth/sessions/{ended['id']}").status_code == 204

    assert phone.get("/users/me").status_code == 401
    assert phone.post("/auth/refresh", {}).status_code == 401
    assert ada.get("/users/me").status_code == 200
    assert [session["current"] for session in ada.get("/auth/sessions").json["data"]] == [True]
    assert ada.send("DELETE", f"/auth/sessions/{ended['id']}").status_code == 404


def test_media_links_of_a_session_end_with_it_and_those_of_another_go_on(ada: Person, phone: Person) -> None:
    with transaction():
        organization = db.session.scalars(select(Organization)).one()
        video = make_video(organization, processing=Processing.READY)
    links = [urlsplit(who.get(f"/videos/{video.id}/playback").json["hls_url"]).path for who in (ada, phone)]
    with stored_playlist(video):
        assert [ada.client.get(link).status_code for link in links] == [200, 200]

        phone.post("/auth/signout", {})

        assert [ada.client.get(link).status_code for link in links] == [200, 404]


def test_nobody_ends_the_session_of_somebody_else(ada: Person, bob: Person) -> None:
    session = bob.get("/auth/sessions").json["data"][0]

    assert ada.send("DELETE", f"/auth/sessions/{session['id']}").status_code == 404
    assert ada.send("DELETE", "/auth/sessions").status_code == 204

    assert bob.get("/users/me").status_code == 200


def test_all_sessions_end_together(ada: Person, phone: Person) -> None:
    assert ada.send("DELETE", "/auth/sessions").status_code == 204

    assert [person.get("/users/me").status_code for person in (ada, phone)] == [401, 401]


@pytest.mark.both_databases
def test_all_sessions_but_the_one_that_asks_end(ada: Person, phone: Person) -> None:
    assert ada.send("DELETE", "/auth/sessions?keep_current=true").status_code == 204

    assert [person.get("/users/me").status_code for person in (ada, phone)] == [200, 401]


def test_what_happens_to_sessions_is_audited(ada: Person, phone: Person) -> None:
    phone.post("/auth/signout", {})
    ada.send("DELETE", "/auth/sessions?keep_current=true")
    ada.post("/auth/signin", {"email": "nobody@example.org", "password": "wrong horse battery"})

    assert [str(entry.actor_id) for entry in audited("account.created")] == [ada.user_id]
    assert [str(entry.actor_id) for entry in audited("session.opened")] == [ada.user_id]
    assert [str(entry.actor_id) for entry in audited("session.ended")] == [ada.user_id]
    assert [entry.subject for entry in audited("session.revoked")] == [f"user:{ada.user_id}"]
    assert [(entry.actor_id, entry.subject) for entry in audited("session.refused")] == [(None, "user:unknown")]


@pytest.mark.both_databases
def test_twenty_parallel_refreshes_with_one_token_get_one_successor(app: Flask, committed_database: object) -> None:
    del committed_database
    with transaction():
        email = make_membership().user.email
    client = ApiClient(app, app.response_class)
    body = {"email": email, "password": MADE_PASSWORD}
    token = client.post("/api/v1/auth/signin", json=body, headers=NATIVE).json["refresh_token"]

    def refresh(presented: str) -> dict[str, Any]:
        one = ApiClient(app, app.response_class)
        answer = one.post("/api/v1/auth/refresh", json={"refresh_token": presented}, headers=NATIVE)
        return {"status": answer.status_code, **answer.get_json()}

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(refresh, [token] * 20))

    assert {answer["status"] for answer in answers} == {200}
    successors = {answer["refresh_token"] for answer in answers}
    assert len(successors) == 1
    assert refresh(successors.pop())["status"] == 200
    assert len(db.session.scalars(select(RefreshToken)).all()) == 3


def test_a_token_reused_after_fifteen_seconds_ends_its_family_and_no_other(ada: Person, phone: Person) -> None:
    stolen = phone.client.post(
        "/api/v1/auth/signin", json={"email": ada.session["user"]["email"], "password": PASSWORD}, headers=NATIVE
    ).json
    successor = phone.client.post(
        "/api/v1/auth/refresh", json={"refresh_token": stolen["refresh_token"]}, headers=NATIVE
    ).json
    with transaction():
        used = update(RefreshToken).where(RefreshToken.token_hash == tokens.hash_token(stolen["refresh_token"]))
        db.session.execute(used.values(rotated_at=now() - timedelta(seconds=15)))

    reused = phone.client.post("/api/v1/auth/refresh", json={"refresh_token": stolen["refresh_token"]})

    assert (reused.status_code, reused.json["code"]) == (401, "token_reused")
    family = Person(phone.client, token=successor["access_token"])
    assert family.get("/users/me").status_code == 401
    assert [person.get("/users/me").status_code for person in (ada, phone)] == [200, 200]
    assert len(audited("session.token_reused")) == 1


def test_what_has_ended_does_not_end_again(app: Flask, ada: Person) -> None:
    tablet = Person(app.test_client())
    body = {"email": ada.session["user"]["email"], "password": PASSWORD}
    held = {"refresh_token": tablet.post("/auth/signin", body, headers=NATIVE).json["refresh_token"]}
    assert tablet.post("/auth/signout", held).status_code == 204
    ended_at = db.session.scalars(select(Session.revoked_at).where(Session.revoked_at.is_not(None))).one()

    assert tablet.post("/auth/signout", held).status_code == 204
    assert ada.send("DELETE", "/auth/sessions?keep_current=true").status_code == 204

    assert len(audited("session.ended")) == 1
    assert db.session.scalars(select(Session.revoked_at).where(Session.revoked_at.is_not(None))).all() == [ended_at]


def test_an_api_key_sees_and_ends_no_sessions(client: ApiClient) -> None:
    key = client.with_headers(bearer_of_key(make_membership(), [Scope.WRITE_CONTENT]))

    assert key.get("/api/v1/auth/sessions").json["code"] == "session_required"
    assert key.delete("/api/v1/auth/sessions").status_code == 403
    assert key.get("/api/v1/users/me").status_code == 403


def test_the_list_of_sessions_is_paged(app: Flask, newcomer: Callable[[], Person]) -> None:
    ada = newcomer()
    body = {"email": ada.session["user"]["email"], "password": PASSWORD}
    for _ in range(2):
        app.test_client().post("/api/v1/auth/signin", json=body)

    first = ada.get("/auth/sessions?limit=2").json
    second = ada.get(f"/auth/sessions?limit=2&cursor={first['page']['next_cursor']}").json

    assert [len(page["data"]) for page in (first, second)] == [2, 1]
    assert second["data"][0]["current"]
