"""Prometheus metrics of the web processes and the workers of this host, right over several processes."""

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.services import health_service
from config import settings

_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_requests: Final = Histogram(
    "marquee_request_seconds", "Time to answer a request.", ("method", "route", "status"), buckets=_BUCKETS_S
)
_edge = Counter("marquee_edge_cache_total", "Anonymous reads at the edge cache, by what became of them.", ("outcome",))
edge_hits: Final = _edge.labels("hit")
edge_shares: Final = _edge.labels("shared")
edge_asks: Final = _edge.labels("asked")


def observe_request(method: str, route: str, status: int, duration_s: float) -> None:
    """Counts one answered request."""
    _series(method, route, status // 100).observe(duration_s)


@lru_cache(maxsize=1024)
def _series(method: str, route: str, status_class: int) -> Histogram:
    """Looked up by its labels once: the library does so with a lock."""
    return _requests.labels(method, route, f"{status_class}xx")


def exposition() -> bytes:
    """Everything as text: histograms of all processes of this host, queue gauges from the database."""
    registry = CollectorRegistry()
    registry.register(_Gauges())
    registry.register(_Files())
    own = b"" if settings.metrics_dirs[0].is_dir() else generate_latest(REGISTRY)
    return generate_latest(registry) + own


class _Files(Collector):
    """What web processes and workers wrote down, summed; each worker has a folder of its own."""

    def collect(self) -> Iterable[Metric]:
        web, workers = settings.metrics_dirs
        files = [str(path) for path in (*web.glob("*.db"), *workers.glob("*/*.db"))]
        with suppress(FileNotFoundError):  # a new worker removes the folder of one that is gone at this moment
            yield from multiprocess.MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]  # the library has no annotation there


class _Gauges(Collector):
    """Jobs by kind and state, read from the table that is the truth, and the room on the storage."""

    def collect(self) -> Iterable[Metric]:
        gauge = GaugeMetricFamily("marquee_jobs", "Jobs in the table.", labels=("kind", "state"))
        for kind, state, count in health_service.job_counts():
            gauge.add_metric((kind, state), count)
        yield gauge
        room = GaugeMetricFamily("marquee_storage_bytes", "Room on the storage.", labels=("kind",))
        for kind, size_bytes in health_service.storage_bytes().items():
            room.add_metric((kind,), size_bytes)
        yield room
