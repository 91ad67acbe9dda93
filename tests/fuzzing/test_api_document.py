"""The whole API document against the whole application, as nobody, an editor and an owner."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

import pytest
from flask import Flask

from app.database import db, transaction
from app.errors import MarqueeError
from app.models import Organization
from app.permissions import Role
from app.services import session_service
from tests.factories import make_membership, make_organization
from tests.fuzzing.conftest import SECONDS, SEED
from tests.support.api_fuzzing import Credentials, fuzz
from tests.support.http import bearer

NOBODY: Final = "nobody"


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 120, func_only=True)
@pytest.mark.parametrize("who", [NOBODY, Role.EDITOR, Role.OWNER])
def test_nothing_breaks_and_every_answer_is_documented(
    who: str, app: Flask, target: Flask | str, record_property: Callable[[str, object], None]
) -> None:
    credentials = _none if who == NOBODY else _of_new_members(app, Role(who))

    findings = fuzz(target, credentials, seconds=SECONDS, seed=SEED)

    record_property("fuzzed_calls", findings.calls)
    record_property("fuzzed_as", f"{who}: {findings.summary()}")
    assert not findings.failures, findings.report()
    assert not findings.errors, findings.report()
    assert findings.calls > 0


def _none() -> dict[str, str]:
    return {}


def _of_new_members(app: Flask, role: Role) -> Credentials:
    """A member's; another one's once the last has signed out, left or been deleted by the call before."""
    with app.app_context(), transaction():
        organization_id = make_organization().id
    last: dict[str, str] = {}

    def credentials() -> dict[str, str]:
        nonlocal last
        with app.app_context():
            if not _may_act(last, role):
                last = _new_member(organization_id, role)
        return last

    return credentials


def _may_act(headers: dict[str, str], role: Role) -> bool:
    try:
        return session_service.identify(headers.get("Authorization", "").removeprefix("Bearer ")).role is role
    except MarqueeError:
        return False


def _new_member(organization_id: UUID, role: Role) -> dict[str, str]:
    with transaction():
        organization = db.session.get(Organization, organization_id) or make_organization(id=organization_id)
        return bearer(make_membership(organization=organization, role=role).user, organization)
