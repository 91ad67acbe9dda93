"""Posts: write, save, publish, delete."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete as delete_from
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app import dialect
from app.access import owned_by
from app.database import Base, Prepared, Record, db, inserted_or_skipped, transaction, write_all
from app.errors import Conflict, Invalid
from app.models import SEO_FIELDS, Membership, Post, PostAuthor, PostSlug, Publication, Visibility
from app.permissions import Action, Actor
from app.services import audit_service, event_service, image_uses, post_revisions, publishing_service, tag_service
from app.services.audit_service import Audited
from app.services.markdown import RENDERER_VERSION, Rendered, render
from app.services.post_reading import get
from app.services.publishing_service import Publications
from app.utils.ids import new_id
from app.utils.text import excerpt_of, reading_time_s, slug_of, with_random_suffix

_SLUG_TRIES: Final = 5
_BYLINE: Final = Prepared(insert(Base.metadata.tables[PostAuthor.__tablename__]), ("post_id", "user_id", "position"))
_RESTORED: Final = ("title", "excerpt", "body_markdown", "tags")


@dataclass(frozen=True, slots=True)
class PostDraft:
    """What an author writes; an empty excerpt is made from the text, an empty slug from the title.

    `authors`: members of the organization in the order of the byline; None: whoever writes it.
    """

    title: str
    body_markdown: str = ""
    excerpt: str | None = None
    slug: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    tags: Sequence[str] = ()
    authors: Sequence[UUID] | None = None
    cover_image: UUID | None = None
    seo: dict[str, Any] = field(default_factory=dict)


def register() -> None:
    """Lets scheduled posts be published."""
    publishing_service.publishes(POSTS)


def create(actor: Actor, draft: PostDraft) -> Record:
    """Writes a draft. Raises `Conflict` (`slug_taken`) for a slug that another post has, `Invalid` for authors."""
    actor.must(Action.EDIT_CONTENT)
    images = image_uses.in_text(actor.organization_id, draft.body_markdown)
    rendered = render(draft.body_markdown, image_uses.pictures(images))
    with transaction():
        post = Post(
            id=new_id(),
            organization_id=actor.organization_id,
            title=draft.title,
            excerpt=draft.excerpt or excerpt_of(draft.body_markdown),
            visibility=draft.visibility,
            publication=Publication.DRAFT,
            revision=1,
            seo=_merged({}, draft.seo),
        )
        if draft.cover_image is not None:
            post.cover_image_id = image_uses.cover(post.organization_id, draft.cover_image)
        _set_body(post, draft.body_markdown, rendered)
        _insert(post, draft.slug)
        authors = _authors_of(actor, post, draft)
        _add_authors(post.id, authors)
        if draft.tags:
            tag_service.attach(post.id, tag_service.ids_of_names(post.organization_id, draft.tags))
        if images:
            image_uses.keep(post, images)
        post_revisions.keep(post, actor.user_id, authors=authors, tags=None if draft.tags else [])
        _record(post, "post.created")
        return get(actor, post.id)


def change(actor: Actor, post_id: UUID, changes: dict[str, Any], *, expected_revision: int | None) -> Record:
    """Saves changed fields, counts the revision up. Raises `PreconditionFailed` if somebody saved before."""
    text = changes.get("body_markdown")
    images = image_uses.in_text(actor.organization_id, text or "")
    rendered = render(text, image_uses.pictures(images)) if text is not None else None
    with transaction():
        post = POSTS.owned(actor, post_id, expected_revision)
        with _counting_tags(post), publishing_service.watched(actor, "post", post):
            _apply(post, changes, rendered)
            post.revision += 1
            db.session.flush()
            if changes.get("authors") is not None:
                _set_authors(post, changes["authors"])
            if changes.get("tags") is not None:
                tag_service.attach(post.id, tag_service.ids_of_names(post.organization_id, changes["tags"]))
        if rendered is not None:
            image_uses.keep(post, images)
        post_revisions.keep(post, actor.user_id)
        _record(post, "post.updated")
        return get(actor, post_id)


def restore(actor: Actor, post_id: UUID, number: int, *, expected_revision: int | None) -> Record:
    """Saves the text, title, tags, cover and search fields of a kept revision as the newest one."""
    content = post_revisions.get(actor, post_id, number, against=None).content
    changes = {name: content[name] for name in _RESTORED}
    if "cover_image" in content:
        changes["cover_image"] = image_uses.still_there(actor.organization_id, content["cover_image"])
    changes["seo"] = {name: content["seo"].get(name) for name in SEO_FIELDS}
    return change(actor, post_id, changes, expected_revision=expected_revision)


def publish(actor: Actor, post_id: UUID, *, expected_revision: int | None) -> Record:
    """Makes a post readable by those its visibility names. Publishing twice changes nothing."""
    POSTS.publish(actor, post_id, expected_revision)
    return get(actor, post_id)


def schedule(actor: Actor, post_id: UUID, publish_at: datetime, *, expected_revision: int | None) -> Record:
    """Publishes it later, within two seconds of the time; again moves the time. Raises `Invalid`, `Conflict`."""
    POSTS.schedule(actor, post_id, publish_at, expected_revision)
    return get(actor, post_id)


def unpublish(actor: Actor, post_id: UUID, *, expected_revision: int | None) -> Record:
    """Takes a post back to draft."""
    POSTS.unpublish(actor, post_id, expected_revision)
    return get(actor, post_id)


def archive(actor: Actor, post_id: UUID, *, expected_revision: int | None) -> Record:
    """Takes a post out of every list but the team's."""
    POSTS.archive(actor, post_id, expected_revision)
    return get(actor, post_id)


