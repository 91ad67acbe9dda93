"""Where a session acts by default: in the organization that its user joined first."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select, update

from app.database import db
from app.models import Membership, Session


def home_of(user_id: UUID) -> UUID | None:
    """The organization that a new session of the user acts in."""
    return db.session.scalar(_first_joined(Membership.user_id == user_id))


def settle(user_id: UUID) -> None:
    """Gives those of the user's sessions a home that have none (any more), in the open transaction."""
    still_works_there = exists().where(
        Membership.user_id == Session.user_id,
        Membership.organization_id == Session.organization_id,
        Membership.suspended_at.is_(None),
    )
    _move(Session.user_id == user_id, ~still_works_there)


def vacate(organization_id: UUID) -> None:
    """Moves every session out of an organization whose memberships have ended, in the open transaction."""
    _move(Session.organization_id == organization_id)


def _move(*which: ColumnElement[bool]) -> None:
    home = _first_joined(Membership.user_id == Session.user_id).correlate(Session).scalar_subquery()
    moved = update(Session).where(Session.revoked_at.is_(None), *which).values(organization_id=home)
    db.session.flush()
    db.session.execute(moved.execution_options(synchronize_session=False))


def _first_joined(whose: ColumnElement[bool]) -> Select[UUID]:
    joined = select(Membership.organization_id).where(whose, Membership.suspended_at.is_(None))
    return joined.order_by(Membership.created_at, Membership.id).limit(1)
