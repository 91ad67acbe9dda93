"""Tags: made by using them; renamed, merged and removed by editors; counted without counting."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app import dialect
from app.access import owned_by
from app.database import Record, db, read_connection, transaction
from app.errors import Conflict, Invalid, NotFound
from app.models import Organization, Post, PostTag, Publication, Tag, Visibility
from app.permissions import Action, Actor
from app.services import listing, standing
from app.services.pages import Page, Position, fetch_page
from app.utils.ids import new_id
from app.utils.text import slug_of
from app.utils.times import now

_COLUMNS: Final[tuple[Any, ...]] = (
    *(Tag.id, Tag.slug, Tag.name, Tag.description, Tag.posts_count, Tag.created_at),
    *(Organization.slug.label("organization_slug"), Organization.name.label("organization_name")),
)


def ids_of_names(organization_id: UUID, names: Sequence[str]) -> list[UUID]:
    """The tags of these names, in their order, made where there is none; names of one slug are one tag."""
    named = {tag_slug(name): name for name in reversed(names)}
    wanted = list(dict.fromkeys(tag_slug(name) for name in names))
    moment = now()
    for slug in sorted(wanted):  # in one order for everybody, so that no two wait in a circle
        columns = {"organization_id": organization_id, "slug": slug, "name": named[slug], "description": ""}
        fresh = dialect.insert_or_skip(db.session.connection(), Tag, ["organization_id", "slug"])
        times = {"created_at": moment, "updated_at": moment}
        db.session.execute(fresh.values(id=new_id(), posts_count=0, **columns, **times))
    found = select(Tag.slug, Tag.id).where(owned_by(organization_id, Tag), Tag.slug.in_(wanted))
    ids = {row.slug: row.id for row in db.session.execute(found)}
    return [ids[slug] for slug in wanted]


def tag_slug(name: str) -> str:
    """The slug of a name; one without letters that can be spelled in ASCII gets a digest, so that it stays apart."""
    return slug_of(name, fallback=f"tag-{sha256(name.encode()).hexdigest()[:10]}")


def attach(post_id: UUID, tag_ids: Sequence[UUID]) -> None:
    """Gives a locked post exactly these tags, in this order."""
    db.session.execute(delete(PostTag).where(PostTag.post_id == post_id))
    db.session.add_all(PostTag(post_id=post_id, tag_id=tag_id, position=at) for at, tag_id in enumerate(tag_ids))
    db.session.flush()


def tags_of(post_id: UUID) -> list[UUID]:
    """The ids of a post's tags, in order."""
    query = select(PostTag.tag_id).where(PostTag.post_id == post_id).order_by(PostTag.position)
    return list(db.session.scalars(query))


def count(before: set[UUID], after: set[UUID]) -> None:
    """Moves the counters of the tags by which a locked post could be found before, and can be after a change."""
    for tag_ids, step in ((before - after, -1), (after - before, 1)):
        for tag_id in sorted(tag_ids):
            moved = update(Tag).where(Tag.id == tag_id).values(posts_count=Tag.posts_count + step)
            db.session.execute(moved.execution_options(synchronize_session=False))


def list_(actor: Actor, organization: str | None, position: Position) -> Page:
    """Tags that lead to a post, newest first; of one organization, to its people, all of them.

    Raises `NotFound` for an unknown organization, `Invalid` without one where there is no public index.
    """
    query = _reading().add_columns(Tag.created_at.label("sorted_at"))
    is_team = False
    if organization is None:
        listing.assert_public_index()
    else:
        actor, found = standing.found_by(actor, organization)
        is_team = actor.may(Action.READ_PRIVATE)
        query = query.where(Tag.organization_id == found.id)
    with read_connection() as connection:
        key = (Tag.created_at.expression, Tag.id.expression)
        return fetch_page(connection, query if is_team else query.where(Tag.posts_count > 0), position, key=key)


def change(actor: Actor, tag_id: UUID, changes: dict[str, Any]) -> Record:
    """Renames or describes a tag. Raises `NotFound`, `Conflict` (`slug_taken`)."""
    with transaction():
        tag = _own(actor, tag_id)
        for name in ("name", "slug", "description"):
            if changes.get(name) is not None:
                setattr(tag, name, changes[name])
        slug = tag.slug
        try:
            db.session.flush()
        except IntegrityError:
            raise Conflict(f"Another tag has the slug {slug!r}; merge the two.", code="slug_taken") from None
        return _row(tag_id)


def merge(actor: Actor, tag_id: UUID, into_id: UUID) -> Record:
    """Gives the posts of a tag to another one, and removes it. Raises `NotFound`, `Invalid` for itself."""
    if tag_id == into_id:
        raise Invalid(
            "A tag cannot be merged into itself.",
            errors=[{"pointer": "/into_id", "detail": "The same tag.", "code": "same_tag"}],
        )
    with transaction():
        _own(actor, tag_id)
        locked = select(Tag.id).where(Tag.id.in_((tag_id, into_id)), owned_by(actor.organization_id, Tag))
        if len(db.session.scalars(locked.order_by(Tag.id).with_for_update()).all()) < 2:  # noqa: PLR2004 - the two
            raise Invalid(
                "There is no tag to merge into.",
                errors=[{"pointer": "/into_id", "detail": "Not a tag.", "code": "no_such_tag"}],
            )
        both = select(PostTag.post_id).where(PostTag.tag_id == into_id)
        moved = update(PostTag).where(PostTag.tag_id == tag_id, PostTag.post_id.not_in(both))
        db.session.execute(moved.values(tag_id=into_id).execution_options(synchronize_session=False))
        db.session.execute(delete(Tag).where(Tag.id == tag_id).execution_options(synchronize_session=False))
        found = select(func.count()).select_from(PostTag).join(Post, Post.id == PostTag.post_id)
        listed = and_(Post.publication == Publication.PUBLISHED, Post.visibility == Visibility.PUBLIC)
        counted = found.where(PostTag.tag_id == into_id, listed).scalar_subquery()
        recount = update(Tag).where(Tag.id == into_id).values(posts_count=counted)
        db.session.execute(recount.execution_options(synchronize_session=False))
        return _row(into_id)


def remove(actor: Actor, tag_id: UUID) -> None:
    """Takes the tag from all posts and removes it."""
    with transaction():
        db.session.delete(_own(actor, tag_id))


def _own(actor: Actor, tag_id: UUID) -> Tag:
    query = select(Tag).where(Tag.id == tag_id, owned_by(actor.organization_id, Tag)).with_for_update()
    tag = db.session.scalar(query)
    if tag is None:
        raise NotFound("There is no such tag.")
    actor.must(Action.EDIT_CONTENT)
    return tag


def _row(tag_id: UUID) -> Record:
    with read_connection() as connection:
        return connection.execute(_reading().where(Tag.id == tag_id)).one()


def _reading() -> Select[*tuple[Any, ...]]:
    joined = select(*_COLUMNS).join(Organization, Organization.id == Tag.organization_id)
    return joined.where(Organization.deleted_at.is_(None))
