"""The progressive file: made for the first who asks, by one job; the whole film, and gone when nobody asks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine

from app.clients import ffmpeg
from app.clients.stores import storage
from app.database import db, transaction
from app.jobs import MAKE_MP4, REMOVE_MP4S, JobKind
from app.models import Job, JobState, Processing, Publication, Video, Visibility
from app.permissions import Actor, Role
from app.services import job_run, job_service, video_service
from app.services.job_run import JobRun
from app.services.video_pipeline.material import media_key, video_prefix
from app.utils.times import now
from tests import clips
from tests.factories import make_video
from tests.support.pipeline import Pipeline, open_pipeline

DAY = timedelta(days=1)


@pytest.fixture
def pipeline(app: Flask, committed_database: Engine) -> Iterator[Pipeline]:
    del committed_database
    pipeline = open_pipeline(app)
    yield pipeline
    storage().delete_tree(f"videos/{pipeline.owner.organization_id}")


def test_the_first_who_asks_starts_one_job_and_then_gets_the_whole_film(
    pipeline: Pipeline, app: Flask, tmp_path: Path
) -> None:
    video_id = pipeline.upload(clips.make(tmp_path, "low_rate.mp4"))
    assert "video.mp4" not in pipeline.work_off()
    pipeline.publish(video_id)
    client, url = app.test_client(), f"/media/public/{video_id}/v1/video.mp4"

    refused = [client.get(url), client.get(url), client.get(url, headers={"Range": "bytes=0-1"})]
    made = pipeline.work_off()
    whole, part = client.get(url), client.get(url, headers={"Range": "bytes=4-7"})

    assert [answer.status_code for answer in refused] == [503, 503, 503]
    assert (refused[0].get_json()["code"], refused[0].headers["Retry-After"]) == ("mp4_being_made", "3")
    assert made == ["video.mp4"]
    assert (whole.status_code, part.status_code, part.data) == (200, 206, b"ftyp")
    assert whole.data.index(b"moov") < whole.data.index(b"mdat")
    assert whole.headers["Cache-Control"] == "public, max-age=86400"
    found = ffmpeg.probe(pipeline.folder(video_id) / "video.mp4", "mov,mp4,m4a,3gp,3g2,mj2")
    # The source heads this ladder, so it is not the best encoded rung (426x240) that is sent.
    assert found.video is not None
    assert found.video.shown_size == (640, 360)
    assert [sound.codec for sound in found.audio] == ["aac"]
    assert abs(found.duration_s - 4.0) < 0.1
    assert list(storage().path_of("work").glob("*")) == []


@pytest.mark.both_databases
def test_of_many_who_ask_at_once_one_starts_the_job(app: Flask, committed_database: Engine) -> None:
    del committed_database
    with transaction():
        made = make_video(
            processing=Processing.READY,
            ready_at=now(),
            publication=Publication.PUBLISHED,
            visibility=Visibility.PUBLIC,
        )
    url = f"/media/public/{made.id}/v1/video.mp4"

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: app.test_client().get(url).status_code, range(16)))

    assert answers == [503] * 16
    with transaction():
        assert len(jobs()) == 1


@pytest.fixture
def video(database: object) -> Iterator[Video]:
    """A public one that is ready, without any file."""
    del database
    made = make_video(
        processing=Processing.READY,
        ready_at=now(),
        publication=Publication.PUBLISHED,
        visibility=Visibility.PUBLIC,
    )
    yield made
    storage().delete_tree(video_prefix(made.organization_id, made.id))


def fetch(client: FlaskClient, video: Video) -> tuple[int, str | None]:
    answer = client.get(f"/media/public/{video.id}/v1/video.mp4")
    return answer.status_code, answer.get_json()["code"] if answer.status_code >= 400 else None


def jobs() -> list[Job]:
    found = select(Job).where(Job.kind == MAKE_MP4.name).order_by(Job.id)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def put_file(video: Video) -> str:
    key = media_key(video.organization_id, video.id, video.version, "video.mp4")
    storage().write_text(key, "a film")
    return key


def perform(kind: JobKind) -> None:
    job_run.work_of(kind)(JobRun(uuid4(), kind, None, None, None, {}, 1, uuid4()))


def test_what_nobody_asked_for_in_two_weeks_goes_and_comes_back_when_asked_for(
    client: FlaskClient, video: Video
) -> None:
    key = put_file(video)
    changed_at = video.updated_at
    assert fetch(client, video) == (200, None)
    db.session.refresh(video)
    assert video.mp4_used_at is not None
    assert video.updated_at == changed_at
    video.mp4_used_at -= 13 * DAY
    perform(REMOVE_MP4S)
    assert storage().exists(key)
    video.mp4_used_at -= 2 * DAY
    db.session.flush()
    changed_at = video.updated_at

    perform(REMOVE_MP4S)

    db.session.refresh(video)
    assert not storage().exists(key)
    assert video.mp4_used_at is None
    assert fetch(client, video) == (503, "mp4_being_made")
    assert len(jobs()) == 1
    assert video.updated_at == changed_at


def test_a_file_that_could_not_be_made_is_not_tried_by_everybody_who_asks(client: FlaskClient, video: Video) -> None:
    fetch(client, video)
    [job] = jobs()
    error = {"code": "internal", "class": "internal", "detail": "A bug.", "hint": "Report it.", "stage": "mp4"}
    with transaction():
        job_service.end(job, JobState.DEAD, error)

    assert fetch(client, video) == (503, "mp4_failed")
    assert len(jobs()) == 1

    job.finished_at = now() - timedelta(minutes=11)
    db.session.flush()
    assert fetch(client, video) == (503, "mp4_being_made")
    assert [job.state for job in jobs()] == [JobState.DEAD, JobState.QUEUED]


def test_nobody_starts_the_job_of_a_video_that_is_not_ready_or_not_theirs(client: FlaskClient, video: Video) -> None:
    video.ready_at = None
    db.session.flush()
    assert fetch(client, video) == (404, "not_found")
    video.ready_at, video.visibility = now(), Visibility.ORGANIZATION
    db.session.flush()

    assert fetch(client, video) == (404, "not_found")
    assert jobs() == []


def test_the_job_ends_with_its_video(client: FlaskClient, video: Video) -> None:
    fetch(client, video)
    owner = Actor(user_id=UUID(int=1), organization_id=video.organization_id, role=Role.OWNER)

    video_service.delete(owner, video.id, expected_revision=None)

    assert [job.state for job in jobs()] == [JobState.CANCELLED]
