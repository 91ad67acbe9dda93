"""Who gets in, and where they then act: sign-up, sign-in, and what one's own profile reaches."""

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from app.database import db
from app.models import User
from app.permissions import Role, Scope
from app.services import tokens
from app.utils.times import now
from config import settings
from tests.api.conftest import PASSWORD, Person
from tests.factories import make_membership, make_refresh_token, make_session, make_user
from tests.factories.accounts import PASSWORD as MEMBERS_PASSWORD
from tests.support.http import ApiClient, bearer_of, bearer_of_key


def sign_in(client: ApiClient, user: User) -> TestResponse:
    return client.post("/api/v1/auth/signin", json={"email": user.email, "password": MEMBERS_PASSWORD})


def acts_in(client: ApiClient, user: User) -> str | None:
    """Where a post of a new session goes; None where it may write nothing."""
    headers = {"Authorization": f"Bearer {sign_in(client, user).json['access_token']}"}
    answer = client.post("/api/v1/posts", json={"title": "Where am I?"}, headers=headers)
    return answer.json["organization"]["slug"] if answer.status_code == 201 else None


@pytest.mark.parametrize("mode", ["invite", "closed"])
def test_nobody_signs_up_uninvited_where_that_is_not_open(
    mode: str, anonymous: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "signup_mode", mode)

    answer = anonymous.post("/auth/signup", {"email": "eve@example.org", "password": PASSWORD, "name": "Eve"})

    assert answer.status_code == 403
    assert answer.json["code"] == "signup_closed"
    assert db.session.query(User).filter_by(email="eve@example.org").count() == 0


def test_a_disabled_user_gets_the_answer_of_a_wrong_password(client: ApiClient) -> None:
    user = make_user(disabled_at=now())

    answer = sign_in(client, user)

    assert answer.status_code == 401
    assert answer.json["code"] == "wrong_credentials"


def test_a_session_acts_in_the_organization_that_its_own_user_joined_first(client: ApiClient) -> None:
    make_membership(created_at=now() - timedelta(days=9))  # somebody else's, and older
    user = make_user()
    first = make_membership(user, created_at=now() - timedelta(days=2))
    make_membership(user, created_at=now() - timedelta(days=1))

    assert acts_in(client, user) == first.organization.slug


def test_a_session_does_not_act_where_its_user_is_suspended(client: ApiClient) -> None:
    user = make_user()
    make_membership(user, created_at=now() - timedelta(days=2), suspended_at=now())
    active = make_membership(user, created_at=now() - timedelta(days=1))

    assert acts_in(client, user) == active.organization.slug


def test_a_session_of_somebody_who_is_suspended_everywhere_acts_nowhere(client: ApiClient) -> None:
    user = make_user()
    make_membership(user, suspended_at=now())

    assert sign_in(client, user).status_code == 200
    assert acts_in(client, user) is None


def test_where_one_is_suspended_one_does_not_work(client: ApiClient) -> None:
    user = make_user()
    make_membership(user, created_at=now() - timedelta(days=2), suspended_at=now())
    active = make_membership(user, created_at=now() - timedelta(days=1)).organization

    session = sign_in(client, user).json
    person = client.with_headers({"Authorization": f"Bearer {session['access_token']}"})
    listed = (person.get("/api/v1/users/me").json["organizations"], person.get("/api/v1/organizations").json["data"])

    assert session["organization"]["slug"] == active.slug
    assert [[organization["slug"] for organization in each] for each in listed] == [[active.slug]] * 2


