"""Public author profiles: who writes is on display, who merely signed up is not."""

import pytest
from sqlalchemy import update

from app.database import db, transaction
from app.models import Post, User, Visibility
from app.utils.times import now
from tests.api.conftest import PASSWORD, Person


def slug_of(person: Person) -> str:
    return str(person.session["user"]["slug"])


def test_an_author_has_a_public_profile_once_something_is_published(ada: Person, anonymous: Person) -> None:
    ada.send("PATCH", "/users/me", {"bio": "Engines.", "avatar_url": "https://example.org/ada.jpg"})
    path = f"/users/{slug_of(ada)}"
    ada.draft()
    assert anonymous.get(path).status_code == 404

    ada.published()

    assert anonymous.get(path).json == {
        "id": ada.user_id,
        "slug": slug_of(ada),
        "name": "Ada Lovelace",
        "avatar_url": "https://example.org/ada.jpg",
        "bio": "Engines.",
    }


def test_nobody_s_existence_shows_before_they_publish_but_to_themselves(ada: Person, bob: Person) -> None:
    path = f"/users/{slug_of(ada)}"

    assert (ada.get(path).status_code, bob.get(path).status_code) == (200, 404)


@pytest.mark.parametrize("hidden", ["disabled author", "inside only"])
def test_what_nobody_may_read_shows_no_author(ada: Person, anonymous: Person, hidden: str) -> None:
    ada.published()
    with transaction():
        if hidden == "disabled author":
            db.session.execute(update(User).values(disabled_at=now()))
        else:
            db.session.execute(update(Post).values(visibility=Visibility.ORGANIZATION))

    assert anonymous.get(f"/users/{slug_of(ada)}").status_code == 404


def test_nobody_takes_the_address_of_one_s_own_account(anonymous: Person) -> None:
    body = {"email": "me@example.org", "password": PASSWORD, "name": "Me"}

    slug = anonymous.post("/auth/signup", body).json["user"]["slug"]

    assert slug.startswith("me-")


def test_a_name_can_not_be_removed(ada: Person) -> None:
    answer = ada.send("PATCH", "/users/me", {"name": None, "bio": None})

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/name"
