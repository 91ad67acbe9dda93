"""Posters that somebody sends: taken in, made anew in the jail, and shown in the place of the automatic one."""

from collections.abc import Callable
from typing import IO, Final
from uuid import UUID

from sqlalchemy import select

from app.clients import pictures
from app.clients.stores import storage
from app.database import db, transaction
from app.errors import Conflict
from app.jobs import MAKE_POSTER
from app.media.image_sizes import ENDINGS, full_name
from app.models import Job, Video
from app.permissions import Actor
from app.services import (
    image_processing,
    image_reception,
    job_run,
    job_service,
    quota_service,
    retention,
    storage_service,
    video_service,
)
from app.services.job_run import Fenced, JobRun
from app.services.job_service import JobRequest
from app.services.reception import Received
from app.services.video_pipeline import outcome
from app.services.video_pipeline.material import poster_key, poster_prefix
from app.services.video_service import VideoView
from app.utils.ids import new_id

_SENT: Final = "sent/original"
_SENT_FOLDER: Final = "sent"


def register() -> None:
    """Registers the work of the poster jobs, and what a bad end of one means."""
    job_run.does(MAKE_POSTER, make)
    job_service.when_ended(MAKE_POSTER, _ended)
    job_service.when_retried(MAKE_POSTER, _retried)


def put(
    actor: Actor,
    video_id: UUID,
    receive: Callable[[IO[bytes]], Received],
    *,
    announced_bytes: int | None,
    expected_revision: int | None,
) -> tuple[VideoView, UUID]:
    """Takes a poster in and enqueues its making; what is shown now stays until then. Of several the last one wins.

    Raises what `image_reception` raises, `TooLarge`, `InsufficientStorage`, or what `receive` raises for a body that is
    cut off; nothing stays then. Its room is held until it is made, and then counts as what was made of it.
    """
    organization_id = video_service.editable(actor, video_id)
    size_bytes = image_reception.bytes_to_expect(announced_bytes)
    upload_id = new_id()
    prefix = poster_prefix(organization_id, video_id, upload_id.hex)
    quota_service.reserve(organization_id, upload_id, size_bytes, is_film=False)

    def undo() -> None:
        quota_service.release(upload_id)
        storage().delete_tree(prefix)

    with storage_service.kept_with_its_row(undo, what="this picture"):
        storage().assert_room(size_bytes)
        with storage().sink(f"{prefix}/{_SENT}") as file:
            received = receive(file)
        header = image_reception.checked_header(f"{prefix}/{_SENT}", received.size_bytes)
        poster = f"{upload_id.hex}.{ENDINGS[header.format]}"
        with transaction():
            job_id = _want(actor, video_id, poster, expected_revision)
            quota_service.resize(upload_id, received.size_bytes, is_film=False)
            return video_service.get(actor, video_id), job_id


def _want(actor: Actor, video_id: UUID, poster: str, expected_revision: int | None) -> UUID:
    video = video_service.VIDEOS.owned(actor, video_id, expected_revision)
    video.poster_wanted = poster
    video.revision += 1
    db.session.flush()
    outcome.record(video, "video.updated")
    # A subject of its own: what is tidied up after it must not touch the work on the film.
    arguments = {"video_id": str(video_id), "poster": poster}
    return job_service.enqueue(MAKE_POSTER, JobRequest(_subject(poster), video.organization_id, arguments))


def delete(actor: Actor, video_id: UUID, *, expected_revision: int | None) -> None:
    """Goes back to the automatic poster, for every reader at once; none there is fine."""
    with transaction():
        video = video_service.VIDEOS.owned(actor, video_id, expected_revision)
        removed = {poster for poster in (video.poster, video.poster_wanted) if poster}
        if not removed:
            return
        video.poster = video.poster_wanted = None
        _count(video, 0)
        video.revision += 1
        db.session.flush()
        outcome.record(video, "video.updated")
        for poster in removed:
            _remove_later(video, poster)


def make(job: JobRun) -> None:
    """Makes the poster anew and shows it, if it is still the one that is wanted."""
    poster = str(job.arguments["poster"])
    organization_id, video_id = job.read(lambda: _place(job))
    prefix = poster_prefix(organization_id, video_id, poster)
    sent = storage().materialized(f"{prefix}/{_SENT}")
    with image_processing.faults(job), storage().work_dir(str(job.id)) as work, sent as source:
        header = image_processing.header_of(source)
        pictures.make(source, header.format, work, stopped=job.stopped, widths=())
        ending = ENDINGS[header.format]
        size_bytes = image_processing.keep(work / full_name(ending), poster_key(organization_id, video_id, poster))
    job.finish(lambda: _show(job, poster, size_bytes))


def _place(job: JobRun) -> tuple[UUID, UUID]:
    video = db.session.get(Video, UUID(job.arguments["video_id"]), populate_existing=True)
    if video is None:
        job.stop()
        raise Fenced
    return video.organization_id, video.id


def _show(job: JobRun, poster: str, size_bytes: int) -> None:
    video = _locked(job.arguments)
    quota_service.release(_upload_id(poster))
    if video is None:
        return
    if video.poster_wanted != poster:
        _remove_later(video, poster)
        return
    replaced, video.poster = video.poster, poster
    _count(video, size_bytes)
    db.session.flush()
    outcome.record(video, "video.updated")
    _remove_later(video, poster, _SENT_FOLDER)  # it says where and when the picture was taken
    if replaced is not None:
        _remove_later(video, replaced)


def _ended(job: Job) -> None:
    """The video of a poster that could not be made keeps what it shows."""
    video, poster = _locked(job.arguments), str(job.arguments["poster"])
    quota_service.release(_upload_id(poster))
    if video is None or video.poster == poster:
        return
    if video.poster_wanted == poster:
        video.poster_wanted = video.poster
    _remove_later(video, poster)


def _count(video: Video, size_bytes: int) -> None:
    """Counts the poster that somebody sent in the quota, by what was made of it, in the place of the one before."""
    quota_service.recharge(video.organization_id, before_bytes=video.poster_bytes, after_bytes=size_bytes)
    video.poster_bytes = size_bytes


def _retried(_job: Job) -> None:
    raise Conflict("What was sent is gone; send the picture again.", code="not_retriable")


def _locked(arguments: dict[str, str]) -> Video | None:
    query = select(Video).where(Video.id == UUID(arguments["video_id"])).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def _remove_later(video: Video, poster: str, *names: str) -> None:
    prefix = "/".join([poster_prefix(video.organization_id, video.id, poster), *names])
    retention.remove_files_later(_subject(poster), video.organization_id, prefix)


def _subject(poster: str) -> str:
    return f"poster:{_upload_id(poster)}"


def _upload_id(poster: str) -> UUID:
    return UUID(poster.partition(".")[0])
