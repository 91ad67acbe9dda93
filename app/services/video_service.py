"""Videos: take an upload, read, publish, delete."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import PurePath
from typing import IO, Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, select

from app.access import owned_by, readable_by
from app.clients.stores import storage
from app.database import Record, db, read_connection, transaction
from app.errors import Conflict, Invalid, NotFound, TooLarge
from app.jobs import DELETE_FILES, PROCESS_VIDEO, PUBLISH
from app.media.sniff import HEAD_BYTES, demuxer_of
from app.models import OPEN_STATES, Job, Organization, Processing, Rendition, User, Video, Visibility
from app.permissions import Action, Actor
from app.services import (
    audit_service,
    job_order,
    job_service,
    listing,
    publishing_service,
    quota_service,
    retention,
    storage_service,
)
from app.services.audit_service import Audited
from app.services.job_service import JobRequest
from app.services.pages import Page, Position
from app.services.publishing_service import Publications
from app.services.reception import Received, assert_organization
from app.services.video_pipeline import outcome
from app.services.video_pipeline.material import original_key, video_prefix
from app.utils.ids import new_id
from config import settings

_TITLE_LENGTH: Final = 300
_COLUMNS = (
    *(Video.id, Video.job_id, Video.title, Video.description, Video.processing, Video.stage, Video.percent),
    *(
        Video.publication,
        Video.visibility,
        Video.duration_s,
        Video.width,
        Video.height,
        Video.fps,
        Video.size_bytes,
    ),
    *(Video.has_poster, Video.has_storyboard, Video.version, Video.mp4_used_at, Video.input_issues, Video.errors),
    *(Video.captions, Video.audio_tracks, Video.poster),
    *(
        Video.likes_count,
        Video.comments_count,
        Video.views_count,
        Video.revision,
        Video.playable_at,
        Video.encoding_at,
        Video.progress_at,
        Video.ready_at,
    ),
    *(Video.publish_at, Video.published_at, Video.created_at, Video.updated_at, Video.organization_id),
    Organization.slug.label("organization_slug"),
    Organization.name.label("organization_name"),
    User.id.label("author_id"),
    User.slug.label("author_slug"),
    User.name.label("author_name"),
    User.avatar_url.label("author_avatar_url"),
)


@dataclass(frozen=True, slots=True)
class VideoView:
    """A video with its ladder, and its place among waiting jobs (None once it is being worked on)."""

    video: Record
    renditions: Sequence[Record]
    queue_position: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose a new video is, and the id that its file is stored under."""

    video_id: UUID
    organization_id: UUID
    author_id: UUID | None


VIDEOS: Final = Publications("video", Video, outcome.record)


def register() -> None:
    """Lets scheduled videos be published."""
    publishing_service.publishes(VIDEOS)


def upload(actor: Actor, receive: Callable[[IO[bytes]], Received], *, announced_bytes: int | None) -> VideoView:
    """Writes an upload straight to storage and enqueues its processing.

    Raises `TooLarge`, `InsufficientStorage`, what `quota_service.reserve` raises, `Invalid` (`not_a_video`,
    `empty_file`), or what `receive` raises for a body that is cut off; nothing of it stays then.
    """
    actor.must(Action.EDIT_CONTENT)
    if announced_bytes is not None and announced_bytes > settings.max_upload_bytes:
        limit = settings.max_upload_bytes
        raise TooLarge(f"An upload may have at most {limit} bytes.", limit_bytes=limit)
    video_id = new_id()
    organization_id = assert_organization(actor)
    key = original_key(organization_id, video_id)
    quota_service.reserve(organization_id, video_id, announced_bytes or 0)

    def undo() -> None:
        quota_service.release(video_id)
        storage().delete_tree(video_prefix(organization_id, video_id))

    with storage_service.kept_with_its_row(undo, what="this upload"):
        storage().assert_room(announced_bytes or 0)
        with storage().sink(key) as file:
            received = receive(file)
        check_content(key, received.size_bytes)
        with transaction():
            add(Origin(video_id, organization_id, actor.user_id), received)
            return get(actor, video_id)


def check_content(key: str, size_bytes: int) -> None:
    """Raises `Invalid` (`empty_file`, `not_a_video`) for a stored file that no worker could use."""
    if size_bytes == 0:
        raise Invalid("The file is empty.", code="empty_file")
    if demuxer_of(storage().read_bytes(key, at_most=HEAD_BYTES)) is None:
        raise Invalid("This is not a video or sound that we know.", code="not_a_video")


