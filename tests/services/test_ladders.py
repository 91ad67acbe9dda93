"""The ladder of a film: the rungs that its organization wants, what happens to a broken one, and to the original."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.engine import Engine

from app.clients.stores import storage
from app.database import db, transaction
from app.errors import Conflict, Invalid
from app.media import playlists
from app.models import Job, Organization, QuotaUsage
from app.services import job_service, quota_service, video_service
from app.services.video_pipeline import prepare
from app.services.video_pipeline.material import original_key
from tests import clips
from tests.support.pipeline import Pipeline, open_pipeline


@pytest.fixture
def pipeline(app: Flask, committed_database: Engine) -> Iterator[Pipeline]:
    del committed_database
    pipeline = open_pipeline(app)
    yield pipeline
    storage().delete_tree(f"videos/{pipeline.owner.organization_id}")


def settle(pipeline: Pipeline, **columns: object) -> None:
    """Changes the organization's settings."""
    with transaction():
        organization = db.session.get_one(Organization, pipeline.owner.organization_id)
        for name, value in columns.items():
            setattr(organization, name, value)


def hashes(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in folder.rglob("s*.m4s")}


def rungs_asked_for(pipeline: Pipeline) -> list[object]:
    return [job.arguments.get("rungs") for job in pipeline.jobs("video.encode_chunk")]


def test_a_spoilt_rung_fails_alone_and_only_its_spoilt_chunk_is_made_again(pipeline: Pipeline, tmp_path: Path) -> None:
    video_id = pipeline.upload(clips.make(tmp_path, "two_rungs.mp4"))
    before: dict[str, str] = {}

    def spoil_360(job: object) -> None:
        if getattr(job, "kind", "") == "video.finish":
            before.update(hashes(pipeline.folder(video_id)))
            (pipeline.folder(video_id) / "360" / "s00001.m4s").unlink()

    pipeline.work_off(before=spoil_360)

    video = pipeline.video(video_id)
    assert video.processing == "failed"
    assert [error["code"] for error in video.errors] == ["rendition_failed"]
    assert pipeline.renditions(video_id) == {"360": "failed", "240": "ready"}
    assert "240/playlist.m3u8" in pipeline.master(video_id)
    assert "360/playlist.m3u8" not in pipeline.master(video_id)

    video_service.retry(pipeline.owner, video_id, rung="360")
    assert pipeline.renditions(video_id) == {"360": "queued", "240": "ready"}
    assert "240/playlist.m3u8" in pipeline.master(video_id)
    pipeline.work_off()

    assert rungs_asked_for(pipeline) == [["360"]]
    assert pipeline.video(video_id).processing == "ready"
    assert pipeline.renditions(video_id) == {"360": "ready", "240": "ready"}
    assert "360/playlist.m3u8" in pipeline.master(video_id)
    assert hashes(pipeline.folder(video_id)) == before


def test_what_a_cancelled_life_made_is_not_made_again_and_plays_meanwhile(pipeline: Pipeline, tmp_path: Path) -> None:
    video_id = pipeline.upload(clips.make(tmp_path, "two_rungs.mp4"))
    seen: list[str] = []

    def cancel_before_finish(job: object) -> None:
        if getattr(job, "kind", "") == "video.finish":
            job_id = pipeline.video(video_id).job_id
            assert job_id is not None
            job_service.cancel(job_id)

    pipeline.work_off(before=cancel_before_finish)
    playable_at = pipeline.video(video_id).playable_at
    assert pipeline.video(video_id).processing == "cancelled"
    video_service.retry(pipeline.owner, video_id)
    pipeline.work_off(before=lambda job: seen.append(job.kind))

    assert seen == ["video.process", "video.finish"]
    assert pipeline.video(video_id).processing == "ready"
    assert pipeline.video(video_id).playable_at == playable_at


