"""A storage that runs full: nothing new comes in, and work on what is in waits without losing anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.engine import Engine

from app.clients.stores import storage
from app.database import db, transaction
from app.models import Job
from app.utils.times import now
from tests import clips
from tests.support.pipeline import Pipeline, open_pipeline


@pytest.fixture
def pipeline(app: Flask, committed_database: Engine) -> Iterator[Pipeline]:
    del committed_database
    pipeline = open_pipeline(app)
    yield pipeline
    storage().delete_tree(f"videos/{pipeline.owner.organization_id}")


def test_work_waits_for_room_at_every_stage_and_loses_no_attempt(
    pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video_id = pipeline.upload(clips.make(tmp_path, "low_rate.mp4"))
    seen: dict[str, tuple[int, str, str | None]] = {}

    def without_room_at_first(job: Job) -> None:
        is_new = job.kind not in seen and job.kind != "video.checksum"
        monkeypatch.setattr(storage(), "_reserve_bytes", 2**62 if is_new else 0)
        if is_new:
            seen[job.kind] = (0, "", None)

    while pipeline.work_off(before=without_room_at_first):
        for job in pipeline.waiting():
            seen[job.kind] = (job.attempt, (job.error or {})["code"], pipeline.video(video_id).stage)
            assert job.run_at > now()
            with transaction():
                db.session.execute(update(Job).where(Job.id == job.id).values(run_at=now()))

    assert seen == dict.fromkeys(
        ("video.process", "video.encode_chunk", "video.finish"), (0, "storage_low", "waiting_for_space")
    )
    video = pipeline.video(video_id)
    assert (video.processing, video.stage) == ("ready", None)
    assert [job.attempt for job in pipeline.jobs("video.finish")] == [1]
    assert list(storage().path_of("work").glob("*")) == []


def test_readiness_and_metrics_tell_of_it(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    before = client.get("/readyz").get_json()
    monkeypatch.setattr(storage(), "_reserve_bytes", 2**62)
    after = client.get("/readyz")

    assert before["storage"] == "ok"
    assert (after.status_code, after.get_json()["status"], after.get_json()["storage"]) == (200, "degraded", "low")
    assert 'marquee_storage_bytes{kind="free"}' in client.get("/metrics").get_data(as_text=True)
