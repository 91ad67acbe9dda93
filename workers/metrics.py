"""What the jobs of this worker took, for `/metrics` of this host's web processes."""

import os
import platform
import shutil
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from billiard.process import current_process

from app.services.job_attempt import Attempt
from config import settings

if TYPE_CHECKING:
    from prometheus_client import Histogram

_WAIT_BUCKETS_S: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)
_RUN_BUCKETS_S: Final = (0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)


class _Histograms(NamedTuple):
    waited: "Histogram"
    ran: "Histogram"


def open_folder() -> None:
    """Gives this worker's processes a folder for their figures, and removes those of workers that are gone."""
    all_workers = settings.metrics_dirs[1]
    all_workers.mkdir(parents=True, exist_ok=True)
    for folder in all_workers.glob(f"{platform.node()}:*"):
        if not _is_alive(folder):
            shutil.rmtree(folder, ignore_errors=True)
    own = all_workers / f"{platform.node()}:{os.getpid()}"
    own.mkdir(exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(own)  # noqa: TID251 - the library's only switch, read at import
    _histograms()  # imported before the forks, which share it


def observe(attempt: Attempt) -> None:
    """Counts one attempt of a job."""
    histograms = _histograms()
    labels = (attempt.kind.name, attempt.outcome.value)
    histograms.waited.labels(*labels).observe(attempt.waited_s)
    histograms.ran.labels(*labels).observe(attempt.ran_s)


@cache
def _histograms() -> _Histograms:
    from prometheus_client import Histogram, values  # noqa: PLC0415 - it reads where its files are at import

    # One file a slot, not one a process: the successor of a process that was replaced counts on.
    values.ValueClass = values.MultiProcessValue(_slot)  # type: ignore[no-untyped-call]  # the library has no annotation there
    labels = ("kind", "outcome")
    waited = Histogram(
        "marquee_job_wait_seconds", "From when a job was due to its start.", labels, buckets=_WAIT_BUCKETS_S
    )
    ran = Histogram("marquee_job_run_seconds", "What one attempt of a job took.", labels, buckets=_RUN_BUCKETS_S)
    return _Histograms(waited, ran)


def _slot() -> str:
    return f"slot{getattr(current_process(), 'index', 'none')}"


def _is_alive(folder: Path) -> bool:
    with suppress(ValueError, ProcessLookupError, PermissionError):
        os.kill(int(folder.name.rpartition(":")[2]), 0)
        return True
    return False
