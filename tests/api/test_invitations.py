"""Invitations: by mail, for one address, usable once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.clients.outbox import KeptMail
from app.database import db, transaction
from app.models import Invitation, User
from app.permissions import Role
from app.services import invitation_service, tokens
from app.utils.ids import new_id
from app.utils.times import now
from config import settings
from tests.api.conftest import PASSWORD, Person
from tests.support.mail import send_queued, token_in

Hire = Callable[[Person, Role], Person]


def email_of(person: Person) -> str:
    return str(person.session["user"]["email"])


def invitations_sent() -> list[KeptMail]:
    """The letters on their way, but for those that ask newcomers to confirm their address."""
    return [letter for letter in send_queued() if "/accept-invitation#" in letter.text]


def path_of(owner: Person, rest: str = "") -> str:
    return f"/organizations/{owner.organization}/invitations{rest}"


def invited(owner: Person, person: Person, role: str = "editor") -> str:
    """The token that the person finds in their mail."""
    answer = owner.post(path_of(owner), {"email": email_of(person), "role": role})
    assert answer.status_code == 201, answer.json
    (letter,) = invitations_sent()
    return token_in(letter)


def accept(person: Person, token: str) -> tuple[int, str | None]:
    answer = person.post("/invitations/accept", {"token": token})
    return answer.status_code, answer.json.get("code")


def test_who_is_invited_gets_a_letter_and_joins_with_its_link(ada: Person, bob: Person) -> None:
    answer = ada.post(path_of(ada), {"email": email_of(bob).upper(), "role": "editor"})
    (letter,) = invitations_sent()

    joined = bob.post("/invitations/accept", {"token": token_in(letter)})

    assert answer.status_code == 201
    assert (answer.json["email"], answer.json["role"]) == (email_of(bob), "editor")
    assert answer.json["invited_by"]["id"] == ada.user_id
    assert letter.to == email_of(bob)
    assert "Ada Lovelace invites you to work in Ada Lovelace as editor" in letter.text
    assert (joined.status_code, joined.json["slug"], joined.json["role"]) == (200, ada.organization, "editor")
    assert ada.get(path_of(ada)).json["data"] == []
    here = {"Marquee-Organization": ada.organization}
    assert bob.post("/posts", {"title": "By Bob"}, headers=here).status_code == 201


def test_the_token_is_nowhere_but_in_the_letter(ada: Person, bob: Person) -> None:
    token = invited(ada, bob)

    rows = db.session.execute(db.text("SELECT t::text FROM invitations t UNION ALL SELECT j::text FROM jobs j"))
    listed = ada.get(path_of(ada)).get_data(as_text=True)

    assert token not in listed + " ".join(rows.scalars())


def test_an_invitation_works_once(ada: Person, bob: Person) -> None:
    token = invited(ada, bob)

    first, second = accept(bob, token), accept(bob, token)

    assert first[0] == 200
    assert second == (410, "token_spent")


def test_an_invitation_is_for_the_account_that_it_was_sent_to(
    ada: Person, bob: Person, newcomer: Callable[[], Person]
) -> None:
    token = invited(ada, bob, "admin")

    thief = accept(newcomer(), token)

    assert thief == (403, "wrong_account")
    assert accept(bob, token)[0] == 200


def test_an_invitation_ends_after_a_week(ada: Person, bob: Person) -> None:
    token = invited(ada, bob)
    with transaction():
        db.session.execute(update(Invitation).values(expires_at=now() - timedelta(seconds=1)))

    assert accept(bob, token) == (410, "token_spent")
    assert [row["email"] for row in ada.get(path_of(ada)).json["data"]] == [email_of(bob)]


def test_what_expired_long_ago_is_forgotten(ada: Person, bob: Person) -> None:
    invited(ada, bob)
    with transaction():
        db.session.execute(update(Invitation).values(expires_at=now() - timedelta(days=31)))

    invitation_service.forget_expired(lambda: None)

    assert ada.get(path_of(ada)).json["data"] == []


def test_an_invitation_that_is_taken_back_is_worth_nothing(ada: Person, bob: Person) -> None:
    token = invited(ada, bob)
    (invitation,) = ada.get(path_of(ada)).json["data"]

    revoked = ada.send("DELETE", path_of(ada, f"/{invitation['id']}"))
    again = ada.send("DELETE", path_of(ada, f"/{invitation['id']}"))

    assert (revoked.status_code, again.status_code) == (204, 404)
    assert accept(bob, token) == (410, "token_spent")


def test_a_letter_is_not_sent_for_what_was_taken_back_meanwhile(ada: Person, bob: Person) -> None:
    answer = ada.post(path_of(ada), {"email": email_of(bob), "role": "viewer"})
    ada.send("DELETE", path_of(ada, f"/{answer.json['id']}"))

    assert invitations_sent() == []


def test_inviting_again_sends_a_new_link_and_ends_the_old_one(ada: Person, bob: Person) -> None:
    first = invited(ada, bob, "viewer")
    second = invited(ada, bob, "admin")

    assert accept(bob, first) == (410, "token_spent")
    assert accept(bob, second)[0] == 200
    assert bob.get(f"/organizations/{ada.organization}").json["role"] == "admin"


def test_an_invitation_elsewhere_is_another_one(ada: Person, bob: Person, newcomer: Callable[[], Person]) -> None:
    carol = newcomer()
    first, second = invited(ada, carol), invited(bob, carol)

    assert (accept(carol, first)[0], accept(carol, second)[0]) == (200, 200)


def test_a_letter_names_who_invites_and_is_not_sent_too_late(
    ada: Person, bob: Person, newcomer: Callable[[], Person]
) -> None:
    guest = newcomer()
    for owner, name in ((ada, "The Countess"), (bob, "The Duke")):
        owner.send("PATCH", "/users/me", {"name": name})
        answer = owner.post(path_of(owner), {"email": email_of(guest), "role": "viewer"})
        assert answer.json["invited_by"]["name"] == name
        (letter,) = invitations_sent()
        assert f"{name} invites you" in letter.text

    ada.post(path_of(ada), {"email": email_of(bob), "role": "viewer"})
    with transaction():
        db.session.execute(update(Invitation).values(expires_at=now() - timedelta(seconds=1)))

    assert invitations_sent() == []


@pytest.mark.parametrize("token", ["", "some words", "A" * 64])
def test_a_token_that_is_not_ours_is_refused(bob: Person, token: str) -> None:
    assert accept(bob, token) == (422, "invalid_token")


def test_a_token_for_another_purpose_is_refused(bob: Person) -> None:
    assert accept(bob, tokens.derived_token("reset_password", new_id())) == (422, "invalid_token")


def test_a_token_of_a_row_that_never_was_is_spent(bob: Person) -> None:
    assert accept(bob, tokens.derived_token(invitation_service.PURPOSE, new_id())) == (410, "token_spent")


def test_nobody_is_invited_twice_or_above_the_role_of_who_invites(ada: Person, bob: Person, hire: Hire) -> None:
    admin = hire(ada, Role.ADMIN)

    above = admin.post(path_of(ada), {"email": email_of(bob), "role": "owner"})
    member = ada.post(path_of(ada), {"email": email_of(admin), "role": "editor"})

    assert (above.status_code, above.json["code"]) == (403, "above_own_role")
    assert (member.status_code, member.json["code"]) == (409, "already_member")


def test_an_invitation_does_not_lift_a_suspension(ada: Person, bob: Person) -> None:
    token = invited(ada, bob, "admin")
    with transaction():
        organization_id = ada.session["organization"]["id"]
        db.session.execute(
            db.text(
                "INSERT INTO memberships (id, user_id, organization_id, role, suspended_at, created_at, updated_at) "
                "VALUES (gen_random_uuid(), :user, :organization, 'viewer', now(), now(), now())"
            ),
            {"user": bob.user_id, "organization": organization_id},
        )

    assert accept(bob, token) == (409, "already_member")
    assert bob.get(f"/organizations/{ada.organization}").json["role"] is None


@pytest.mark.parametrize("end", ["demoted", "suspended", "removed", "left"])
def test_whoever_may_no_longer_invite_has_nothing_open(ada: Person, bob: Person, hire: Hire, end: str) -> None:
    admin = hire(ada, Role.ADMIN)
    answer = admin.post(path_of(ada), {"email": email_of(bob), "role": "admin"})
    token = token_in(invitations_sent()[0])
    where = f"/organizations/{ada.organization}/team/{admin.user_id}"
    ends = {
        "demoted": lambda: ada.send("PATCH", where, {"role": "editor"}),
        "suspended": lambda: ada.post(f"{where}/suspend"),
        "removed": lambda: ada.send("DELETE", where),
        "left": lambda: admin.post(f"/organizations/{ada.organization}/leave"),
    }

    ends[end]()

    assert answer.status_code == 201
    assert accept(bob, token) == (410, "token_spent")


def test_what_others_gave_and_what_one_may_still_give_stays_open(
    ada: Person, hire: Hire, newcomer: Callable[[], Person]
) -> None:
    second = hire(ada, Role.OWNER)
    guests = [newcomer() for _ in range(4)]
    elsewhere = invited(second, guests[0])

    def invite(owner: Person, guest: Person, role: str) -> str:
        assert owner.post(path_of(ada), {"email": email_of(guest), "role": role}).status_code == 201
        return token_in(invitations_sent()[0])

    of_ada, below, above = (
        invite(ada, guests[1], "owner"),
        invite(second, guests[2], "editor"),
        invite(second, guests[3], "owner"),
    )
    ada.send("PATCH", f"/organizations/{ada.organization}/team/{second.user_id}", {"role": "admin"})

    answers = [accept(guest, token)[0] for guest, token in zip(guests, (elsewhere, of_ada, below, above), strict=True)]
    assert answers == [200, 200, 200, 410]


def test_who_follows_the_letter_has_confirmed_their_address(ada: Person, bob: Person) -> None:
    token = invited(ada, bob)
    before = bob.get("/users/me").json["email_verified"]

    accept(bob, token)

    assert (before, bob.get("/users/me").json["email_verified"]) == (False, True)
    assert db.session.scalar(select(User.email_verified_at).where(User.email == email_of(ada))) is None


def test_somebody_without_an_organization_acts_in_the_one_that_they_joined(ada: Person, bob: Person) -> None:
    bob.send("DELETE", f"/organizations/{bob.organization}")
    homeless = bob.post("/posts", {"title": "Nowhere"})

    accept(bob, invited(ada, bob))

    assert homeless.status_code == 403
    assert bob.draft("Here")["organization"]["slug"] == ada.organization


def test_every_step_is_written_down(ada: Person, bob: Person) -> None:
    invited(ada, bob)
    (invitation,) = ada.get(path_of(ada)).json["data"]
    ada.send("DELETE", path_of(ada, f"/{invitation['id']}"))
    accept(bob, invited(ada, bob))

    lines = ada.get(f"/organizations/{ada.organization}/audit").json["data"]

    assert [(line["action"], line["actor"]["id"]) for line in reversed(lines)][1:] == [
        ("invitation.created", ada.user_id),
        ("invitation.revoked", ada.user_id),
        ("invitation.created", ada.user_id),
        ("team.joined", bob.user_id),
    ]


def signup(anonymous: Person, email: str, token: str | None, **more: object) -> TestResponse:
    body = {"email": email, "password": PASSWORD, "name": "Grace Hopper", **more}
    return anonymous.post("/auth/signup", body | ({"invitation_token": token} if token else {}))


def invited_address(owner: Person, email: str) -> str:
    owner.post(path_of(owner), {"email": email, "role": "viewer"})
    return token_in(invitations_sent()[-1])


def test_who_signs_up_with_an_invitation_works_in_that_team_alone(ada: Person, anonymous: Person) -> None:
    token = invited_address(ada, "grace@example.org")

    answer = signup(anonymous, "Grace@example.org", token)

    assert answer.status_code == 201
    assert answer.json["user"]["email_verified"] is True
    assert (answer.json["organization"]["slug"], answer.json["organization"]["role"]) == (ada.organization, "viewer")
    grace = Person(anonymous.client, answer.json["access_token"])
    assert [row["slug"] for row in grace.get("/organizations").json["data"]] == [ada.organization]
    assert grace.get("/jobs").status_code == 200
    assert [letter.to for letter in send_queued()] == []


def test_an_invitation_and_an_organization_of_one_s_own_go_together(ada: Person, anonymous: Person) -> None:
    token = invited_address(ada, "grace@example.org")

    answer = signup(anonymous, "grace@example.org", token, organization_name="Compilers")

    grace = Person(anonymous.client, answer.json["access_token"])
    slugs = [row["slug"] for row in grace.get("/organizations").json["data"]]
    assert sorted(slugs) == sorted(["compilers", ada.organization])


@pytest.mark.parametrize(
    ("mode", "is_invited", "status"),
    [("invite", True, 201), ("invite", False, 403), ("closed", True, 403), ("closed", False, 403)],
)
def test_the_instance_decides_who_gets_an_account(
    ada: Person, anonymous: Person, monkeypatch: pytest.MonkeyPatch, mode: str, *, is_invited: bool, status: int
) -> None:
    token = invited_address(ada, "grace@example.org") if is_invited else None
    monkeypatch.setattr(settings, "signup_mode", mode)

    answer = signup(anonymous, "grace@example.org", token)

    assert answer.status_code == status
    assert status == 201 or answer.json["code"] == "signup_closed"


def test_a_wrong_invitation_makes_no_account(ada: Person, anonymous: Person) -> None:
    token = invited_address(ada, "grace@example.org")

    another = signup(anonymous, "mallory@example.org", token)
    forged = signup(anonymous, "mallory@example.org", "A" * 64)

    assert (another.status_code, another.json["code"]) == (403, "wrong_account")
    assert (forged.status_code, forged.json["code"]) == (422, "invalid_token")
    assert db.session.scalar(select(User.id).where(User.email == "mallory@example.org")) is None
    assert signup(anonymous, "grace@example.org", token).status_code == 201
