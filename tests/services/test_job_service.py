"""Jobs as rows: claims, leases, fences, families and their ends."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.database import db, transaction
from app.dialect import utc_now_plus
from app.errors import Conflict, NotFound
from app.jobs import (
    CHECKSUM_VIDEO,
    COPY_VIDEO,
    DELETE_FILES,
    ENCODE_CHUNK,
    FINISH_VIDEO,
    PROCESS_VIDEO,
    JobKind,
)
from app.models import Event, Job, Organization
from app.permissions import Actor, Role
from app.schemas import job_schemas
from app.services import job_attempt, job_board, job_run, job_service, relay_service
from app.services.job_run import Fenced, JobFailed, JobRun
from app.services.job_service import JobRequest
from app.services.relay_service import WorkerCard
from app.utils.ids import new_id


class Desk:
    """An organization with jobs, and workers that exist as rows only."""

    def __init__(self) -> None:
        self.organization_id = self.new_organization("acme")
        self.worker_id = self.new_worker()

    def new_organization(self, slug: str) -> UUID:
        with transaction():
            organization = Organization(slug=slug, name=slug)
            db.session.add(organization)
        return organization.id

    def new_worker(self, *, slots: int = 4, cores: int = 2) -> UUID:
        card = WorkerCard(id=uuid4(), host="here", process_id=1, slots=slots, cores=cores, jail="unknown")
        relay_service.see(card)
        return card.id

    def enqueue(self, kind: JobKind = CHECKSUM_VIDEO, *, organization_id: UUID | None = None) -> UUID:
        with transaction():
            owner = organization_id or self.organization_id
            return job_service.enqueue(kind, JobRequest(subject=f"video:{new_id()}", organization_id=owner))

    def crowd(self, size: int, kind: JobKind) -> None:
        """Many jobs at once."""
        columns = {"kind": kind.name, "job_class": kind.job_class, "priority": kind.priority}
        with transaction():
            db.session.add_all(
                Job(organization_id=self.organization_id, max_attempts=5, run_at=utc_now_plus(0), **columns)
                for _ in range(size)
            )

    def claim(self, job_id: UUID) -> JobRun | None:
        return job_attempt.claim(job_id, worker_id=self.worker_id, process_id=1)

    def run(self, kind: JobKind = CHECKSUM_VIDEO) -> JobRun:
        job = self.claim(self.enqueue(kind))
        assert job is not None
        return job

    def family(self, size: int) -> tuple[JobRun, list[UUID]]:
        """A parent that waits for children."""
        parent = self.run(PROCESS_VIDEO)
        request = JobRequest(organization_id=self.organization_id, parent_id=parent.id)
        children: list[UUID] = []
        parent.wait_for_children(
            lambda: children.extend(job_service.enqueue(ENCODE_CHUNK, request) for _ in range(size)),
            continuation=FINISH_VIDEO,
        )
        return parent, children

    def let_lease_expire(self, job_id: UUID) -> None:
        self.set(job_id, lease_until=utc_now_plus(-1))

    def set(self, job_id: UUID, **values: object) -> None:
        with transaction():
            db.session.execute(update(Job).where(Job.id == job_id).values(**values))

    def row(self, job_id: UUID) -> Job:
        with transaction():
            return db.session.get_one(Job, job_id, populate_existing=True)

    def states(self, parent_id: UUID) -> list[tuple[str, str]]:
        with transaction():
            query = select(Job.kind, Job.state).where(Job.parent_id == parent_id).order_by(Job.id)
            return [(kind, state.value) for kind, state in db.session.execute(query)]

    def job_events(self) -> list[str]:
        with transaction():
            return list(db.session.scalars(select(Event.type).order_by(Event.seq)))


@pytest.fixture
def desk(committed_database: object) -> Iterator[Desk]:
    del committed_database
    desk = Desk()
    relay_service.tick()  # inserts the recurring jobs, which are not looked at here
    with transaction():
        db.session.execute(update(Job).values(state="succeeded"))
    yield desk
    db.session.remove()


def test_of_ten_deliveries_at_once_one_claims_the_job(desk: Desk, app: Flask) -> None:
    job_id = desk.enqueue()

    def deliver(_number: int) -> bool:
        with app.app_context():
            return desk.claim(job_id) is not None

    with ThreadPoolExecutor(10) as pool:
        claims = list(pool.map(deliver, range(10)))

    assert claims.count(True) == 1


def test_heavy_claims_at_once_never_exceed_the_cores_of_the_worker(desk: Desk, app: Flask) -> None:
    job_ids = [desk.enqueue(ENCODE_CHUNK) for _ in range(6)]

    def deliver(job_id: UUID) -> bool:
        with app.app_context():
            return desk.claim(job_id) is not None

    with ThreadPoolExecutor(6) as pool:
        claims = list(pool.map(deliver, job_ids))

    assert claims.count(True) == 2


def test_a_kind_with_a_bound_runs_once_per_worker(desk: Desk) -> None:
    first, second = desk.enqueue(COPY_VIDEO), desk.enqueue(COPY_VIDEO)

    assert desk.claim(first) is not None
    assert desk.claim(second) is None


def test_an_expired_lease_goes_back_to_the_queue_and_the_attempt_counts(desk: Desk) -> None:
    job = desk.run()
    desk.let_lease_expire(job.id)

    due = relay_service.tick()
    again = desk.claim(job.id)

    assert [one.id for one in due] == [job.id]
    assert again is not None
    assert again.attempt == 2


def test_what_an_outdated_lease_does_is_rolled_back(desk: Desk) -> None:
    old = desk.run()
    desk.let_lease_expire(old.id)
    relay_service.tick()
    new = desk.claim(old.id)

    with pytest.raises(Fenced):
        old.finish(lambda: desk.new_organization("from-the-old-lease"))
    with pytest.raises(Fenced):
        old.effect(lambda: desk.new_organization("from-the-old-lease"))

    assert new is not None
    assert desk.row(old.id).state == "running"
    with transaction():
        assert db.session.scalar(select(Organization.id).where(Organization.slug == "from-the-old-lease")) is None


def test_a_spent_job_ends_dead_when_its_lease_expires(desk: Desk) -> None:
    job = desk.run()
    desk.set(job.id, max_attempts=1)
    desk.let_lease_expire(job.id)

    relay_service.tick()

    assert desk.row(job.id).state == "dead"
    assert desk.job_events() == ["job.dead"]


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 2), (2, 8), (3, 32), (4, 128)])
def test_a_failure_that_may_pass_waits_longer_each_time(desk: Desk, attempt: int, seconds: int) -> None:
    job = desk.run()
    desk.set(job.id, attempt=attempt)

    job.settle(JobFailed("transient", "disk_full", "The disk is full."))

    row = desk.row(job.id)
    wait_s = (row.run_at - datetime.fromisoformat(row.failures[-1]["ended_at"])).total_seconds()
    assert row.state == "queued"
    assert seconds - 0.1 < wait_s < 4 * seconds
    assert desk.claim(job.id) is None  # however many messages of it are on their way


def test_of_a_job_that_is_retried_for_ever_the_last_failures_are_kept(desk: Desk) -> None:
    job_id = desk.enqueue()
    for number in range(30):
        job = desk.claim(job_id)
        assert job is not None
        job.settle(JobFailed("input", f"wrong_{number}", "It is wrong."))
        job_service.retry(job_id)

    assert [failure["error"]["code"] for failure in desk.row(job_id).failures] == [f"wrong_{n}" for n in range(10, 30)]


def test_the_fifth_failure_is_the_end(desk: Desk) -> None:
    job = desk.run()
    desk.set(job.id, attempt=5)

    job.settle(JobFailed("transient", "disk_full", "The disk is full."))

    assert desk.row(job.id).state == "dead"


def test_the_last_child_brings_the_continuation_and_that_ends_the_parent(desk: Desk) -> None:
    parent, children = desk.family(2)
    for child_id in children:
        child = desk.claim(child_id)
        assert child is not None
        child.finish()
    assert desk.states(parent.id)[-1] == ("video.finish", "queued")
    assert desk.row(parent.id).state == "running"

    with transaction():
        last_id = db.session.scalars(select(Job.id).where(Job.kind == "video.finish")).one()
    last = desk.claim(last_id)
    assert last is not None
    last.finish()

    assert desk.row(parent.id).state == "succeeded"
    assert desk.job_events() == ["job.succeeded"]


def test_a_parent_that_waits_holds_no_slot_and_is_never_swept(desk: Desk) -> None:
    parent, children = desk.family(1)

    due = relay_service.tick()

    assert [one.id for one in due] == children
    row = desk.row(parent.id)
    assert (row.state, row.lease_until, row.children_left) == ("running", None, 1)


def test_a_parent_without_children_goes_on_at_once(desk: Desk) -> None:
    parent, children = desk.family(0)

    assert children == []
    assert desk.states(parent.id) == [("video.finish", "queued")]


def test_children_outside_of_waiting_are_refused(desk: Desk) -> None:
    job = desk.run()

    with pytest.raises(RuntimeError), transaction():
        job_service.enqueue(ENCODE_CHUNK, JobRequest(parent_id=job.id))


def test_a_dead_child_ends_its_family(desk: Desk) -> None:
    parent, children = desk.family(3)
    child = desk.claim(children[1])
    assert child is not None

    child.settle(JobFailed("input", "not_a_video", "This is no video."))

    assert [state for _kind, state in desk.states(parent.id)] == ["cancelled", "failed", "cancelled"]
    row = desk.row(parent.id)
    assert (row.state, (row.error or {})["code"]) == ("failed", "not_a_video")
    assert desk.job_events() == ["job.failed"]


def test_cancelling_a_parent_cancels_its_running_children(desk: Desk) -> None:
    parent, children = desk.family(2)
    child = desk.claim(children[0])

    job_service.cancel(parent.id)

    assert child is not None
    with pytest.raises(Fenced):
        child.finish()
    assert [state for _kind, state in desk.states(parent.id)] == ["cancelled", "cancelled"]
    assert desk.row(parent.id).state == "cancelled"


def test_whoever_waits_for_a_kind_hears_of_its_bad_end_in_the_same_transaction(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[UUID, str]] = []
    monkeypatch.setattr(job_service, "_when_ended", {})
    job_service.when_ended(PROCESS_VIDEO, lambda job: heard.append((job.id, job.state)))
    cancelled, succeeded = desk.enqueue(PROCESS_VIDEO), desk.run(PROCESS_VIDEO)

    job_service.cancel(cancelled)
    succeeded.finish()

    assert heard == [(cancelled, "cancelled")]


def test_draining_gives_jobs_back_without_an_attempt_and_takes_no_more(desk: Desk) -> None:
    job = desk.run()

    relay_service.drain(desk.worker_id)

    row = desk.row(job.id)
    assert (row.state, row.attempt) == ("queued", 0)
    assert desk.claim(job.id) is None


def test_the_relay_publishes_what_finds_a_slot_and_leaves_one_to_light_jobs_and_one_to_urgent_ones(desk: Desk) -> None:
    heavy = [desk.enqueue(ENCODE_CHUNK) for _ in range(5)]
    assert {due.id for due in relay_service.tick()} == set(heavy[:2])

    light = [desk.enqueue(CHECKSUM_VIDEO) for _ in range(5)]
    assert [due.id for due in relay_service.tick()] == light[:1]

    urgent = [desk.enqueue(PROCESS_VIDEO) for _ in range(2)]
    assert [due.id for due in relay_service.tick()] == urgent[:1]


def test_a_small_organization_does_not_wait_behind_a_large_one(desk: Desk) -> None:
    for _ in range(20):
        desk.enqueue()
    small = desk.enqueue(organization_id=desk.new_organization("small"))

    due = [one.id for one in relay_service.tick()]

    assert len(due) == 3
    assert due[1] == small


@pytest.mark.parametrize(
    ("crowd", "single"),
    [(PROCESS_VIDEO, PROCESS_VIDEO), (ENCODE_CHUNK, ENCODE_CHUNK), (PROCESS_VIDEO, DELETE_FILES)],
    ids=["uploads", "chunks", "uploads before what is less urgent"],
)
def test_the_first_slot_that_500_jobs_of_one_organization_leave_is_another_s(
    desk: Desk, crowd: JobKind, single: JobKind
) -> None:
    desk.crowd(500, crowd)
    running = [desk.claim(due.id) for due in relay_service.tick()]
    small = desk.enqueue(single, organization_id=desk.new_organization("small"))

    assert relay_service.tick() == []
    assert running[0] is not None
    running[0].finish()

    assert [due.id for due in relay_service.tick()] == [small]


def test_what_nobody_claimed_is_published_again_with_growing_patience(desk: Desk) -> None:
    job_id = desk.enqueue()
    relay_service.tick()
    ages_s_and_counts = [(1.5, 1, 0), (2.5, 1, 1), (3.5, 2, 0), (4.5, 2, 1), (7.5, 9, 0), (8.5, 9, 1)]
    for age_s, count, published in ages_s_and_counts:
        desk.set(job_id, published_at=utc_now_plus(-age_s), publish_count=count)
        assert len(relay_service.tick()) == published, (age_s, count)


def test_what_could_not_be_sent_is_due_again(desk: Desk) -> None:
    job_id = desk.enqueue()

    relay_service.publish_due(lambda _due: False)

    assert desk.row(job_id).published_at is None
    assert [due.id for due in relay_service.tick()] == [job_id]


def test_retrying_starts_over_with_all_attempts(desk: Desk) -> None:
    job = desk.run()
    job.settle(JobFailed("input", "not_a_video", "This is no video."))

    job_service.retry(job.id)

    row = desk.row(job.id)
    assert (row.state, row.attempt, row.error, row.finished_at) == ("queued", 0, None, None)
    with pytest.raises(Conflict):
        job_service.retry(job.id)


def test_a_job_is_shown_to_its_organization_only(desk: Desk) -> None:
    parent, _children = desk.family(2)
    insider = Actor(user_id=new_id(), organization_id=desk.organization_id, role=Role.VIEWER)
    outsider = Actor(user_id=new_id(), organization_id=desk.new_organization("other"), role=Role.OWNER)

    shown = job_schemas.render(job_board.get(insider, parent.id))

    assert (shown["kind"], shown["state"], shown["children"]) == ("video.process", "running", {"queued": 2})
    with pytest.raises(NotFound):
        job_board.get(outsider, parent.id)


def test_progress_never_goes_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_run, "PROGRESS_EVERY_S", 0)
    job = desk.run()

    for fraction in (0.4, 0.2):
        job.progress(fraction)

    assert desk.row(job.id).progress == 0.4


def test_work_that_returns_after_its_time_is_up_has_not_succeeded(
    desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = desk.enqueue()

    assert _run_with(lambda job: job.stop(is_late=True), desk, app, monkeypatch, job_id).state == "queued"
    assert (desk.row(job_id).error or {})["code"] == "timeout"


def test_an_unknown_error_is_kept_without_its_text(desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(_job: JobRun) -> None:
        raise ValueError("/secret/path")

    row = _run_with(stumble, desk, app, monkeypatch, desk.enqueue())

    assert row.state == "queued"
    assert "secret" not in str(row.error)
    assert (row.error or {})["class"] == "internal"


def _run_with(
    work: Callable[[JobRun], None], desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch, job_id: UUID
) -> Job:
    monkeypatch.setitem(job_run._work, CHECKSUM_VIDEO.name, work)
    job_attempt.run(job_id, worker_id=desk.worker_id, process_id=1, open_context=app.app_context)
    return desk.row(job_id)
