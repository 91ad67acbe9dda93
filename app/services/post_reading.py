"""Reading posts: one by id, address or preview link, and lists; authors and tags come with the same query."""

from collections.abc import Collection
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, Uuid, bindparam, select

from app.access import ACTORS_ORGANIZATION, AnyActor, owned_by, readable_by
from app.database import Prepared, Record, read, read_connection
from app.dialect import json_row, json_rows
from app.errors import NotFound
from app.models import Image, Organization, Post, PostAuthor, PostSlug, PostTag, Tag, User
from app.permissions import Action, Actor
from app.services import listing, standing
from app.services.image_files import SHOWN
from app.services.pages import Page, Position


def _authors() -> ScalarSelect[Any]:
    row = json_row(PostAuthor.position, User.id, User.slug, User.name, User.avatar_url)
    of_post = select(json_rows(row)).join_from(PostAuthor, User, User.id == PostAuthor.user_id)
    return of_post.where(PostAuthor.post_id == Post.id).correlate(Post).scalar_subquery()


def _tags() -> ScalarSelect[Any]:
    row = json_row(PostTag.position, Tag.id, Tag.slug, Tag.name)
    of_post = select(json_rows(row)).join_from(PostTag, Tag, Tag.id == PostTag.tag_id)
    return of_post.where(PostTag.post_id == Post.id).correlate(Post).scalar_subquery()


AUTHORS: Final[Any] = _authors().label("authors")
"""Lists of position, id, slug, name, avatar_url."""
TAGS: Final[Any] = _tags().label("tags")
"""Lists of position, id, slug, name."""
COVER: Final[tuple[Any, ...]] = tuple(column.label(f"cover_{column.key}") for column in SHOWN)
"""Columns of a post's cover image, all empty without one."""
SUMMARY: Final[tuple[Any, ...]] = (
    *(Post.id, Post.slug, Post.title, Post.excerpt, Post.publication, Post.visibility, Post.reading_time_s),
    *(Post.likes_count, Post.comments_count, Post.revision, Post.publish_at, Post.published_at),
    *(Post.created_at, Post.updated_at),
    Organization.slug.label("organization_slug"),
    Organization.name.label("organization_name"),
    AUTHORS,
    TAGS,
    *COVER,
)
"""Columns of a post in a list."""
_INCLUDABLE: Final[dict[str, Any]] = {
    "body_markdown": Post.body_markdown,
    "body_html": Post.body_html,
    "seo": Post.seo,
}
WHOLE: Final = (*SUMMARY, Post.body_markdown, Post.body_html, Post.seo, Post.video_ids, Post.organization_id)


def get(actor: Actor, post_id: UUID) -> Record:
    """A post with its bodies. Raises `NotFound` for what the actor may not read."""
    prepared = _by_id(reads_private=actor.may(Action.READ_PRIVATE))
    rows = read(prepared, {"post_id": post_id, ACTORS_ORGANIZATION: actor.organization_id})
    return _existing(rows[0] if rows else None)


def get_previewed(post_id: UUID) -> Record:
    """A post for whoever holds a preview link of it."""
    return _existing(_first(Post.id == post_id, Organization.deleted_at.is_(None)))


def find(actor: Actor, organization: str, slug: str) -> Record | None:
    """A post by its address, if it has one there that the actor may read."""
    return _first(Organization.slug == organization, Post.slug == slug, readable_by(actor, Post))


def slug_now(actor: Actor, organization: str, former: str) -> str:
    """The slug of the post that had this one before. Raises `NotFound`, `Moved` for an organization's former slug."""
    standing.seen_by(actor, organization)
    query = select(Post.slug).join_from(PostSlug, Post, Post.id == PostSlug.post_id)
    query = query.join(Organization, Organization.id == PostSlug.organization_id)
    named = query.where(Organization.slug == organization, PostSlug.slug == former, readable_by(actor, Post))
    with read_connection() as connection:
        slug: str | None = connection.execute(named).scalar()
    if slug is None:
        raise NotFound("There is no such post.")
    return slug


def list_(actor: Actor, filters: listing.Filters, position: Position, *, included: Collection[str] = ()) -> Page:
    """A page of posts: the public list, or an organization's with what its people may read.

    Without bodies, unless their names are among `included`.
    """
    return listing.fetch(actor, Post, _listed(frozenset(included)), filters, position)


def assert_own(actor: Actor, post_id: UUID) -> None:
    """Raises `NotFound` unless the actor's organization owns the post."""
    with read_connection() as connection:
        if connection.execute(select(Post.id).where(Post.id == post_id, owned_by(actor.organization_id, Post))).first():
            return
    raise NotFound("There is no such post.")


def _existing(row: Record | None) -> Record:
    if row is None:
        raise NotFound("There is no such post.")
    return row


def _first(*conditions: ColumnElement[bool]) -> Record | None:
    with read_connection() as connection:
        return connection.execute(_reading(*WHOLE).where(*conditions)).first()


@cache
def _by_id(*, reads_private: bool) -> Prepared:
    """Built once: that takes longer than asking PostgreSQL."""
    wanted = Post.id == bindparam("post_id", type_=Uuid())
    return Prepared(_reading(*WHOLE).where(wanted, readable_by(AnyActor(reads_private=reads_private), Post)))


@cache
def _listed(included: frozenset[str]) -> Select[*tuple[Any, ...]]:
    return _reading(*SUMMARY, *(column for name, column in _INCLUDABLE.items() if name in included))


def _reading(*columns: Any) -> Select[*tuple[Any, ...]]:
    joined = select(*columns).join(Organization, Organization.id == Post.organization_id)
    return joined.outerjoin(Image, Image.id == Post.cover_image_id)
