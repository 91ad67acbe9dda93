"""How a video's processing shows: its states, events, percent, and what a bad end means for it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update

from app.database import Record, after_commit, db, transaction
from app.errors import Conflict
from app.jobs import COPY_VIDEO, ENCODE_AUDIO, ENCODE_CHUNK
from app.models import Job, JobState, Processing, Rendition, RenditionState, Video
from app.services import event_service
from app.services.job_run import JobRun, losable
from app.utils import pace
from app.utils.times import now

PROBED, PLAYABLE, ENCODED, DONE = 3, 10, 95, 100
PROBING, PREPARING, ENCODING, FINISHING = "probing", "preparing", "encoding", "finishing"
WAITS: Final = "waiting_for_space"
_ENCODING_KINDS: Final = (ENCODE_CHUNK.name, ENCODE_AUDIO.name, COPY_VIDEO.name)
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
    """The video of a processing job that starts over. Raises `Conflict` if it or its original is gone."""
    video = db.session.scalar(select(Video).where(Video.job_id == job.id).with_for_update())
    if video is None:
        raise Conflict("The video of this job is gone.")
    video.must_have_original()
    video.move_to(Processing.WAITING)
    video.stage, video.percent, video.errors = None, 0, []
    video.encoding_at = video.progress_at = None
    wanted = job.arguments.get("rungs")
    is_redone = Rendition.state != RenditionState.READY if wanted is None else Rendition.name.in_(wanted)
    fresh = update(Rendition).where(Rendition.video_id == video.id, is_redone).values(state=RenditionState.QUEUED)
    db.session.execute(fresh.execution_options(synchronize_session=False))
    record(video, "video.retried")


def waits_for_space(job: JobRun) -> None:
    """Shows that the work on a video waits until there is room on the storage."""
    is_at_work = Video.processing.not_in([Processing.READY, Processing.FAILED, Processing.CANCELLED])
    waits = update(Video).where(Video.id == job.subject_id, is_at_work, Video.stage != WAITS)
    with losable(), transaction():
        waiting = waits.values(stage=WAITS).returning(Video)
        video = db.session.scalar(waiting.execution_options(synchronize_session=False, populate_existing=True))
        if video is not None:
            after_commit(lambda: tell(video))


def encoding_began(job: JobRun) -> None:
    """Keeps when the first of a video's parts began, and that nothing waits for space any more."""
    own = update(Video).where(Video.id == job.subject_id).execution_options(synchronize_session=False)
    with losable(), transaction():
        db.session.execute(own.where(Video.encoding_at.is_(None)).values(encoding_at=now()))
        db.session.execute(own.where(Video.stage == WAITS).values(stage=ENCODING))


def tell_progress(job: JobRun, fraction: float) -> None:
    """Keeps how far a part is, and tells how far that brings the whole video: only when its percent rises."""
    job.progress(fraction)
    _rise(job, encoded_percent)


def tell_finishing(job: JobRun, percent: int) -> None:
    """Keeps how far the last step is, and tells it."""
    job.progress((percent - ENCODED) / (DONE - ENCODED))
    _rise(job, lambda _parent_id: percent, stage=FINISHING)


def _rise(job: JobRun, percent_of: Callable[[UUID | None], int], *, stage: str = ENCODING) -> None:
    with losable(), transaction():
        percent = percent_of(job.parent_id)
        # Parts report side by side: the row decides which of them brought something new.
        lower = select(Video).where(
            Video.id == job.subject_id, Video.percent < percent, Video.processing == Processing.PLAYABLE
        )
        video = db.session.scalar(lower.with_for_update().execution_options(populate_existing=True))
        if video is None:
            return
        moment = now()
        _leave_breaks_out(video, percent, moment)
        video.percent, video.stage, video.progress_at = percent, stage, moment
        db.session.flush()
        after_commit(lambda: tell(video))


def _leave_breaks_out(video: Video, percent: int, moment: datetime) -> None:
    """Lets a stretch in which a part was lost and begun again count as if it had gone on at the pace before.

    Neither the wait for the lost lease nor what is done twice says how long the rest will take.
    """
    if video.encoding_at is None:
        return
    since = video.progress_at or video.encoding_at
    again = select(func.max(Job.claimed_at)).where(
        Job.parent_id == video.job_id, Job.claimed_at > Job.started_at, Job.claimed_at > since
    )
    begun_again_at = db.session.scalar(again)
    if begun_again_at is None:
        return
    if video.progress_at is None or video.percent <= PLAYABLE:
        video.encoding_at = begun_again_at
        return
    grown = (percent - PLAYABLE) / (video.percent - PLAYABLE)
    video.encoding_at = pace.begun_without_break(video.encoding_at, video.progress_at, moment, grown=grown)


def tell(video: Video) -> None:
    """Sends a tick of how far a video is; outside of transactions, and losable."""
    left_s = eta_s(video)
    progress = Progress(video.processing, video.stage, video.percent, left_s)
    tell_of(video.id, video.organization_id, progress)


@dataclass(frozen=True, slots=True)
class Progress:
    """What a tick says, in the words of a video's `processing`."""

    state: Processing
    stage: str | None
    percent: int
    eta_s: int | None = None
    queue_position: int | None = None


def tell_of(video_id: UUID, organization_id: UUID, progress: Progress) -> None:
    """Sends a tick."""
    data = {"id": str(video_id), **asdict(progress)}
    event_service.tick("video.progress", subject=f"video:{video_id}", organization_id=organization_id, data=data)


def eta_s(video: Video | Record) -> int | None:
    """Seconds until a video that is encoded is ready, at the pace so far; None before, and while it is too early.

    The pace ends with the last progress: while a lost worker's lease runs out, the guess stays what it was.
    """
    if video.processing != Processing.PLAYABLE or video.encoding_at is None or video.progress_at is None:
        return None
    spent_s = (video.progress_at - video.encoding_at).total_seconds()
    return pace.eta_s(spent_s, (video.percent - PLAYABLE) / (DONE - PLAYABLE))


def encoded_percent(parent_id: UUID | None) -> int:
    """The video's percent from the progress of its parts."""
    parts = select(func.avg(Job.progress)).where(Job.parent_id == parent_id, Job.kind.in_(_ENCODING_KINDS))
    return PLAYABLE + int((ENCODED - PLAYABLE) * float(db.session.scalar(parts) or 0))
