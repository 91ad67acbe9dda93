"""Posts: write, publish, read, delete."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from app.access import owned_by, readable_by
from app.database import Record, db, read_connection, savepoint, transaction
from app.errors import Conflict, NotFound, PreconditionFailed
from app.models import Organization, Post, User, Visibility
from app.permissions import Action, Actor
from app.services import event_service, listing
from app.services.markdown import RENDERER_VERSION, render_html
from app.services.pages import Page, Position
from app.utils.ids import new_id
from app.utils.text import excerpt_of, reading_time_s, slug_of, with_random_suffix

_SLUG_TRIES: Final = 5
_SUMMARY = (
    *(Post.id, Post.slug, Post.title, Post.excerpt, Post.publication, Post.visibility, Post.reading_time_s),
    *(Post.likes_count, Post.comments_count, Post.revision, Post.publish_at, Post.published_at),
    *(Post.created_at, Post.updated_at),
    Organization.slug.label("organization_slug"),
    Organization.name.label("organization_name"),
    User.id.label("author_id"),
    User.slug.label("author_slug"),
    User.name.label("author_name"),
    User.avatar_url.label("author_avatar_url"),
)


@dataclass(frozen=True, slots=True)
class PostDraft:
    """What an author writes; an empty excerpt is made from the text, an empty slug from the title."""

    title: str
    body_markdown: str = ""
    excerpt: str | None = None
    slug: str | None = None
    visibility: Visibility = Visibility.PUBLIC


def create(actor: Actor, draft: PostDraft) -> Record:
    """Writes a draft. Raises `Conflict` (`slug_taken`) for a slug that another post has."""
    actor.must(Action.EDIT_CONTENT)
    html = render_html(draft.body_markdown)
    with transaction():
        post = Post(
            id=new_id(),
            organization_id=actor.organization_id,
            author_id=actor.user_id,
            title=draft.title,
            body_markdown=draft.body_markdown,
            body_html=html,
            renderer_version=RENDERER_VERSION,
            excerpt=draft.excerpt or excerpt_of(draft.body_markdown),
            reading_time_s=reading_time_s(draft.body_markdown),
            visibility=draft.visibility,
        )
        _insert(post, draft.slug)
        _record(post, "post.created")
        return get(actor, post.id)


def _insert(post: Post, wanted_slug: str | None) -> None:
    """Inserts with the wanted slug, or with the first free one made from the title."""
    base = wanted_slug or slug_of(post.title, fallback="post")
    for attempt in range(1 if wanted_slug else _SLUG_TRIES):
        post.slug = base if attempt == 0 else with_random_suffix(base)
        try:
            with savepoint():
                db.session.add(post)
        except IntegrityError:
            continue
        return
    raise _slug_taken(base)


def get(actor: Actor, post_id: UUID) -> Record:
    """A post with its bodies. Raises `NotFound` for what the actor may not read."""
    query = _reading(*_SUMMARY, Post.body_markdown, Post.body_html).where(Post.id == post_id, readable_by(actor, Post))
    with read_connection() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise NotFound("There is no such post.")
    return row


def list_(actor: Actor, filters: listing.Filters, position: Position) -> Page:
    """A page of posts without bodies: the public list, or an organization's with what its people may read."""
    return listing.fetch(actor, Post, _reading(*_SUMMARY), filters, position)


def change(actor: Actor, post_id: UUID, changes: dict[str, Any], *, expected_revision: int | None) -> Record:
    """Saves changed fields, counts the revision up. Raises `PreconditionFailed` if somebody saved before."""
    html = render_html(changes["body_markdown"]) if changes.get("body_markdown") is not None else None
    with transaction():
        post = _own(actor, post_id, expected_revision)
        for name in ("title", "slug", "visibility"):
            if changes.get(name) is not None:
                setattr(post, name, changes[name])
        if html is not None:
            post.body_markdown, post.body_html = changes["body_markdown"], html
            post.renderer_version = RENDERER_VERSION
            post.reading_time_s = reading_time_s(post.body_markdown)
        if "excerpt" in changes:
            post.excerpt = changes["excerpt"] or excerpt_of(post.body_markdown)
        post.revision += 1
        _flush_slug(post)
        _record(post, "post.updated")
        return get(actor, post_id)


def _flush_slug(post: Post) -> None:
    slug = post.slug
    try:
        db.session.flush()
    except IntegrityError:
        raise _slug_taken(slug) from None


def publish(actor: Actor, post_id: UUID, *, expected_revision: int | None) -> Record:
    """Makes a post readable by those its visibility names. Publishing twice changes nothing."""
    with transaction():
        post = _own(actor, post_id, expected_revision)
        if post.publish():
            post.revision += 1
            _record(post, "post.published")
        return get(actor, post_id)


def unpublish(actor: Actor, post_id: UUID, *, expected_revision: int | None) -> Record:
    """Takes a post back to draft."""
    with transaction():
        post = _own(actor, post_id, expected_revision)
        post.unpublish()
        post.revision += 1
        _record(post, "post.unpublished")
        return get(actor, post_id)


def archive(actor: Actor, post_id: UUID, *, expected_revision: int | None) -> Record:
    """Takes a post out of every list but the team's."""
    with transaction():
        post = _own(actor, post_id, expected_revision)
        post.archive()
        post.revision += 1
        _record(post, "post.archived")
        return get(actor, post_id)


def delete(actor: Actor, post_id: UUID, *, expected_revision: int | None) -> None:
    """Deletes a post for every reader at once."""
    with transaction():
        post = _own(actor, post_id, expected_revision)
        _record(post, "post.deleted")
        db.session.delete(post)


def _own(actor: Actor, post_id: UUID, expected_revision: int | None) -> Post:
    """The post, locked, if the actor's organization owns it and their role may edit it."""
    owned = select(Post).where(Post.id == post_id, owned_by(actor.organization_id, Post)).with_for_update()
    post = db.session.scalar(owned)
    if post is None:
        raise NotFound("There is no such post.")
    actor.must(Action.EDIT_CONTENT)
    if expected_revision is not None and expected_revision != post.revision:
        raise PreconditionFailed("Somebody saved this post before you.", current_etag=f'"{post.revision}"')
    return post


def _reading(*columns: Any) -> Select[*tuple[Any, ...]]:
    joined = select(*columns).join(Organization, Organization.id == Post.organization_id)
    return joined.outerjoin(User, User.id == Post.author_id)


def _record(post: Post, type_: str) -> None:
    event_service.record(
        type_,
        subject=f"post:{post.id}",
        scope=post.organization_id,
        organization_id=post.organization_id,
        data={"id": str(post.id), "slug": post.slug, "title": post.title, "publication": post.publication},
    )


def _slug_taken(slug: str) -> Conflict:
    return Conflict(f"Another post of this organization has the slug {slug!r}.", code="slug_taken")
