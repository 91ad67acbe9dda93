"""Jobs as their organization's people see, cancel and retry them, and the same through a video."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event
from werkzeug.test import TestResponse

from app.database import db, transaction
from app.jobs import ENCODE_CHUNK, PROCESS_VIDEO, JobKind
from app.models import Event, Job, JobState, Organization, Processing, Rendition, RenditionState, Video
from app.permissions import Role
from app.services import job_service
from app.utils.times import now
from tests.api.conftest import Person
from tests.factories import make_job, make_organization, make_rendition, make_video
from tests.support.mail import send_queued

FAULT = {"code": "media_error", "class": "input", "stage": "probe", "detail": "It is broken.", "hint": "Export it."}


def organization_of(person: Person) -> Organization:
    return db.session.query(Organization).filter_by(slug=person.organization).one()


def job_of(person: Person, kind: JobKind = PROCESS_VIDEO, **columns: Any) -> Job:
    with transaction():
        return make_job(organization_of(person), kind, **columns)


def video_of(person: Person, state: JobState, processing: Processing) -> Video:
    job = job_of(person, state=state, error=FAULT if state is JobState.FAILED else None)
    with transaction():
        return make_video(organization_of(person), job_id=job.id, processing=processing, percent=40, errors=[FAULT])


def ids(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [job["id"] for job in answer.json["data"]]


def event_types() -> list[str]:
    return [event.type for event in db.session.query(Event).order_by(Event.seq)]


def test_the_list_is_newest_first_in_pages_and_holds_no_other_organization_s_jobs(ada: Person, bob: Person) -> None:
    jobs = [str(job_of(ada, created_at=now() + timedelta(seconds=second)).id) for second in range(5)]
    job_of(bob)

    first = ada.get("/jobs?limit=3")
    second = ada.get(f"/jobs?limit=3&cursor={first.json['page']['next_cursor']}")

    assert ids(first) + ids(second) == jobs[::-1]
    assert second.json["page"]["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=failed", ["failed"]),
        ("kind=video.encode_chunk", ["part"]),
        ("subject=video:1", ["failed"]),
        ("root=true", ["failed", "parent"]),
        ("state=queued&root=true", []),
        ("kind=no.such", []),
    ],
)
def test_the_list_is_narrowed_by_what_is_asked(ada: Person, query: str, found: list[str]) -> None:
    parent = job_of(ada, state=JobState.RUNNING)
    named = {
        "parent": parent,
        "part": job_of(ada, ENCODE_CHUNK, parent_id=parent.id),
        "failed": job_of(ada, state=JobState.FAILED, subject="video:1", error=FAULT),
    }
    names = {str(job.id): name for name, job in named.items()}

    assert sorted(names[job_id] for job_id in ids(ada.get(f"/jobs?{query}"))) == found
    assert ids(ada.get(f"/jobs?parent_id={parent.id}")) == [str(named["part"].id)]


@pytest.mark.parametrize("query", ["state=ended", "limit=101", "parent_id=x", "colour=red", "root=perhaps"])
def test_a_filter_that_makes_no_sense_is_refused(ada: Person, query: str) -> None:
    assert ada.get(f"/jobs?{query}").status_code == 422


def test_a_list_costs_the_same_number_of_queries_for_any_number_of_jobs(ada: Person, database: Connection) -> None:
    parent = job_of(ada, state=JobState.RUNNING)
    job_of(ada, ENCODE_CHUNK, parent_id=parent.id)
    statements: list[object] = []
    event.listen(database, "before_cursor_execute", lambda *about: statements.append(about))
    ada.get("/jobs")
    for_two = len(statements)
    for _ in range(10):
        job_of(ada, ENCODE_CHUNK, parent_id=job_of(ada, state=JobState.RUNNING).id)
    statements.clear()

    assert len(ids(ada.get("/jobs"))) == 20
    assert len(statements) == for_two


def test_a_parent_is_as_far_as_its_parts_and_says_when_it_may_be_done(ada: Person) -> None:
    parent = job_of(ada, state=JobState.RUNNING, started_at=now() - timedelta(hours=1))  # then its parts waited
    for state, progress in ((JobState.SUCCEEDED, 1.0), (JobState.RUNNING, 0.5), (JobState.QUEUED, 0.0)):
        job_of(ada, ENCODE_CHUNK, parent_id=parent.id, state=state, progress=progress)
    began_at = now() - timedelta(minutes=10)
    columns: dict[str, Any] = {"percent": 55, "encoding_at": began_at, "progress_at": began_at + timedelta(seconds=30)}
    with transaction():
        make_video(organization_of(ada), job_id=parent.id, processing=Processing.PLAYABLE, **columns)

    shown = ada.get(f"/jobs/{parent.id}").json

    assert shown["children"] == {"succeeded": 1, "running": 1, "queued": 1}
    assert shown["progress"] == 0.5
    assert shown["eta_s"] == 30
    assert shown["queue_position"] is None


def test_a_small_organization_s_first_job_stands_second_behind_a_large_one(ada: Person, bob: Person) -> None:
    send_queued()  # the letters of their sign-ups
    crowd = [job_of(ada) for _ in range(20)]
    single = job_of(bob)

    assert ada.get(f"/jobs/{crowd[0].id}").json["queue_position"] == 1
    assert bob.get(f"/jobs/{single.id}").json["queue_position"] == 2
    assert ada.get(f"/jobs/{crowd[-1].id}").json["queue_position"] == 21


def test_a_job_for_later_and_one_of_another_class_stand_in_nobody_s_way(ada: Person) -> None:
    later = job_of(ada, run_at=now() + timedelta(hours=1))
    job_of(ada, ENCODE_CHUNK)
    single = job_of(ada)

    assert ada.get(f"/jobs/{later.id}").json["queue_position"] is None
    assert ada.get(f"/jobs/{single.id}").json["queue_position"] == 1


def test_cancelling_ends_the_parts_too_and_again_changes_nothing(ada: Person) -> None:
    parent = job_of(ada, state=JobState.RUNNING, children_left=1)
    part = job_of(ada, ENCODE_CHUNK, parent_id=parent.id)

    first, second = (ada.post(f"/jobs/{parent.id}/cancel") for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json["state"] == "cancelled"
    assert ada.get(f"/jobs/{part.id}").json["state"] == "cancelled"
    assert event_types().count("job.cancelled") == 1


def test_what_has_succeeded_cannot_be_cancelled_nor_retried(ada: Person) -> None:
    job = job_of(ada, state=JobState.SUCCEEDED)

    assert ada.post(f"/jobs/{job.id}/cancel").json["code"] == "job_ended"
    assert ada.post(f"/jobs/{job.id}/retry").status_code == 409


def test_a_part_is_retried_with_its_whole_only(ada: Person) -> None:
    parent = job_of(ada, state=JobState.FAILED)
    part = job_of(ada, ENCODE_CHUNK, parent_id=parent.id, state=JobState.FAILED)

    assert ada.post(f"/jobs/{part.id}/retry").status_code == 409


@pytest.mark.parametrize("action", ["cancel", "retry"])
@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.EDITOR, 403), (Role.ADMIN, 200)])
def test_jobs_are_run_by_admins(
    ada: Person, give_role: Callable[[Person, Role], None], action: str, role: Role, status: int
) -> None:
    state = JobState.QUEUED if action == "cancel" else JobState.DEAD
    job = job_of(ada, ENCODE_CHUNK, state=state)
    give_role(ada, role)

    assert ada.post(f"/jobs/{job.id}/{action}").status_code == status
    assert ada.get("/jobs").status_code == 200


def test_another_organization_s_jobs_are_not_there(ada: Person, bob: Person) -> None:
    job = job_of(ada)

    assert [bob.post(f"/jobs/{job.id}/{action}").status_code for action in ("cancel", "retry")] == [404, 404]
    assert ada.get(f"/jobs/{job.id}").json["state"] == "queued"


def test_a_failed_attempt_is_kept_with_its_error(ada: Person) -> None:
    job = job_of(ada, state=JobState.RUNNING, attempt=1, claimed_at=now())
    with transaction():
        row = db.session.get_one(Job, job.id)
        job_service.note_failure(row, FAULT)
        job_service.requeue(row)

    (failure,) = ada.get(f"/jobs/{job.id}").json["failures"]

    assert (failure["attempt"], failure["error"]) == (1, FAULT)
    assert failure["started_at"] <= failure["ended_at"]


@pytest.mark.parametrize(
    ("state", "processing"),
    [(JobState.FAILED, Processing.FAILED), (JobState.CANCELLED, Processing.CANCELLED)],
)
@pytest.mark.parametrize("door", ["video", "job"])
def test_a_video_starts_over_through_either_door(
    ada: Person, state: JobState, processing: Processing, door: str
) -> None:
    video = video_of(ada, state, processing)
    job_of(ada, ENCODE_CHUNK, parent_id=video.job_id, state=JobState.CANCELLED, progress=0.5)
    with transaction():
        rendition = make_rendition(video, state=RenditionState.FAILED)

    answer = ada.post(f"/videos/{video.id}/retry" if door == "video" else f"/jobs/{video.job_id}/retry")
    shown = ada.get(f"/videos/{video.id}").json
    job = ada.get(f"/jobs/{video.job_id}").json

    assert answer.status_code == 200, answer.json
    assert shown["processing"] == {
        "state": "waiting",
        "stage": None,
        "percent": 0,
        "eta_s": None,
        "queue_position": 1,
    }
    assert shown["errors"] == []
    assert (job["state"], job["attempt"], job["error"], job["children"]) == ("queued", 0, None, {})
    assert db.session.get_one(Rendition, rendition.id, populate_existing=True).state == "queued"
    assert {"video.retried", "job.retried"} <= set(event_types())
    assert ada.post(f"/videos/{video.id}/retry").status_code == 409


@pytest.mark.parametrize("door", ["video", "job"])
def test_a_video_is_cancelled_through_either_door(ada: Person, door: str) -> None:
    video = video_of(ada, JobState.QUEUED, Processing.WAITING)
    path = f"/videos/{video.id}/cancel" if door == "video" else f"/jobs/{video.job_id}/cancel"

    answers = [ada.post(path).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert ada.get(f"/videos/{video.id}").json["processing"]["state"] == "cancelled"
    assert ada.get(f"/jobs/{video.job_id}").json["state"] == "cancelled"
    assert event_types().count("video.cancelled") == 1


def test_a_ready_video_cannot_be_cancelled(ada: Person) -> None:
    video = video_of(ada, JobState.SUCCEEDED, Processing.READY)

    answer = ada.post(f"/videos/{video.id}/cancel")

    assert (answer.status_code, answer.json["code"]) == (409, "not_processing")


def test_an_editor_cancels_and_retries_videos_and_a_viewer_does_not(
    ada: Person, give_role: Callable[[Person, Role], None]
) -> None:
    video = video_of(ada, JobState.QUEUED, Processing.WAITING)
    give_role(ada, Role.VIEWER)
    refused = [ada.post(f"/videos/{video.id}/{action}").status_code for action in ("cancel", "retry")]
    give_role(ada, Role.EDITOR)

    assert refused == [403, 403]
    assert [ada.post(f"/videos/{video.id}/{action}").status_code for action in ("cancel", "retry")] == [200, 200]


def test_the_job_of_a_deleted_video_is_not_retried(ada: Person) -> None:
    job = job_of(ada, state=JobState.FAILED, subject="video:gone")

    assert ada.post(f"/jobs/{job.id}/retry").status_code == 409


def test_jobs_of_no_organization_are_nobody_s(ada: Person) -> None:
    with transaction():
        job = make_job()
        make_job(make_organization())

    assert ada.get(f"/jobs/{job.id}").status_code == 404
    assert ids(ada.get("/jobs")) == []
