"""API keys: shown once, bound to one organization, never mightier than their maker."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.database import db, transaction
from app.models import ApiKey, AuditEntry, Membership, Organization, Processing, User
from app.permissions import Role, Scope
from app.utils import api_keys
from app.utils.times import now, rfc3339
from config import settings
from tests.api.conftest import Person
from tests.factories import make_job, make_membership, make_organization, make_post, make_video
from tests.support.http import ApiClient, bearer_of_key
from tests.support.media import stored_playlist

WRITER = [Scope.WRITE_CONTENT]


def make_key(person: Person, *, scopes: Sequence[str] | None = None, **more: object) -> dict[str, str]:
    answer = person.post("/api-keys", {"name": "Importer", "scopes": scopes or WRITER, **more})
    assert answer.status_code == 201, answer.json
    document: dict[str, str] = answer.get_json()
    return document


def organization_of(person: Person) -> Organization:
    return db.session.scalars(select(Organization).where(Organization.slug == person.organization)).one()


def program(app: Flask, key: str) -> Person:
    """Somebody who has nothing but the key."""
    return Person(app.test_client(), token=key)


def test_a_key_is_shown_once_and_only_its_hash_is_kept(ada: Person) -> None:
    made = make_key(ada)

    assert made["key"].startswith("mq_")
    again = ada.get(f"/api-keys/{made['id']}").json
    assert "key" not in again
    assert again == {name: value for name, value in made.items() if name != "key"}
    row = db.session.scalars(select(ApiKey)).one()
    secret = api_keys.parse(made["key"])
    assert secret is not None
    assert secret.secret.encode() not in row.secret_hash
    assert len(row.secret_hash) == 32


def test_a_program_writes_with_a_key_in_the_key_s_organization(app: Flask, ada: Person) -> None:
    importer = program(app, make_key(ada)["key"])

    post = importer.draft("By a program")

    assert ada.get(f"/posts/{post['id']}").json["organization"]["slug"] == ada.organization


@pytest.mark.parametrize(
    ("scopes", "statuses"),
    [
        (["content:read"], {"read": 200, "write": 403, "jobs": 403}),
        (["content:write"], {"read": 200, "write": 201, "jobs": 403}),
        (["jobs:read"], {"read": 404, "write": 403, "jobs": 200}),
        (["events:read"], {"read": 404, "write": 403, "jobs": 403}),
    ],
)
def test_a_key_does_what_its_scopes_say(app: Flask, ada: Person, scopes: list[str], statuses: dict[str, int]) -> None:
    draft = ada.draft()
    with transaction():
        job = make_job(organization_of(ada))
    importer = program(app, make_key(ada, scopes=scopes)["key"])

    found = {
        "read": importer.get(f"/posts/{draft['id']}").status_code,
        "write": importer.post("/posts", {"title": "A title"}).status_code,
        "jobs": importer.get(f"/jobs/{job.id}").status_code,
    }

    assert found == statuses


def test_a_refusal_names_the_missing_scope(app: Flask, ada: Person) -> None:
    refused = program(app, make_key(ada, scopes=["content:read"])["key"]).post("/posts", {"title": "A title"})

    assert refused.json["code"] == "scope_missing"


@pytest.mark.parametrize("path", ["/users/me", "/auth/sessions", "/api-keys"])
def test_a_key_reaches_no_account_no_session_and_no_key(app: Flask, ada: Person, path: str) -> None:
    refused = program(app, make_key(ada, scopes=[str(scope) for scope in Scope])["key"]).get(path)

    assert (refused.status_code, refused.json["code"]) == (403, "session_required")


def test_a_key_works_in_no_other_organization_of_its_maker(app: Flask, ada: Person) -> None:
    key = make_key(ada)["key"]
    with transaction():
        elsewhere = make_organization()
        make_membership(db.session.get_one(User, ada.user_id), elsewhere)
        draft = make_post(elsewhere)
    importer = program(app, key)

    assert importer.get("/jobs", headers={"Marquee-Organization": elsewhere.slug}).status_code == 404
    assert importer.get(f"/posts/{draft.id}").status_code == 404
    assert importer.get(f"/posts?organization={elsewhere.slug}").json["data"] == []


@pytest.mark.parametrize("change", [{"expires_at": now() - timedelta(seconds=1)}, {"secret_hash": bytes(32)}])
def test_a_key_that_is_over_or_not_the_one_is_refused(client: ApiClient, change: dict[str, object]) -> None:
    membership = make_membership()
    headers = bearer_of_key(membership, WRITER)
    assert client.get("/api/v1/posts", headers=headers).status_code == 200
    db.session.execute(update(ApiKey).values(**change))
    db.session.flush()

    refused = client.get("/api/v1/posts", headers=headers)

    assert (refused.status_code, refused.json["code"]) == (401, "invalid_token")


def test_a_key_is_worth_what_its_maker_is_where_it_was_made(client: ApiClient) -> None:
    """Neither another organization nor another role of theirs counts, whichever is older."""
    other = make_membership()  # first of all
    maker = make_membership(other.user, role=Role.VIEWER)
    key = client.with_headers(bearer_of_key(maker, [Scope.WRITE_CONTENT]))

    def at(organization: Organization) -> int:
        return key.get("/api/v1/uploads", headers={"Marquee-Organization": organization.slug}).status_code

    assert (at(maker.organization), at(other.organization)) == (200, 404)
    assert key.post("/api/v1/posts", json={"title": "By a viewer"}).status_code == 403
    maker.suspended_at = now()
    db.session.flush()
    assert key.get("/api/v1/uploads").status_code == 401


@pytest.mark.parametrize("key", ["mq_", "mq_x", "mq_" + "0" * 82, "mq_é", "MQ_" + "0" * 82])
def test_what_is_no_key_is_refused(anonymous: Person, key: str) -> None:
    answer = anonymous.get("/posts", headers={"Authorization": f"Bearer {key}".encode().decode("latin-1")})

    assert answer.status_code == 401


def test_no_letter_of_a_key_can_be_changed(ada: Person) -> None:
    key = make_key(ada)["key"]

    for place in range(len(key)):
        assert api_keys.parse(key[:place] + ("A" if key[place] != "A" else "B") + key[place + 1 :]) is None


@pytest.mark.both_databases
def test_a_key_weakens_and_ends_with_its_maker(
    app: Flask, ada: Person, give_role: Callable[[Person, Role], None]
) -> None:
    importer = program(app, make_key(ada)["key"])

    give_role(ada, Role.VIEWER)
    assert importer.post("/posts", {"title": "A title"}).status_code == 403
    with transaction():
        db.session.execute(update(Membership).values(suspended_at=now()))
    assert importer.get("/posts").status_code == 401
    with transaction():
        db.session.execute(update(Membership).values(suspended_at=None))
        db.session.execute(update(User).values(disabled_at=now()))
    assert importer.get("/posts").status_code == 401
    with transaction():
        db.session.execute(update(User).values(disabled_at=None))
        db.session.delete(db.session.scalars(select(Membership)).one())
    assert importer.get("/posts").status_code == 401
    assert db.session.scalars(select(ApiKey)).all() == []


def test_nobody_makes_a_key_that_may_more_than_they(ada: Person, give_role: Callable[[Person, Role], None]) -> None:
    give_role(ada, Role.VIEWER)

    assert ada.post("/api-keys", {"name": "k", "scopes": WRITER}).json["code"] == "scope_too_wide"
    assert ada.post("/api-keys", {"name": "k", "scopes": ["content:read"]}).status_code == 201


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "k", "scopes": []}, "/scopes"),
        ({"name": "k", "scopes": ["everything"]}, "/scopes/0"),
        ({"name": "k", "scopes": WRITER, "expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"name": "k", "scopes": WRITER, "expires_at": "2999-01-01T00:00:00"}, "/expires_at"),
    ],
)
def test_a_wrong_key_is_refused_by_its_pointer(ada: Person, body: dict[str, object], pointer: str) -> None:
    answer = ada.post("/api-keys", body)

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == pointer


def test_a_revoked_key_is_over_at_once_for_the_api_and_for_media(app: Flask, ada: Person) -> None:
    made = make_key(ada, expires_at=rfc3339(now() + timedelta(days=1)))
    with transaction():
        video = make_video(organization_of(ada), processing=Processing.READY)
    importer = program(app, made["key"])
    playlist = urlsplit(importer.get(f"/videos/{video.id}/playback").json["hls_url"]).path
    with stored_playlist(video):
        assert importer.client.get(playlist).status_code == 200

        assert ada.send("DELETE", f"/api-keys/{made['id']}").status_code == 204

        assert importer.client.get(playlist).status_code == 404
    assert importer.get("/posts").status_code == 401
    assert ada.get(f"/api-keys/{made['id']}").status_code == 404
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    assert [entry.action for entry in entries if "key" in entry.action] == ["api_key.created", "api_key.revoked"]


def test_an_editor_sees_own_keys_and_an_owner_everybody_s(client: ApiClient) -> None:
    organization = make_organization()
    owner = client.acting_as(make_membership(organization=organization))
    editor = client.acting_as(make_membership(organization=organization, role=Role.EDITOR))
    body = {"name": "k", "scopes": ["content:read"]}
    owners, editors = (who.post("/api/v1/api-keys", json=body).json["id"] for who in (owner, editor))

    assert [key["id"] for key in owner.get("/api/v1/api-keys").json["data"]] == [editors, owners]
    assert [key["id"] for key in editor.get("/api/v1/api-keys").json["data"]] == [editors]
    assert editor.delete(f"/api/v1/api-keys/{owners}").status_code == 404
    assert owner.delete(f"/api/v1/api-keys/{editors}").status_code == 204
    assert [key["id"] for key in owner.get("/api/v1/api-keys").json["data"]] == [owners]


@pytest.mark.both_databases
def test_the_last_use_is_noted_but_not_each_time(app: Flask, ada: Person) -> None:
    made = make_key(ada)
    assert made["last_used_at"] is None
    importer, idle = program(app, made["key"]), make_key(ada)

    importer.get("/posts").close()
    noted = ada.get(f"/api-keys/{made['id']}").json["last_used_at"]
    importer.get("/posts").close()

    assert noted.endswith("Z")
    assert ada.get(f"/api-keys/{made['id']}").json["last_used_at"] == noted
    assert ada.get(f"/api-keys/{idle['id']}").json["last_used_at"] is None


def test_where_addresses_must_be_verified_an_unverified_maker_gets_no_key(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "require_verified_email", True)

    assert ada.post("/api-keys", {"name": "k", "scopes": WRITER}).json["code"] == "email_unverified"