def add(origin: Origin, received: Received) -> None:
    """Makes the video of a stored file inside the caller's transaction, with the job that processes it."""
    stem = PurePath((received.filename or "").replace("\\", "/")).stem
    title = (received.title or stem or "Untitled").strip()[:_TITLE_LENGTH] or "Untitled"
    job = JobRequest(f"video:{origin.video_id}", origin.organization_id)
    video = Video(
        id=origin.video_id,
        organization_id=origin.organization_id,
        author_id=origin.author_id,
        job_id=job_service.enqueue(PROCESS_VIDEO, job),
        title=title,
        size_bytes=received.size_bytes,
        visibility=Visibility.ORGANIZATION,
    )
    db.session.add(video)
    db.session.flush()
    quota_service.settle(origin.organization_id, origin.video_id, received.size_bytes)
    outcome.record(video, "video.created")


def get(actor: Actor, video_id: UUID) -> VideoView:
    """A video. Raises `NotFound` for what the actor may not read."""
    query = _reading().where(Video.id == video_id, readable_by(actor, Video))
    with read_connection() as connection:
        row = connection.execute(query).first()
        if row is None:
            raise NotFound("There is no such video.")
        renditions = connection.execute(_renditions([video_id])).all()
        waiting = [row.job_id] if row.processing == Processing.WAITING and row.job_id else []
        positions = job_order.positions(connection, waiting)
    return VideoView(row, renditions, positions.get(row.job_id))


def embedded(actor: Actor, organization_id: UUID, video_ids: Sequence[str]) -> list[Record]:
    """Those of an organization's videos that the actor may read, in the order of the ids."""
    if not video_ids:
        return []
    wanted = [UUID(video_id) for video_id in video_ids]
    own = and_(Video.organization_id == organization_id, Video.id.in_(wanted), readable_by(actor, Video))
    with read_connection() as connection:
        found = {row.id: row for row in connection.execute(_reading().where(own))}
    return [found[video_id] for video_id in wanted if video_id in found]


def list_(actor: Actor, filters: listing.Filters, position: Position) -> tuple[Page, dict[UUID, list[Record]]]:
    """A page of videos and the ladders of all of them, in two queries."""
    page = listing.fetch(actor, Video, _reading(), filters, position)
    ladders: dict[UUID, list[Record]] = {row.id: [] for row in page.rows}
    with read_connection() as connection:
        for rendition in connection.execute(_renditions(list(ladders))) if ladders else ():
            ladders[rendition.video_id].append(rendition)
    return page, ladders


