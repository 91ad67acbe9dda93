"""Whatever a video's jobs are at when they are told to stop, they stop at once and leave nothing running or lying."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import Engine

from app.clients import ffmpeg, jailed
from app.clients.stores import storage
from app.database import transaction
from app.jobs import (
    CHECKSUM_VIDEO,
    COPY_VIDEO,
    ENCODE_AUDIO,
    ENCODE_CHUNK,
    FINISH_VIDEO,
    MAKE_MP4,
    PROCESS_VIDEO,
    JobKind,
)
from app.services import job_attempt, job_run, job_service
from app.services.job_run import Fenced, JobRun
from app.services.job_service import JobRequest
from tests import clips
from tests.support.pipeline import Pipeline, open_pipeline

ARGUMENTS = {ENCODE_CHUNK.name: {"index": 0, "start_s": 0, "duration_s": 20.0}}
STAGES = (PROCESS_VIDEO, COPY_VIDEO, ENCODE_AUDIO, ENCODE_CHUNK, CHECKSUM_VIDEO, FINISH_VIDEO, MAKE_MP4)


@pytest.fixture
def pipeline(app: Flask, committed_database: Engine) -> Iterator[Pipeline]:
    del committed_database
    storage().delete_tree("work")
    pipeline = open_pipeline(app)
    yield pipeline
    storage().delete_tree(f"videos/{pipeline.owner.organization_id}")


def claimed(pipeline: Pipeline, kind: JobKind, video_id: object) -> JobRun:
    with transaction():
        request = JobRequest(f"video:{video_id}", pipeline.owner.organization_id, ARGUMENTS.get(kind.name))
        job_id = job_service.enqueue(kind, request)
    run = job_attempt.claim(job_id, worker_id=pipeline.worker_id, process_id=os.getpid())
    assert run is not None
    return run


def children() -> list[str]:
    """The processes that this one started and that still run."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def test_every_stage_stops_when_told_to_and_leaves_nothing(pipeline: Pipeline, tmp_path: Path) -> None:
    video_id = pipeline.upload(clips.make(tmp_path, "two_rungs.mp4"))
    pipeline.work_off()
    before = children()

    for kind in STAGES:
        job = claimed(pipeline, kind, video_id)
        job.stop()
        with pytest.raises(Fenced):
            job_run.work_of(kind)(job)
        assert children() == before, kind.name
        assert list(storage().path_of("work").glob("*")) == [], kind.name

    assert pipeline.video(video_id).processing == "ready"


def test_a_probe_that_hangs_is_ended(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "film.mp4")
    before = children()

    with pytest.raises(jailed.Stopped):
        ffmpeg.probe(tmp_path / "film.mp4", "mov,mp4,m4a,3gp,3g2,mj2", stopped=lambda: True)

    assert children() == before