def delete(actor: Actor, post_id: UUID, *, expected_revision: int | None) -> None:
    """Deletes a post for every reader at once."""
    with POSTS.moving(actor, post_id, expected_revision) as post:
        tag_service.count(_findable_by(post), set())
        _record(post, "post.deleted")
        audit_service.record_by(actor, Audited.POST_DELETED, f"post:{post_id}", before={"title": post.title})
        db.session.delete(post)


def _apply(post: Post, changes: dict[str, Any], rendered: Rendered | None) -> None:
    former = post.slug
    for name in ("title", "slug", "visibility"):
        if changes.get(name) is not None:
            setattr(post, name, changes[name])
    if post.slug != former:
        _flush_slug(post)
        _keep_slug(post, former)
    follows_text = post.excerpt == excerpt_of(post.body_markdown)
    if rendered is not None:
        _set_body(post, changes["body_markdown"], rendered)
    if "excerpt" in changes or follows_text:
        post.excerpt = changes.get("excerpt") or excerpt_of(post.body_markdown)
    if "cover_image" in changes:
        wanted = changes["cover_image"]
        post.cover_image_id = None if wanted is None else image_uses.cover(post.organization_id, wanted)
    if "seo" in changes:
        post.seo = _merged(post.seo if changes["seo"] else {}, changes["seo"] or {})


def _set_body(post: Post, markdown: str, rendered: Rendered) -> None:
    post.body_markdown, post.body_html, post.video_ids = markdown, rendered.html, rendered.video_ids
    post.renderer_version = RENDERER_VERSION
    post.reading_time_s = reading_time_s(markdown)


def _merged(kept: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """A merge patch of one level (RFC 7396): null removes."""
    return {name: value for name, value in {**kept, **patch}.items() if value is not None}


def _authors_of(actor: Actor, post: Post, draft: PostDraft) -> list[UUID]:
    """Whoever may write in the organization is of its team, so only others need to be looked up."""
    if draft.authors is None:
        return [actor.user_id] if actor.user_id else []
    return _of_the_team(post, draft.authors)


def _set_authors(post: Post, user_ids: Sequence[UUID]) -> None:
    """The byline. Raises `Invalid` for somebody outside the organization's team."""
    named = _of_the_team(post, user_ids)
    db.session.execute(delete_from(PostAuthor).where(PostAuthor.post_id == post.id))
    _add_authors(post.id, named)


def _add_authors(post_id: UUID, user_ids: Sequence[UUID]) -> None:
    if user_ids:
        rows = [{"post_id": post_id, "user_id": user_id, "position": at} for at, user_id in enumerate(user_ids)]
        write_all(_BYLINE, rows)


def _of_the_team(post: Post, user_ids: Sequence[UUID]) -> list[UUID]:
    named = list(dict.fromkeys(UUID(str(user_id)) for user_id in user_ids))
    team = select(Membership.user_id).where(
        owned_by(post.organization_id, Membership), Membership.user_id.in_(named), Membership.suspended_at.is_(None)
    )
    known = set(db.session.scalars(team))
    if strangers := [user_id for user_id in named if user_id not in known]:
        wrong = "is no member of the organization's team"
        places = [f"/authors/{named.index(user_id)}" for user_id in strangers]
        raise Invalid(
            "Authors are members of the organization's team.",
            errors=[{"pointer": place, "detail": wrong, "code": "no_member"} for place in places],
        )
    return named


def _insert(post: Post, wanted_slug: str | None) -> None:
    """Inserts with the wanted slug, or with the first free one made from the title."""
    base = wanted_slug or slug_of(post.title, fallback="post")
    for attempt in range(1 if wanted_slug else _SLUG_TRIES):
        post.slug = base if attempt == 0 else with_random_suffix(base)
        if inserted_or_skipped(Post, ("organization_id", "slug"), post):
            return
    raise _slug_taken(base)


def _keep_slug(post: Post, former: str) -> None:
    """Sends readers of the former slug on; whoever had it before that gives it up."""
    for slug in (former, post.slug):
        taken = delete_from(PostSlug).where(PostSlug.organization_id == post.organization_id, PostSlug.slug == slug)
        db.session.execute(taken.execution_options(synchronize_session=False))
    kept = dialect.insert_or_skip(db.session.connection(), PostSlug, ["organization_id", "slug"])
    db.session.execute(kept.values(organization_id=post.organization_id, slug=former, post_id=post.id))


def _flush_slug(post: Post) -> None:
    slug = post.slug
    try:
        db.session.flush()
    except IntegrityError:
        raise _slug_taken(slug) from None


@contextmanager
def _counting_tags(post: Post) -> Iterator[None]:
    before = _findable_by(post)
    yield
    tag_service.count(before, _findable_by(post))


def _findable_by(post: Post) -> set[UUID]:
    """The tags by which anybody finds the post."""
    is_listed = post.publication is Publication.PUBLISHED and post.visibility == Visibility.PUBLIC
    return set(tag_service.tags_of(post.id)) if is_listed else set()


def _changed_since(post: Post, revision: int) -> dict[str, Any]:
    meanwhile = post_revisions.changed_since(post, revision)
    return {"changed_fields": meanwhile.changed_fields, "changed_by": meanwhile.changed_by}


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


POSTS: Final = Publications("post", Post, _record, _counting_tags, _changed_since)
