"""Files and the rows that they belong to: deletes what is gone, and sweeps up what nothing refers to."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app import dialect
from app.clients.disk import StorageFull
from app.clients.storage import WORK
from app.clients.stores import storage
from app.database import db, read_connection
from app.errors import InsufficientStorage
from app.jobs import DELETE_FILES, SWEEP_FILES
from app.models import UNFINISHED_UPLOADS, Image, Job, JobState, Organization, Upload, Video
from app.services import job_run
from app.services.image_files import IMAGES
from app.services.job_run import JobRun
from app.services.video_pipeline.material import VIDEOS
from app.utils.ids import id_of

ORPHANED_AFTER_S: Final = 24 * 3600
"""A multipart upload under way has files and no row yet; nobody writes to one that is untouched for so long."""
WORK_LEFT_AFTER_S: Final = 3600
_AT_ONCE: Final = 500


def register() -> None:
    """Registers the work of the storage jobs."""
    job_run.does(DELETE_FILES, delete_files)
    job_run.does(SWEEP_FILES, sweep_files)


@contextmanager
def kept_with_its_row(undo: Callable[[], object], *, what: str) -> Iterator[None]:
    """A block that stores a file and then commits the row that names it: if it fails, `undo` removes what it stored.

    A commit whose answer was lost may have come about: the file stays then, and is an orphan if no row names it (see
    `storage_audit`; `storage.sweep` takes whole folders by itself). Raises `InsufficientStorage` in the place of
    `StorageFull`.
    """
    try:
        yield
    except BaseException as error:
        if not dialect.is_passing(error):
            undo()
        if isinstance(error, StorageFull):
            raise InsufficientStorage(f"There is no room for {what} right now.") from None
        raise


def delete_files(job: JobRun) -> None:
    """Removes everything stored under a prefix, and what jobs on the same subject left of their work; again is fine.

    A job that was cancelled after its process was killed has no later attempt that would tidy up.
    """
    storage().delete_tree(str(job.arguments["prefix"]))
    for job_id in job.read(lambda: db.session.scalars(select(Job.id).where(Job.subject == job.subject)).all()):
        storage().delete_work(str(job_id))


def sweep_files(job: JobRun) -> None:
    """Removes the files of videos and images that have no row, and the work directories of attempts that died.

    Names are read before rows, so that what comes into being meanwhile is no orphan. Organizations that the database
    does not know are left alone: one wrong DATABASE_URL must not cost anybody's films and pictures.
    """
    for organization_id in _known(map(id_of, storage().folders(VIDEOS))):
        _sweep(job, f"{VIDEOS}/{organization_id}", _owned, ORPHANED_AFTER_S)
    for organization_id in _known(map(id_of, storage().folders(IMAGES))):
        _sweep(job, f"{IMAGES}/{organization_id}", _images, ORPHANED_AFTER_S)
    _sweep(job, WORK, _at_work, WORK_LEFT_AFTER_S)


def _sweep(job: JobRun, prefix: str, in_use: Callable[[Sequence[UUID]], set[UUID]], untouched_s: float) -> None:
    """Removes the folders of a prefix whose ids nothing uses; a name that is no id is not ours to judge."""
    ids = sorted(filter(None, map(id_of, storage().folders(prefix))))
    for start in range(0, len(ids), _AT_ONCE):
        job.check()
        some = ids[start : start + _AT_ONCE]
        for unused in set(some) - in_use(some):
            if storage().untouched_s(f"{prefix}/{unused}") > untouched_s:
                storage().delete_tree(f"{prefix}/{unused}")


def _known(organization_ids: Iterable[UUID | None]) -> set[UUID]:
    with read_connection() as connection:
        return set(connection.execute(select(Organization.id)).scalars()).intersection(organization_ids)


def _owned(video_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids under which a video or an unfinished upload keeps its files."""
    videos = select(Video.id).where(Video.id.in_(video_ids))
    uploads = select(Upload.video_id).where(Upload.video_id.in_(video_ids), Upload.state.in_(UNFINISHED_UPLOADS))
    with read_connection() as connection:
        return set(connection.execute(videos.union(uploads)).scalars())


def _images(image_ids: Sequence[UUID]) -> set[UUID]:
    with read_connection() as connection:
        return set(connection.execute(select(Image.id).where(Image.id.in_(image_ids))).scalars())


def _at_work(job_ids: Sequence[UUID]) -> set[UUID]:
    query = select(Job.id).where(Job.id.in_(job_ids), Job.state == JobState.RUNNING, Job.lease_until.is_not(None))
    with read_connection() as connection:
        return set(connection.execute(query).scalars())
