"""Organizations: make, read, rename, delete."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete as delete_from
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app import dialect
from app.database import Record, db, read_connection, savepoint, transaction
from app.dialect import utc_now_plus
from app.errors import Conflict, NotAuthenticated, NotPermitted, PreconditionFailed
from app.jobs import DELETE_ORGANIZATION
from app.models import Invitation, Membership, Organization, OrganizationSlug
from app.permissions import Action, Actor, Role
from app.services import audit_service, event_service, homes, job_service, quota_service, standing
from app.services.audit_service import Audited
from app.services.job_service import JobRequest
from app.services.pages import Page, Position, fetch_page
from app.utils.text import slug_of, with_random_suffix
from app.utils.times import now
from config import settings

_SLUG_TRIES: Final = 5
_ROWS_GO_AFTER_S: Final = 2
"""Long enough for the event of the end to reach who listens: it goes with the rest."""


def create(actor: Actor, *, name: str, slug: str | None) -> tuple[Actor, Record]:
    """Makes an organization that the actor owns. Raises `NotPermitted` where only the operator makes them,
    `Conflict` (`slug_taken`) for a slug that somebody has or had.
    """
    if actor.user_id is None:
        raise NotAuthenticated("Sign in first.")
    actor.must_be_verified()
    if not settings.personal_organizations:
        raise NotPermitted("Organizations are made by the operator here.", code="organizations_closed")
    with transaction():
        organization = add(actor.user_id, name=name, slug=slug)
        return standing.seen_by(actor, organization.slug)


def add(owner_id: UUID, *, name: str, slug: str | None = None) -> Organization:
    """Adds an organization and its first owner in the open transaction; without a slug, the name's, made unique.

    Raises `Conflict` (`slug_taken`).
    """
    organization = _insert(name, slug)
    db.session.add(Membership(user_id=owner_id, organization_id=organization.id, role=Role.OWNER))
    homes.settle(owner_id)
    quota_service.open_account(organization.id)
    audit_service.record(
        Audited.ORGANIZATION_CREATED,
        actor_id=owner_id,
        organization_id=organization.id,
        subject=f"organization:{organization.id}",
        after={"name": organization.name, "slug": organization.slug},
    )
    return organization


def _insert(name: str, slug: str | None) -> Organization:
    """The row and its slug; the keys of both tables decide between rivals."""
    plain = slug or slug_of(name, fallback="organization")
    for candidate in [plain] if slug else [plain, *(with_random_suffix(plain) for _ in range(_SLUG_TRIES))]:
        organization = Organization(name=name, slug=candidate)
        try:
            with savepoint():
                db.session.add(organization)
                db.session.flush()
                db.session.add(OrganizationSlug(slug=candidate, organization_id=organization.id))
        except IntegrityError:
            continue
        return organization
    raise _slug_taken()


def list_own(actor: Actor, position: Position) -> Page:
    """The organizations that the actor works in, the one joined last first."""
    columns = (
        *(Organization.id, Organization.slug, Organization.name, Organization.description, Organization.comments),
        *(Organization.video_rungs, Organization.keep_original, Organization.revision),
    )
    query = (
        select(*columns, Organization.created_at, Organization.updated_at, Membership.role)
        .add_columns(Membership.created_at.label("sorted_at"))
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.user_id == actor.user_id, Membership.suspended_at.is_(None))
    )
    key = (Membership.created_at.expression, Organization.id.expression)
    with read_connection() as connection:
        return fetch_page(connection, query, position, key=key)


def change(actor: Actor, slug: str, changes: dict[str, Any], *, expected_revision: int | None) -> tuple[Actor, Record]:
    """Changes name, description, slug, or what becomes of comments and of uploaded videos; the old slug leads to the
    new one from then on.

    Raises `PreconditionFailed` for another revision, `Conflict` (`slug_taken`).
    """
    with transaction():
        member = standing.member_locked(actor, slug, Action.MANAGE_SETTINGS)
        organization = standing.lock(standing.id_of(member))
        _assert_revision(organization, expected_revision)
        before = _facts(organization, changes)
        if changes.get("slug") not in {None, organization.slug}:
            _move(organization, changes["slug"])
        organization.name = changes.get("name") or organization.name
        organization.description = changes.get("description", organization.description) or None
        organization.comments = changes.get("comments") or organization.comments
        if "video_rungs" in changes:
            organization.video_rungs = changes["video_rungs"]
        if changes.get("keep_original") is not None:
            organization.keep_original = changes["keep_original"]
        organization.revision += 1
        db.session.flush()
        after = _facts(organization, changes)
        _audit(member, Audited.ORGANIZATION_CHANGED, before=before, after=after)
        _tell(organization, "organization.updated")
        return standing.seen_by(actor, organization.slug)


def delete(actor: Actor, slug: str, *, expected_revision: int | None) -> None:
    """Deletes the organization for everybody at once; a job removes what it owned.

    Its people lose their roles in the same transaction, so no door opens any more; `readable_by` hides the rest.
    """
    with transaction():
        member = standing.member_locked(actor, slug, Action.DELETE_ORGANIZATION)
        organization = standing.lock(standing.id_of(member))
        _assert_revision(organization, expected_revision)
        begin_removal(organization, actor_id=actor.user_id)


def begin_removal(organization: Organization, *, actor_id: UUID | None) -> None:
    """Takes a locked organization from every reader and enqueues the removal of the rest."""
    organization.deleted_at = now()
    for table in (Membership, Invitation):
        gone = delete_from(table).where(table.organization_id == organization.id)
        db.session.execute(gone.execution_options(synchronize_session=False))
    # The line and the job belong to no organization: they outlive this one.
    subject = f"organization:{organization.id}"
    facts = {"name": organization.name, "slug": organization.slug}
    audit_service.record(
        Audited.ORGANIZATION_DELETED, actor_id=actor_id, organization_id=None, subject=subject, before=facts
    )
    homes.vacate(organization.id)
    _tell(organization, "organization.deleted")
    arguments = {"organization_id": str(organization.id)}
    request = JobRequest(subject, arguments=arguments, unique_key=subject, run_at=utc_now_plus(_ROWS_GO_AFTER_S))
    job_service.enqueue(DELETE_ORGANIZATION, request)


def _slug_taken() -> Conflict:
    return Conflict("Another organization has this slug, or had it.", code="slug_taken")


def _move(organization: Organization, slug: str) -> None:
    """Gives the organization a new slug, or one that it had before; the key of `organization_slugs` decides."""
    keep = dialect.insert_or_skip(db.session.connection(), OrganizationSlug, ["slug"])
    db.session.execute(keep.values(slug=organization.slug, organization_id=organization.id))
    owner_id = db.session.scalar(select(OrganizationSlug.organization_id).where(OrganizationSlug.slug == slug))
    if owner_id not in {None, organization.id}:
        raise _slug_taken()
    try:
        with savepoint():
            if owner_id is None:
                fresh = insert(OrganizationSlug).values(slug=slug, organization_id=organization.id)
                db.session.execute(fresh)
            organization.slug = slug
            db.session.flush()
    except IntegrityError:
        raise _slug_taken() from None


def _facts(organization: Organization, names: Iterable[str]) -> audit_service.Facts:
    """The columns of these names as the audit log tells them."""
    values = {name: getattr(organization, name) for name in names}
    return {name: " ".join(value) if isinstance(value, list) else value for name, value in values.items()}


def _assert_revision(organization: Organization, expected_revision: int | None) -> None:
    if expected_revision is not None and expected_revision != organization.revision:
        raise PreconditionFailed(
            "Somebody changed this organization before you.", current_etag=f'"{organization.revision}"'
        )


def _audit(
    member: Actor, action: Audited, *, before: audit_service.Facts | None = None, after: audit_service.Facts | None
) -> None:
    audit_service.record_by(member, action, f"organization:{member.organization_id}", before=before, after=after)


def _tell(organization: Organization, type_: str) -> None:
    event_service.record(
        type_,
        subject=f"organization:{organization.id}",
        scope=organization.id,
        organization_id=organization.id,
        data={"id": str(organization.id), "slug": organization.slug, "name": organization.name},
    )
