"""What watchers of a video hear of its progress: stage, percent, time left and place, and it never goes back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from redis import Redis

from app.database import db, transaction
from app.jobs import ENCODE_AUDIO, ENCODE_CHUNK, FINISH_VIDEO, PROCESS_VIDEO, JobKind
from app.models import Job, JobState, Organization, Processing, Video
from app.services import event_service, job_run, job_service
from app.services.job_run import JobRun
from app.services.video_pipeline import outcome, waiting
from app.services.video_pipeline.waiting import Line
from app.utils.ids import new_id
from app.utils.times import now
from tests.factories import make_job, make_organization, make_video, make_worker

pytestmark = pytest.mark.usefixtures("database")


class Ear:
    """Hears the ticks of one subject or all."""

    def __init__(self, redis_url: str) -> None:
        self._redis = Redis.from_url(redis_url)
        self._subscription = self._redis.pubsub()  # type: ignore[no-untyped-call]  # the library has no annotation there
        self._subscription.subscribe(event_service.TICK_CHANNEL)
        self._messages = self._subscription.listen()
        next(self._messages)  # it says that it listens

    def heard(self) -> list[dict[str, Any]]:
        """What was sent since it was last asked."""
        self._redis.publish(event_service.TICK_CHANNEL, b"enough")
        came = iter(lambda: next(self._messages)["data"], b"enough")
        return [orjson.loads(tick) for tick in came]

    def close(self) -> None:
        self._subscription.close()
        self._redis.close()


@pytest.fixture
def ear(redis_url: str) -> Iterator[Ear]:
    ear = Ear(redis_url)
    yield ear
    ear.close()


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch, patient_redis: None) -> None:
    del patient_redis
    monkeypatch.setattr(job_run, "PROGRESS_EVERY_S", 0)
    monkeypatch.setattr(waiting, "LOOK_EVERY_S", 0)


def playing_video(organization: Organization, parts: list[JobKind]) -> tuple[Video, list[JobRun]]:
    """A video that plays, and the running jobs of its parts."""
    parent = make_job(organization, PROCESS_VIDEO, state=JobState.RUNNING)
    columns: dict[str, Any] = {"percent": 10, "encoding_at": now() - timedelta(seconds=60)}
    video = make_video(organization, job_id=parent.id, processing=Processing.PLAYABLE, **columns)
    return video, [running_part(video, parent, kind) for kind in parts]


def running_part(video: Video, parent: Job, kind: JobKind) -> JobRun:
    token = new_id()
    columns = {"parent_id": parent.id, "subject": f"video:{video.id}", "lease_token": token}
    job = make_job(None, kind, state=JobState.RUNNING, **columns)
    return JobRun(job.id, kind, job.subject, video.organization_id, parent.id, {}, 1, token)


def test_a_tick_says_stage_percent_and_time_left(ear: Ear) -> None:
    with transaction():
        video, (first, _second) = playing_video(make_organization(), [ENCODE_CHUNK, ENCODE_CHUNK])

    outcome.tell_progress(first, 1.0)

    (tick,) = ear.heard()
    assert (tick["type"], tick["subject"]) == ("video.progress", f"video:{video.id}")
    assert tick["organization_id"] == str(video.organization_id)
    left_s = tick["data"].pop("eta_s")
    assert 60 <= left_s <= 70  # 42 of 90 percent took a minute
    assert tick["data"] == {
        "id": str(video.id),
        "state": "playable",
        "stage": "encoding",
        "percent": 52,
        "queue_position": None,
    }


def test_the_time_that_a_video_waits_for_others_does_not_count(ear: Ear) -> None:
    with transaction():
        video, (first, second) = playing_video(make_organization(), [ENCODE_CHUNK, ENCODE_CHUNK])
        video.playable_at, video.encoding_at = now() - timedelta(hours=1), None
    outcome.encoding_began(first)
    with transaction():
        began_at = db.session.get_one(Video, video.id, populate_existing=True).encoding_at

    outcome.encoding_began(second)
    outcome.tell_progress(first, 1.0)

    assert db.session.get_one(Video, video.id, populate_existing=True).encoding_at == began_at
    assert ear.heard()[0]["data"]["eta_s"] in {None, 0, 1}


def test_the_time_left_does_not_grow_while_nothing_runs() -> None:
    began_at = now() - timedelta(minutes=10)
    columns: dict[str, Any] = {"percent": 55, "encoding_at": began_at, "progress_at": began_at + timedelta(seconds=60)}
    with transaction():
        video = make_video(processing=Processing.PLAYABLE, **columns)

    assert outcome.eta_s(video) == 60  # half took a minute; the nine since say nothing
    video.percent, video.progress_at = 100, None
    assert outcome.eta_s(video) is None


@pytest.mark.parametrize("has_risen", [True, False], ids=["in the middle", "before the first percent"])
def test_what_a_lost_part_takes_twice_says_nothing_about_the_pace(has_risen: bool) -> None:  # noqa: FBT001 - a case
    began_at = now() - timedelta(minutes=11)
    with transaction():
        video, (lost, other) = playing_video(make_organization(), [ENCODE_CHUNK, ENCODE_CHUNK])
        video.encoding_at = began_at
        if has_risen:
            video.percent, video.progress_at = 53, began_at + timedelta(seconds=60)
        row = db.session.get_one(Job, lost.id)
        row.started_at, row.claimed_at = began_at, now() - timedelta(seconds=60)  # another worker began it again
        db.session.get_one(Job, other.id).progress = 1.0

    outcome.tell_progress(lost, 0.05)

    with transaction():
        video = db.session.get_one(Video, video.id, populate_existing=True)
    assert video.percent == 54
    left_s = outcome.eta_s(video)
    assert left_s is not None
    assert left_s == pytest.approx(63 if has_risen else 61, abs=3)


def test_parts_that_report_side_by_side_only_raise_it_and_what_changes_nothing_is_not_sent(ear: Ear) -> None:
    with transaction():
        video, (first, second, sound) = playing_video(make_organization(), [ENCODE_CHUNK, ENCODE_CHUNK, ENCODE_AUDIO])
    with transaction():
        db.session.get_one(Job, first.id).progress = 0.9
    outcome.tell_progress(second, 0.3)
    with transaction():
        db.session.get_one(Job, first.id).progress = 0.0  # its worker died; another begins anew

    for fraction in (0.31, 0.32, 0.4, 0.9):
        outcome.tell_progress(second, fraction)
    outcome.tell_progress(sound, 1.0)

    percents = [tick["data"]["percent"] for tick in ear.heard()]
    assert percents == [44, 63]
    assert db.session.get_one(Video, video.id, populate_existing=True).percent == 63


def test_the_last_step_tells_too_and_says_its_name(ear: Ear) -> None:
    with transaction():
        video, (finish,) = playing_video(make_organization(), [FINISH_VIDEO])
        video.encoding_at = None  # as of a film that is nothing but sound

    for percent in (96, 97, 97, 98):
        outcome.tell_finishing(finish, percent)

    told = [(tick["data"]["stage"], tick["data"]["percent"]) for tick in ear.heard()]
    assert told == [("finishing", 96), ("finishing", 97), ("finishing", 98)]
    assert db.session.get_one(Job, finish.id, populate_existing=True).progress == 0.6


def test_a_cancelled_video_s_parts_tell_nothing_more(ear: Ear) -> None:
    with transaction():
        video, (part,) = playing_video(make_organization(), [ENCODE_CHUNK])
    with transaction():
        db.session.get_one(Video, video.id).processing = Processing.CANCELLED

    outcome.tell_progress(part, 1.0)

    assert ear.heard() == []


def waiting_video(organization: Organization) -> UUID:
    job = make_job(organization, PROCESS_VIDEO)
    return make_video(organization, job_id=job.id).id


def test_who_waits_hears_a_place_that_only_gets_better(ear: Ear) -> None:
    with transaction():
        line = Line(make_worker().id)
        organization = make_organization()
        first, second = waiting_video(organization), waiting_video(organization)
    line.tell()
    line.tell()
    told = {UUID(tick["data"]["id"]): tick["data"] for tick in ear.heard()}
    with transaction():
        waiting_video(make_organization())  # whose first goes before another's second
    line.tell()
    unchanged = ear.heard()
    job_id = db.session.get_one(Video, first).job_id
    assert job_id is not None
    job_service.cancel(job_id)
    line.tell()

    assert {video_id: data["queue_position"] for video_id, data in told.items()} == {first: 1, second: 2}
    assert told[first]["state"] == "waiting"
    assert [tick["data"]["queue_position"] for tick in unchanged if tick["data"]["id"] == str(second)] == []
    assert [tick["data"]["queue_position"] for tick in ear.heard()] == [1]


def test_of_several_workers_the_oldest_speaks_for_all(ear: Ear) -> None:
    with transaction():
        old, young = make_worker(started_at=now() - timedelta(hours=1)), make_worker()
        make_worker(started_at=now() - timedelta(hours=2), seen_at=now() - timedelta(hours=1))
        waiting_video(make_organization())

    Line(young.id).tell()
    assert ear.heard() == []
    Line(old.id).tell()
    assert len(ear.heard()) == 1


def test_the_line_is_looked_at_every_two_seconds_only(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LOOK_EVERY_S", 60)
    with transaction():
        line = Line(make_worker().id)
        waiting_video(make_organization())
    line.tell()
    with transaction():
        waiting_video(make_organization())

    line.tell()

    assert len(ear.heard()) == 1
