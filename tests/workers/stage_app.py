"""A worker whose jobs do what their arguments say; all the rest is the product's own."""

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.clients import ffmpeg, jailed
from app.jobs import CHECKSUM_VIDEO, ENCODE_CHUNK, FINISH_VIDEO, PROCESS_VIDEO
from app.services import event_service, job_run, job_service
from app.services.job_run import JobFailed, JobRun
from app.services.job_service import JobRequest
from workers import app

__all__ = ["app"]


def _perform(job: JobRun) -> None:
    _note(job)
    what = None if job.kind is FINISH_VIDEO else job.arguments.get("do")  # it has its parent's arguments
    if what == "split":
        job.wait_for_children(lambda: _split(job), continuation=FINISH_VIDEO)
        return
    if what is not None:
        DEEDS[what](job)
    job.finish(lambda: _leave_a_mark(job))


def _note(job: JobRun) -> None:
    with Path(job.arguments["diary"]).open("a") as diary:
        diary.write(f"{job.kind.name} {job.attempt} {os.getpid()}\n")


def _sleep(job: JobRun) -> None:
    ends_at = time.monotonic() + float(job.arguments["seconds"])
    while time.monotonic() < ends_at:
        job.check()
        time.sleep(0.05)


def _linger_the_first_time(job: JobRun) -> None:
    """Whoever begins it first goes on until it is stopped, however late that comes; all others end at once."""
    if len(Path(job.arguments["diary"]).read_text().splitlines()) == 1:
        job.arguments["seconds"] = 300
        _sleep(job)


def _hold_a_process(job: JobRun) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True) as process:
        Path(job.arguments["pid_file"]).write_text(str(process.pid))
        while not job.stopped():
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
    job.check()


def _refuse(_job: JobRun) -> None:
    raise JobFailed("input", "not_a_video", "This is no video.", hint="Send a video.", stage="probe")


def _stumble(_job: JobRun) -> None:
    raise JobFailed("transient", "not_now", "Not now.")


def _eat_memory(_job: JobRun) -> None:
    eaten: list[bytes] = []
    while len(eaten) < 256:
        eaten.append(bytes(16 * 1024**2))  # counted at once, and not touched, which takes a busy machine seconds
    raise RuntimeError("Nobody stopped it at 4 GiB.")


def _encode_for_ever(job: JobRun) -> None:
    with tempfile.TemporaryDirectory(dir=Path(job.arguments["diary"]).parent) as folder:
        endless = ["-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=64x64", f"{folder}/video.mkv"]
        limits = jailed.Limits(wall_s=600)
        try:
            ffmpeg.run(endless, reads=[], writes=Path(folder), limits=limits, stopped=job.stopped)
        except jailed.Stopped:
            job.check()


def _split(job: JobRun) -> None:
    for part in job.arguments["parts"]:
        request = JobRequest(
            organization_id=job.organization_id,
            parent_id=job.id,
            arguments={"diary": job.arguments["diary"], **part},
        )
        job_service.enqueue(ENCODE_CHUNK, request)


def _leave_a_mark(job: JobRun) -> None:
    assert job.organization_id is not None
    event_service.record(
        "test.done",
        subject=f"job:{job.id}",
        scope=job.organization_id,
        organization_id=job.organization_id,
        data={"kind": job.kind.name},
    )


DEEDS: dict[str, Callable[[JobRun], object]] = {
    "sleep": _sleep,
    "linger the first time": _linger_the_first_time,
    "hold a process": _hold_a_process,
    "ignore every stop": lambda _job: time.sleep(600),
    "die": lambda _job: os.kill(os.getpid(), signal.SIGKILL),
    "crash": lambda _job: ctypes.string_at(0),
    "eat memory": _eat_memory,
    "swell": lambda _job: bytearray(350 * 1024**2),
    "hold Python's lock": lambda _job: ctypes.PyDLL(None).sleep(600),
    "encode for ever": _encode_for_ever,
    "refuse": _refuse,
    "stumble": _stumble,
}

for _kind in (CHECKSUM_VIDEO, ENCODE_CHUNK, FINISH_VIDEO, PROCESS_VIDEO):
    job_run.does(_kind, _perform)
