"""The film as one progressive MP4: made when somebody asks for it, kept while it is used."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select, update

from app.clients import ffmpeg
from app.clients.disk import NoSuchFile
from app.clients.storage import StoredFile
from app.clients.stores import storage
from app.database import Record, db, read_connection, transaction
from app.errors import Unavailable
from app.jobs import MAKE_MP4
from app.media import commands
from app.models import OPEN_STATES, Job, JobState, Rendition, RenditionState, Video
from app.services import job_service
from app.services.job_run import JobRun
from app.services.job_service import JobRequest
from app.services.video_pipeline import material as m
from app.services.video_pipeline.material import Material
from app.utils.times import now
from config import settings

NAME: Final = "video.mp4"
ASK_AGAIN_S: Final = 3
"""As long as a worker takes for a film of half an hour; a longer one is asked for more than once."""
AFTER_A_FAILURE: Final = timedelta(minutes=10)
_NOTED_EVERY: Final = timedelta(days=1)
"""How exactly we know when a file was last asked for: so often at most its row is written."""
_AT_ONCE: Final = 100


def stored(video: Record, key: str) -> StoredFile:
    """The finished file of a video that is ready.

    Where there is none yet, one job begins to make it, however many ask. Raises `NoSuchFile` for a video that is not
    ready, `Unavailable` (`mp4_being_made`, `mp4_failed`) with the time to ask again.
    """
    if video.ready_at is None or not key.endswith(f"/v{video.version}/{NAME}"):
        raise NoSuchFile(key)
    try:
        found = storage().stat(key)
    except NoSuchFile:
        raise _being_made(video.id, video.organization_id) from None
    if video.mp4_used_at is None or video.mp4_used_at < now() - _NOTED_EVERY:
        _note_use(video.id)
    return found


def _being_made(video_id: UUID, organization_id: UUID) -> Unavailable:
    """Sees to it that a job is at work, and says when to ask again: who asks meanwhile costs one indexed read."""
    key = f"mp4:{video_id}"
    query = select(Job.state, Job.finished_at).where(Job.unique_key == key)
    with read_connection() as connection:
        job = connection.execute(query).first()
    if job is not None and job.state in {JobState.FAILED, JobState.DEAD} and job.finished_at > now() - AFTER_A_FAILURE:
        detail = "The file could not be made; it is tried again later."
        wait_s = int(AFTER_A_FAILURE.total_seconds())
        return Unavailable(detail, code="mp4_failed", headers={"Retry-After": str(wait_s)})
    if job is None or job.state not in OPEN_STATES:
        job_service.enqueue_once(MAKE_MP4, JobRequest(f"video:{video_id}", organization_id, unique_key=key))
    detail = "The file is made now, for the first who asks; ask again in a few seconds."
    return Unavailable(detail, code="mp4_being_made", headers={"Retry-After": str(ASK_AGAIN_S)})


def _note_use(video_id: UUID) -> None:
    """Who fetches it changes nothing of the video itself: neither its revision nor when it was last saved."""
    is_due = or_(Video.mp4_used_at.is_(None), Video.mp4_used_at < now() - _NOTED_EVERY)
    used = update(Video).where(Video.id == video_id, is_due).values(mp4_used_at=now(), updated_at=Video.updated_at)
    with transaction():
        db.session.execute(used.execution_options(synchronize_session=False))


def make(job: JobRun) -> None:
    """Joins the best picture and the sound, without encoding anything."""
    if not job.read(lambda: db.session.scalar(select(Video.id).where(Video.id == job.subject_id))):
        job.finish()  # it was deleted while this was being asked for
        return
    material = m.load(job)
    names = job.read(lambda: _best(material))
    # Twice: the renditions as single files, and the file that is made of them.
    room_bytes = 2 * sum(m.size_of(material, name) for name in names)
    with m.faults(job, "mp4"), storage().work_dir(str(job.id), room_bytes=room_bytes) as work:
        parts = [m.joined(job, material, name, work / f"{name}.mp4") for name in names]
        target = work / "made"
        target.mkdir()
        argv = commands.remux_mp4(parts, target / NAME)
        limits = m.limits(material.probed(), background=False)
        ffmpeg.run(argv, reads=parts, writes=target, limits=limits, stopped=job.stopped)

        def publish() -> None:
            # Behind the lock of the row: a video that was deleted meanwhile leaves no file.
            job.lock_subject(Video).mp4_used_at = now()
            storage().publish(target / NAME, material.key(NAME))

        job.finish(publish)


def _best(material: Material) -> list[str]:
    """The picture that the ladder is headed by, and the sound."""
    probe = material.probed()
    ready = select(Rendition.name).where(
        Rendition.video_id == material.video_id, Rendition.state == RenditionState.READY
    )
    rungs = list(db.session.scalars(ready.order_by(Rendition.position).limit(1)))
    if material.keeps_source or (material.is_copied and not rungs):
        rungs = [m.SOURCE]
    return [*rungs, *([m.AUDIO] if probe.audio else [])]


def remove_unused(check: Callable[[], None]) -> None:
    """Removes the files that nobody asked for in `MP4_KEPT_DAYS`; the next who asks gets a new one.

    The file goes before its row says so: a crash in between leaves a row that is put right by the next request.
    """
    is_unused = Video.mp4_used_at < now() - timedelta(days=settings.mp4_kept_days)
    query = select(Video.id, Video.organization_id, Video.version).where(is_unused).limit(_AT_ONCE)
    while True:
        check()
        with read_connection() as connection:
            unused = connection.execute(query).all()
        if not unused:
            return
        for video in unused:
            storage().delete(m.media_key(video.organization_id, video.id, video.version, NAME))
        gone = update(Video).where(Video.id.in_([video.id for video in unused]), is_unused)
        with transaction():
            values = {"mp4_used_at": None, "updated_at": Video.updated_at}
            db.session.execute(gone.values(values).execution_options(synchronize_session=False))
