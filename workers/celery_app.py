"""The Celery app: plain settings for the plain command. The job table is the truth, a message only a hint."""

import gc
import logging
import warnings
from typing import Any, Final

from celery import Celery
from celery.app.amqp import AMQP
from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from celery.signals import (
    setup_logging,
    worker_init,
    worker_process_init,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)
from celery.worker import WorkController
from kombu import Connection, Exchange, Queue

from app.clients import valkey
from app.core import create_core
from app.database import forget_connections
from app.jobs import CATALOGUE, JobClass
from config import settings
from config.logs import set_up_logs
from workers import metrics
from workers.child_limits import die_with_parent
from workers.relay import Relay

BROKER_LIMIT_S: Final = 1.0
RECONNECT_WITHIN_S: Final = 2.0
SWOLLEN_KIB: Final = 300 * 1024


class _ImpatientConnection(Connection):
    """Looks for a lost broker every two seconds; kombu's own pauses grow to 30 s, and have no setting."""

    def _ensure_connection(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as kombu has it
        kwargs |= {"interval_start": RECONNECT_WITHIN_S, "interval_step": 0, "interval_max": RECONNECT_WITHIN_S}
        return super()._ensure_connection(*args, **kwargs)


class _Broker(AMQP):
    Connection = _ImpatientConnection


flask_app = create_core()
relay = Relay(flask_app)
celery_app = Celery("marquee", include=["workers.tasks"], amqp=_Broker)
celery_app.conf.update(
    broker_url=valkey.redis_url(),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "socket_timeout": BROKER_LIMIT_S,
        "socket_connect_timeout": BROKER_LIMIT_S,
        "retry_on_timeout": False,
    },
    task_publish_retry=False,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_default_queue=JobClass.LIGHT.value,
    # The nameless exchange needs no table in Redis, which FLUSHALL would empty.
    task_queues=[Queue(name, Exchange(""), routing_key=name) for name in map(str, JobClass)],
    task_routes={kind.name: {"queue": kind.queue} for kind in CATALOGUE.values()},
    task_create_missing_queues=False,
    worker_prefetch_multiplier=1,
    worker_disable_prefetch=True,  # a message waits in the queue for any free slot, not in a busy worker
    worker_concurrency=settings.worker_slots,
    # A process that a large job has swollen makes room: the next one's limit is for its own work.
    worker_max_memory_per_child=SWOLLEN_KIB,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_proc_alive_timeout=30.0,
)
# It fears pickle, which we don't accept.
warnings.filterwarnings("ignore", "You're running the worker with superuser privileges", SecurityWarning)
# Eight lines in the log each time that Redis goes, about a setting that stands above.
warnings.filterwarnings("ignore", r"\s*In Celery 5.1 we introduced", CPendingDeprecationWarning)


@setup_logging.connect
def _set_up_logs(**_signal: Any) -> None:
    set_up_logs()
    logging.getLogger("celery").setLevel(logging.WARNING)


@worker_init.connect
def _begin(sender: WorkController, **_signal: Any) -> None:
    # Workers find each other in the database; asking for one another over Redis takes a second.
    without = {"without_mingle": True, "without_gossip": True, "without_heartbeat": True}
    sender.options.update(without)  # type: ignore[attr-defined]  # the stubs lack it
    relay.register()
    metrics.open_folder()
    gc.freeze()  # billiard collects garbage before each fork: 120 ms a child without this


@worker_ready.connect
def _ready(**_signal: Any) -> None:
    relay.start(celery_app)


@worker_shutting_down.connect
def _leave(**_signal: Any) -> None:
    relay.stop()


@worker_shutdown.connect
def _end(**_signal: Any) -> None:
    relay.leave()


@worker_process_init.connect
def _begin_child(**_signal: Any) -> None:
    die_with_parent()
    with flask_app.app_context():
        forget_connections()
