"""The catalogue of jobs, and the workers that the plain command starts."""

import re
from typing import Final

import pytest
from flask import Flask

from app.jobs import CATALOGUE, SCHEDULE, JobClass, JobKind
from app.services import job_run
from config.env import PROJECT_DIR

OPERATING: Final = (PROJECT_DIR / "docs" / "operating.md").read_text(encoding="utf-8")
every_kind = pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.name)


@pytest.fixture(scope="module")
def celery_conf(app: Flask) -> tuple[set[str], set[str], dict[str, dict[str, str]]]:
    """Registered tasks, consumed queues and routes of the app that `celery -A workers` finds."""
    del app  # it decided where Redis is
    from workers import app as celery_app  # noqa: PLC0415 - it connects to Redis, which runs only now

    celery_app.loader.import_default_modules()
    queues = {queue.name for queue in celery_app.conf.task_queues}
    return set(celery_app.tasks), queues, celery_app.conf.task_routes


@every_kind
def test_every_job_is_a_task_of_the_celery_app(
    kind: JobKind, celery_conf: tuple[set[str], set[str], dict[str, dict[str, str]]]
) -> None:
    tasks, _queues, _routes = celery_conf

    assert kind.name in tasks


@every_kind
def test_every_job_goes_to_a_queue_that_the_plain_command_consumes(
    kind: JobKind, celery_conf: tuple[set[str], set[str], dict[str, dict[str, str]]]
) -> None:
    _tasks, queues, routes = celery_conf

    assert routes[kind.name]["queue"] in queues


@every_kind
def test_every_job_has_work_to_do(kind: JobKind, app: Flask) -> None:
    del app  # it registers the work

    assert kind.name in job_run.registered_kinds()


@every_kind
def test_every_job_is_bounded(kind: JobKind) -> None:
    assert 0 < kind.timeout_s <= 2 * 3600
    assert 256 * 1024**2 <= kind.memory_bytes <= 2 * 1024**3
    assert kind.max_attempts >= 2
    assert list(kind.back_off_s) == sorted(kind.back_off_s)


@every_kind
def test_heavy_jobs_wait_behind_what_makes_a_video_play(kind: JobKind) -> None:
    if kind.job_class is JobClass.HEAVY:
        assert kind.priority > CATALOGUE["video.process"].priority


def test_recurring_jobs_are_in_the_catalogue_and_each_is_told_to_operators() -> None:
    periods = {600: "every 10 min", 3600: "hourly", 86_400: "daily"}
    table = re.findall(r"^\| `([a-z0-9_]+\.[a-z]+)` \|.*\| ([^|]+) \|$", OPERATING, re.MULTILINE)

    assert {kind.name for kind in SCHEDULE} <= set(CATALOGUE)
    assert dict(table) == {kind.name: periods[period_s] for kind, period_s in SCHEDULE.items()}
