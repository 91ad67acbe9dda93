"""The two predicates that every query made for an actor goes through."""

from typing import Final
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Uuid, and_, bindparam, false, or_, select

from app.models import (
    ApiKey,
    AuditEntry,
    Comment,
    Image,
    Invitation,
    Job,
    Membership,
    Organization,
    Post,
    Publication,
    QuotaUsage,
    Tag,
    Upload,
    Video,
    Visibility,
)
from app.permissions import Action, Actor

Content = type[Post] | type[Video] | type[Job] | type[Upload] | type[Tag] | type[Comment] | type[Image]
People = type[Membership] | type[Invitation] | type[ApiKey]
Owned = Content | People | type[QuotaUsage] | type[AuditEntry]
Readable = type[Post] | type[Video]


ACTORS_ORGANIZATION: Final = "actors_organization_id"
Place = UUID | BindParameter[UUID] | None
"""An organization, or the parameter that stands for one in a statement that is built once."""


def owned_by(organization_id: Place, model: Owned) -> ColumnElement[bool]:
    """Rows of one organization; of nobody's, none. What it leaves out is 404, never 403."""
    return model.organization_id == organization_id if organization_id is not None else false()


def readable_by(actor: Actor, model: Readable) -> ColumnElement[bool]:
    """Rows the actor may read: what is published and not kept inside, and their own organization's content.

    Unlisted content counts: who knows its id may read it. Lists leave it out by themselves.
    """
    return _readable(model, actor.organization_id if actor.may(Action.READ_PRIVATE) else None)


def readable_in_general(model: Readable, *, reads_private: bool) -> ColumnElement[bool]:
    """`readable_by` for statements that are built once: all actors who may (or may not) read private content in their
    organization share it, which they name as the parameter `ACTORS_ORGANIZATION`.
    """
    return _readable(model, bindparam(ACTORS_ORGANIZATION, type_=Uuid()) if reads_private else None)


def _readable(model: Readable, inside: Place) -> ColumnElement[bool]:
    open_to_all = and_(
        model.publication == Publication.PUBLISHED,
        or_(model.visibility == Visibility.PUBLIC, model.visibility == Visibility.UNLISTED),
        # Few organizations at a time are on their way out, so this is one look into a tiny index.
        model.organization_id.not_in(select(Organization.id).where(Organization.deleted_at.is_not(None))),
    )
    return open_to_all if inside is None else or_(open_to_all, owned_by(inside, model))
