"""Derived tokens and the key ring."""

from uuid import uuid4

import pytest

from app.errors import Invalid, NotAuthenticated
from app.http.cursors import read_cursor, write_cursor
from app.services import keyring, tokens
from app.utils.times import now
from config import settings

OLD, NEW = "an old key of at least thirty-two bytes", "a new key of at least thirty-two bytes"


@pytest.fixture
def rotate(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Begins with the old key."""
    monkeypatch.setattr(settings, "secret_key", OLD)
    return monkeypatch


def test_a_derived_token_names_its_row_for_its_purpose_only() -> None:
    row_id = uuid4()
    token = tokens.derived_token("verify", row_id)

    assert tokens.row_of_token("verify", token) == row_id
    with pytest.raises(Invalid):
        tokens.row_of_token("reset", token)


@pytest.mark.parametrize("change", ["", "x", "!", "é", "A" * 64, "A" * 10_000])
def test_what_is_no_derived_token_is_refused(change: str) -> None:
    with pytest.raises(Invalid, match="not valid"):
        tokens.row_of_token("verify", change)


def test_no_bit_of_a_derived_token_can_be_changed() -> None:
    token = tokens.derived_token("verify", uuid4())

    for place in range(len(token)):
        forged = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(Invalid):
            tokens.row_of_token("verify", forged)


def test_a_new_key_leaves_everything_valid_that_the_old_one_signed(rotate: pytest.MonkeyPatch) -> None:
    user_id, session_id, place = uuid4(), uuid4(), (now(), uuid4())
    access = tokens.write_access_token(user_id, session_id)
    derived = tokens.derived_token("verify", session_id)
    cursor = write_cursor(place, backwards=False, bound_to="all")
    signed = keyring.serializer("playback").dumps("video")

    rotate.setattr(settings, "secret_key", NEW)
    rotate.setattr(settings, "secret_keys_old", (OLD,))

    assert tokens.read_access_token(access).session_id == session_id
    assert tokens.row_of_token("verify", derived) == session_id
    assert read_cursor(cursor, bound_to="all") == (place, False)
    assert keyring.serializer("playback").loads(signed) == "video"


def test_what_is_new_is_signed_by_the_new_key_alone(rotate: pytest.MonkeyPatch) -> None:
    rotate.setattr(settings, "secret_keys_old", (NEW,))
    access, derived = tokens.write_access_token(uuid4(), uuid4()), tokens.derived_token("verify", uuid4())

    rotate.setattr(settings, "secret_key", NEW)
    rotate.setattr(settings, "secret_keys_old", ())

    with pytest.raises(NotAuthenticated):
        tokens.read_access_token(access)
    with pytest.raises(Invalid):
        tokens.row_of_token("verify", derived)


def test_a_key_that_is_dropped_ends_what_it_signed(rotate: pytest.MonkeyPatch) -> None:
    access = tokens.write_access_token(uuid4(), uuid4())

    rotate.setattr(settings, "secret_key", NEW)

    with pytest.raises(NotAuthenticated):
        tokens.read_access_token(access)


def test_a_key_s_name_tells_nothing_about_it_and_never_shows_it() -> None:
    key = keyring.signing_key()

    assert key.kid not in key.secret
    assert key.secret not in repr(key)
