"""Who may make an account on an instance: anybody, the invited, or nobody."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from config import settings
from tests.api.conftest import PASSWORD, Person
from tests.support.mail import send_queued, token_in

GUEST = "grace@example.org"


@pytest.fixture
def invitation(ada: Person) -> str:
    """The token that Ada's organization has sent to Grace."""
    send_queued()
    body = {"email": GUEST, "role": "editor"}
    assert ada.post(f"/organizations/{ada.organization}/invitations", body).status_code == 201
    [letter] = send_queued()
    return token_in(letter)


@pytest.fixture
def join(app: Flask, database: object) -> Callable[..., TestResponse]:
    del database

    def join(email: str = GUEST, **more: object) -> TestResponse:
        body = {"email": email, "password": PASSWORD, "name": "Grace Hopper", **more}
        return Person(app.test_client()).post("/auth/signup", body)

    return join


Join = Callable[..., TestResponse]


@pytest.mark.parametrize("mode", ["open", "invite"])
def test_the_invited_join_the_team_with_a_proved_address(
    join: Join, ada: Person, invitation: str, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setattr(settings, "signup_mode", mode)

    joined = join(invitation_token=invitation)

    assert joined.status_code == 201
    assert joined.json["organization"]["slug"] == ada.organization
    assert joined.json["organization"]["role"] == "editor"
    assert joined.json["user"]["email_verified"] is True
    assert send_queued() == []
    assert join("other@example.org", invitation_token=invitation).status_code == 410


@pytest.mark.parametrize(
    ("mode", "statuses"),
    [("open", [201, 403]), ("invite", [403, 403]), ("closed", [403, 403])],
)
def test_without_an_invitation_the_mode_decides(
    join: Join, invitation: str, monkeypatch: pytest.MonkeyPatch, mode: str, statuses: list[int]
) -> None:
    monkeypatch.setattr(settings, "signup_mode", mode)

    plain = join("alan@example.org")
    with_somebody_elses = join("eve@example.org", invitation_token=invitation)

    assert [plain.status_code, with_somebody_elses.status_code] == statuses
    if mode != "closed":
        assert with_somebody_elses.json["code"] == "wrong_account"
        assert join("eve@example.org", invitation_token="forged").status_code == 422


def test_where_sign_up_is_closed_no_invitation_opens_it(
    join: Join, invitation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "signup_mode", "closed")

    refused = join(invitation_token=invitation)

    assert (refused.status_code, refused.json["code"]) == (403, "signup_closed")


def test_without_personal_organizations_nobody_gets_or_names_one(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "personal_organizations", False)

    named = join(organization_name="My own")

    assert (named.status_code, named.json["errors"][0]["pointer"]) == (422, "/organization_name")
    assert join().json["organization"] is None


@pytest.mark.parametrize(("named", "roles"), [({}, ["editor"]), ({"organization_name": "Own"}, ["editor", "owner"])])
def test_the_invited_get_an_organization_of_their_own_only_if_they_name_one(
    app: Flask, join: Join, invitation: str, named: dict[str, str], roles: list[str]
) -> None:
    joined = join(invitation_token=invitation, **named)

    assert joined.status_code == 201, joined.json
    me = Person(app.test_client(), joined.json["access_token"]).get("/users/me").json
    assert [organization["role"] for organization in me["organizations"]] == roles
