"""gunicorn's own log as JSON lines, in the shape of the application's."""

import json
import logging
from datetime import UTC, datetime

from gunicorn.glogging import Logger


class JSONLines(logging.Formatter):
    """Made with the standard library alone: what the application's log imports would stay in gunicorn's master."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


class JSONLog(Logger):  # type: ignore[misc]  # gunicorn has no annotations
    """Not `logconfig_dict`: with that gunicorn composes an access line for each request, to throw it away."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JSONLines())
