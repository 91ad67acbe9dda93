"""`flask storage audit`: what rows need and is not there, what is there and no row needs."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.engine import Engine

from app.clients.stores import storage
from app.services.video_pipeline.material import caption_key
from tests import clips
from tests.support.pipeline import Pipeline, open_pipeline


@pytest.fixture
def pipeline(app: Flask, committed_database: Engine) -> Iterator[Pipeline]:
    del committed_database
    for prefix in ("videos", "images", "work"):  # of tests before, whose rows are rolled back
        storage().delete_tree(prefix)
    pipeline = open_pipeline(app)
    yield pipeline
    storage().delete_tree("videos")


def audit(app: Flask, *arguments: str) -> tuple[Result, dict[str, Any]]:
    result = app.test_cli_runner().invoke(args=["storage", "audit", "--json", *arguments])
    return result, json.loads(result.stdout)


def put(key: str, age_h: float) -> str:
    storage().write_text(key, "bytes")
    moment = time.time() - age_h * 3600
    for path in (storage().path_of(key), storage().path_of(key).parent):
        os.utime(path, (moment, moment))
    return key


def test_files_and_rows_are_compared_both_ways(pipeline: Pipeline, app: Flask, tmp_path: Path) -> None:
    video_id = pipeline.upload(clips.make(tmp_path, "low_rate.mp4"))
    pipeline.work_off()
    organization_id = pipeline.owner.organization_id
    assert organization_id is not None
    whole, clean = audit(app)
    (pipeline.folder(video_id) / "source" / "s00000.m4s").unlink()
    (pipeline.folder(video_id).parent / "original").unlink()
    lost = [
        put(caption_key(organization_id, video_id, "abc"), 30),
        put(f"videos/{organization_id}/{uuid4()}/v1/master.m3u8", 30).removesuffix("/v1/master.m3u8"),
        put(f"work/{uuid4()}/part", 30).removesuffix("/part"),
    ]
    young = put(caption_key(organization_id, video_id, "new"), 1)

    broken, found = audit(app)
    table = app.test_cli_runner().invoke(args=["storage", "audit"])
    deleted, _ = audit(app, "--delete-orphans")

    assert (whole.exit_code, clean["missing"], clean["orphans"]) == (0, 0, 0)
    [account] = clean["accounts"]
    assert account["slug"] == pipeline.owner.organization_slug
    assert account["size_bytes"] > (tmp_path / "low_rate.mp4").stat().st_size
    assert (broken.exit_code, table.exit_code, deleted.exit_code) == (1, 1, 1)
    prefix = f"videos/{organization_id}/{video_id}"
    assert found["accounts"][0]["missing"] == [f"{prefix}/original", f"{prefix}/v1/source/s00000.m4s"]
    assert {orphan["key"] for orphan in [*found["work"], *found["accounts"][0]["orphans"]]} == set(lost)
    assert found["orphan_bytes"] == 15
    assert f"missing  {prefix}/original" in table.stdout
    assert [storage().path_of(key).exists() for key in lost] == [False, False, False]
    assert storage().exists(young)
    assert audit(app)[1]["orphans"] == 0


def test_a_database_that_fits_none_of_the_files_deletes_nothing(pipeline: Pipeline, app: Flask) -> None:
    del pipeline
    film = put(f"videos/{uuid4()}/{uuid4()}/original", 30)

    result, found = audit(app, "--delete-orphans")

    assert result.exit_code == 1
    assert "DATABASE_URL" in result.stderr
    assert found["orphans"] == 1
    assert storage().exists(film)
