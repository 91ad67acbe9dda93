"""The catalogue of background jobs: what `app` enqueues by name and `workers` runs."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class JobClass(StrEnum):
    """Heavy jobs keep a core busy for seconds; light ones must never wait behind them."""

    LIGHT = "light"
    HEAVY = "heavy"


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of work. Lower `priority` runs first; `timeout_s` is wall time of one attempt.

    `per_worker` bounds how many of the kind one worker runs at once (None: as many as its slots allow).
    """

    name: str
    job_class: JobClass = JobClass.LIGHT
    priority: int = 50
    max_attempts: int = 5
    timeout_s: int = 600
    per_worker: int | None = None

    @property
    def queue(self) -> str:
        return self.job_class.value


BACK_OFF_S: Final = (2, 8, 32, 128)
"""Seconds before the next attempt after the first, second, … failure that may pass by itself."""

PROCESS_VIDEO: Final = JobKind("video.process", priority=10, timeout_s=900)
COPY_VIDEO: Final = JobKind("video.copy", priority=30, timeout_s=3600, per_worker=1)
ENCODE_AUDIO: Final = JobKind("video.encode_audio", JobClass.HEAVY, priority=39, timeout_s=7200)
ENCODE_CHUNK: Final = JobKind("video.encode_chunk", JobClass.HEAVY, priority=40, timeout_s=1800)
CHECKSUM_VIDEO: Final = JobKind("video.checksum", priority=60, timeout_s=3600)
FINISH_VIDEO: Final = JobKind("video.finish", priority=20, timeout_s=3600)
SEND_MAIL: Final = JobKind("mail.send", priority=15, timeout_s=120)
DELETE_FILES: Final = JobKind("storage.delete", priority=70, timeout_s=600)
CLEAN_UP: Final = JobKind("maintenance.clean_up", priority=80, timeout_s=300)

CATALOGUE: Final[dict[str, JobKind]] = {
    kind.name: kind
    for kind in (
        PROCESS_VIDEO,
        COPY_VIDEO,
        ENCODE_AUDIO,
        ENCODE_CHUNK,
        CHECKSUM_VIDEO,
        FINISH_VIDEO,
        SEND_MAIL,
        DELETE_FILES,
        CLEAN_UP,
    )
}

RECURRING: Final[dict[str, int]] = {CLEAN_UP.name: 3600}
"""Recurring work: kind → period in seconds; one job a period, by `unique_key = name:period`."""
