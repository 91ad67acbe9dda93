"""What `/metrics` says of jobs: how long they waited and ran, by kind and outcome, over all processes of a worker."""

import os
import signal

from prometheus_client.parser import text_string_to_metric_families

from app.dialect import utc_now_plus
from tests.support.http import ApiClient
from tests.workers.stage import Stage

Figures = dict[tuple[str, str, str], float]


def figures(client: ApiClient, name: str) -> Figures:
    """The samples of a histogram by kind, outcome and suffix; its buckets by their bound."""
    families = text_string_to_metric_families(client.get("/metrics").get_data(as_text=True))
    samples = [sample for family in families if family.name == name for sample in family.samples]
    return {
        (sample.labels["kind"], sample.labels["outcome"], sample.labels.get("le", sample.name.removeprefix(name))): (
            sample.value
        )
        for sample in samples
    }


def count(client: ApiClient, outcome: str, kind: str = "video.checksum") -> float:
    return figures(client, "marquee_job_run_seconds").get((kind, outcome, "_count"), 0)


def test_attempts_are_counted_by_kind_and_outcome(stage: Stage, client: ApiClient) -> None:
    stage.start_worker()
    dead_id = stage.enqueue("crash")
    stage.allow_attempts(dead_id, 1)
    for _ in range(6):
        stage.enqueue()
    stage.enqueue("refuse")
    stage.enqueue("stumble", run_at=utc_now_plus(-3))

    stage.wait_until(lambda: count(client, "succeeded") == 6)
    stage.wait_until(lambda: count(client, "retried") >= 1)
    stage.wait_until(lambda: count(client, "failed") == 1)


def test_a_wait_counts_from_when_the_job_was_due_and_a_run_from_its_start(stage: Stage, client: ApiClient) -> None:
    stage.enqueue("sleep", seconds=0.6, run_at=utc_now_plus(-11))
    stage.start_worker()
    stage.wait_until(lambda: count(client, "succeeded"))

    waited = figures(client, "marquee_job_wait_seconds")
    ran = figures(client, "marquee_job_run_seconds")
    done = ("video.checksum", "succeeded")

    assert (waited[*done, "10.0"], waited[*done, "60.0"]) == (0, 1)
    assert (ran[*done, "0.5"], ran[*done, "+Inf"]) == (0, 1)
    assert 0.6 <= ran[*done, "_sum"] < waited[*done, "_sum"]


def test_what_was_counted_outlasts_the_process_and_the_worker(stage: Stage, client: ApiClient) -> None:
    worker = stage.start_worker()
    stage.enqueue()
    stage.wait_until(lambda: count(client, "succeeded") == 1)

    os.kill(int(stage.executions()[0][2]), signal.SIGKILL)
    for _ in range(8):
        stage.enqueue("sleep", seconds=0.2)
    stage.wait_until(lambda: count(client, "succeeded") == 9)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()

    assert count(client, "succeeded") == 9
