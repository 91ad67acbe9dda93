"""Resumable uploads: begin, take bytes, finish, give up. The file's own length is the offset; nothing else is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select, update

from app.access import owned_by
from app.clients.appending import Appending, FileBusy
from app.clients.disk import NoSuchFile, StorageFull
from app.clients.stores import storage
from app.database import Record, db, read_connection, transaction
from app.errors import Conflict, Gone, InsufficientStorage, Invalid, Locked, MarqueeError, NotFound, TooLarge
from app.models import UNFINISHED_UPLOADS, Upload, UploadState
from app.permissions import Action, Actor
from app.services import quota_service, retention, storage_service, video_service
from app.services.pages import Page, Position, fetch_page
from app.services.reception import Received, assert_organization
from app.services.video_pipeline.material import original_key, video_prefix
from app.utils.ids import new_id
from app.utils.times import now
from config import settings

_TITLE_LENGTH: Final = 300
_COLUMNS: Final[tuple[Any, ...]] = (
    *(Upload.id, Upload.organization_id, Upload.video_id, Upload.state, Upload.size_bytes, Upload.filename),
    *(Upload.title, Upload.metadata_header, Upload.expires_at, Upload.created_at),
)


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a client says of a file before its bytes; `size_bytes` None: it says so later."""

    size_bytes: int | None
    metadata_header: str = ""
    filename: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Bytes on their way: where they begin, how they are taken, and how their sender is cut off."""

    offset: int
    receive: Callable[[Appending, int], None]
    interrupt: Callable[[], None]
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class UploadView:
    """An upload and how many of its bytes are there, durably."""

    upload: Record
    offset_bytes: int

    @property
    def video_id(self) -> UUID | None:
        """The video that it became."""
        return self.upload.video_id if self.upload.state is UploadState.CONSUMED else None


def begin(actor: Actor, announced: Announcement) -> UploadView:
    """Makes room for a file.

    Raises `TooLarge`, `Invalid` (`empty_file`), `InsufficientStorage`, and what `quota_service.reserve` raises.
    """
    actor.must(Action.EDIT_CONTENT)
    _check_size(announced.size_bytes)
    organization_id = assert_organization(actor)
    upload = Upload(
        id=new_id(),
        organization_id=organization_id,
        author_id=actor.user_id,
        video_id=new_id(),
        size_bytes=announced.size_bytes,
        metadata_header=announced.metadata_header,
        filename=announced.filename and announced.filename[:_TITLE_LENGTH],
        title=announced.title and announced.title[:_TITLE_LENGTH],
        expires_at=_expiry(),
    )
    upload_id, video_id, key = upload.id, upload.video_id, original_key(organization_id, upload.video_id)
    quota_service.reserve(organization_id, video_id, announced.size_bytes or 0, until=upload.expires_at)

    def undo() -> None:
        quota_service.release(video_id)
        storage().delete_tree(video_prefix(organization_id, video_id))

    with storage_service.kept_with_its_row(undo, what="this upload"):
        storage().assert_room(announced.size_bytes or 0)
        storage().begin(key)
        with transaction():
            db.session.add(upload)
    return _view(_row(actor, upload_id))


def receive(actor: Actor, upload_id: UUID, delivery: Delivery) -> UploadView:
    """Takes bytes at the upload's end; the last ones make it a video.

    What arrived stays, however the delivery ends. A writer whose connection is dead is taken over from. Raises
    `Conflict` (`offset_mismatch`), `Gone`, `Locked`, `TooLarge`, `InsufficientStorage`, `Invalid` (`not_a_video`).
    """
    row = _unfinished(actor, upload_id)
    actor.must(Action.EDIT_CONTENT)
    with _end_of(row, delivery.interrupt) as file:
        row = _fixed_length(_unfinished(actor, upload_id), delivery, file.size_bytes)
        if delivery.offset != file.size_bytes:
            raise Conflict(
                f"The upload stands at byte {file.size_bytes}, not {delivery.offset}.",
                code="offset_mismatch",
                headers={"Upload-Offset": str(file.size_bytes)},
            )
        limit = _room_for(row, file.size_bytes)
        _prolong(row)
        delivery.receive(file, limit)
        size_bytes = file.size_bytes
    return _settled(actor, row, size_bytes)


def _room_for(row: Record, size_bytes: int) -> int:
    """How many bytes more may come. While the length is not known, what has come is reserved piece by piece."""
    if row.size_bytes is not None:
        return int(row.size_bytes) - size_bytes
    quota_service.resize(row.video_id, size_bytes)
    most = settings.max_upload_bytes - size_bytes
    room = quota_service.room_bytes(row.organization_id)
    return most if room is None else min(most, room)


def resume(actor: Actor, upload_id: UUID) -> UploadView:
    """Where to go on: whoever still writes is cut off first, so that the answer stays true."""
    row = _known(actor, upload_id)
    if row.state not in UNFINISHED_UPLOADS:
        return _view(row)
    with _end_of(row) as file:
        size_bytes = file.size_bytes
    return _settled(actor, row, size_bytes)


def get(actor: Actor, upload_id: UUID) -> UploadView:
    """An upload as it stands; nobody is disturbed."""
    return _view(_known(actor, upload_id))


def list_(actor: Actor, position: Position) -> Page:
    """The actor's own unfinished uploads in the acting organization, newest first."""
    query: Select[Any] = select(*_COLUMNS, Upload.created_at.label("sorted_at"))
    query = query.where(*_own(actor), Upload.state.in_(UNFINISHED_UPLOADS))
    with read_connection() as connection:
        return fetch_page(connection, query, position, key=(Upload.created_at.expression, Upload.id.expression))


