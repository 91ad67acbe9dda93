"""The product's worker, whose heavy jobs do the work of the measurement."""

from collections.abc import Callable
from typing import Final

from app.jobs import ENCODE_CHUNK
from app.services import job_run
from app.services.job_run import JobRun
from benchmarks.nonblocking import deeds
from workers import app

__all__ = ["app"]

_DEEDS: Final[dict[str, Callable[[], object]]] = {"fibonacci": deeds.fibonacci, "transcode": deeds.transcode_as_a_job}


def _perform(job: JobRun) -> None:
    _DEEDS[job.arguments["deed"]]()
    job.finish(lambda: None)


job_run.does(ENCODE_CHUNK, _perform)
