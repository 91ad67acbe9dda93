"""Each class of fault against real workers: nothing is lost, nothing happens twice, and others flow on."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from app.database import db
from app.models import RelayLock
from app.services import job_service
from tests.support.processes import is_alive
from tests.workers.stage import SHORT_LEASE, Stage

pytestmark = pytest.mark.slow  # leases have to run out
SIGNALLED: dict[str, Callable[[int, int], None]] = {"the parent": os.kill, "the whole group": os.killpg}


def test_a_worker_frozen_past_its_lease_is_fenced_when_it_wakes(stage: Stage) -> None:
    frozen = stage.start_worker(**SHORT_LEASE)
    job_id = stage.enqueue("linger the first time")
    stage.wait_until(stage.executions)
    os.killpg(frozen.pid, signal.SIGSTOP)
    stage.start_worker()

    stage.wait_for(job_id, "succeeded")
    os.killpg(frozen.pid, signal.SIGCONT)
    stage.wait_until(lambda: "fenced" in stage.log())

    assert [attempt for _kind, attempt, _pid in stage.executions()] == ["1", "2"]
    assert stage.marks() == [f"job:{job_id}"]
    assert stage.job(job_id).state == "succeeded"


def test_a_process_frozen_with_the_relay_s_lock_holds_up_the_others_for_seconds_only(stage: Stage) -> None:
    with db.engine.connect() as frozen:
        frozen.execute(select(RelayLock).with_for_update())
        stage.start_worker()

        job = stage.wait_for(stage.enqueue(), "succeeded")
        frozen.invalidate()

    assert job.attempt == 1


def test_a_frozen_child_loses_its_job_to_another_and_is_fenced(stage: Stage) -> None:
    stage.start_worker(**SHORT_LEASE)
    job_id = stage.enqueue("linger the first time")
    stage.wait_until(stage.executions)
    child = int(stage.executions()[0][2])
    os.kill(child, signal.SIGSTOP)

    job = stage.wait_for(job_id, "succeeded")
    os.kill(child, signal.SIGCONT)
    stage.wait_until(lambda: "fenced" in stage.log())

    assert job.attempt >= 2
    assert stage.marks() == [f"job:{job_id}"]


@pytest.mark.parametrize("whom", SIGNALLED)
def test_what_a_stopped_worker_did_continues_elsewhere_at_once_and_burns_no_attempt(stage: Stage, whom: str) -> None:
    workers = {stage.start_worker(JOB_LEASE_S="60", JOB_HEARTBEAT_S="5").pid for _ in range(2)}
    job_id = stage.enqueue("linger the first time")
    stage.wait_until(stage.executions)
    stopped = os.getsid(int(stage.executions()[0][2]))

    SIGNALLED[whom](stopped, signal.SIGTERM)
    stage.wait_until(lambda: len(stage.executions()) == 2, within_s=30)  # their leases would take a minute
    job = stage.wait_for(job_id, "succeeded")
    stage.wait_until(lambda: [worker.poll() for worker in stage.workers].count(None) == 1)

    assert stopped in workers
    assert job.attempt == 1
    assert stage.marks() == [f"job:{job_id}"]


def test_poison_of_every_kind_ends_dead_with_its_reason_and_others_flow(stage: Stage) -> None:
    stage.start_worker(JOB_TIME_LIMIT_S="2")
    poison = {do: stage.enqueue(do) for do in ("crash", "eat memory", "encode for ever")}
    for job_id in poison.values():
        stage.allow_attempts(job_id, 2)
    sound = [stage.enqueue("sleep", seconds=0.1) for _ in range(8)]

    stage.wait_until(lambda: set(stage.marks()) == {f"job:{job_id}" for job_id in sound})
    ended = {do: stage.wait_for(job_id, "dead") for do, job_id in poison.items()}

    assert {do: (job.attempt, (job.error or {})["code"]) for do, job in ended.items()} == {
        "crash": (2, "worker_lost"),
        "eat memory": (2, "out_of_memory"),
        "encode for ever": (2, "timeout"),
    }


def test_work_that_lets_no_heartbeat_through_is_killed_by_the_parent(stage: Stage) -> None:
    stage.start_worker(JOB_TIME_LIMIT_S="1", **SHORT_LEASE)
    job_id = stage.enqueue("hold Python's lock")
    stage.allow_attempts(job_id, 1)
    stage.wait_until(stage.executions)
    child = int(stage.executions()[0][2])

    job = stage.wait_for(job_id, "dead")
    stage.wait_until(lambda: not is_alive(child))

    assert (job.error or {})["code"] == "worker_lost"


def test_cancelling_ends_a_running_encoder_and_leaves_no_file(stage: Stage) -> None:
    stage.start_worker()
    job_id = stage.enqueue("encode for ever")
    stage.wait_until(lambda: list(stage.folder.glob("*/video.mkv")))
    encoders = _processes_naming(stage.folder)

    job_service.cancel(job_id)
    stage.wait_until(lambda: not any(map(is_alive, encoders)))
    stage.wait_until(lambda: not [path for path in stage.folder.iterdir() if path.is_dir()])

    assert encoders
    assert stage.job(job_id).state == "cancelled"


def _processes_naming(folder: Path) -> list[int]:
    """The processes whose command line holds the folder's path."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes()
        except OSError:
            continue
        if str(folder).encode() in command and b"ffmpeg" in command:
            found.append(int(path.parent.name))
    return found
