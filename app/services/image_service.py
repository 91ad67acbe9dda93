"""Images: take one in, find, describe and delete it."""

import secrets
from collections.abc import Callable
from typing import IO, Any, Final
from uuid import UUID

from sqlalchemy import Select, or_, select

from app.access import owned_by
from app.clients.stores import storage
from app.database import Record, db, read_connection, transaction
from app.errors import Conflict, Invalid, NotFound
from app.jobs import PROCESS_IMAGE
from app.media.image_header import Header
from app.media.image_sizes import ENDINGS, fitted
from app.models import Image
from app.permissions import Action, Actor
from app.services import (
    audit_service,
    image_processing,
    image_reception,
    image_uses,
    job_service,
    quota_service,
    retention,
    storage_service,
)
from app.services.audit_service import Audited
from app.services.image_files import SHOWN, image_prefix, sent_key
from app.services.job_service import JobRequest
from app.services.pages import Page, Position, fetch_page
from app.services.reception import Received, assert_organization
from app.utils.ids import new_id

_ALT_LENGTH: Final = 1000
_FILENAME_LENGTH: Final = 300
_COLUMNS: Final[tuple[Any, ...]] = (
    *SHOWN,
    *(Image.job_id, Image.filename, Image.size_bytes, Image.errors, Image.created_at, Image.updated_at),
)


def upload(actor: Actor, receive: Callable[[IO[bytes]], Received], *, announced_bytes: int | None) -> Record:
    """Writes what is sent to storage, reads its size from its head, and enqueues the rest.

    Raises `TooLarge`, `InsufficientStorage`, what `quota_service.reserve` raises, `Invalid` (`empty_file`,
    `not_an_image`, `svg_not_supported`, `damaged_image`, `too_many_pixels`), or what `receive` raises for a body that
    is cut off; nothing stays then.
    """
    actor.must(Action.EDIT_CONTENT)
    size_bytes = image_reception.bytes_to_expect(announced_bytes)
    image_id, organization_id = new_id(), assert_organization(actor)
    quota_service.reserve(organization_id, image_id, size_bytes, is_film=False)

    def undo() -> None:
        quota_service.release(image_id)
        storage().delete_tree(image_prefix(organization_id, image_id))

    with storage_service.kept_with_its_row(undo, what="this image"):
        storage().assert_room(size_bytes)
        with storage().sink(sent_key(organization_id, image_id)) as file:
            received = receive(file)
        header = _header(organization_id, image_id, received)
        with transaction():
            _add(Image(id=image_id, organization_id=organization_id, author_id=actor.user_id), received, header)
            return get(actor, image_id)


def _header(organization_id: UUID, image_id: UUID, received: Received) -> Header:
    if len(received.alt or "") > _ALT_LENGTH:
        raise _wrong_alt()
    return image_reception.checked_header(sent_key(organization_id, image_id), received.size_bytes)


def _wrong_alt() -> Invalid:
    detail = f"At most {_ALT_LENGTH} characters."
    return Invalid("The text is too long.", errors=[{"pointer": "/alt", "detail": detail, "code": "string_too_long"}])


def _add(image: Image, received: Received, header: Header) -> None:
    """Adds the row inside the caller's transaction, with the job that makes the files."""
    # Not the id: that holds the time, stands in logs and events, and its neighbours can be guessed.
    image.token = secrets.token_hex(16)
    image.job_id = job_service.enqueue(PROCESS_IMAGE, JobRequest(f"image:{image.id}", image.organization_id))
    image.ending = ENDINGS[header.format]
    image.filename = received.filename[:_FILENAME_LENGTH] if received.filename else None
    image.alt = received.alt or ""
    image.size_bytes = received.size_bytes
    image.width, image.height = fitted(header.width, header.height)
    db.session.add(image)
    db.session.flush()
    quota_service.settle(image.organization_id, image.id, received.size_bytes)
    image_processing.record(image, "image.created")


def get(actor: Actor, image_id: UUID) -> Record:
    """An image of the organization. Raises `NotFound`, `NotPermitted`."""
    query = select(*_COLUMNS).where(Image.id == image_id, owned_by(actor.organization_id, Image))
    with read_connection() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise _unknown()
    actor.must(Action.READ_PRIVATE)
    return row


def list_(actor: Actor, words: str | None, position: Position) -> Page:
    """The organization's images, newest first; with `words`, those whose file name or description has them."""
    actor.must(Action.READ_PRIVATE)
    query: Select[Any] = select(*_COLUMNS, Image.created_at.label("sorted_at"))
    query = query.where(owned_by(actor.organization_id, Image))
    if words is not None:
        named = (column.icontains(words, autoescape=True) for column in (Image.filename, Image.alt))
        query = query.where(or_(*named))
    with read_connection() as connection:
        return fetch_page(connection, query, position, key=(Image.created_at.expression, Image.id.expression))


def change(actor: Actor, image_id: UUID, changes: dict[str, Any]) -> Record:
    """Saves the description; posts show it where they show the image as their cover."""
    with transaction():
        image = _owned(actor, image_id)
        if "alt" in changes:
            image.alt = changes["alt"] or ""
        db.session.flush()
        image_processing.record(image, "image.updated")
        return get(actor, image_id)


def delete(actor: Actor, image_id: UUID) -> None:
    """Deletes an image for every reader at once; its files go in a job.

    Raises `Conflict` (`image_in_use`) for one that a post shows: no page loses a picture by surprise.
    """
    with transaction():
        job_id = _job_of(actor, image_id)
        if job_id is not None:  # before the image is locked: a job's row always comes first
            job_service.cancel(job_id)
        image = _owned(actor, image_id)
        if posts := image_uses.posts_with(image_id):
            raise Conflict("Posts show this image; take it out of them first.", code="image_in_use", posts=posts)
        image_processing.record(image, "image.deleted")
        before = {"filename": image.filename, "alt": image.alt}
        audit_service.record_by(actor, Audited.IMAGE_DELETED, f"image:{image_id}", before=before)
        quota_service.give_back(image.organization_id, size_bytes=image.size_bytes, video_s=0)
        db.session.delete(image)
        db.session.flush()
        prefix = image_prefix(image.organization_id, image_id)
        retention.remove_files_later(f"image:{image_id}", image.organization_id, prefix)


def _job_of(actor: Actor, image_id: UUID) -> UUID | None:
    """The job of an image that the actor may delete; an image keeps its job for life, so no lock is needed."""
    row = db.session.execute(
        select(Image.job_id).where(Image.id == image_id, owned_by(actor.organization_id, Image))
    ).first()
    if row is None:
        raise _unknown()
    actor.must(Action.EDIT_CONTENT)
    job_id: UUID | None = row.job_id
    return job_id


def _owned(actor: Actor, image_id: UUID) -> Image:
    """The image, locked, if the actor's organization owns it and their role may change it."""
    mine = select(Image).where(Image.id == image_id, owned_by(actor.organization_id, Image)).with_for_update()
    image = db.session.scalar(mine.execution_options(populate_existing=True))
    if image is None:
        raise _unknown()
    actor.must(Action.EDIT_CONTENT)
    return image


def _unknown() -> NotFound:
    return NotFound("There is no such image.")
