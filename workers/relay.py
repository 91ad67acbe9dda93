"""The relay's thread in the worker's parent: woken by Redis, else every second; it has no fixed leader."""

import os
import platform
import threading
from contextlib import suppress
from functools import partial
from typing import Final
from uuid import uuid4

import structlog
from celery import Celery
from flask import Flask
from kombu.exceptions import OperationalError
from sqlalchemy.exc import SQLAlchemyError

from app.clients import jail, redis
from app.services import job_service, relay_service
from app.services.relay_service import Due, WorkerCard
from config import settings

log = structlog.get_logger("marquee.relay")
TICK_S: Final = 1.0
_BROKER_ERRORS: Final = (OperationalError, OSError)


class Relay:
    """Publishes due jobs and watches over this worker's own."""

    def __init__(self, app: Flask) -> None:
        self.worker_id = uuid4()
        self._app = app
        self._stopping = threading.Event()
        self._missing: set[int] = set()

    def register(self) -> None:
        """Makes the worker known before it takes its first message."""
        card = WorkerCard(
            id=self.worker_id,
            host=platform.node(),
            process_id=os.getpid(),
            slots=settings.worker_slots,
            cores=settings.worker_cores,
            jail=jail.jail_status(),
        )
        with self._app.app_context():
            relay_service.register(card)

    def start(self, celery: Celery) -> None:
        """Begins to publish."""
        threading.Thread(target=self._run, args=(celery,), name="relay", daemon=True).start()

    def stop(self) -> None:
        """Gives this worker's jobs back. Called in a signal handler, so the work is left to a thread."""
        if not self._stopping.is_set():
            self._stopping.set()
            threading.Thread(target=self._drain, name="drain").start()

    def _run(self, celery: Celery) -> None:
        publish = partial(self._publish, celery)
        for _ in redis.messages([job_service.WAKE_CHANNEL], wait_s=TICK_S):
            if self._stopping.is_set():
                return
            try:
                with self._app.app_context():
                    self._watch_children()
                    relay_service.each_tick(self.worker_id, publish)
            except SQLAlchemyError as error:
                log.warning("the relay waits for the database", cause=type(error).__name__)

    def _publish(self, celery: Celery, job: Due) -> bool:
        try:
            celery.send_task(job.kind, args=[str(job.id)], ignore_result=True)
        except _BROKER_ERRORS as error:
            log.warning("the broker is not there; the jobs wait", cause=type(error).__name__)
            return False
        return True

    def _watch_children(self) -> None:
        """Requeues the jobs of processes that are gone in two looks; one look may fall between claim and fork."""
        processes = relay_service.running_processes(self.worker_id)
        gone = {pid for pid in processes if not _exists(pid)}
        lost = [processes[pid] for pid in gone & self._missing]
        self._missing = gone
        if lost:
            log.warning("a worker process died", jobs=[str(job_id) for job_id in lost])
            relay_service.requeue_lost(lost, self.worker_id)

    def _drain(self) -> None:
        try:
            with self._app.app_context():
                relay_service.drain(self.worker_id)
        except SQLAlchemyError as error:
            log.warning("jobs are not given back; their leases expire", cause=type(error).__name__)


def _exists(process_id: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return False
    return True
