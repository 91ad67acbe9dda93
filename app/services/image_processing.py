"""The job behind an image: made anew in the jail, in the sizes that pages need, and what its end means."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import select

from app.clients import jailed, pictures
from app.clients.disk import NoSuchFile, StorageFull, StorageLow
from app.clients.pictures import Made
from app.clients.stores import storage
from app.database import db
from app.errors import Conflict
from app.jobs import PROCESS_IMAGE
from app.media.image_header import Header, NotAnImage, read_header
from app.media.image_sizes import full_name, narrower_name
from app.models import Image, ImageState, Job, JobState
from app.services import event_service, image_uses, job_run, job_service, quota_service, retention
from app.services.image_files import made_key, sent_key, sent_prefix
from app.services.job_run import Fenced, JobFailed, JobRun, no_space

_STAGE: Final = "make"
_CANCELLED: Final = {
    "code": "cancelled",
    "class": "input",
    "stage": _STAGE,
    "detail": "Somebody cancelled the making of this image.",
    "hint": "Retry its job, or send it again.",
}
_UNKNOWN: Final = {"code": "internal", "class": "internal", "stage": _STAGE, "detail": "It failed.", "hint": ""}


def register() -> None:
    """Registers the work of the image jobs, and what happens to an image whose job ends badly."""
    job_run.does(PROCESS_IMAGE, process)
    job_service.when_ended(PROCESS_IMAGE, _ended)
    job_service.when_retried(PROCESS_IMAGE, _retried)


def record(image: Image, type_: str) -> None:
    """Adds the event to the open transaction."""
    event_service.record(
        type_,
        subject=f"image:{image.id}",
        scope=image.organization_id,
        organization_id=image.organization_id,
        data={"id": str(image.id), "state": image.state, "width": image.width, "height": image.height},
    )


def process(job: JobRun) -> None:
    """Makes the files, then says so; a second attempt makes them again in the same places."""
    image = job.read(lambda: _found(job))
    sent = storage().materialized(sent_key(image.organization_id, image.id))
    with faults(job), storage().work_dir(str(job.id)) as work, sent as source:
        made = pictures.make(source, header_of(source).format, work, stopped=job.stopped)
        names = [full_name(image.ending), *map(narrower_name, made.widths)]
        size_bytes = sum(keep(work / name, made_key(image.organization_id, image.id, name)) for name in names)
    job.finish(lambda: _say_ready(job, made, size_bytes))


def _found(job: JobRun) -> Image:
    image = db.session.get(Image, job.subject_id, populate_existing=True)
    if image is None:
        job.stop()
        raise Fenced
    return image


def header_of(source: Path) -> Header:
    """What the head of a stored picture says."""
    try:
        return read_header(source.read_bytes())
    except NotAnImage as error:
        raise JobFailed("input", error.code, error.detail, stage=_STAGE) from None


def keep(made: Path, key: str) -> int:
    """Copies a file durably under its key, for what was sent is deleted after it; returns its size."""
    content = made.read_bytes()
    with storage().sink(key) as file:
        file.write(content)
    return len(content)


def _say_ready(job: JobRun, made: Made, size_bytes: int) -> None:
    image = job.lock_subject(Image)
    image.state, image.errors = ImageState.READY, []
    image.width, image.height, image.widths = made.width, made.height, list(made.widths)
    quota_service.recharge(image.organization_id, before_bytes=image.size_bytes, after_bytes=size_bytes)
    image.size_bytes = size_bytes
    db.session.flush()
    record(image, "image.ready")
    image_uses.render_again(image.id, image.organization_id)
    # What was sent says where and when a picture was taken; it goes in a job because a commit cannot delete a file.
    prefix = sent_prefix(image.organization_id, image.id)
    retention.remove_files_later(f"image:{image.id}", image.organization_id, prefix)


@contextmanager
def faults(job: JobRun) -> Iterator[None]:
    """Says what went wrong in the words of jobs."""
    try:
        yield
    except jailed.Stopped:
        job.check()
        raise Fenced from None
    except StorageLow:
        raise no_space(_STAGE) from None
    except StorageFull:
        raise JobFailed("transient", "storage_full", "The disk is full.", stage=_STAGE) from None
    except NoSuchFile:
        raise JobFailed("input", "no_file", "What was sent is gone.", hint="Send it again.", stage=_STAGE) from None
    except pictures.Unusable as error:
        raise JobFailed("input", error.code, error.detail, hint=error.hint, stage=_STAGE) from None
    except jailed.Failed as error:
        hint = "Export the picture again, for example as JPEG."
        if error.is_transient:
            raise JobFailed("transient", "media_error", error.detail, hint=hint, stage=_STAGE) from None
        raise JobFailed("input", "media_error", error.detail, hint=hint, stage=_STAGE) from None


def _ended(job: Job) -> None:
    """The image of a job that failed, died or was cancelled; what was sent stays, so that the job can be retried."""
    image = _image_of(job)
    if image is None or image.state is not ImageState.PROCESSING:
        return
    image.state = ImageState.FAILED
    image.errors = [_CANCELLED if job.state is JobState.CANCELLED else job.error or _UNKNOWN]
    record(image, "image.failed")


def _retried(job: Job) -> None:
    """The image of a job that starts over. Raises `Conflict` if it is gone."""
    image = _image_of(job)
    if image is None:
        raise Conflict("The image of this job is gone.")
    image.state, image.errors = ImageState.PROCESSING, []
    record(image, "image.retried")


def _image_of(job: Job) -> Image | None:
    return db.session.scalar(select(Image).where(Image.job_id == job.id).with_for_update())
