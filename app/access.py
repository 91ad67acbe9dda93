"""The two predicates that every query made for an actor goes through."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class AnyActor:
    """Stands in a statement that is built once for all who may (or may not) read private content in their organization.

    Which one that is, is the parameter `ACTORS_ORGANIZATION` of the statement.
    """

    reads_private: bool

    @property
    def organization_id(self) -> BindParameter[UUID]:
        """The parameter."""
        return bindparam(ACTORS_ORGANIZATION, type_=Uuid())

    def may(self, action: Action) -> bool:
        """What reading depends on; nothing else can be asked of nobody in particular."""
        return self.reads_private and action is Action.READ_PRIVATE


def owned_by(organization_id: UUID | BindParameter[UUID] | None, model: Owned) -> ColumnElement[bool]:
    """Rows of one organization; of nobody's, none. What it leaves out is 404, never 403."""
    return model.organization_id == organization_id if organization_id is not None else false()


def readable_by(actor: Actor | AnyActor, model: Readable) -> ColumnElement[bool]:
    """Rows the actor may read: what is published and not kept inside, and their own organization's content.

    Unlisted content counts: who knows its id may read it. Lists leave it out by themselves.
    """
    open_to_all = and_(
        model.publication == Publication.PUBLISHED,
        or_(model.visibility == Visibility.PUBLIC, model.visibility == Visibility.UNLISTED),
        # Few organizations at a time are on their way out, so this is one look into a tiny index.
        model.organization_id.not_in(select(Organization.id).where(Organization.deleted_at.is_not(None))),
    )
    if not actor.may(Action.READ_PRIVATE):
        return open_to_all
    return or_(open_to_all, owned_by(actor.organization_id, model))
