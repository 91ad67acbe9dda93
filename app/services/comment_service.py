"""Comments on posts and videos: threads two deep, edited by their authors, moderated by editors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.access import owned_by
from app.database import Record, db, read_connection, transaction
from app.errors import Conflict, Invalid, NotFound, NotPermitted
from app.models import Comment, CommentPolicy, CommentState, Organization, User
from app.permissions import Action, Actor
from app.services import discussed, event_service
from app.services.discussed import Subject
from app.services.pages import Page, Position, fetch_page
from app.utils.ids import new_id
from app.utils.times import now

REPLIES_SHOWN: Final = 3
_COLUMNS: Final[tuple[Any, ...]] = (
    *(Comment.id, Comment.post_id, Comment.video_id, Comment.parent_id, Comment.state, Comment.body),
    *(Comment.replies_count, Comment.edited_at, Comment.created_at, Comment.author_id),
    *(User.slug.label("author_slug"), User.name.label("author_name"), User.avatar_url.label("author_avatar_url")),
)


@dataclass(frozen=True, slots=True)
class Thread:
    """A page of comments, with the first replies of each."""

    page: Page
    replies: dict[UUID, list[Record]]


def list_of(actor: Actor, subject: Subject, parent_id: UUID | None, position: Position) -> Thread:
    """The comments on something, newest first; with `parent_id` the replies to one, which come oldest first.

    Everybody sees what is visible, authors their own, moderators all. Raises `NotFound`.
    """
    row = discussed.found(actor, subject)
    shown = _shown_to(actor, row.organization_id)
    query = _reading().where(subject.is_of(Comment), Comment.parent_id == parent_id, shown)
    key = (Comment.created_at.expression, Comment.id.expression)
    with read_connection() as connection:
        sorted_at = Comment.created_at.label("sorted_at")
        page = fetch_page(connection, query.add_columns(sorted_at), position, key=key, ascending=parent_id is not None)
        parents = [comment.id for comment in page.rows if comment.replies_count]
        rows = connection.execute(_first_replies(parents, shown)).all() if parents else []
    return Thread(page, {parent: [reply for reply in rows if reply.parent_id == parent] for parent in parents})


def list_moderated(actor: Actor, state: CommentState, position: Position) -> Page:
    """All comments of the acting organization in a state, newest first."""
    actor.must(Action.EDIT_CONTENT)
    query = _reading().where(owned_by(actor.organization_id, Comment), Comment.state == state)
    key = (Comment.created_at.expression, Comment.id.expression)
    with read_connection() as connection:
        return fetch_page(connection, query.add_columns(Comment.created_at.label("sorted_at")), position, key=key)


def create(actor: Actor, subject: Subject, body: str, parent_id: UUID | None) -> Record:
    """Says something about what the actor may read. A reply to a reply stands beside it.

    Raises `NotFound`, `Invalid` (`no_such_comment`) for a parent that is not there, `NotPermitted`
    (`comments_closed`). Where comments are moderated it waits, unless its author is a moderator.
    """
    with transaction():
        row = discussed.found(actor, subject)
        user_id = discussed.person(actor)
        comment = Comment(
            id=new_id(),
            organization_id=row.organization_id,
            author_id=user_id,
            parent_id=None if parent_id is None else _thread_of(subject, parent_id),
            state=_first_state(actor, row.organization_id),
            body=body,
            **subject.columns,
        )
        db.session.add(comment)
        db.session.flush()
        if comment.state is CommentState.VISIBLE:
            _count(comment, 1)
        _record(comment, "comment.created")
        return _row(comment.id)


def change(actor: Actor, comment_id: UUID, body: str) -> Record:
    """Says it in other words: its author only."""
    with transaction():
        comment = _locked(actor, comment_id)
        if comment.author_id != discussed.person(actor):
            raise NotPermitted("Only its author can change a comment.", code="not_yours")
        comment.body, comment.edited_at = body, now()
        if comment.state is CommentState.VISIBLE:
            _move(comment, _first_state(actor, comment.organization_id))
        _record(comment, "comment.updated")
        return _row(comment_id)


def moderate(actor: Actor, comment_id: UUID, state: CommentState) -> Record:
    """Shows or hides a comment: the organization's editors."""
    with transaction():
        comment = _locked(actor, comment_id)
        _must_moderate(actor, comment)
        _move(comment, state)
        _record(comment, f"comment.{'approved' if state is CommentState.VISIBLE else 'hidden'}")
        return _row(comment_id)


def delete(actor: Actor, comment_id: UUID) -> None:
    """Takes a comment back, or off. One with replies leaves an empty place above them."""
    with transaction():
        comment = _locked(actor, comment_id)
        if comment.author_id is None or comment.author_id != _speaker(actor):
            _must_moderate(actor, comment)
        if comment.state is CommentState.VISIBLE:
            _count(comment, -1)
        _record(comment, "comment.deleted")
        if db.session.scalar(select(Comment.id).where(Comment.parent_id == comment.id).limit(1)) is not None:
            comment.state, comment.body, comment.author_id = CommentState.DELETED, "", None
        else:
            db.session.delete(comment)


