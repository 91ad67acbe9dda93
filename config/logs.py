"""Structured logs on standard error: JSON lines in production, readable lines in development."""

import io
import logging
import re
import sys
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, WrappedLogger

from config import settings

_QUIET_LOGGERS = ("werkzeug", "engineio", "socketio", "alembic", "kombu", "amqp", "celery.redirected")

# PostgreSQL quotes whole rows in the lines after its message: addresses, hashes, texts.
_QUOTED: Final = re.compile(r"^( *)(DETAIL|CONTEXT|QUERY|LINE \d+): .*$", re.MULTILINE)


def set_up_logs(target: TextIO | None = None) -> None:
    """Sends our own logs and those of every library through one formatter; without a target to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        # First the level, or what nobody reads would be made ready for reading all the same.
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(target or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers()],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for name in _QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def _renderers() -> list[structlog.typing.Processor]:
    if settings.log_format == "json":
        return [structlog.processors.format_exc_info, _hide_in_exception, structlog.processors.JSONRenderer()]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # Not the rich one: it prints local variables, and with them secrets.
            exception_formatter=_write_traceback,
        )
    ]


def _hide_in_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if isinstance(event.get("exception"), str):
        event["exception"] = without_values(event["exception"])
    return event


def _write_traceback(target: TextIO, exc_info: ExcInfo) -> None:
    written = io.StringIO()
    structlog.dev.plain_traceback(written, exc_info)
    target.write(without_values(written.getvalue()))


def without_values(traceback: str) -> str:
    return _QUOTED.sub(r"\1\2: [hidden]", traceback)
