"""The files of what is gone go too."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from app.clients.stores import storage
from app.errors import InsufficientStorage, Invalid
from app.jobs import DELETE_FILES, ENCODE_CHUNK
from app.models import JobState
from app.services import job_run, storage_service
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


def store(key: str, error: Exception) -> None:
    """Stores a file whose row then meets an error."""
    with storage_service.kept_with_its_row(lambda: storage().delete(key), what="this"):
        with storage().sink(key) as file:
            file.write(b"bytes")
        raise error


@pytest.fixture
def key() -> Iterator[str]:
    folder = f"videos/{uuid4()}"
    yield f"{folder}/file"
    storage().delete_tree(folder)


def test_a_file_goes_with_the_row_that_did_not_come_about(key: str) -> None:
    with pytest.raises(Invalid):
        store(key, Invalid("Not that."))

    assert not storage().exists(key)


def test_a_file_stays_where_the_answer_to_the_commit_of_its_row_was_lost(key: str) -> None:
    with pytest.raises(OperationalError):
        store(key, OperationalError("COMMIT", {}, psycopg.OperationalError("the connection is lost")))

    assert storage().exists(key)


def test_a_disk_that_fills_up_in_the_middle_is_said_and_leaves_nothing(key: str) -> None:
    part = storage().path_of(f"{key}.part")
    part.parent.mkdir(parents=True)
    part.symlink_to("/dev/full")

    with (
        pytest.raises(InsufficientStorage),
        storage_service.kept_with_its_row(lambda: storage().delete(key), what="this"),
        storage().sink(key) as file,
    ):
        file.write(b"bytes")

    assert list(part.parent.iterdir()) == []