def _must_moderate(actor: Actor, comment: Comment) -> None:
    """Raises `NotPermitted` unless the actor's role in the comment's organization lets them edit."""
    if actor.organization_id != comment.organization_id:
        raise NotPermitted("Only its author and the organization's editors can do this.", code="not_yours")
    actor.must(Action.EDIT_CONTENT)


def _speaker(actor: Actor) -> UUID | None:
    """Whose comments are the actor's own. A key acts in its organization, and speaks for nobody."""
    return actor.user_id if actor.api_key_id is None else None


def _shown_to(actor: Actor, organization_id: UUID) -> ColumnElement[bool]:
    if actor.organization_id == organization_id and actor.may(Action.EDIT_CONTENT):
        return Comment.state.in_(list(CommentState))
    speaker = _speaker(actor)
    own = and_(Comment.author_id == speaker, Comment.state != CommentState.DELETED)
    public = or_(
        Comment.state == CommentState.VISIBLE,
        and_(Comment.state == CommentState.DELETED, Comment.replies_count > 0),
    )
    return public if speaker is None else or_(public, own)


def _first_replies(parents: Sequence[UUID], shown: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    place = func.row_number().over(partition_by=Comment.parent_id, order_by=(Comment.created_at, Comment.id))
    numbered = select(Comment.id, place.label("place")).where(Comment.parent_id.in_(parents), shown).subquery()
    first = _reading().join(numbered, numbered.c.id == Comment.id).where(numbered.c.place <= REPLIES_SHOWN)
    return first.order_by(Comment.created_at, Comment.id)


def _thread_of(subject: Subject, parent_id: UUID) -> UUID:
    """The comment that a reply belongs under."""
    query = select(Comment.id, Comment.parent_id, Comment.state).where(Comment.id == parent_id, subject.is_of(Comment))
    parent = db.session.execute(query).first()
    if parent is None or parent.state in {CommentState.HIDDEN, CommentState.PENDING}:
        detail = "There is no such comment to reply to."
        raise Invalid(detail, errors=[{"pointer": "/parent_id", "detail": detail, "code": "no_such_comment"}])
    thread_id: UUID = parent.parent_id or parent.id
    return thread_id


def _first_state(actor: Actor, organization_id: UUID) -> CommentState:
    policy = db.session.scalar(select(Organization.comments).where(Organization.id == organization_id))
    is_moderator = actor.organization_id == organization_id and actor.may(Action.EDIT_CONTENT)
    if policy is CommentPolicy.CLOSED:
        raise NotPermitted("Comments are closed here.", code="comments_closed")
    return CommentState.PENDING if policy is CommentPolicy.MODERATED and not is_moderator else CommentState.VISIBLE


def _move(comment: Comment, state: CommentState) -> None:
    if comment.state is CommentState.DELETED:
        raise Conflict("This comment is deleted.", code="comment_deleted")
    was_visible = comment.state is CommentState.VISIBLE
    comment.state = state
    if was_visible != (state is CommentState.VISIBLE):
        _count(comment, -1 if was_visible else 1)


def _count(comment: Comment, step: int) -> None:
    """The subject's counter, and its thread's; subjects first, so that no two wait in a circle."""
    discussed.count(_subject(comment), "comments_count", step)
    if comment.parent_id is not None:
        parent = db.session.get(Comment, comment.parent_id, with_for_update=True, populate_existing=True)
        if parent is not None:
            parent.replies_count += step
    db.session.flush()


def _subject(comment: Comment) -> Subject:
    """The table's check gives every comment exactly one."""
    if comment.video_id is not None:
        return Subject("video", comment.video_id)
    return Subject("post", cast("UUID", comment.post_id))


def _locked(actor: Actor, comment_id: UUID) -> Comment:
    """The comment, locked, if the actor sees it. Raises `NotFound`."""
    comment = db.session.get(Comment, comment_id, with_for_update=True, populate_existing=True)
    if comment is not None:
        if comment.organization_id != actor.organization_id:
            discussed.found(actor, _subject(comment))
        is_shown = select(Comment.id).where(Comment.id == comment_id, _shown_to(actor, comment.organization_id))
        if db.session.scalar(is_shown) is not None:
            return comment
    raise NotFound("There is no such comment.")


def _row(comment_id: UUID) -> Record:
    with read_connection() as connection:
        return connection.execute(_reading().where(Comment.id == comment_id)).one()


def _reading() -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS).outerjoin(User, User.id == Comment.author_id)


def _record(comment: Comment, type_: str) -> None:
    subject = _subject(comment)
    event_service.record(
        type_,
        subject=f"{subject.noun}:{subject.id}",
        scope=comment.organization_id,
        organization_id=comment.organization_id,
        data={"id": str(comment.id), "state": comment.state, f"{subject.noun}_id": str(subject.id)},
    )
