"""Recurring work: the schedule, and that each kind of it removes what is past its time and nothing else."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from app.clients.stores import storage
from app.database import Base, db, transaction
from app.jobs import (
    CATALOGUE,
    FORGET_ANSWERS,
    FORGET_AUDIT,
    FORGET_EVENTS,
    FORGET_JOBS,
    FORGET_SESSIONS,
    FORGET_TOKENS,
    RENDER_POSTS,
    SCHEDULE,
    SWEEP_FILES,
    SWEEP_UPLOADS,
    JobKind,
)
from app.models import (
    AuditEntry,
    Event,
    IdempotencyKey,
    Job,
    JobState,
    OneTimeToken,
    Post,
    RefreshToken,
    Session,
    Upload,
    UploadState,
    Worker,
)
from app.services import job_run, relay_service, retention
from app.services.job_run import Fenced, JobRun
from app.utils.times import now
from config import settings
from tests.factories import (
    make_audit_entry,
    make_event,
    make_idempotency_key,
    make_image,
    make_job,
    make_one_time_token,
    make_organization,
    make_post,
    make_refresh_token,
    make_session,
    make_upload,
    make_user,
    make_video,
    make_worker,
)

pytestmark = pytest.mark.usefixtures("database")
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def run_of(kind: JobKind) -> JobRun:
    return JobRun(uuid4(), kind, None, None, None, {}, 1, uuid4())


def perform(kind: JobKind) -> None:
    job_run.work_of(kind)(run_of(kind))


def count(table: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def recurring_jobs() -> list[Job]:
    with transaction():
        return list(db.session.scalars(select(Job).where(Job.unique_key.is_not(None)).order_by(Job.kind)))


@pytest.mark.both_databases
def test_each_kind_of_the_schedule_becomes_one_job_a_period() -> None:
    with transaction():
        make_worker(slots=50)
    for _ in range(3):
        relay_service.tick()

    jobs = recurring_jobs()

    assert [job.kind for job in jobs] == sorted(kind.name for kind in SCHEDULE)
    assert {job.organization_id for job in jobs} == {None}


def test_the_next_period_brings_the_next_job() -> None:
    with transaction():
        make_worker()
    relay_service.tick()
    with transaction():
        for job in db.session.scalars(select(Job).where(Job.kind == FORGET_SESSIONS.name)):
            name, period = str(job.unique_key).split(":")
            job.unique_key = f"{name}:{int(period) - 1}"

    relay_service.tick()

    assert [job.kind for job in recurring_jobs()].count(FORGET_SESSIONS.name) == 2


def test_the_period_is_counted_by_the_database_s_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        make_worker()
    relay_service.tick()
    of_yesterday = time.time() - 86_400

    monkeypatch.setattr(time, "time", lambda: of_yesterday)
    relay_service.tick()

    assert len(recurring_jobs()) == len(SCHEDULE)


def test_recurring_work_is_light_and_gives_way_to_all_other_work() -> None:
    others = [kind.priority for kind in CATALOGUE.values() if kind not in SCHEDULE]

    assert {kind.queue for kind in SCHEDULE} == {"light"}
    assert min(kind.priority for kind in SCHEDULE) > max(others)
    assert all(sum(kind.back_off_s) < period_s for kind, period_s in SCHEDULE.items())


def test_sessions_that_are_over_go_with_their_tokens() -> None:
    user = make_user()
    for expires_at in (now() - SECOND, now() + DAY):
        make_refresh_token(make_session(user, expires_at=expires_at))

    perform(FORGET_SESSIONS)

    assert (count(Session), count(RefreshToken)) == (1, 1)


def test_uploads_that_have_expired_end_and_are_forgotten_a_month_later() -> None:
    old = make_upload(state=UploadState.EXPIRED, updated_at=now() - 31 * DAY)
    expired, open_ = make_upload(expires_at=now() - SECOND), make_upload()

    perform(SWEEP_UPLOADS)

    states = {row.id: row.state for row in db.session.query(Upload).populate_existing()}
    assert states == {expired.id: UploadState.EXPIRED, open_.id: UploadState.CREATED}
    assert old.id not in states


FORGOTTEN: dict[JobKind, tuple[type[Base], Callable[..., object], str, timedelta]] = {
    FORGET_TOKENS: (OneTimeToken, lambda **columns: make_one_time_token(make_user(), **columns), "expires_at", SECOND),
    FORGET_ANSWERS: (IdempotencyKey, make_idempotency_key, "expires_at", SECOND),
    FORGET_EVENTS: (Event, lambda **columns: make_event(make_organization(), 1, **columns), "occurred_at", 7 * DAY),
    FORGET_AUDIT: (AuditEntry, make_audit_entry, "occurred_at", 400 * DAY),
}
"""What each kind forgets: the table, how a row is made, and how old which time must be."""


@pytest.mark.parametrize("kind", FORGOTTEN, ids=lambda kind: kind.name)
def test_what_is_past_its_time_goes_and_the_rest_stays(kind: JobKind) -> None:
    table, make, column, age = FORGOTTEN[kind]
    make(**{column: now() - age - SECOND})
    kept: Any = make(**{column: now() - age + timedelta(minutes=1)})

    perform(kind)

    assert list(db.session.scalars(select(table))) == [kept]


def test_jobs_are_kept_for_a_month_recurring_ones_for_a_week_and_open_ones_for_ever() -> None:
    def ended(age: timedelta, **columns: Any) -> Job:
        return make_job(state=JobState.SUCCEEDED, finished_at=now() - age, **columns)

    ended(31 * DAY, parent_id=ended(31 * DAY).id)
    ended(8 * DAY, unique_key="events.forget:1")
    make_job(finished_at=now() - 31 * DAY, state=JobState.DEAD)
    kept = {
        ended(29 * DAY).id,
        ended(6 * DAY, unique_key="events.forget:2").id,
        make_job(created_at=now() - 40 * DAY, state=JobState.RUNNING).id,
    }

    perform(FORGET_JOBS)

    assert set(db.session.scalars(select(Job.id))) == kept


def test_the_job_by_which_a_video_can_be_retried_stays_with_it() -> None:
    organization = make_organization()
    jobs = [
        make_job(organization, state=state, finished_at=now() - 31 * DAY)
        for state in (JobState.FAILED, JobState.CANCELLED, JobState.SUCCEEDED)
    ]
    videos = [make_video(organization, job_id=job.id) for job in jobs]

    perform(FORGET_JOBS)

    for video in videos:
        db.session.refresh(video)
    assert [video.job_id for video in videos] == [jobs[0].id, jobs[1].id, None]


def test_the_job_by_which_an_image_can_be_made_stays_with_it() -> None:
    organization = make_organization()
    jobs = [
        make_job(organization, state=state, finished_at=now() - 31 * DAY)
        for state in (JobState.DEAD, JobState.SUCCEEDED)
    ]
    images = [make_image(organization, job_id=job.id) for job in jobs]

    perform(FORGET_JOBS)

    for image in images:
        db.session.refresh(image)
    assert [image.job_id for image in images] == [jobs[0].id, None]


def test_workers_that_are_long_gone_are_forgotten() -> None:
    make_worker(seen_at=now() - timedelta(hours=2))
    alive = make_worker()

    perform(FORGET_JOBS)

    assert list(db.session.scalars(select(Worker.id))) == [alive.id]


def test_rows_go_in_small_transactions_and_a_stop_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        make_idempotency_key(expires_at=now() - SECOND)
    job = run_of(FORGET_ANSWERS)
    looks = iter([False, True])
    monkeypatch.setattr(JobRun, "stopped", lambda _job: False)

    def check(_job: JobRun) -> None:
        if next(looks, False):
            raise Fenced

    monkeypatch.setattr(JobRun, "check", check)
    with pytest.raises(Fenced):
        job_run.work_of(FORGET_ANSWERS)(job)
    left = count(IdempotencyKey)
    perform(FORGET_ANSWERS)

    assert (left, count(IdempotencyKey)) == (3, 0)


@pytest.fixture
def files() -> Iterator[Callable[[str, float], Path]]:
    """Puts a file under a key, untouched for some hours."""
    made: list[str] = []

    def put(key: str, hours: float) -> Path:
        made.append("/".join(key.split("/")[:2]))
        storage().write_text(key, "x")
        path = storage().path_of(key)
        moment = time.time() - hours * 3600
        for touched in (path, *list(path.parents)[: len(key.split("/"))]):
            os.utime(touched, (moment, moment))
        return path

    yield put
    for prefix in made:
        storage().delete_tree(prefix)


def test_files_without_a_video_go_once_nobody_has_touched_them_for_a_day(
    files: Callable[[str, float], Path],
) -> None:
    organization = make_organization()
    video = make_video(organization)

    def file_of(video_id: UUID | str, hours: float) -> Path:
        return files(f"videos/{organization.id}/{video_id}/v1/master.m3u8", hours)

    owned, fresh, foreign = file_of(video.id, 99), file_of(uuid4(), 23), file_of("notes", 99)
    arriving = file_of(make_upload(organization).video_id, 99)
    given_up = file_of(make_upload(organization, state=UploadState.CANCELLED).video_id, 99)
    orphan = file_of(uuid4(), 25)

    perform(SWEEP_FILES)

    assert [path.exists() for path in (owned, arriving, fresh, foreign)] == [True, True, True, True]
    assert [path.exists() for path in (orphan, given_up)] == [False, False]


def test_files_without_an_image_go_too(files: Callable[[str, float], Path]) -> None:
    organization = make_organization()
    owned, orphan, foreign = (
        files(f"images/{owner}/{image_id}/made/full.jpg", 99)
        for owner, image_id in (
            (organization.id, make_image(organization).id),
            (organization.id, uuid4()),
            (uuid4(), uuid4()),
        )
    )

    perform(SWEEP_FILES)

    assert [path.exists() for path in (owned, orphan, foreign)] == [True, False, True]


def test_films_of_another_database_are_left_alone(files: Callable[[str, float], Path]) -> None:
    film = files(f"videos/{uuid4()}/{uuid4()}/original", 99)

    perform(SWEEP_FILES)

    assert film.exists()


def test_an_upload_that_still_grows_is_no_orphan(files: Callable[[str, float], Path]) -> None:
    folder = f"videos/{make_organization().id}/{uuid4()}"
    files(f"{folder}/v1/old", 99)
    growing = files(f"{folder}/original.part", 99)
    os.utime(growing)

    perform(SWEEP_FILES)

    assert growing.exists()


def test_work_directories_of_dead_attempts_go_and_those_of_running_ones_stay(
    files: Callable[[str, float], Path],
) -> None:
    at_work = make_job(state=JobState.RUNNING, lease_until=now() + DAY, lease_token=uuid4())
    dead = make_job(state=JobState.DEAD)
    paths = [files(f"work/{job_id}/a", hours) for job_id, hours in ((at_work.id, 9), (dead.id, 2), (uuid4(), 0.5))]

    perform(SWEEP_FILES)

    assert [path.exists() for path in paths] == [True, False, True]
    assert (settings.storage_dir / "work").is_dir()


def test_html_of_an_older_renderer_is_made_anew_and_nobody_sees_a_save() -> None:
    old = make_post(body_markdown="- [x] done", body_html="<p>stale</p>", renderer_version=1)
    new = make_post(body_markdown="*a*", body_html="<p>kept as it is</p>")
    seen = (old.revision, old.updated_at)

    perform(RENDER_POSTS)

    db.session.expire_all()
    assert 'type="checkbox"' in db.session.get_one(Post, old.id).body_html
    assert (old.revision, old.updated_at) == seen
    assert new.body_html == "<p>kept as it is</p>"
