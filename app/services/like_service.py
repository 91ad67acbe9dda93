"""Likes: one a person, given and taken back as often as they like."""

from dataclasses import dataclass

from sqlalchemy import delete

from app import dialect
from app.database import db, transaction
from app.models import Like
from app.permissions import Actor
from app.services import discussed
from app.services.discussed import Subject
from app.utils.ids import new_id
from app.utils.times import now


@dataclass(frozen=True, slots=True)
class Liking:
    """Whether the actor likes it, and how many people do."""

    is_liked: bool
    likes_count: int


def like(actor: Actor, subject: Subject) -> Liking:
    """Likes it; again changes nothing. Raises `NotFound` for what the actor may not read."""
    with transaction():
        discussed.found(actor, subject)
        user_id = discussed.person(actor)
        fresh = dialect.insert_or_skip(db.session.connection(), Like, ["user_id", f"{subject.noun}_id"])
        row = {"id": new_id(), "user_id": user_id, "created_at": now(), **subject.columns}
        if db.session.scalar(fresh.values(row).returning(Like.id)) is not None:
            discussed.count(subject, "likes_count", 1)
        return Liking(is_liked=True, likes_count=discussed.found(actor, subject).likes_count)


def unlike(actor: Actor, subject: Subject) -> Liking:
    """Takes the like back; again changes nothing."""
    with transaction():
        discussed.found(actor, subject)
        own = delete(Like).where(Like.user_id == discussed.person(actor), subject.is_of(Like)).returning(Like.id)
        if db.session.scalar(own.execution_options(synchronize_session=False)) is not None:
            discussed.count(subject, "likes_count", -1)
        return Liking(is_liked=False, likes_count=discussed.found(actor, subject).likes_count)