def test_a_rung_of_a_ready_film_whose_files_were_lost_comes_back(pipeline: Pipeline, tmp_path: Path) -> None:
    video_id = pipeline.upload(clips.make(tmp_path, "two_rungs.mp4"))
    pipeline.work_off()
    before = hashes(pipeline.folder(video_id))
    ready_at = pipeline.video(video_id).ready_at
    storage().delete_tree(str(pipeline.folder(video_id).relative_to(storage().path_of("videos").parent) / "240"))

    with pytest.raises(Invalid) as unknown:
        video_service.retry(pipeline.owner, video_id, rung="1080")
    with pytest.raises(Conflict):
        video_service.retry(pipeline.owner, video_id)
    video_service.retry(pipeline.owner, video_id, rung="240")
    pipeline.work_off()

    assert unknown.value.errors[0]["code"] == "unknown_rung"
    assert rungs_asked_for(pipeline) == [["240"]]
    video = pipeline.video(video_id)
    assert (video.processing, video.ready_at) == ("ready", ready_at)
    assert hashes(pipeline.folder(video_id)) == before

    with transaction():  # as a month later
        db.session.execute(delete(Job).where(Job.id == video.job_id))
    (pipeline.folder(video_id) / "360" / "s00002.m4s").unlink()
    video_service.retry(pipeline.owner, video_id, rung="360")
    pipeline.work_off()

    assert pipeline.video(video_id).processing == "ready"
    assert hashes(pipeline.folder(video_id)) == before


def stored_bytes(organization_id: UUID | None) -> int:
    with transaction():
        query = select(QuotaUsage.stored_bytes).where(QuotaUsage.organization_id == organization_id)
        return db.session.scalars(query).one()


def test_an_organization_chooses_its_rungs_and_lets_originals_go(pipeline: Pipeline, tmp_path: Path) -> None:
    settle(pipeline, video_rungs=["360"], keep_original=False)
    organization_id = pipeline.owner.organization_id
    assert organization_id is not None
    video_id = pipeline.upload(clips.make(tmp_path, "two_rungs.mp4"))
    assert stored_bytes(organization_id) > 0

    pipeline.work_off()
    [removal] = pipeline.jobs("storage.delete")
    pipeline.do(removal)

    video = pipeline.video(video_id)
    assert video.processing == "ready"
    assert pipeline.renditions(video_id) == {"360": "ready"}
    assert not storage().exists(original_key(organization_id, video_id))
    assert storage().exists(f"videos/{organization_id}/{video_id}/v1/360/playlist.m3u8")
    assert stored_bytes(organization_id) == 0
    assert quota_service.recount(lambda: None) == 0
    with pytest.raises(Conflict) as refused:
        video_service.retry(pipeline.owner, video_id, rung="360")
    assert refused.value.problem_code == "original_gone"
    video_service.delete(pipeline.owner, video_id, expected_revision=None)
    assert stored_bytes(organization_id) == 0


def test_a_copy_above_the_cap_plays_first_and_gives_its_place_to_a_rung_of_its_size(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    video_id = pipeline.upload(clips.make(tmp_path, "above_cap.mp4"))
    masters: dict[str, str] = {}

    def look(job: Job) -> None:
        if job.kind == "video.encode_chunk":
            masters["first"] = pipeline.master(video_id)
        if job.kind == "video.finish" and "spoilt" not in masters:
            (pipeline.folder(video_id) / "360" / "s00000.m4s").unlink()

    pipeline.work_off(before=look)
    masters["spoilt"] = pipeline.master(video_id)
    settle(pipeline, video_rungs=["240"])  # for later films: this one keeps its plan
    video_service.retry(pipeline.owner, video_id, rung="360")
    pipeline.work_off(before=look)

    assert "source/playlist.m3u8" in masters["first"]
    assert "source/playlist.m3u8" in masters["spoilt"]
    assert pipeline.video(video_id).processing == "ready"
    assert pipeline.renditions(video_id) == {"360": "ready", "240": "ready"}
    assert "360/playlist.m3u8" in pipeline.master(video_id)
    assert "source/playlist.m3u8" not in pipeline.master(video_id)


@pytest.mark.parametrize(("clip", "made"), [("above_cap.mp4", ["360"]), ("low_rate.mp4", [])])
def test_only_a_source_that_stays_in_the_ladder_stands_for_a_rung(
    clip: str, made: list[str], pipeline: Pipeline, tmp_path: Path
) -> None:
    settle(pipeline, video_rungs=["1080"])
    video_id = pipeline.upload(clips.make(tmp_path, clip))

    pipeline.work_off()

    stands = "source/playlist.m3u8" in pipeline.master(video_id)
    assert (list(pipeline.renditions(video_id)), stands) == (made, clip == "low_rate.mp4")


def test_an_opening_that_takes_long_is_made_to_its_end(
    pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "HAND_OVER_S", 0.0)
    video_id = pipeline.upload(clips.make(tmp_path, "mpeg4.mp4"))
    [job] = pipeline.jobs("video.process")

    pipeline.do(job)

    opening = (pipeline.folder(video_id) / "first" / "playlist.m3u8").read_text()
    assert sum(segment.duration_s for segment in playlists.read_segments(opening)) == pytest.approx(32, abs=0.5)