def view_of(row: Record) -> UploadView:
    """A listed upload with its offset."""
    return _view(row)


def cancel(actor: Actor, upload_id: UUID) -> None:
    """Gives an upload up: its bytes go, the storage is free. One that became a video stays a video."""
    row = _unfinished(actor, upload_id)
    actor.must(Action.EDIT_CONTENT)
    with _end_of(row):
        is_ours = _end(upload_id, UploadState.CANCELLED)
    if is_ours:
        _drop_file(row)


def abandon_all(author_id: UUID) -> None:
    """Gives up every unfinished upload of an account, in the transaction that deletes it; the bytes go in jobs.

    Whoever still sends finds nothing to go on with. Quotas are freed in the order of their organizations, so that two
    such transactions never wait in a circle.
    """
    theirs = update(Upload).where(Upload.author_id == author_id, Upload.state.in_(UNFINISHED_UPLOADS))
    ended = theirs.values(state=UploadState.CANCELLED).returning(Upload.organization_id, Upload.video_id)
    rows = db.session.execute(ended.execution_options(synchronize_session=False)).all()
    for organization_id, video_id in sorted(rows):
        quota_service.release(video_id)
        retention.remove_files_later(f"video:{video_id}", organization_id, video_prefix(organization_id, video_id))


def sweep() -> None:
    """Ends what has expired, and makes videos of what is whole but was never finished (a crash in between)."""
    query = select(*_COLUMNS, Upload.author_id).where(Upload.state.in_(UNFINISHED_UPLOADS))
    with read_connection() as connection:
        stale = connection.execute(query.where(Upload.expires_at < now())).all()
        whole = connection.execute(query.where(Upload.state == UploadState.RECEIVED)).all()
    for row in whole:
        with suppress(MarqueeError):
            _consume(row, row.author_id)
    for row in stale:
        if _end(row.id, UploadState.EXPIRED):
            _drop_file(row)


def _own(actor: Actor) -> tuple[Any, Any]:
    # A key whose scopes reach no content finds no uploads either.
    return owned_by(
        actor.organization_id if actor.may(Action.READ_PRIVATE) else None, Upload
    ), Upload.author_id == actor.user_id


def _row(actor: Actor, upload_id: UUID) -> Record:
    with read_connection() as connection:
        row = connection.execute(select(*_COLUMNS).where(Upload.id == upload_id, *_own(actor))).first()
    if row is None:
        raise NotFound("There is no such upload.")
    return row


def _known(actor: Actor, upload_id: UUID) -> Record:
    """The actor's own upload. Raises `Gone` for one that was given up or has expired."""
    row = _row(actor, upload_id)
    is_past = row.state in UNFINISHED_UPLOADS and row.expires_at < now()
    if is_past or row.state in {UploadState.EXPIRED, UploadState.CANCELLED, UploadState.FAILED}:
        state = UploadState.EXPIRED if is_past else row.state
        raise Gone(f"This upload is {state}; begin a new one.", code=f"upload_{state}")
    return row


