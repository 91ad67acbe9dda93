"""The one list behind posts and videos: public for everyone, more for an organization's own people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select

from app.access import Readable, readable_by
from app.database import read_connection
from app.errors import Invalid, NotFound
from app.models import Membership, Organization, PostAuthor, Publication, User, Video, Visibility
from app.permissions import Action, Actor, Role
from app.services.pages import Page, Position, fetch_page
from config import settings


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to."""

    organization: str | None = None
    publication: Publication | None = None
    visibility: Visibility | None = None
    author: str | None = None
    ids: Sequence[UUID] | None = None
    published_after: datetime | None = None
    published_before: datetime | None = None


def fetch(actor: Actor, model: Readable, query: Select[*tuple[Any, ...]], filters: Filters, position: Position) -> Page:
    """A page, newest first. The public list sorts by publication, a team's own list by creation.

    Raises `NotFound` for an unknown organization, `Invalid` without one where there is no public index.
    """
    is_team = False
    if filters.organization is None:
        assert_public_index()
    else:
        actor, organization_id = as_seen_by(actor, filters.organization)
        is_team = actor.may(Action.READ_PRIVATE)
        query = query.where(model.organization_id == organization_id)
    conditions = [*_narrowed(model, filters), readable_by(actor, model) if is_team else _public(model)]
    moment: ColumnElement[Any] = model.created_at.expression if is_team else model.published_at.expression
    with read_connection() as connection:
        return fetch_page(
            connection,
            query.add_columns(moment.label("sorted_at")).where(*conditions),
            position,
            key=(moment, model.id.expression),
        )


def assert_public_index() -> None:
    """Raises `Invalid` where there is no list of everything."""
    if not settings.public_index:
        raise Invalid(
            "Name an organization: there is no list of everything here.",
            errors=[{"parameter": "organization", "detail": "Required on this instance.", "code": "missing"}],
        )


def _public(model: Readable) -> ColumnElement[bool]:
    return and_(model.publication == Publication.PUBLISHED, model.visibility == Visibility.PUBLIC)


def _narrowed(model: Readable, filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.publication is not None:
        conditions.append(model.publication == filters.publication)
    if filters.visibility is not None:
        conditions.append(model.visibility == filters.visibility)
    if filters.ids is not None:
        conditions.append(model.id.in_(filters.ids))
    if filters.author is not None:
        conditions.append(_written_by(model, filters.author))
    if filters.published_after is not None:
        conditions.append(model.published_at > filters.published_after)
    if filters.published_before is not None:
        conditions.append(model.published_at < filters.published_before)
    return conditions


def _written_by(model: Readable, slug: str) -> ColumnElement[bool]:
    if model is Video:
        return User.slug == slug
    byline = select(PostAuthor.post_id).join(User, User.id == PostAuthor.user_id).where(User.slug == slug)
    return model.id.in_(byline)


def as_seen_by(actor: Actor, slug: str) -> tuple[Actor, UUID]:
    """The actor with their role in the organization that is named, wherever they act otherwise."""
    is_member = and_(
        Membership.organization_id == Organization.id,
        Membership.user_id == actor.user_id,
        Membership.suspended_at.is_(None),
    )
    query = select(Organization.id, Membership.role).outerjoin(Membership, is_member).where(Organization.slug == slug)
    with read_connection() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise NotFound("There is no such organization.")
    return actor.acting_in(row.id, Role(row.role) if row.role else None), row.id
