"""What every save of a post left behind: kept, compared, and named when two editors meet."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, delete, insert, select

from app.clients import threads
from app.database import Base, Prepared, Record, db, read_connection, write
from app.errors import NotFound
from app.models import Post, PostAuthor, PostRevision, PostTag, Tag, User
from app.permissions import Action, Actor
from app.services import post_reading
from app.services.pages import Page, Position, fetch_page
from config import settings

_COLUMNS: Final[tuple[Any, ...]] = (
    *(PostRevision.id, PostRevision.number, PostRevision.created_at),
    *(User.id.label("author_id"), User.slug.label("author_slug"), User.name.label("author_name")),
    User.avatar_url.label("author_avatar_url"),
)
_KEPT: Final = Prepared(
    insert(Base.metadata.tables[PostRevision.__tablename__]), ("post_id", "number", "editor_id", "content")
)
_DIFF_LINES: Final = 20_000


@dataclass(frozen=True, slots=True)
class RevisionView:
    """A revision with its content, and how its text differs from the kept one before (a unified diff)."""

    revision: Record
    content: dict[str, Any]
    diff: str


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What happened to a post since a revision: the fields that differ, and who saved last."""

    changed_fields: list[str]
    changed_by: dict[str, str] | None


def keep(
    post: Post, editor_id: UUID | None, *, tags: Sequence[str] | None = None, authors: Sequence[UUID] | None = None
) -> None:
    """Keeps what a locked, flushed post holds now; the oldest beyond `POST_REVISIONS_KEPT` go.

    Its tags and authors are looked up where the caller does not know them.
    """
    content = content_of(post, tags=tags, authors=authors)
    kept = {"post_id": post.id, "number": post.revision, "editor_id": editor_id, "content": content}
    write(_KEPT, kept)
    if post.revision <= settings.post_revisions_kept:
        return
    numbers = select(PostRevision.number).where(PostRevision.post_id == post.id)
    oldest = numbers.order_by(PostRevision.number.desc()).offset(settings.post_revisions_kept).limit(1)
    beyond = delete(PostRevision).where(PostRevision.post_id == post.id)
    db.session.execute(
        beyond.where(PostRevision.number <= oldest.scalar_subquery()).execution_options(synchronize_session=False)
    )


def content_of(
    post: Post, *, tags: Sequence[str] | None = None, authors: Sequence[UUID] | None = None
) -> dict[str, Any]:
    """Every field that an editor can change, by its API name."""
    return {
        "title": post.title,
        "slug": post.slug,
        "excerpt": post.excerpt,
        "body_markdown": post.body_markdown,
        "visibility": str(post.visibility),
        "cover_image": str(post.cover_image_id) if post.cover_image_id else None,
        "seo": post.seo,
        "tags": _tags_of(post.id) if tags is None else list(tags),
        "authors": [str(user_id) for user_id in (_authors_of(post.id) if authors is None else authors)],
    }


def _tags_of(post_id: UUID) -> list[str]:
    tags = select(Tag.name).join(PostTag, PostTag.tag_id == Tag.id).where(PostTag.post_id == post_id)
    return list(db.session.scalars(tags.order_by(PostTag.position)))


def _authors_of(post_id: UUID) -> list[UUID]:
    authors = select(PostAuthor.user_id).where(PostAuthor.post_id == post_id)
    return list(db.session.scalars(authors.order_by(PostAuthor.position)))


def changed_since(post: Post, revision: int) -> Meanwhile:
    """What a 412 says. Where that revision is no longer kept, no field is named."""
    kept = select(PostRevision.content).where(PostRevision.post_id == post.id, PostRevision.number <= revision)
    before = db.session.scalar(kept.order_by(PostRevision.number.desc()).limit(1))
    editor = select(User.id, User.slug, User.name).join(PostRevision, PostRevision.editor_id == User.id)
    newest = editor.where(PostRevision.post_id == post.id).order_by(PostRevision.number.desc()).limit(1)
    last = db.session.execute(newest).first()
    now = content_of(post)
    return Meanwhile(
        [] if before is None else [name for name in now if now[name] != before.get(name)],
        {"id": str(last.id), "slug": last.slug, "name": last.name} if last else None,
    )


def list_(actor: Actor, post_id: UUID, position: Position) -> Page:
    """The kept revisions of one of the organization's posts, newest first."""
    _assert_may_look(actor, post_id)
    query = _reading(*_COLUMNS, PostRevision.created_at.label("sorted_at")).where(PostRevision.post_id == post_id)
    with read_connection() as connection:
        key = (PostRevision.created_at.expression, PostRevision.id.expression)
        return fetch_page(connection, query, position, key=key)


def get(actor: Actor, post_id: UUID, number: int, *, against: int | None) -> RevisionView:
    """A revision, compared with another (by default the kept one before). Raises `NotFound`."""
    _assert_may_look(actor, post_id)
    query = _reading(*_COLUMNS, PostRevision.content).where(PostRevision.post_id == post_id)
    other = PostRevision.number < number if against is None else PostRevision.number == against
    with read_connection() as connection:
        row = connection.execute(query.where(PostRevision.number == number)).first()
        compared = connection.execute(query.where(other).order_by(PostRevision.number.desc()).limit(1)).first()
    if row is None or (against is not None and compared is None):
        raise NotFound("There is no such revision, or it is no longer kept.")
    before = compared.content["body_markdown"] if compared else ""
    names = (f"revision {compared.number}" if compared else "nothing", f"revision {number}")
    diff = threads.run_slow(_diff, before, row.content["body_markdown"], names)
    return RevisionView(row, row.content, diff)


def _diff(before: str, after: str, names: tuple[str, str]) -> str:
    """A unified diff; of texts with very many lines their beginnings, for the method is quadratic."""
    old, new = (text.splitlines()[:_DIFF_LINES] for text in (before, after))
    return "\n".join(difflib.unified_diff(old, new, *names, lineterm=""))


def _assert_may_look(actor: Actor, post_id: UUID) -> None:
    post_reading.assert_own(actor, post_id)
    actor.must(Action.READ_PRIVATE)


def _reading(*columns: Any) -> Select[*tuple[Any, ...]]:
    return select(*columns).outerjoin(User, User.id == PostRevision.editor_id)