def _unfinished(actor: Actor, upload_id: UUID) -> Record:
    row = _known(actor, upload_id)
    if row.state is UploadState.CONSUMED:
        raise Conflict("The upload is complete; its video is there.", code="upload_complete")
    return row


def _view(row: Record) -> UploadView:
    if row.state is UploadState.CONSUMED:
        return UploadView(row, row.size_bytes)
    try:
        return UploadView(row, storage().stat(_key(row)).size_bytes)
    except NoSuchFile:
        return UploadView(row, 0)


def _key(row: Record) -> str:
    return original_key(row.organization_id, row.video_id)


@contextmanager
def _end_of(row: Record, interrupt: Callable[[], None] | None = None) -> Iterator[Appending]:
    try:
        with storage().appending(_key(row), interrupt=interrupt) as file:
            yield file
    except NoSuchFile:
        raise Gone("The bytes of this upload are gone; begin a new one.", code="upload_lost") from None
    except FileBusy:
        raise Locked("Another connection still writes to this upload; try again.") from None
    except StorageFull:
        raise _no_room() from None


def _fixed_length(row: Record, delivery: Delivery, size_bytes: int) -> Record:
    """Settles a deferred length with the first delivery that names it."""
    if delivery.size_bytes is None or row.size_bytes == delivery.size_bytes:
        return row
    if row.size_bytes is not None:
        raise Conflict("The length of this upload is known already.", code="length_is_set")
    _check_size(delivery.size_bytes)
    if delivery.size_bytes < size_bytes:
        raise Invalid("More bytes than that have arrived.", code="length_too_small")
    with transaction():
        quota_service.resize(row.video_id, delivery.size_bytes)
        db.session.execute(update(Upload).where(Upload.id == row.id).values(size_bytes=delivery.size_bytes))
    with read_connection() as connection:
        return connection.execute(select(*_COLUMNS).where(Upload.id == row.id)).one()


def _prolong(row: Record) -> None:
    moved = update(Upload).where(Upload.id == row.id, Upload.state.in_(UNFINISHED_UPLOADS))
    until = _expiry()
    with transaction():
        db.session.execute(moved.values(state=UploadState.RECEIVING, expires_at=until))
        quota_service.prolong(row.video_id, until)


def _settled(actor: Actor, row: Record, size_bytes: int) -> UploadView:
    """The upload after bytes came in: once all are there it is a video."""
    if row.size_bytes is None or size_bytes < row.size_bytes:
        return _view(_row(actor, row.id))
    received = update(Upload).where(Upload.id == row.id, Upload.state.in_(UNFINISHED_UPLOADS))
    with transaction():
        db.session.execute(received.values(state=UploadState.RECEIVED))
    _consume(row, actor.user_id)
    return _view(_row(actor, row.id))


def _consume(row: Record, author_id: UUID | None) -> None:
    """Makes the video, once: the row's state decides between two who try. Raises `Invalid` (`not_a_video`)."""
    try:
        video_service.check_content(_key(row), row.size_bytes)
    except Invalid:
        if _end(row.id, UploadState.FAILED):
            _drop_file(row)
        raise
    received = Received(row.filename, row.size_bytes, row.title)
    with transaction():
        if _end(row.id, UploadState.CONSUMED):
            video_service.add(video_service.Origin(row.video_id, row.organization_id, author_id), received)


def _end(upload_id: UUID, state: UploadState) -> bool:
    """Moves an unfinished upload to an end; False if somebody else did. What becomes no video frees its room."""
    ended = update(Upload).where(Upload.id == upload_id, Upload.state.in_(UNFINISHED_UPLOADS)).values(state=state)
    with transaction():
        video_id = db.session.scalar(ended.returning(Upload.video_id))
        if video_id is not None and state is not UploadState.CONSUMED:
            quota_service.release(video_id)
        return video_id is not None


def _drop_file(row: Record) -> None:
    storage().delete_tree(video_prefix(row.organization_id, row.video_id))


def _check_size(size_bytes: int | None) -> None:
    if size_bytes == 0:
        raise Invalid("An empty file is no video.", code="empty_file")
    if size_bytes is not None and size_bytes > settings.max_upload_bytes:
        limit = settings.max_upload_bytes
        raise TooLarge(f"An upload may have at most {limit} bytes.", limit_bytes=limit)


def _expiry() -> datetime:
    return now() + timedelta(seconds=settings.upload_expiry_s)


def _no_room() -> InsufficientStorage:
    return InsufficientStorage("There is no room for this upload right now.")
