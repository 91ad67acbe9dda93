"""How a worker starts, what it listens to, and how it outlasts Redis."""

import subprocess
import sys

from app.clients import valkey
from app.jobs import CATALOGUE, FORGET_EVENTS
from app.services import job_run
from tests.support.servers import free_port
from tests.workers.stage import Stage
from workers import app as celery_app


def test_the_plain_command_runs_the_jobs_of_the_catalogue(stage: Stage) -> None:
    stage.start_worker("workers")

    job = stage.wait_for(stage.enqueue(kind=FORGET_EVENTS), "succeeded")

    assert job.attempt == 1


def test_every_kind_has_a_task_a_consumed_queue_and_somebody_who_does_it() -> None:
    celery_app.loader.import_default_modules()
    queues = {queue.name for queue in celery_app.conf.task_queues}

    assert {kind.queue for kind in CATALOGUE.values()} == queues
    assert set(CATALOGUE) <= set(celery_app.tasks)
    assert set(CATALOGUE) <= job_run.registered_kinds()


def test_jobs_wait_while_redis_is_away_and_run_when_it_comes(stage: Stage) -> None:
    port = free_port()
    stage.redis_url = f"redis://127.0.0.1:{port}/0"
    stage.start_worker()
    job_id = stage.enqueue()

    command = [str(valkey.server_binary()), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=stage.folder) as server:
        stage.wait_for(job_id, "succeeded")
        server.kill()
        server.wait()
        waiting_id = stage.enqueue()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=stage.folder) as server:
        job = stage.wait_for(waiting_id, "succeeded")
        server.kill()

    assert job.attempt == 1
    assert len(stage.marks()) == 2


def test_the_app_does_not_import_the_workers() -> None:
    program = "import sys, app.core, app.factory; sys.exit('workers' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
