"""The audit log: complete, without secrets, and never changed."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from app.database import db, transaction
from app.models import AuditEntry
from app.services import audit_service
from app.services.audit_service import Audited, Origin
from app.utils.times import now
from tests.factories import make_audit_entry, make_organization, make_user

pytestmark = pytest.mark.usefixtures("database")


def test_a_line_says_who_did_what_and_from_where(app: Flask) -> None:
    del app
    user, organization = make_user(), make_organization()
    audit_service.came_from(Origin("192.0.2.7", "curl/8", "request-1"))

    audit_service.record(
        Audited.ORGANIZATION_CHANGED,
        actor_id=user.id,
        organization_id=organization.id,
        subject=f"organization:{organization.id}",
        before={"name": "Acme"},
        after={"name": "Apex"},
    )

    audit_service.came_from(Origin())
    line = db.session.scalars(select(AuditEntry)).one()
    assert (line.actor_id, line.action, line.organization_id) == (user.id, "organization.changed", organization.id)
    assert (line.address, line.user_agent, line.request_id) == ("192.0.2.7", "curl/8", "request-1")
    assert (line.before, line.after) == ({"name": "Acme"}, {"name": "Apex"})
    assert now() - line.occurred_at < timedelta(minutes=1)


def test_facts_that_speak_of_secrets_are_hidden() -> None:
    facts = {"password_hash": "argon2", "Refresh-Token": "abc", "name": "Ada"}

    audit_service.record(Audited.PASSWORD_CHANGED, actor_id=None, organization_id=None, subject="user:1", after=facts)

    line = db.session.scalars(select(AuditEntry)).one()
    assert line.after == {"password_hash": "[hidden]", "Refresh-Token": "[hidden]", "name": "Ada"}


@pytest.mark.both_databases
def test_the_database_itself_refuses_to_change_a_line() -> None:
    with transaction():
        make_audit_entry(action="team.removed")

    with pytest.raises(DBAPIError, match="never changed"), transaction():
        db.session.execute(update(AuditEntry).values(action="team.left"))

    assert db.session.scalars(select(AuditEntry.action)).all() == ["team.removed"]


def test_lines_are_kept_for_400_days() -> None:
    make_audit_entry(subject="old:1", occurred_at=now() - timedelta(days=401))
    make_audit_entry(subject="young:1", occurred_at=now() - timedelta(days=399))

    audit_service.forget_old(lambda: None)

    assert db.session.scalars(select(AuditEntry.subject)).all() == ["young:1"]


def test_a_deed_that_is_rolled_back_leaves_no_line() -> None:
    def leave_and_stumble() -> None:
        with transaction():
            audit_service.record(Audited.LEFT, actor_id=None, organization_id=None, subject="user:1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        leave_and_stumble()

    assert db.session.scalars(select(AuditEntry)).all() == []


def test_removing_an_organization_removes_its_lines() -> None:
    organization = make_organization()
    make_audit_entry(organization)

    db.session.execute(delete(type(organization)).where(type(organization).id == organization.id))

    assert db.session.scalars(select(AuditEntry)).all() == []
