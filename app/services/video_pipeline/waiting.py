"""The line of videos that wait for a worker: tells each its place while that gets better."""

import time
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select

from app.database import read_connection
from app.jobs import PROCESS_VIDEO
from app.models import Job, JobState, Processing, Video
from app.services import job_order, relay_service
from app.services.video_pipeline import outcome
from app.services.video_pipeline.outcome import Progress

LOOK_EVERY_S: Final = 2.0
TOLD_AT_ONCE: Final = 100


class Line:
    """What one worker's relay told; of several workers the oldest speaks."""

    def __init__(self, worker_id: UUID) -> None:
        self._worker_id = worker_id
        self._told: dict[UUID, int] = {}
        self._look_at = 0.0

    def tell(self) -> None:
        """Sends a tick to each of the first hundred whose place got better; when it gets worse, nobody is told."""
        if time.monotonic() < self._look_at or not relay_service.is_oldest(self._worker_id):
            return
        self._look_at = time.monotonic() + LOOK_EVERY_S
        told: dict[UUID, int] = {}
        for video in _first():
            before = self._told.get(video.id)
            told[video.id] = place = min(video.position, before or video.position)
            if place != before:
                progress = Progress(Processing.WAITING, None, video.percent, queue_position=place)
                outcome.tell_of(video.id, video.organization_id, progress)
        self._told = told


def _first() -> list[Any]:
    """The videos that are next, with their places."""
    waits = select(Job.id).where(Job.kind == PROCESS_VIDEO.name, Job.state == JobState.QUEUED).limit(1)
    with read_connection() as connection:
        if connection.execute(waits).first() is None:
            return []
        return list(connection.execute(_places()))


def _places() -> Select[Any]:
    line = job_order.in_order().subquery()
    query = select(Video.id, Video.organization_id, Video.percent, line.c.position).join(
        line, line.c.id == Video.job_id
    )
    return query.where(Video.processing == Processing.WAITING).order_by(line.c.position).limit(TOLD_AT_ONCE)
