"""Where images are shown: in the texts of posts and as their covers."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import delete, exists, insert, or_, select

from app.access import owned_by
from app.database import Record, db, read_connection
from app.errors import Invalid
from app.jobs import RENDER_POSTS
from app.models import Image, ImageState, Post, PostImage
from app.services import job_service
from app.services.image_files import SHOWN, tokens_in
from app.services.job_service import JobRequest
from app.services.markdown import Picture

IN_A_TEXT: Final = 200
_UNSYNCHRONIZED: Final = {"synchronize_session": False}
_NAMED: Final = 20


def in_text(organization_id: UUID | None, markdown: str) -> dict[str, Record]:
    """The organization's images whose addresses stand in a text, by their tokens: one query, or none."""
    tokens = tokens_in(markdown)[:IN_A_TEXT]
    if not tokens:
        return {}
    query = select(*SHOWN).where(owned_by(organization_id, Image), Image.token.in_(tokens))
    with read_connection() as connection:
        return {row.token: row for row in connection.execute(query)}


def pictures(images: Mapping[str, Record]) -> dict[str, Picture]:
    """What the renderer needs of them."""
    return {token: Picture(row.width, row.height, tuple(row.widths)) for token, row in images.items()}


def keep(post: Post, images: Mapping[str, Record]) -> None:
    """Notes the images that a locked post's text shows, in the open transaction.

    Locks them: nobody deletes one meanwhile, and one that became ready since the text was rendered is rendered again.
    """
    db.session.execute(delete(PostImage).where(PostImage.post_id == post.id), execution_options=_UNSYNCHRONIZED)
    if not images:
        return
    wanted = select(Image.id, Image.token, Image.state).where(Image.token.in_(images)).order_by(Image.id)
    rows = db.session.execute(wanted.with_for_update(key_share=True)).all()
    if rows:
        db.session.execute(insert(PostImage), [{"post_id": post.id, "image_id": row.id} for row in rows])
    for row in rows:
        if row.state != images[row.token].state:
            render_again(row.id, post.organization_id)


def render_again(image_id: UUID, organization_id: UUID) -> None:
    """Has the posts rendered again whose texts show the image, if there are any; in the open transaction."""
    if db.session.scalar(select(exists().where(PostImage.image_id == image_id))):
        arguments = {"image_id": str(image_id)}
        job_service.enqueue(RENDER_POSTS, JobRequest(f"image:{image_id}", organization_id, arguments))


def cover(organization_id: UUID, image_id: UUID) -> UUID:
    """The id of an image that can be a cover; it cannot be deleted before the open transaction ends.

    Raises `Invalid` for one that is not the organization's, whether it exists or not, and for one that failed.
    """
    mine = select(Image.state).where(Image.id == image_id, owned_by(organization_id, Image))
    state = db.session.scalar(mine.with_for_update(read=True, key_share=True))
    if state is None:
        raise _no_cover("There is no such image.", "no_such_image")
    if state is ImageState.FAILED:
        raise _no_cover("The image could not be made; see its errors.", "failed_image")
    return image_id


def _no_cover(detail: str, code: str) -> Invalid:
    return Invalid(detail, errors=[{"pointer": "/cover_image", "detail": detail, "code": code}])


def still_there(organization_id: UUID | None, image_id: str | None) -> UUID | None:
    """A cover that a post once had, if it can be one again."""
    if image_id is None:
        return None
    mine = select(Image.id).where(Image.id == UUID(image_id), owned_by(organization_id, Image))
    with read_connection() as connection:
        return connection.execute(mine.where(Image.state != ImageState.FAILED)).scalar()


def posts_with(image_id: UUID) -> list[dict[str, str]]:
    """The posts that show a locked image, the newest first; at most twenty are named."""
    in_texts = select(PostImage.post_id).where(PostImage.image_id == image_id)
    query = select(Post.id, Post.title).where(or_(Post.cover_image_id == image_id, Post.id.in_(in_texts)))
    rows = db.session.execute(query.order_by(Post.id.desc()).limit(_NAMED))
    return [{"id": str(row.id), "title": row.title} for row in rows]