def _renditions(video_ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    columns = (
        Rendition.video_id,
        Rendition.name,
        Rendition.width,
        Rendition.height,
        Rendition.bitrate,
        Rendition.state,
    )
    return select(*columns).where(Rendition.video_id.in_(video_ids)).order_by(Rendition.video_id, Rendition.position)


def change(actor: Actor, video_id: UUID, changes: dict[str, Any], *, expected_revision: int | None) -> VideoView:
    """Saves title, description or visibility."""
    with transaction():
        video = VIDEOS.owned(actor, video_id, expected_revision)
        with publishing_service.watched(actor, "video", video):
            for name in ("title", "description", "visibility"):
                if changes.get(name) is not None:
                    setattr(video, name, changes[name])
        video.revision += 1
        db.session.flush()
        outcome.record(video, "video.updated")
        return get(actor, video_id)


def publish(actor: Actor, video_id: UUID, *, expected_revision: int | None) -> VideoView:
    """Makes it readable by those its visibility names. Publishing twice changes nothing."""
    VIDEOS.publish(actor, video_id, expected_revision)
    return get(actor, video_id)


def schedule(actor: Actor, video_id: UUID, publish_at: datetime, *, expected_revision: int | None) -> VideoView:
    """Publishes it later, within two seconds of the time; again moves the time. Raises `Invalid`, `Conflict`."""
    VIDEOS.schedule(actor, video_id, publish_at, expected_revision)
    return get(actor, video_id)


def unpublish(actor: Actor, video_id: UUID, *, expected_revision: int | None) -> VideoView:
    """Takes a video back to draft: only its own people can play it."""
    VIDEOS.unpublish(actor, video_id, expected_revision)
    return get(actor, video_id)


def archive(actor: Actor, video_id: UUID, *, expected_revision: int | None) -> VideoView:
    """Takes a video out of every list but the team's; only its own people can play it."""
    VIDEOS.archive(actor, video_id, expected_revision)
    return get(actor, video_id)


def delete(actor: Actor, video_id: UUID, *, expected_revision: int | None) -> None:
    """Deletes a video for every reader at once; its jobs stop and its files go in a job."""
    with transaction():
        _job_of(actor, video_id)
        for job_id in _work_on(video_id):  # before the video is locked: a job's row always comes first
            job_service.cancel(job_id)
        publishing_service.withdraw(actor, "video", video_id)
        video = VIDEOS.owned(actor, video_id, expected_revision)
        outcome.record(video, "video.deleted")
        audit_service.record_by(actor, Audited.VIDEO_DELETED, f"video:{video_id}", before={"title": video.title})
        organization_id, prefix = video.organization_id, video_prefix(video.organization_id, video.id)
        quota_service.give_back(organization_id, size_bytes=video.stored_bytes, video_s=video.duration_s or 0)
        db.session.delete(video)
        db.session.flush()
        retention.remove_files_later(f"video:{video_id}", organization_id, prefix)


def cancel(actor: Actor, video_id: UUID) -> VideoView:
    """Stops the processing. Again changes nothing; raises `Conflict` once it has ended otherwise."""
    with transaction():
        job_id = _job_of(actor, video_id)
        if job_id is not None:
            job_service.cancel(job_id)
        view = get(actor, video_id)
        if view.video.processing != Processing.CANCELLED:
            raise Conflict(f"The video is {view.video.processing}; there is nothing to cancel.", code="not_processing")
        return view


def retry(actor: Actor, video_id: UUID, *, rung: str | None = None) -> VideoView:
    """Makes what is missing of a failed or cancelled video: what plays, plays on, and what is whole is not made again.

    With a rung, only that one, of a video that is ready, too. Raises `Conflict` (`original_gone`, or for a video that
    is worked on), `Invalid` (`unknown_rung`).
    """
    with transaction():
        job_id = _job_of(actor, video_id)
        if rung is not None:
            _assert_rung(video_id, rung)
        arguments: dict[str, object] = {} if rung is None else {"rungs": [rung]}
        if job_id is not None:
            job_service.retry(job_id, arguments=arguments, even_succeeded=rung is not None)
        elif rung is not None:
            _begin_anew(actor, video_id, arguments)
        else:
            raise Conflict("The video's job is gone; upload it again.", code="not_retriable")
        return get(actor, video_id)


def _begin_anew(actor: Actor, video_id: UUID, arguments: dict[str, object]) -> None:
    """Gives a video that has long been ready a job again: jobs that succeeded are forgotten after a month."""
    request = JobRequest(f"video:{video_id}", assert_organization(actor), arguments)
    job_id = job_service.enqueue(PROCESS_VIDEO, request)
    VIDEOS.owned(actor, video_id, None).job_id = job_id
    db.session.flush()
    outcome.processing_retried(db.session.get_one(Job, job_id))


def _assert_rung(video_id: UUID, rung: str) -> None:
    query = select(Rendition.name).where(Rendition.video_id == video_id).order_by(Rendition.position)
    known = db.session.scalars(query).all()
    if rung not in known:
        has = f"it has {', '.join(known)}" if known else "it has none yet"
        problem = f"The video has no such rendition; {has}."
        raise Invalid(problem, errors=[{"pointer": "/rung", "detail": problem, "code": "unknown_rung"}])


def _job_of(actor: Actor, video_id: UUID) -> UUID | None:
    """The job of a video that the actor may edit; a video keeps its job for life, so no lock is needed."""
    query = select(Video.job_id).where(Video.id == video_id, owned_by(actor.organization_id, Video))
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound("There is no such video.")
    actor.must(Action.EDIT_CONTENT)
    job_id: UUID | None = row.job_id
    return job_id


def editable(actor: Actor, video_id: UUID) -> UUID:
    """The organization of a video that the actor may edit: asks before a body is read.

    Raises `NotFound` for what is another's, `NotPermitted` for a reader.
    """
    own = select(Video.organization_id).where(Video.id == video_id, owned_by(actor.organization_id, Video))
    with read_connection() as connection:
        organization_id = connection.execute(own).scalar()
    if organization_id is None:
        raise NotFound("There is no such video.")
    actor.must(Action.EDIT_CONTENT)
    return organization_id


def _work_on(video_id: UUID) -> Sequence[UUID]:
    """The jobs that are busy with its files, or will be; those that publish it are withdrawn elsewhere."""
    of_it = (Job.subject == f"video:{video_id}", Job.parent_id.is_(None), Job.state.in_(OPEN_STATES))
    busy = select(Job.id).where(*of_it, Job.kind.not_in([PUBLISH.name, DELETE_FILES.name]))
    return db.session.scalars(busy.order_by(Job.id)).all()


@cache
def _reading() -> Select[*tuple[Any, ...]]:
    joined = select(*_COLUMNS).join(Organization, Organization.id == Video.organization_id)
    return joined.outerjoin(User, User.id == Video.author_id)
