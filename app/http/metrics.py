"""Prometheus metrics of the web processes and the workers of this host, right over several processes."""

from collections.abc import Iterable
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.services import health_service
from config import settings

_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_requests: Final = Histogram(
    "marquee_request_seconds", "Time to answer a request.", ("method", "route", "status"), buckets=_BUCKETS_S
)


def observe_request(method: str, route: str, status: int, duration_s: float) -> None:
    """Counts one answered request."""
    _requests.labels(method, route, f"{status // 100}xx").observe(duration_s)


def exposition() -> bytes:
    """Everything as text: histograms of all processes of this host, queue gauges from the database."""
    registry = CollectorRegistry()
    registry.register(_QueueGauges())
    folders = [folder for folder in settings.metrics_dirs if folder.is_dir()]
    for folder in folders:
        multiprocess.MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]  # the library has no annotation there
    own = b"" if folders else generate_latest(REGISTRY)
    return generate_latest(registry) + own


class _QueueGauges(Collector):
    """Jobs by kind and state, read from the table that is the truth."""

    def collect(self) -> Iterable[Metric]:
        gauge = GaugeMetricFamily("marquee_jobs", "Jobs in the table.", labels=("kind", "state"))
        for kind, state, count in health_service.job_counts():
            gauge.add_metric((kind, state), count)
        yield gauge
