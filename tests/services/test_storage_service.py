"""The files of what is gone go too."""

from uuid import uuid4

import pytest

from app.clients.stores import storage
from app.jobs import DELETE_FILES, ENCODE_CHUNK
from app.models import JobState
from app.services import job_run
from app.services.job_run import JobRun
from tests.factories import make_job

pytestmark = pytest.mark.usefixtures("database")


def test_with_a_video_s_files_goes_what_its_killed_jobs_left_of_their_work() -> None:
    subject, prefix = f"video:{uuid4()}", f"videos/{uuid4()}/{uuid4()}"
    killed = make_job(kind=ENCODE_CHUNK, subject=subject, state=JobState.CANCELLED)
    stranger = make_job(kind=ENCODE_CHUNK, subject=f"video:{uuid4()}", state=JobState.CANCELLED)
    kept = f"work/{stranger.id}/part.mp4"
    for key in (f"{prefix}/original", f"work/{killed.id}/part.mp4", kept):
        storage().write_text(key, "bytes")

    job_run.work_of(DELETE_FILES)(JobRun(uuid4(), DELETE_FILES, subject, None, None, {"prefix": prefix}, 1, uuid4()))

    assert not storage().path_of(prefix).exists()
    assert not storage().path_of(f"work/{killed.id}").exists()
    assert storage().exists(kept)
    storage().delete_tree("work")
