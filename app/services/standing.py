"""Where somebody stands in the organization that an address names: their role there, wherever they act otherwise."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from app.database import Record, db, read_connection
from app.errors import Moved, NotFound
from app.models import Membership, Organization, OrganizationSlug
from app.permissions import Action, Actor, Role

_COLUMNS = (
    *(Organization.id, Organization.slug, Organization.name, Organization.description, Organization.comments),
    *(Organization.video_rungs, Organization.keep_original, Organization.revision),
    *(Organization.created_at, Organization.updated_at, Membership.role),
)


def seen_by(actor: Actor, slug: str) -> tuple[Actor, Record]:
    """The organization, and the actor with their role in it (None: a reader).

    Raises `NotFound`, or `Moved` for a slug that it had before.
    """
    seen, organization = found_by(actor, slug)
    if organization.slug != slug:
        detail = f"The organization is called {organization.slug} now."
        raise Moved(detail, parameters={"slug": organization.slug})
    return seen, organization


def found_by(actor: Actor, slug: str) -> tuple[Actor, Record]:
    """Like `seen_by`, by any slug that it has or had: for filters, where there is no address to correct."""
    old = select(OrganizationSlug.organization_id).where(OrganizationSlug.slug == slug).scalar_subquery()
    row = _find(actor, Organization.slug == slug) or _find(actor, Organization.id == old)
    if row is None:
        raise _unknown()
    return actor.acting_in(row.id, row.slug, Role(row.role) if row.role else None), row


def slug_now(former: str) -> str | None:
    """What the organization is called that had this slug before."""
    query = select(Organization.slug).join(OrganizationSlug, OrganizationSlug.organization_id == Organization.id)
    with read_connection() as connection:
        slug: str | None = connection.execute(query.where(OrganizationSlug.slug == former)).scalar()
    return slug


def member_of(actor: Actor, slug: str) -> Actor:
    """The actor as somebody of the organization's team. For everybody else it does not exist: `NotFound`."""
    member, _organization = seen_by(actor, slug)
    if member.role is None:
        raise _unknown()
    return member


def member_locked(actor: Actor, slug: str, action: Action) -> Actor:
    """Like `member_of`, holding the organization's row in the open transaction, and with the grant.

    Whatever changes a team or an organization queues up here. The role is looked up again behind the lock: who waited
    may have lost it to the one before.
    """
    lock(id_of(member_of(actor, slug)))
    member = member_of(actor, slug)
    member.must(action)
    return member


def lock(organization_id: UUID) -> Organization:
    """The organization's row, locked in the open transaction. Raises `NotFound` for one that is going."""
    query = select(Organization).where(Organization.id == organization_id, Organization.deleted_at.is_(None))
    organization = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if organization is None:
        raise _unknown()
    return organization


def id_of(member: Actor) -> UUID:
    """The id of the organization that a member acts in."""
    if member.organization_id is None:
        raise _unknown()
    return member.organization_id


def _find(actor: Actor, condition: ColumnElement[bool]) -> Record | None:
    is_member = and_(
        Membership.organization_id == Organization.id,
        Membership.user_id == actor.user_id,
        Membership.suspended_at.is_(None),
    )
    query = select(*_COLUMNS).outerjoin(Membership, is_member).where(condition, Organization.deleted_at.is_(None))
    with read_connection() as connection:
        return connection.execute(query).first()


def _unknown() -> NotFound:
    return NotFound("There is no such organization.")
