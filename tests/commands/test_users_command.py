"""`flask users`: operators make accounts, shut them out and let them in again."""

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.database import db
from app.models import AuditEntry, Membership, User
from app.permissions import Role
from config import settings
from tests.factories import make_membership, make_user
from tests.support.http import ApiClient, bearer
from tests.support.mail import send_queued, token_in

pytestmark = pytest.mark.usefixtures("database")
EMAIL, PASSWORD = "grace@example.org", "a nanosecond of wire"


def users(app: Flask, *arguments: str, password: str | None = None) -> Result:
    piped = [] if password is None else ["--password-stdin"]
    return app.test_cli_runner().invoke(args=["users", *arguments, *piped], input=f"{password}\n")


def signs_in(client: ApiClient, password: str = PASSWORD) -> int:
    return client.post("/api/v1/auth/signin", json={"email": EMAIL, "password": password}).status_code


@pytest.fixture
def grace(app: Flask) -> User:
    result = users(app, "create", EMAIL, "--name", "Grace Hopper", password=PASSWORD)
    assert result.exit_code == 0, result.output
    return db.session.scalars(select(User).where(User.email == EMAIL)).one()


def test_an_operator_makes_the_first_owner_where_nobody_can_sign_up(
    app: Flask, client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "signup_mode", "closed")
    monkeypatch.setattr(settings, "personal_organizations", False)
    monkeypatch.setattr(settings, "require_verified_email", True)

    made = users(app, "create", EMAIL, "--name", "Grace", "--organization", "The Navy", password=PASSWORD)

    assert made.exit_code == 0, made.output
    assert made.stdout.split()[1:] == [EMAIL, "owns", "the-navy"]
    assert db.session.scalars(select(Membership.role)).all() == [Role.OWNER]
    signed_in = client.post("/api/v1/auth/signin", json={"email": EMAIL, "password": PASSWORD}).json
    assert signed_in["user"]["email_verified"] is True  # type: ignore[index]  # a document
    headers = {"Authorization": f"Bearer {signed_in['access_token']}"}  # type: ignore[index]  # a document
    assert client.post("/api/v1/posts", json={"title": "At sea"}, headers=headers).status_code == 201


def test_an_account_without_an_organization_has_none(client: ApiClient, grace: User) -> None:
    del grace
    signed_in = client.post("/api/v1/auth/signin", json={"email": EMAIL, "password": PASSWORD}).json

    assert signed_in["organization"] is None  # type: ignore[index]  # a document


@pytest.mark.parametrize(
    ("arguments", "password", "words"),
    [
        (("create", EMAIL, "--name", "Another"), PASSWORD, "There is an account with this e-mail address."),
        (("create", "new@example.org", "--name", "New"), "password1234", "among the first"),
        (("set-password", EMAIL), "short", "at least 12"),
        (("set-password", "nobody@example.org"), PASSWORD, "There is no account with the address"),
        (("disable", "nobody@example.org"), None, "There is no account with the address"),
    ],
)
def test_what_can_t_be_done_is_said_in_a_sentence(
    app: Flask, grace: User, arguments: tuple[str, ...], password: str | None, words: str
) -> None:
    del grace
    result = users(app, *arguments, password=password)

    assert result.exit_code == 1
    assert words in result.stderr


def test_what_is_no_address_is_refused(app: Flask) -> None:
    assert users(app, "create", "grace", "--name", "Grace", password=PASSWORD).exit_code == 2


def test_a_disabled_account_is_out_at_once_and_comes_back_by_signing_in(
    app: Flask, client: ApiClient, grace: User
) -> None:
    person = client.with_headers(bearer(grace, make_membership(grace).organization))
    assert person.get("/api/v1/users/me").status_code == 200

    assert users(app, "disable", EMAIL).exit_code == 0
    assert (person.get("/api/v1/users/me").status_code, signs_in(client)) == (401, 401)

    assert users(app, "enable", EMAIL).exit_code == 0
    assert (person.get("/api/v1/users/me").status_code, signs_in(client)) == (401, 200)


def test_a_password_that_an_operator_sets_ends_every_session(app: Flask, client: ApiClient, grace: User) -> None:
    person = client.with_headers(bearer(grace))

    client.post("/api/v1/auth/password/forgot", json={"email": EMAIL})
    [asked] = send_queued()
    bystander = make_user()
    kept = bystander.password_hash

    assert users(app, "set-password", EMAIL, password="quite another one").exit_code == 0

    late = {"token": token_in(asked), "password": "the choice of a thief"}
    assert client.post("/api/v1/auth/password/reset", json=late).status_code == 410
    db.session.refresh(bystander)
    assert bystander.password_hash == kept
    assert person.get("/api/v1/users/me").status_code == 401
    assert (signs_in(client), signs_in(client, "quite another one")) == (401, 200)
    assert [letter.subject for letter in send_queued()] == ["Your password was changed"]


def test_what_an_operator_does_is_audited_as_nobody_s_deed(app: Flask, grace: User) -> None:
    users(app, "disable", EMAIL)
    users(app, "enable", EMAIL)

    of_grace = select(AuditEntry).where(AuditEntry.subject == f"user:{grace.id}").order_by(AuditEntry.id)
    entries = db.session.scalars(of_grace).all()
    assert [(entry.action, entry.actor_id) for entry in entries] == [
        ("account.created", None),
        ("session.revoked", None),
        ("account.disabled", None),
        ("account.enabled", None),
    ]
