"""The relay's thread in the worker's parent: woken by Redis, else every second; it has no fixed leader."""

import os
import platform
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import structlog
from celery import Celery
from flask import Flask
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.clients import jail, redis
from app.services import health_service, job_service, relay_service
from app.services.relay_service import Due, WorkerCard
from app.services.video_pipeline.waiting import Line
from config import settings

log = structlog.get_logger("marquee.relay")
_ALL_ARE_BACK_S: Final = 4.0
"""After this everybody who lives has found the database again: 3 s a try to connect, every half second."""
_EARLY: Final = 0.9
"""A tick that a job woke leaves the worker's own affairs to the next second's, which may come a little early."""
_CLOCK_SKEW_S: Final = 2.0
_BROKER_ERRORS: Final = (OperationalError, RedisError, OSError)


class Relay:
    """Publishes due jobs and watches over this worker's own."""

    def __init__(self, app: Flask) -> None:
        self.worker_id = uuid4()
        self._app = app
        self._card: WorkerCard | None = None
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._line = Line(self.worker_id)
        self._missing: set[tuple[int, UUID]] = set()
        self._connected_at: float | None = None
        self._look_at = 0.0

    def register(self) -> None:
        """Makes the worker known before it takes its first message; without a database the thread does it."""
        self._card = WorkerCard(
            id=self.worker_id,
            host=platform.node(),
            process_id=os.getpid(),
            slots=settings.worker_slots,
            cores=settings.worker_cores,
            jail=jail.jail_status(),
        )
        try:
            with self._app.app_context():
                relay_service.see(self._card)
                _complain_of_clock()
        except SQLAlchemyError as error:
            log.warning("the worker waits for the database", cause=type(error).__name__)

    def start(self, celery: Celery) -> None:
        """Begins to publish."""
        threading.Thread(target=self._listen, name="relay-wake", daemon=True).start()
        threading.Thread(target=self._run, args=(celery,), name="relay", daemon=True).start()

    def stop(self) -> None:
        """Gives this worker's jobs back. Called in a signal handler, so the work is left to a thread."""
        if not self._stopping.is_set():
            self._stopping.set()
            threading.Thread(target=self._drain, name="drain").start()

    def leave(self) -> None:
        """The last act of the worker's parent."""
        with suppress(SQLAlchemyError), self._app.app_context():
            relay_service.leave(self.worker_id)

    def _listen(self) -> None:
        for message in redis.messages([job_service.WAKE_CHANNEL], wait_s=settings.relay_tick_s):
            if message is not None:  # many wake-ups during one tick make one more tick
                self._woken.set()

    def _run(self, celery: Celery) -> None:
        publish = partial(self._publish, celery)
        while not self._stopping.is_set():
            self._woken.wait(settings.relay_tick_s)
            self._woken.clear()
            try:
                with self._app.app_context():
                    self._tick(publish)
            except SQLAlchemyError as error:
                self._connected_at = None
                log.warning("the relay waits for the database", cause=type(error).__name__)
            except Exception:  # without this thread the worker would live on and never get another job
                log.exception("the relay stumbled")

    def _tick(self, publish: "partial[bool]") -> None:
        if self._stopping.is_set() or self._card is None:
            return
        if time.monotonic() >= self._look_at:
            relay_service.see(self._card)
            self._watch_children()
            self._look_at = time.monotonic() + settings.relay_tick_s * _EARLY
        relay_service.publish_due(publish, sweeps=self._has_let_others_extend())
        self._line.tell()

    def _has_let_others_extend(self) -> bool:
        """False right after the database was away: leases ran out with nobody able to extend them."""
        moment = time.monotonic()
        if self._connected_at is None:
            self._connected_at = moment
        return moment - self._connected_at >= min(settings.job_heartbeat_s, _ALL_ARE_BACK_S)

    def _publish(self, celery: Celery, job: Due) -> bool:
        # Celery itself would try for 6 s; the ping fails within 100 ms.
        if not redis.ping():
            return False
        try:
            celery.send_task(job.kind, args=[str(job.id)], ignore_result=True)
        except _BROKER_ERRORS as error:
            log.warning("the broker is not there; the jobs wait", cause=type(error).__name__)
            return False
        return True

    def _watch_children(self) -> None:
        """Requeues the jobs of processes that are gone in two looks: the first may see a job just ended."""
        processes = relay_service.running_processes(self.worker_id)
        gone = {(pid, job_id) for pid, job_id in processes.items() if not _exists(pid)}
        lost = dict(gone & self._missing)
        self._missing = gone
        if lost:
            log.warning("a worker process died", jobs=[str(job_id) for job_id in lost.values()])
            relay_service.requeue_lost(lost, self.worker_id)

    def _drain(self) -> None:
        try:
            with self._app.app_context():
                relay_service.drain(self.worker_id)
        except SQLAlchemyError as error:
            log.warning("jobs are not given back; their leases expire", cause=type(error).__name__)


def _complain_of_clock() -> None:
    """No lease depends on this host's clock, but the times of tokens and events do."""
    skew_s = health_service.clock_skew_s()
    if abs(skew_s) > _CLOCK_SKEW_S:
        log.warning("this host's clock differs from the database's", skew_s=round(skew_s, 1))


def _exists(process_id: int) -> bool:
    """Whether the child lives; one that waits to be reaped is dead."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(process_id)


def _is_zombie(process_id: int) -> bool:
    with suppress(OSError):  # macOS has no /proc
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return False
