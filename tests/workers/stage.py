"""Real workers as processes, and questions about what they did."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.sql.functions import FunctionElement

from app.database import db, read_connection, transaction
from app.jobs import CHECKSUM_VIDEO, JobKind
from app.models import Event, Job, Worker
from app.services import job_service
from app.services.job_service import JobRequest
from app.utils.ids import new_id
from config import settings
from config.env import PROJECT_DIR
from tests.support.as_installed import python_path
from tests.support.waiting import PATIENCE_S, wait_until

SHORT_LEASE = {"JOB_LEASE_S": "2"}
"""For tests in which a lease runs out; in the others it must not, however busy the machine is."""


@dataclass
class Stage:
    """One organization, its jobs, and the workers that a test starts."""

    organization_id: UUID
    folder: Path
    redis_url: str
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def diary(self) -> Path:
        return self.folder / "diary"

    def start_worker(self, app: str = "tests.workers.stage_app", **variables: str) -> "subprocess.Popen[bytes]":
        """Starts `celery -A … worker` in a process group of its own and waits until it is registered."""
        url = db.engine.url
        is_embedded = url.get_backend_name() == "sqlite"  # then it lies in DATA_DIR
        environment = {
            "DATABASE_URL": "" if is_embedded else url.render_as_string(hide_password=False),
            "DATA_DIR": str(settings.data_dir),
            "REDIS_URL": self.redis_url,
            "WORKER_CORES": "2",
            "JOB_LEASE_S": "30",
            "JOB_HEARTBEAT_S": "0.5",
            "LOG_LEVEL": "INFO",
            "PYTHONPATH": python_path(),
            **variables,
        }
        known = self.worker_ids()
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", app, "worker"],
                env={**os.environ, **environment},  # noqa: TID251 - a child process inherits it
                cwd=PROJECT_DIR,
                start_new_session=True,
                stderr=log,
                stdout=subprocess.DEVNULL,
            )
        self.workers.append(process)
        self.wait_until(lambda: self.worker_ids() - known)
        return process

    def worker_ids(self) -> set[UUID]:
        """The workers that are registered."""
        with read_connection() as connection:
            return set(connection.execute(select(Worker.id)).scalars())

    def enqueue(
        self,
        do: str | None = None,
        kind: JobKind = CHECKSUM_VIDEO,
        run_at: FunctionElement[datetime] | None = None,
        organization_id: UUID | None = None,
        **arguments: object,
    ) -> UUID:
        """A committed job that will do what is said, of the stage's organization or another."""
        document = {"do": do, "diary": str(self.diary), **arguments}
        with transaction():
            subject = f"video:{new_id()}"  # of no video: whoever waits for such jobs finds none
            request = JobRequest(subject, organization_id or self.organization_id, document, run_at=run_at)
            return job_service.enqueue(kind, request)

    def allow_attempts(self, job_id: UUID, number: int) -> None:
        """Fewer attempts than the catalogue's, to save time."""
        with transaction():
            db.session.execute(update(Job).where(Job.id == job_id).values(max_attempts=number))

    def job(self, job_id: UUID) -> Job:
        """The job's row as it stands now."""
        with transaction():
            return db.session.get_one(Job, job_id, populate_existing=True)

    def states_of_children(self, parent_id: UUID) -> list[str]:
        """In the order in which they were enqueued."""
        with read_connection() as connection:
            query = select(Job.state).where(Job.parent_id == parent_id).order_by(Job.id)
            return [state.value for state in connection.execute(query).scalars()]

    def wait_for(self, job_id: UUID, state: str) -> Job:
        """The job, once it is in the state."""
        self.wait_until(lambda: self.job(job_id).state == state)
        return self.job(job_id)

    def wait_until(self, condition: Callable[[], object], *, within_s: float = PATIENCE_S) -> float:
        """Seconds until the condition held; an assertion error says what the worker logged."""
        return wait_until(condition, within_s=within_s, poll_s=0.03, log=self.log)

    def executions(self) -> list[list[str]]:
        """Kind, attempt and process of each time a job's work began."""
        return [line.split() for line in self.diary.read_text().splitlines()] if self.diary.exists() else []

    def marks(self) -> list[str]:
        """The jobs whose effect happened."""
        query = select(Event.subject).where(Event.type == "test.done").order_by(Event.seq)
        with read_connection() as connection:
            return list(connection.execute(query).scalars())

    def log(self) -> str:
        """What the workers logged."""
        path = self.folder / "worker.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def end(self) -> None:
        """Ends every worker that still runs, with its children."""
        for process in self.workers:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
