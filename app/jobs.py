"""The catalogue of background jobs, and the schedule: what `app` enqueues by name and `workers` runs."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_MIB: Final = 1024**2
BACK_OFF_S: Final = (2, 8, 32, 128)
"""Seconds before the next attempt after the first, second, … failure that may pass by itself."""
URGENT: Final = 15
"""Up to this priority somebody waits for the job to begin; the others can wait for a slot."""
_NEXT_PERIOD: Final = (60,)
"""Recurring work tries once more; after that its next period comes."""


class JobClass(StrEnum):
    """Heavy jobs keep a core busy for seconds; light ones must never wait behind them."""

    LIGHT = "light"
    HEAVY = "heavy"


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of work. Lower `priority` runs first; `timeout_s` is wall time of one attempt.

    `memory_bytes` bounds the worker's own process; FFmpeg runs in processes whose limits follow the film (`ffmpeg.py`).
    `per_worker` bounds how many of the kind one worker runs at once (None: as many as its slots allow).
    """

    name: str
    job_class: JobClass = JobClass.LIGHT
    priority: int = 50
    timeout_s: int = 600
    memory_bytes: int = 512 * _MIB
    back_off_s: tuple[int, ...] = BACK_OFF_S
    per_worker: int | None = None

    @property
    def queue(self) -> str:
        return self.job_class.value

    @property
    def is_urgent(self) -> bool:
        return self.priority <= URGENT

    @property
    def max_attempts(self) -> int:
        return len(self.back_off_s) + 1


PROCESS_VIDEO: Final = JobKind("video.process", priority=10, timeout_s=900)
MAKE_POSTER: Final = JobKind("video.poster", priority=12, timeout_s=120, per_worker=1)
COPY_VIDEO: Final = JobKind("video.copy", priority=30, timeout_s=3600, per_worker=1)
ENCODE_AUDIO: Final = JobKind("video.encode_audio", JobClass.HEAVY, priority=39, timeout_s=7200)
ENCODE_CHUNK: Final = JobKind("video.encode_chunk", JobClass.HEAVY, priority=40, timeout_s=1800)
CHECKSUM_VIDEO: Final = JobKind("video.checksum", priority=60, timeout_s=3600)
FINISH_VIDEO: Final = JobKind("video.finish", priority=20, timeout_s=3600, memory_bytes=1024 * _MIB)
# Only what nobody can wait for goes before it: somebody sits before a player.
MAKE_MP4: Final = JobKind("video.mp4", priority=25, timeout_s=3600, per_worker=1, back_off_s=(2, 8))
# One at a time of a worker, so that a hundred of them leave a slot to a film that somebody waits for.
PROCESS_IMAGE: Final = JobKind("image.process", priority=12, timeout_s=120, per_worker=1)
PUBLISH: Final = JobKind("content.publish", priority=5, timeout_s=60)
# Mail servers ask strangers to come back after minutes, and may be down for an hour.
SEND_MAIL: Final = JobKind("mail.send", priority=15, timeout_s=120, back_off_s=(10, 60, 300, 900, 3600))
DELETE_FILES: Final = JobKind("storage.delete", priority=70, back_off_s=(2, 8, 32, 128, 3600))
DELETE_ORGANIZATION: Final = JobKind("organization.delete", priority=75, timeout_s=3600)

SWEEP_UPLOADS: Final = JobKind("uploads.sweep", priority=80, timeout_s=300, back_off_s=_NEXT_PERIOD)
FORGET_SESSIONS: Final = JobKind("sessions.forget", priority=80, timeout_s=300, back_off_s=_NEXT_PERIOD)
FORGET_TOKENS: Final = JobKind("tokens.forget", priority=80, timeout_s=300, back_off_s=_NEXT_PERIOD)
FORGET_ANSWERS: Final = JobKind("idempotency_keys.forget", priority=80, timeout_s=300, back_off_s=_NEXT_PERIOD)
FORGET_EVENTS: Final = JobKind("events.forget", priority=80, timeout_s=300, back_off_s=_NEXT_PERIOD)
FORGET_AUDIT: Final = JobKind("audit.forget", priority=80, timeout_s=300, back_off_s=_NEXT_PERIOD)
FORGET_JOBS: Final = JobKind("jobs.forget", priority=80, timeout_s=300, back_off_s=_NEXT_PERIOD)
RENDER_POSTS: Final = JobKind("posts.render", priority=85, timeout_s=1800, back_off_s=_NEXT_PERIOD)
FORGET_INVITATIONS: Final = JobKind("invitations.forget", priority=80, timeout_s=300, back_off_s=_NEXT_PERIOD)
RECOUNT_QUOTAS: Final = JobKind("quotas.recount", priority=85, timeout_s=1800, back_off_s=_NEXT_PERIOD)
FORGET_VIEWINGS: Final = JobKind("viewings.forget", priority=80, timeout_s=300, back_off_s=_NEXT_PERIOD)
REMOVE_MP4S: Final = JobKind("mp4s.remove", priority=85, timeout_s=1800, back_off_s=_NEXT_PERIOD)
SWEEP_FILES: Final = JobKind("storage.sweep", priority=90, timeout_s=1800, back_off_s=_NEXT_PERIOD)

CATALOGUE: Final[dict[str, JobKind]] = {
    kind.name: kind
    for kind in (
        PROCESS_VIDEO,
        MAKE_POSTER,
        COPY_VIDEO,
        ENCODE_AUDIO,
        ENCODE_CHUNK,
        CHECKSUM_VIDEO,
        FINISH_VIDEO,
        MAKE_MP4,
        PROCESS_IMAGE,
        PUBLISH,
        SEND_MAIL,
        DELETE_FILES,
        DELETE_ORGANIZATION,
        SWEEP_UPLOADS,
        FORGET_SESSIONS,
        FORGET_TOKENS,
        FORGET_ANSWERS,
        FORGET_EVENTS,
        FORGET_AUDIT,
        FORGET_JOBS,
        RENDER_POSTS,
        FORGET_INVITATIONS,
        RECOUNT_QUOTAS,
        FORGET_VIEWINGS,
        REMOVE_MP4S,
        SWEEP_FILES,
    )
}

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400
SCHEDULE: Final[dict[JobKind, int]] = {
    SWEEP_UPLOADS: 10 * _MINUTE_S,
    FORGET_SESSIONS: _HOUR_S,
    FORGET_TOKENS: _HOUR_S,
    FORGET_ANSWERS: _HOUR_S,
    FORGET_EVENTS: _HOUR_S,
    FORGET_AUDIT: _DAY_S,
    FORGET_JOBS: _HOUR_S,
    RENDER_POSTS: _HOUR_S,
    FORGET_INVITATIONS: _DAY_S,
    RECOUNT_QUOTAS: _DAY_S,
    FORGET_VIEWINGS: _HOUR_S,
    REMOVE_MP4S: _HOUR_S,
    SWEEP_FILES: _HOUR_S,
}
"""All recurring work: kind → period in seconds; one job a period of the database's clock, at its start."""
