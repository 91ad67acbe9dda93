"""Hosts whose clocks differ by minutes share jobs as if they did not: the database's clock decides."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.dialect import utc_now_plus
from app.services.health_service import clock_skew_s
from tests.workers.stage import SHORT_LEASE, Stage

SOURCE = Path(__file__).with_name("shifted_clock.c")
FIVE_MINUTES_S = 300


@pytest.fixture(scope="module")
def shifted_clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that shifts the clock of the process that preloads it."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("shifting a process's clock takes Linux and a C compiler")
    library = tmp_path_factory.mktemp("clock") / "shifted_clock.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"], check=True)
    return library


@pytest.fixture
def lease() -> dict[str, str]:
    """That of the stage: far shorter than what the clocks differ by."""
    return {}


@pytest.fixture
def hosts(stage: Stage, shifted_clock: Path, lease: dict[str, str]) -> "list[subprocess.Popen[bytes]]":
    """Two workers, one five minutes ahead of the database and one five minutes behind."""
    return [
        stage.start_worker(LD_PRELOAD=str(shifted_clock), CLOCK_SHIFT_S=str(shift_s), **lease)
        for shift_s in (FIVE_MINUTES_S, -FIVE_MINUTES_S)
    ]


@pytest.mark.usefixtures("hosts")
def test_no_lease_is_taken_from_a_live_worker_because_clocks_differ(stage: Stage) -> None:
    jobs = [stage.enqueue("sleep", seconds=3) for _ in range(4)]  # each relay looks about every second

    for job_id in jobs:
        stage.wait_for(job_id, "succeeded")

    assert [attempt for _kind, attempt, _pid in stage.executions()] == ["1"] * 4
    assert sorted(stage.marks()) == sorted(f"job:{job_id}" for job_id in jobs)
    assert stage.log().count("clock differs") == 2


@pytest.mark.parametrize("lease", [SHORT_LEASE], ids=["short"])
def test_what_a_host_with_a_wrong_clock_held_is_taken_over_once_its_lease_is_out(
    stage: Stage, hosts: "list[subprocess.Popen[bytes]]"
) -> None:
    jobs = [stage.enqueue("sleep", seconds=1) for _ in range(4)]
    stage.wait_until(lambda: len(stage.executions()) >= 4)

    os.killpg(hosts[0].pid, signal.SIGKILL)
    for job_id in jobs:
        stage.wait_for(job_id, "succeeded")

    assert sorted(stage.marks()) == sorted(f"job:{job_id}" for job_id in jobs)


@pytest.mark.usefixtures("hosts")
def test_work_for_later_begins_neither_early_nor_late(stage: Stage) -> None:
    job = stage.wait_for(stage.enqueue(run_at=utc_now_plus(3)), "succeeded")

    assert job.claimed_at is not None
    assert 0 <= (job.claimed_at - job.run_at).total_seconds() < FIVE_MINUTES_S / 5


@pytest.mark.usefixtures("committed_database")
def test_a_host_measures_its_clock_against_the_database_s() -> None:
    assert abs(clock_skew_s()) < FIVE_MINUTES_S / 5
