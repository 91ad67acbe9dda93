"""What can be commented on and liked, and its counters: the same for posts and videos."""

from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from app.access import Readable, readable_by
from app.database import Record, db, read_connection
from app.errors import NotAuthenticated, NotFound
from app.models import Comment, Like, Post, Video
from app.permissions import Actor

Noun = Literal["post", "video"]
Counter = Literal["likes_count", "comments_count"]
MODELS: Final[dict[Noun, Readable]] = {"post": Post, "video": Video}


@dataclass(frozen=True, slots=True)
class Subject:
    """A post or a video that people speak about."""

    noun: Noun
    id: UUID

    @property
    def model(self) -> Readable:
        return MODELS[self.noun]

    @property
    def columns(self) -> dict[str, UUID]:
        """What a comment or like of it holds."""
        return {f"{self.noun}_id": self.id}

    def is_of(self, table: type[Comment] | type[Like]) -> ColumnElement[bool]:
        """The comments or likes of it."""
        return (table.post_id if self.noun == "post" else table.video_id) == self.id


def found(actor: Actor, subject: Subject) -> Record:
    """The subject's organization and counters. Raises `NotFound` for what the actor may not read."""
    model = subject.model
    query = select(model.id, model.organization_id, model.likes_count, model.comments_count)
    with read_connection() as connection:
        row = connection.execute(query.where(model.id == subject.id, readable_by(actor, model))).first()
    if row is None:
        raise NotFound(f"There is no such {subject.noun}.")
    return row


def person(actor: Actor) -> UUID:
    """Who speaks. Raises `NotAuthenticated`, or `NotPermitted` where an address must be verified first."""
    if actor.user_id is None:
        raise NotAuthenticated("Sign in first: send an access token as a Bearer token.")
    actor.must_be_verified()
    return actor.user_id


def count(subject: Subject, counter: Counter, step: int) -> None:
    """Moves a counter in the open transaction; readers' caches notice by the ETag, editors' revisions don't."""
    model = subject.model
    column = getattr(model, counter)
    moved = update(model).where(model.id == subject.id).values({counter: column + step, "updated_at": model.updated_at})
    db.session.execute(moved.execution_options(synchronize_session=False))
