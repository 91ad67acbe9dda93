"""Sign-up, sign-in, refresh, sign-out, one's own account."""

from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from sqlalchemy import update

from app.database import db, transaction
from app.models import RefreshToken, User
from app.services import keyring, tokens
from app.utils.times import now
from config import settings
from tests.api.conftest import PASSWORD, Person

KID = keyring.signing_key().kid
NATIVE = {"Marquee-Token-Delivery": "body"}


def sign_in(person: Person, **body: str) -> object:
    return person.client.post("/api/v1/auth/signin", json=body, headers=NATIVE)


def test_signing_up_opens_a_session_in_an_organization_of_ones_own(anonymous: Person) -> None:
    body = {"email": "Ada@Example.org", "password": PASSWORD, "name": "Ada", "organization_name": "Engines"}

    answer = anonymous.post("/auth/signup", body)

    assert answer.status_code == 201
    assert answer.json["user"]["email"] == "ada@example.org"
    assert answer.json["organization"]["slug"] == "engines"
    assert answer.json["organization"]["role"] == "owner"
    assert answer.json["token_type"] == "Bearer"
    assert "refresh_token" not in answer.json
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "Path=/api/v1/auth" in cookie


def test_an_address_has_one_account(anonymous: Person) -> None:
    body = {"email": "ada@example.org", "password": PASSWORD, "name": "Ada"}
    anonymous.post("/auth/signup", body)

    again = anonymous.post("/auth/signup", body | {"email": "ADA@example.org"})

    assert again.status_code == 409
    assert again.json["code"] == "email_taken"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"email": "nobody"}, "/email"),
        ({"password": "short"}, "/password"),
        ({"name": ""}, "/name"),
        ({"is_admin": True}, "/is_admin"),
        ({"email": 7}, "/email"),
    ],
)
def test_a_wrong_field_is_named_by_its_pointer(anonymous: Person, wrong: dict[str, object], pointer: str) -> None:
    body = {"email": "ada@example.org", "password": PASSWORD, "name": "Ada"} | wrong

    answer = anonymous.post("/auth/signup", body)

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert [problem["pointer"] for problem in answer.json["errors"]] == [pointer]


def test_an_unknown_user_and_a_wrong_password_get_the_same_answer(ada: Person, anonymous: Person) -> None:
    email = ada.session["user"]["email"]

    wrong = anonymous.post("/auth/signin", {"email": email, "password": "wrong horse battery"})
    unknown = anonymous.post("/auth/signin", {"email": "nobody@example.org", "password": PASSWORD})

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json | {"request_id": ""} == unknown.json | {"request_id": ""}
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


def test_a_refresh_rotates_and_a_quick_repeat_gets_the_same_successor(ada: Person) -> None:
    email = ada.session["user"]["email"]
    first = sign_in(ada, email=email, password=PASSWORD).json["refresh_token"]  # type: ignore[attr-defined]  # a test response

    second = ada.client.post("/api/v1/auth/refresh", json={"refresh_token": first}, headers=NATIVE)
    repeat = ada.client.post("/api/v1/auth/refresh", json={"refresh_token": first}, headers=NATIVE)

    assert second.status_code == repeat.status_code == 200
    assert second.json["refresh_token"] == repeat.json["refresh_token"] != first
    assert ada.get("/users/me", headers={}).status_code == 200


def test_a_refresh_token_used_again_later_ends_the_whole_session(ada: Person) -> None:
    email = ada.session["user"]["email"]
    signed_in = sign_in(ada, email=email, password=PASSWORD).json  # type: ignore[attr-defined]  # a test response
    old = signed_in["refresh_token"]
    new = ada.client.post("/api/v1/auth/refresh", json={"refresh_token": old}, headers=NATIVE).json["refresh_token"]
    with transaction():
        used = update(RefreshToken).where(RefreshToken.token_hash == tokens.hash_token(old))
        db.session.execute(used.values(rotated_at=now() - timedelta(seconds=15)))

    reused = ada.client.post("/api/v1/auth/refresh", json={"refresh_token": old})
    successor = ada.client.post("/api/v1/auth/refresh", json={"refresh_token": new})

    assert reused.status_code == 401
    assert reused.json["code"] == "token_reused"
    assert successor.status_code == 401


def test_the_cookie_is_refused_from_a_foreign_origin(ada: Person) -> None:
    answer = ada.client.post("/api/v1/auth/refresh", json={}, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
    assert answer.json["code"] == "origin_not_allowed"


def test_signing_out_ends_the_access_token_at_once(ada: Person) -> None:
    assert ada.post("/auth/signout", {}).status_code == 204

    assert ada.get("/users/me").status_code == 401


def test_a_disabled_user_is_nobody_at_once(ada: Person) -> None:
    with transaction():
        db.session.execute(update(User).where(User.id == ada.user_id).values(disabled_at=now()))

    assert ada.get("/users/me").status_code == 401


def test_one_reads_and_changes_ones_own_account(ada: Person) -> None:
    changed = ada.send("PATCH", "/users/me", {"name": "Countess Lovelace", "bio": "Engines."})

    assert changed.status_code == 200
    assert ada.get("/users/me").json["name"] == "Countess Lovelace"
    assert ada.get("/users/me").json["organizations"][0]["role"] == "owner"


def _forged(ada: Person, **changes: object) -> dict[str, object]:
    claims: dict[str, object] = jwt.decode(ada.token, options={"verify_signature": False})
    return {name: value for name, value in (claims | changes).items() if value is not None}


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"exp": 1},
        {"aud": "another"},
        {"iss": "another"},
        {"sub": "someone"},
        {"jti": None},
        {"sid": None},
    ],
)
def test_a_token_with_wrong_claims_is_refused(ada: Person, changes: dict[str, object]) -> None:
    ada.token = jwt.encode(_forged(ada, **changes), settings.secret_key, "HS256", headers={"typ": "at+jwt", "kid": KID})

    assert ada.get("/users/me").status_code == 401


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize(("algorithm", "kind"), [("none", "at+jwt"), ("HS512", "at+jwt"), ("HS256", "JWT")])
def test_a_token_of_another_algorithm_or_type_is_refused(ada: Person, algorithm: str, kind: str) -> None:
    key = None if algorithm == "none" else settings.secret_key
    ada.token = jwt.encode(_forged(ada), key, algorithm, headers={"typ": kind, "kid": KID})

    assert ada.get("/users/me").status_code == 401


def test_another_organization_than_ones_own_cannot_be_acted_in(ada: Person, newcomer: Callable[[], Person]) -> None:
    other = newcomer()

    answer = ada.get("/users/me", headers={"Marquee-Organization": other.organization})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "odd", ["Ada\nYour account is locked", "Ada\r", "A\x1bda", "Ada\u202eecalevol", "Ada\u2028x", "A\x85da"]
)
def test_a_name_is_one_plain_line(anonymous: Person, odd: str) -> None:
    """It stands in letters to others."""
    body = {"email": "ada.one.line@example.org", "password": PASSWORD, "name": f"{odd}."}

    answer = anonymous.post("/auth/signup", body)

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/name"


@pytest.mark.parametrize("name", ["Zoë O'Brien-Núñez", "王小明", "עדה לאבלייס", "أدا", "🐎 Ada", "X Æ A-12"])
def test_names_of_all_scripts_are_taken(anonymous: Person, name: str) -> None:
    body = {"email": "ada.any.script@example.org", "password": PASSWORD, "name": name}

    assert anonymous.post("/auth/signup", body).json["user"]["name"] == name
