"""How a video's processing shows: its states, events, percent, and what a bad end means for it."""

from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update

from app.database import after_commit, db, transaction
from app.errors import Conflict
from app.jobs import ENCODE_CHUNK
from app.models import Job, JobState, Processing, Rendition, RenditionState, Video
from app.services import event_service
from app.services.job_run import JobRun, losable

PROBED, PLAYABLE, ENCODED, DONE = 3, 10, 95, 100
_UNKNOWN: Final = {"code": "internal", "class": "internal", "stage": "", "detail": "It failed.", "hint": ""}


def record(video: Video, type_: str) -> None:
    """Adds the event to the open transaction."""
    event_service.record(
        type_,
        subject=f"video:{video.id}",
        scope=video.organization_id,
        organization_id=video.organization_id,
        data={"id": str(video.id), "title": video.title, "state": video.processing, "percent": video.percent},
    )


def processing_ended(job: Job) -> None:
    """The video of a processing job that failed, died or was cancelled; what plays already keeps playing."""
    video = db.session.scalar(select(Video).where(Video.job_id == job.id).with_for_update())
    if video is None or not video.is_unfinished:
        return
    if job.state is JobState.CANCELLED:
        video.move_to(Processing.CANCELLED)
        record(video, "video.cancelled")
        return
    video.move_to(Processing.FAILED)
    video.stage = None
    video.errors = [*video.errors, job.error or _UNKNOWN]
    record(video, "video.failed")


def processing_retried(job: Job) -> None:
    """The video of a processing job that starts over. Raises `Conflict` if it is gone."""
    video = db.session.scalar(select(Video).where(Video.job_id == job.id).with_for_update())
    if video is None:
        raise Conflict("The video of this job is gone.")
    video.move_to(Processing.WAITING)
    video.stage, video.percent, video.errors = None, 0, []
    fresh = update(Rendition).where(Rendition.video_id == video.id).values(state=RenditionState.QUEUED)
    db.session.execute(fresh.execution_options(synchronize_session=False))
    record(video, "video.retried")


def tell_progress(job: JobRun, fraction: float) -> None:
    """Keeps how far a chunk is, and tells who listens how far the whole video is; losable, and it only rises."""
    job.progress(fraction)
    video_id = UUID(str(job.subject).removeprefix("video:"))
    with losable(), transaction():
        percent = encoded_percent(job.parent_id)
        higher = update(Video).where(Video.id == video_id, Video.percent < percent).values(percent=percent)
        db.session.execute(higher.execution_options(synchronize_session=False))
        if job.organization_id is not None:
            organization_id = job.organization_id
            after_commit(lambda: tell(organization_id, video_id, percent, "encoding"))


def tell(organization_id: UUID, video_id: UUID, percent: int, stage: str) -> None:
    """Sends a progress tick."""
    data = {"id": str(video_id), "percent": percent, "stage": stage}
    event_service.tick("video.progress", subject=f"video:{video_id}", organization_id=organization_id, data=data)


def encoded_percent(parent_id: UUID | None) -> int:
    """The video's percent from the progress of its chunks."""
    chunks = select(func.avg(Job.progress)).where(Job.parent_id == parent_id, Job.kind == ENCODE_CHUNK.name)
    return PLAYABLE + int((ENCODED - PLAYABLE) * float(db.session.scalar(chunks) or 0))
