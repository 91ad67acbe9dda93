"""No two transactions that touch a job and its video wait for each other in a circle."""

import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from app.database import db, transaction
from app.jobs import PROCESS_VIDEO
from app.models import Job, Organization, Video
from app.permissions import Actor, Role
from app.services import job_attempt, job_service, relay_service, video_service
from app.services.job_run import JobRun
from app.services.job_service import JobRequest
from app.services.relay_service import WorkerCard
from app.utils.ids import new_id
from tests.factories import make_membership, make_video


@pytest.fixture
def owner(committed_database: object) -> Iterator[Actor]:
    del committed_database
    with transaction():
        membership = make_membership(role=Role.OWNER)
    yield Actor(user_id=membership.user_id, organization_id=membership.organization_id, role=Role.OWNER)
    db.session.remove()


def _video_at_work(actor: Actor) -> tuple[Video, JobRun]:
    worker_id, video_id = uuid4(), new_id()
    relay_service.see(WorkerCard(id=worker_id, host="here", process_id=1, slots=4, cores=2, jail="unknown"))
    with transaction():
        organization = db.session.get_one(Organization, actor.organization_id)
        request = JobRequest(f"video:{video_id}", organization.id)
        video = make_video(organization, id=video_id, job_id=job_service.enqueue(PROCESS_VIDEO, request))
    assert video.job_id is not None
    run = job_attempt.claim(video.job_id, worker_id=worker_id, process_id=1)
    assert run is not None
    return video, run


def test_a_video_is_deleted_while_its_job_saves_something(owner: Actor, app: Flask) -> None:
    video, run = _video_at_work(owner)
    video_id, job_id = video.id, run.id
    outcome: list[BaseException | None] = []

    def delete() -> None:
        with app.app_context():
            try:
                video_service.delete(owner, video_id, expected_revision=None)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test shows it
                outcome.append(error)
            else:
                outcome.append(None)

    deleting = threading.Thread(target=delete)

    def save() -> None:  # holds the job's row by now
        deleting.start()
        deleting.join(0.5)
        locked = db.session.get_one(Video, video_id, with_for_update=True, populate_existing=True)
        locked.percent = 3

    run.effect(save)
    deleting.join()

    assert outcome == [None]
    with transaction():
        assert db.session.scalar(select(Job.state).where(Job.id == job_id)) == "cancelled"
        assert db.session.scalar(select(Video.id).where(Video.id == video_id)) is None
