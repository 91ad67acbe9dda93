"""The part of the application that web processes and workers share."""

from collections.abc import Callable
from typing import Any, Final

import structlog
from flask import Flask, Request
from flask.sessions import NullSession, SessionInterface
from werkzeug.routing import MapAdapter

from app import database
from app.services import (
    image_processing,
    invitation_service,
    mail_service,
    maintenance_service,
    organization_removal,
    password_service,
    post_rendering,
    post_service,
    poster_service,
    publishing_service,
    storage_service,
    verification_service,
    video_pipeline,
    video_service,
)
from config import settings
from config.logs import set_up_logs
from config.rules import warnings_of

log = structlog.get_logger("marquee.start")


_NO_SESSION: Final = NullSession()


class _NoSessions(SessionInterface):
    """Sessions are rows here, and tokens name them."""

    def open_session(self, _app: Flask, _request: Request) -> NullSession:
        return _NO_SESSION


class Application(Flask):
    """Flask without what it looks up for each request and never finds here: an eighth of its part of a read."""

    session_interface = _NoSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing here is a coroutine: a request would be asked about ten functions."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Rules name no hosts, and whether the Host is sound the edge has said."""
        if request is None or "HTTP_UPGRADE" in request.environ:
            return super().create_url_adapter(request)
        host, query = request.environ.get("HTTP_HOST", ""), request.query_string.decode(errors="replace")
        known = (self.url_map, host, request.root_path, "", request.scheme, request.path, request.method)
        return MapAdapter(*known, query_args=query)


def create_core() -> Flask:
    """Logs, database, and the work behind each kind of job."""
    set_up_logs()
    for warning in warnings_of(settings):
        log.warning(warning)
    app = Application("app", static_folder=None)
    database.init_app(app)
    maintenance_service.register()
    storage_service.register()
    mail_service.register()
    password_service.register()
    verification_service.register()
    publishing_service.register()
    post_service.register()
    post_rendering.register()
    video_service.register()
    invitation_service.register()
    organization_removal.register()
    video_pipeline.register()
    image_processing.register()
    poster_service.register()
    return app
