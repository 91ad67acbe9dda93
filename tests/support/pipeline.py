"""The video pipeline worked off in this process, job by job, on a real database and with the real FFmpeg."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from app.clients.stores import storage
from app.database import db, transaction
from app.jobs import DELETE_FILES
from app.models import Job, JobState, Rendition, Video, Visibility
from app.permissions import Actor, Role
from app.services import quota_service, video_service
from app.services.reception import Received
from app.services.video_pipeline.material import original_key, video_prefix
from app.services.video_service import Origin
from app.utils.ids import new_id
from app.utils.times import now
from tests.factories import make_membership, make_worker
from tests.support.attempts import attempt


@dataclass
class Pipeline:
    """One organization, its owner, and a worker that is this process."""

    app: Flask
    owner: Actor
    worker_id: UUID

    def upload(self, clip: Path) -> UUID:
        """A stored file with its video, whose processing waits."""
        video_id = new_id()
        organization_id = self.owner.organization_id
        assert organization_id is not None
        with storage().sink(original_key(organization_id, video_id)) as target, clip.open("rb") as source:
            shutil.copyfileobj(source, target)
        size_bytes = clip.stat().st_size
        quota_service.reserve(organization_id, video_id, size_bytes)
        with transaction():
            video_service.add(Origin(video_id, organization_id, self.owner.user_id), Received(clip.name, size_bytes))
        return video_id

    def publish(self, video_id: UUID) -> None:
        """Lets everybody play it."""
        video_service.change(self.owner, video_id, {"visibility": Visibility.PUBLIC}, expected_revision=None)
        video_service.publish(self.owner, video_id, expected_revision=None)

    def work_off(self, *, before: Callable[[Job], object] = lambda _job: None) -> list[str]:
        """Does every due job of a video until none is left; returns their kinds in order."""
        done = []
        while (job := self._next()) is not None:
            before(job)
            done.append(job.kind)
            self.do(job)
        return done

    def do(self, job: Job) -> None:
        """One attempt of a job, due or not."""
        attempt(self.app, job.id, self.worker_id)

    def _next(self) -> Job | None:
        due = (Job.state == JobState.QUEUED, Job.run_at <= now(), Job.kind != DELETE_FILES.name)
        query = select(Job).where(*due, Job.subject.like("video:%")).order_by(Job.priority, Job.id).limit(1)
        with transaction():
            return db.session.scalar(query.execution_options(populate_existing=True))

    def waiting(self) -> list[Job]:
        """The jobs of videos that are queued for later."""
        with transaction():
            query = select(Job).where(Job.state == JobState.QUEUED, Job.subject.like("video:%"))
            return list(db.session.scalars(query.execution_options(populate_existing=True)))

    def video(self, video_id: UUID) -> Video:
        """The row as it stands now."""
        with transaction():
            return db.session.get_one(Video, video_id, populate_existing=True)

    def renditions(self, video_id: UUID) -> dict[str, str]:
        """The state of each rung."""
        query = select(Rendition.name, Rendition.state).where(Rendition.video_id == video_id)
        with transaction():
            return {name: state.value for name, state in db.session.execute(query.order_by(Rendition.position))}

    def folder(self, video_id: UUID) -> Path:
        """Where the media files of a video lie."""
        assert self.owner.organization_id is not None
        return storage().path_of(f"{video_prefix(self.owner.organization_id, video_id)}/v1")

    def jobs(self, kind: str) -> list[Job]:
        """All jobs of a kind."""
        with transaction():
            query = select(Job).where(Job.kind == kind).order_by(Job.id)
            return list(db.session.scalars(query.execution_options(populate_existing=True)))

    def master(self, video_id: UUID) -> str:
        """The master playlist as players get it."""
        return (self.folder(video_id) / "master.m3u8").read_text()


def open_pipeline(app: Flask) -> Pipeline:
    """On an empty, committed database."""
    with transaction():
        membership = make_membership(role=Role.OWNER)
        organization, user = membership.organization, membership.user
        worker_id = make_worker(slots=4, cores=2).id
        owner = Actor(
            user_id=user.id, organization_id=organization.id, organization_slug=organization.slug, role=Role.OWNER
        )
    return Pipeline(app, owner, worker_id)