@pytest.mark.parametrize("end", ["DELETE", "POST"])
def test_a_session_moves_to_the_next_home_when_its_user_loses_the_first(end: str, client: ApiClient) -> None:
    """Whoever else still works in the first, and wherever else the user does."""
    user = make_user()
    lost = make_membership(user, created_at=now() - timedelta(days=2), role=Role.EDITOR).organization
    kept = make_membership(user, created_at=now() - timedelta(days=1)).organization
    owner = client.acting_as(make_membership(organization=lost, role=Role.OWNER))
    headers = {"Authorization": f"Bearer {sign_in(client, user).json['access_token']}"}

    path = f"/api/v1/organizations/{lost.slug}/team/{user.id}" + ("/suspend" if end == "POST" else "")
    assert owner.open(path, method=end).status_code < 300

    written = client.post("/api/v1/posts", json={"title": "At home"}, headers=headers)
    assert written.json["organization"]["slug"] == kept.slug


def test_changing_one_s_profile_changes_nobody_else_s(ada: Person, bob: Person) -> None:
    ada.send("PATCH", "/users/me", {"name": "Ada the First"})

    assert ada.get("/users/me").json["name"] == "Ada the First"
    assert bob.get("/users/me").json["name"] == "Ada Lovelace"


@pytest.mark.parametrize("end", ["none", "session over", "session revoked", "user disabled"])
def test_a_refresh_token_is_worth_what_its_session_and_its_user_are(end: str, client: ApiClient) -> None:
    user = make_user(disabled_at=now() if end == "user disabled" else None)
    session = make_session(
        user,
        expires_at=now() + timedelta(days=-1 if end == "session over" else 1),
        revoked_at=now() if end == "session revoked" else None,
    )
    token = tokens.new_refresh_token()
    make_refresh_token(session, token)

    answer = client.post("/api/v1/auth/refresh", json={"refresh_token": token})

    assert answer.status_code == (200 if end == "none" else 401)


@pytest.mark.parametrize("end", ["none", "session over", "session revoked", "user disabled"])
def test_an_access_token_is_worth_what_its_session_and_its_user_are(end: str, client: ApiClient) -> None:
    user = make_user(disabled_at=now() if end == "user disabled" else None)
    session = make_session(
        user,
        expires_at=now() + timedelta(days=-1 if end == "session over" else 1),
        revoked_at=now() if end == "session revoked" else None,
    )

    answer = client.with_headers(bearer_of(session)).get("/api/v1/organizations")

    assert answer.status_code == (200 if end == "none" else 401)


def test_nobody_acts_in_an_organization_that_they_do_not_belong_to(ada: Person, bob: Person) -> None:
    answer = ada.get("/posts", headers={"Marquee-Organization": bob.organization})

    assert (answer.status_code, answer.json["code"]) == (404, "no_such_organization")


def test_a_role_is_one_s_own_and_of_one_organization(client: ApiClient) -> None:
    """Whoever else has a stronger one there, and wherever else one has it."""
    user = make_user()
    make_membership(user, role=Role.OWNER)
    organization = make_membership(role=Role.OWNER).organization
    make_membership(user, organization, Role.VIEWER)
    headers = {**bearer_of(make_session(user, organization)), "Marquee-Organization": organization.slug}

    for sent in (headers, {"Authorization": headers["Authorization"]}):
        answer = client.post("/api/v1/posts", json={"title": "By a viewer"}, headers=sent)
        assert answer.status_code == 403


def test_an_address_that_somebody_else_has_not_proved_keeps_nobody_out(
    client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "require_verified_email", True)
    make_user(email_verified_at=None)
    member = make_membership(role=Role.OWNER)

    for person in (client.acting_as(member), client.with_headers(bearer_of_key(member, [Scope.WRITE_CONTENT]))):
        assert person.post("/api/v1/posts", json={"title": "Proved"}).status_code == 201


def test_a_token_whose_session_is_somebody_else_s_is_none(client: ApiClient) -> None:
    token = tokens.write_access_token(make_user().id, make_session(make_user()).id)

    answer = client.get("/api/v1/users/me", headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.json["code"]) == (401, "session_ended")


def test_a_refresh_token_that_nobody_has_is_refused(client: ApiClient) -> None:
    answer = client.post("/api/v1/auth/refresh", json={"refresh_token": tokens.new_refresh_token()})

    assert (answer.status_code, answer.json["code"]) == (401, "invalid_token")
