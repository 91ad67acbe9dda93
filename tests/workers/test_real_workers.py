"""What real workers do with jobs, whatever is killed under them."""

import os
import signal

from app.jobs import PROCESS_VIDEO
from app.services import job_service
from tests.support.processes import is_alive
from tests.workers.stage import SHORT_LEASE, Stage


def test_a_job_runs_once_and_its_end_is_an_event_of_its_organization(stage: Stage) -> None:
    stage.start_worker()

    job_id = stage.enqueue()
    job = stage.wait_for(job_id, "succeeded")

    assert (job.attempt, job.progress, job.lease_token) == (1, 1.0, None)
    assert stage.marks() == [f"job:{job_id}"]
    assert len(stage.executions()) == 1


def test_bad_input_fails_at_once_with_its_reason(stage: Stage) -> None:
    stage.start_worker()

    job = stage.wait_for(stage.enqueue("refuse"), "failed")

    assert job.attempt == 1
    assert job.error == {
        "code": "not_a_video",
        "class": "input",
        "stage": "probe",
        "detail": "This is no video.",
        "hint": "Send a video.",
    }


def test_children_are_followed_by_the_continuation_and_the_parent_ends_with_it(stage: Stage) -> None:
    stage.start_worker()

    parts = [{"do": "sleep", "seconds": 0.1} for _ in range(5)]
    parent_id = stage.enqueue("split", kind=PROCESS_VIDEO, parts=parts)
    stage.wait_for(parent_id, "succeeded")
    kinds = [kind for kind, _attempt, _pid in stage.executions()]

    assert kinds == ["video.process", *["video.encode_chunk"] * 5, "video.finish"]
    assert len(stage.marks()) == 6


def test_a_child_that_fails_fails_its_parent_and_cancels_its_siblings(stage: Stage) -> None:
    stage.start_worker()

    parts = [{"do": "refuse"}, {"do": "sleep", "seconds": 300}, {"do": "sleep", "seconds": 300}]
    parent = stage.wait_for(stage.enqueue("split", kind=PROCESS_VIDEO, parts=parts), "failed")

    assert (parent.error or {})["code"] == "not_a_video"
    assert stage.states_of_children(parent.id) == ["failed", "cancelled", "cancelled"]


def test_cancelling_ends_a_running_job_and_its_process(stage: Stage) -> None:
    stage.start_worker()
    pid_file = stage.folder / "pid"
    job_id = stage.enqueue("hold a process", pid_file=str(pid_file))
    stage.wait_until(lambda: pid_file.exists() and pid_file.read_text())
    process_id = int(pid_file.read_text())

    job_service.cancel(job_id)
    stage.wait_until(lambda: not is_alive(process_id))

    assert stage.job(job_id).state == "cancelled"
    assert stage.marks() == []


def test_a_killed_child_has_its_job_running_again_long_before_its_lease_is_out(stage: Stage) -> None:
    stage.start_worker(JOB_LEASE_S="60", JOB_HEARTBEAT_S="5")
    job_id = stage.enqueue("linger the first time")
    stage.wait_until(stage.executions)

    os.kill(int(stage.executions()[0][2]), signal.SIGKILL)
    stage.wait_until(lambda: len(stage.executions()) == 2, within_s=30)
    job = stage.wait_for(job_id, "succeeded")

    assert job.attempt == 2
    assert stage.marks() == [f"job:{job_id}"]


def test_a_job_that_kills_its_process_ends_dead_and_others_go_on(stage: Stage) -> None:
    stage.start_worker()
    poison_id = stage.enqueue("die")
    stage.allow_attempts(poison_id, 2)
    sound_id = stage.enqueue()

    stage.wait_for(sound_id, "succeeded")
    poison = stage.wait_for(poison_id, "dead")

    assert poison.attempt == 2
    assert (poison.error or {})["code"] == "worker_lost"


def test_a_worker_tree_killed_in_its_jobs_loses_and_doubles_nothing(stage: Stage) -> None:
    first = stage.start_worker(**SHORT_LEASE)
    job_ids = [stage.enqueue("sleep", seconds=1) for _ in range(6)]
    stage.wait_until(lambda: len(stage.executions()) >= 3)

    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    children = [int(pid) for _kind, _attempt, pid in stage.executions()]
    stage.wait_until(lambda: not any(map(is_alive, children)))
    stage.start_worker()
    for job_id in job_ids:
        stage.wait_for(job_id, "succeeded")

    assert sorted(stage.marks()) == sorted(f"job:{job_id}" for job_id in job_ids)


def test_a_stopped_worker_gives_its_job_back_without_burning_an_attempt(stage: Stage) -> None:
    first = stage.start_worker()
    job_id = stage.enqueue("sleep", seconds=300)
    stage.wait_until(stage.executions)

    os.kill(first.pid, signal.SIGTERM)
    stage.wait_until(lambda: first.poll() is not None)
    job = stage.job(job_id)

    assert (job.state, job.attempt, job.lease_token) == ("queued", 0, None)
    assert stage.worker_ids() == set()


def test_a_job_that_ignores_every_stop_is_killed_with_its_process(stage: Stage) -> None:
    stage.start_worker()
    job_id = stage.enqueue("ignore every stop")
    stage.wait_until(stage.executions)
    process_id = int(stage.executions()[0][2])

    job_service.cancel(job_id)
    stage.wait_until(lambda: not is_alive(process_id))

    assert stage.job(job_id).state == "cancelled"


def test_a_process_that_a_large_job_has_swollen_makes_room_for_another(stage: Stage) -> None:
    stage.start_worker(JOB_LEASE_S="60", JOB_HEARTBEAT_S="5")  # a busy machine may hold a new process up for seconds
    stage.wait_for(stage.enqueue("swell"), "succeeded")
    swollen = int(stage.executions()[0][2])

    stage.wait_until(lambda: not is_alive(swollen))
    for _ in range(8):
        stage.enqueue()
    stage.wait_until(lambda: len(stage.marks()) == 9)

    assert [attempt for _kind, attempt, _pid in stage.executions()] == ["1"] * 9
