"""What is done to one account leaves another one alone, though it stands in the same tables."""

from datetime import timedelta

import pytest

from app.database import db
from app.models import OneTimeToken, Publication, Purpose, User, Visibility
from app.services import one_time_token_service as service
from app.services import tokens
from app.utils.times import now
from tests.factories import make_one_time_token, make_post, make_session, make_user, make_video
from tests.factories.accounts import PASSWORD
from tests.support.http import ApiClient, bearer_of
from tests.support.mail import send_queued

NEW = "a wholly different phrase"


@pytest.fixture
def bystander(database: object) -> User:
    """Somebody else, who was there first and has the same password hash."""
    del database
    return make_user()


@pytest.fixture
def user(bystander: User) -> User:
    del bystander  # first
    return make_user()


def signs_in(client: ApiClient, user: User, password: str) -> bool:
    answer = client.post("/api/v1/auth/signin", json={"email": user.email, "password": password})
    return answer.status_code == 200


def test_a_reset_changes_one_password_and_writes_to_its_owner(client: ApiClient, user: User, bystander: User) -> None:
    others = client.acting_as(bystander)
    row = make_one_time_token(user, purpose=Purpose.RESET_PASSWORD)
    make_one_time_token(bystander, purpose=Purpose.RESET_PASSWORD)
    body = {"token": tokens.derived_token(Purpose.RESET_PASSWORD, row.id), "password": NEW}

    assert client.post("/api/v1/auth/password/reset", json=body).status_code == 204

    assert (signs_in(client, user, NEW), signs_in(client, bystander, PASSWORD)) == (True, True)
    assert others.get("/api/v1/users/me").status_code == 200
    assert [letter.to for letter in send_queued()] == [user.email]
    assert [token.user_id for token in db.session.query(OneTimeToken).filter_by(used_at=None)] == [bystander.id]


def test_a_change_of_password_is_one_s_own(client: ApiClient, user: User, bystander: User) -> None:
    others = client.acting_as(bystander)
    body = {"current_password": PASSWORD, "new_password": NEW}

    assert client.acting_as(user).post("/api/v1/auth/password/change", json=body).status_code == 204

    assert (signs_in(client, user, NEW), signs_in(client, bystander, PASSWORD)) == (True, True)
    assert others.get("/api/v1/users/me").status_code == 200
    assert [letter.to for letter in send_queued()] == [user.email]


@pytest.mark.parametrize("path", ["password/forgot", "email/verification"])
def test_no_token_is_made_for_a_disabled_user(client: ApiClient, user: User, path: str) -> None:
    user.disabled_at, user.email_verified_at = now(), None
    db.session.flush()

    answer = client.post(f"/api/v1/auth/{path}", json={"email": user.email})

    assert answer.status_code < 300
    assert [token.user_id for token in db.session.query(OneTimeToken)] == [None]
    assert send_queued() == []


def test_a_letter_goes_to_whom_its_token_names_whoever_else_got_one(user: User, bystander: User) -> None:
    make_one_time_token(bystander)
    row = make_one_time_token(user)

    addressee = service.addressee(row.id)

    assert addressee is not None
    assert addressee.email == user.email


@pytest.mark.parametrize(
    "state", [{"used_at": timedelta(seconds=-1)}, {"expires_at": timedelta(seconds=-1)}, {"disabled_at": timedelta()}]
)
def test_no_letter_is_written_for_a_token_that_is_used_or_over_or_of_a_disabled_user(
    state: dict[str, timedelta], user: User
) -> None:
    row = make_one_time_token(user)
    for name, offset in state.items():
        setattr(user if name == "disabled_at" else row, name, now() + offset)
    db.session.flush()

    assert service.addressee(row.id) is None


def test_a_token_s_owner_is_whom_it_was_made_for(user: User, bystander: User) -> None:
    make_one_time_token(bystander)
    row = make_one_time_token(user)

    owner = service.owner_of(Purpose.VERIFY_EMAIL, tokens.derived_token(Purpose.VERIFY_EMAIL, row.id))

    assert owner.email == user.email


def test_ending_one_s_tokens_ends_nobody_else_s_and_moves_no_time(user: User, bystander: User) -> None:
    long_ago = now() - timedelta(days=1)
    used, opened, others = (
        make_one_time_token(user, used_at=long_ago),
        make_one_time_token(user),
        make_one_time_token(bystander),
    )

    service.spend_all(Purpose.VERIFY_EMAIL, user.id)

    for row in (used, opened, others):
        db.session.refresh(row)
    assert used.used_at == long_ago
    assert opened.used_at is not None
    assert others.used_at is None


def test_nobody_is_on_display_because_somebody_else_has_published(
    client: ApiClient, user: User, bystander: User
) -> None:
    make_post(author=bystander, publication=Publication.PUBLISHED)

    answers = [client.get(f"/api/v1/users/{one.slug}").status_code for one in (user, bystander)]

    assert answers == [404, 200]


def test_a_film_puts_its_author_on_display_once_others_may_see_it(
    client: ApiClient, user: User, bystander: User
) -> None:
    shown = {"publication": Publication.PUBLISHED, "visibility": Visibility.PUBLIC}
    make_video(author=user)
    make_video(author=bystander, **shown)

    answers = [client.get(f"/api/v1/users/{one.slug}").status_code for one in (user, bystander)]

    assert answers == [404, 200]


def test_one_s_list_of_sessions_holds_nobody_else_s(client: ApiClient, user: User, bystander: User) -> None:
    client.acting_as(bystander)
    own = make_session(user)

    answer = client.with_headers(bearer_of(own)).get("/api/v1/auth/sessions")

    assert [session["id"] for session in answer.json["data"]] == [str(own.id)]


def test_proving_an_address_proves_nobody_else_s(client: ApiClient, user: User, bystander: User) -> None:
    user.email_verified_at = bystander.email_verified_at = None
    row = make_one_time_token(user)
    body = {"token": tokens.derived_token(Purpose.VERIFY_EMAIL, row.id)}

    assert client.post("/api/v1/auth/email/verify", json=body).status_code < 300

    for one in (user, bystander):
        db.session.refresh(one)
    assert user.email_verified_at is not None
    assert bystander.email_verified_at is None
