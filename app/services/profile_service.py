"""Public author profiles."""

from sqlalchemy import and_, exists, or_, select

from app.access import readable_by
from app.database import Record, read_connection
from app.errors import NotFound
from app.models import Post, PostAuthor, User, Video
from app.permissions import Actor


def get(actor: Actor, slug: str) -> Record:
    """The profile of somebody of whom the actor can read something, or their own.

    Raises `NotFound` for everybody else: who has merely signed up is not on display.
    """
    signed = and_(PostAuthor.post_id == Post.id, PostAuthor.user_id == User.id)
    writes = (
        exists().where(signed, readable_by(actor, Post)),
        exists().where(Video.author_id == User.id, readable_by(actor, Video)),
    )
    query = select(User.id, User.slug, User.name, User.bio, User.avatar_url).where(
        User.slug == slug, User.disabled_at.is_(None), or_(User.id == actor.user_id, *writes)
    )
    with read_connection() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise NotFound("There is no such author.")
    return row
