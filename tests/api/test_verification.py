"""E-mail verification, and what an unverified address keeps from doing where it is required."""

import pytest
from sqlalchemy import select, update

from app.database import db, transaction
from app.models import AuditEntry, OneTimeToken, Publication, User
from app.utils.times import now
from config import settings
from tests.api.conftest import Person
from tests.factories import make_post
from tests.support.mail import send_queued, token_in


@pytest.fixture
def required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "require_verified_email", True)


def email_of(person: Person) -> str:
    return str(person.session["user"]["email"])


def test_the_letter_of_the_sign_up_proves_the_address(ada: Person, anonymous: Person) -> None:
    assert ada.get("/users/me").json["email_verified"] is False
    [letter] = send_queued()
    assert letter.to == email_of(ada)
    assert f"{settings.links_url}/verify-email#token=" in letter.text

    verified = anonymous.post("/auth/email/verify", {"token": token_in(letter)})

    assert (verified.status_code, verified.data) == (204, b"")
    assert ada.get("/users/me").json["email_verified"] is True
    of_ada = select(AuditEntry.action).where(AuditEntry.subject == f"user:{ada.user_id}").order_by(AuditEntry.id)
    assert db.session.scalars(of_ada).all() == ["account.created", "account.email_verified"]
    assert anonymous.post("/auth/email/verify", {"token": token_in(letter)}).status_code == 410


@pytest.mark.parametrize("token", ["", "x", "A" * 64, "é"])
def test_what_is_no_token_is_refused(anonymous: Person, token: str) -> None:
    answer = anonymous.post("/auth/email/verify", {"token": token})

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_token")


def test_the_link_is_sent_again_to_those_who_need_it(ada: Person, anonymous: Person) -> None:
    send_queued()
    with transaction():
        db.session.execute(update(OneTimeToken).values(created_at=now().replace(year=2020)))

    asked = [
        anonymous.post("/auth/email/verification", {"email": email_of(ada)}),
        anonymous.post("/auth/email/verification", {"email": "nobody@example.org"}),
    ]

    assert [(answer.status_code, answer.data) for answer in asked] == [(204, b"")] * 2
    assert [letter.to for letter in send_queued()] == [email_of(ada)]


def test_the_signed_in_need_not_say_their_address(ada: Person, anonymous: Person) -> None:
    send_queued()
    with transaction():
        db.session.execute(update(OneTimeToken).values(created_at=now().replace(year=2020)))

    assert ada.post("/auth/email/verification", {}).status_code == 204
    assert anonymous.post("/auth/email/verification", {}).status_code == 401

    assert [letter.to for letter in send_queued()] == [email_of(ada)]


def test_a_verified_address_gets_no_letter_and_the_same_answer(ada: Person) -> None:
    send_queued()
    with transaction():
        db.session.execute(update(User).values(email_verified_at=now()))

    assert ada.post("/auth/email/verification", {}).status_code == 204

    assert send_queued() == []


@pytest.mark.usefixtures("required")
def test_where_it_is_required_the_unverified_read_and_do_not_write(ada: Person) -> None:
    [letter] = send_queued()

    refused = ada.post("/posts", {"title": "Too early"})

    assert (refused.status_code, refused.json["code"]) == (403, "email_unverified")
    assert ada.get("/users/me").status_code == 200
    assert ada.get(f"/posts?organization={ada.organization}").status_code == 200
    path = f"/posts/{make_post(publication=Publication.PUBLISHED).id}"
    for method, address in (("POST", f"{path}/comments"), ("PUT", f"{path}/like"), ("POST", "/organizations")):
        body = {"body": "Hear me."} if method == "POST" else None
        answer = ada.send(method, address, {"name": "Mine"} if address == "/organizations" else body)
        assert (answer.status_code, answer.json["code"]) == (403, "email_unverified"), address
    ada.post("/auth/email/verify", {"token": token_in(letter)})
    assert ada.post("/posts", {"title": "In time"}).status_code == 201
