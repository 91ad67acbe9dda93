"""The actor's two questions, `may` and `must`, beside the doors that ask them."""

import pytest

from app.errors import NotAuthenticated, NotPermitted
from app.permissions import ANONYMOUS, GRANTS, UNVERIFIED_MAY, Action, Actor, Role, Scope
from app.utils.ids import new_id


def member(role: Role | None, *, scopes: frozenset[Scope] | None = None, must_verify_email: bool = False) -> Actor:
    return Actor(user_id=new_id(), role=role, scopes=scopes, must_verify_email=must_verify_email)


@pytest.mark.parametrize("action", Action)
def test_nobody_is_asked_to_sign_in(action: Action) -> None:
    with pytest.raises(NotAuthenticated):
        ANONYMOUS.must(action)


@pytest.mark.parametrize("action", Action)
def test_who_acts_in_no_organization_may_do_nothing_in_one(action: Action) -> None:
    assert not member(None).may(action)
    with pytest.raises(NotPermitted):
        member(None).must(action)


@pytest.mark.parametrize("role", Role)
def test_who_must_prove_their_address_first_reads_what_their_role_reads_and_does_no_more(role: Role) -> None:
    allowed = {action for action in Action if member(role, must_verify_email=True).may(action)}

    assert allowed == GRANTS[role] & UNVERIFIED_MAY
    assert Action.READ_PRIVATE in allowed
    assert Action.EDIT_CONTENT not in allowed


@pytest.mark.parametrize("role", Role)
def test_a_key_without_scopes_does_nothing(role: Role) -> None:
    assert not any(member(role, scopes=frozenset()).may(action) for action in Action)
