"""Puts the application together: the core, middlewares, routes and realtime."""

from typing import Any

from flask import Flask
from flask_cors import CORS
from flask_migrate import Migrate

from app import database, routes
from app.commands.jobs_command import jobs
from app.commands.keys_command import keys
from app.commands.organization_command import organizations
from app.commands.seed_command import seed
from app.commands.storage_command import storage
from app.commands.up_command import up
from app.commands.users_command import users
from app.core import create_core
from app.http import problems
from app.middlewares import caching, compression, edge, edge_cache, rate_limit, request_id, session_relay
from app.realtime import sockets
from config import settings
from config.logs import without_values

_EXPOSED_HEADERS = [
    *("ETag", "Link", "Location", "Retry-After", "X-Request-Id", "Idempotent-Replayed"),
    *("Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm", "Marquee-Video-Id"),
    *("Upload-Offset", "Upload-Length", "Upload-Defer-Length", "Upload-Metadata", "Upload-Expires"),
    *("Content-Range", "Accept-Ranges", "Content-Length", "RateLimit", "RateLimit-Policy"),
]


def build() -> Flask:
    """The whole web application."""
    _report_errors()
    app = create_core()
    Migrate(app, database.db)
    # The order counts: what is added first runs last after a request.
    rate_limit.init_app(app)
    caching.init_app(app)
    request_id.init_app(app)
    if settings.cors_origins:
        CORS(
            app,
            origins=list(settings.cors_origins),
            supports_credentials=True,
            expose_headers=_EXPOSED_HEADERS,
        )
    compression.init_app(app)
    problems.init_app(app)
    routes.init_app(app)
    sockets.init_app(app)
    session_relay.init_app(app)
    edge_cache.init_app(app)
    edge.init_app(app)
    app.cli.add_command(up)
    app.cli.add_command(jobs)
    app.cli.add_command(keys)
    app.cli.add_command(users)
    app.cli.add_command(organizations)
    app.cli.add_command(storage)
    app.cli.add_command(seed)
    return app


def _report_errors() -> None:
    if settings.sentry_dsn is None:
        return
    import sentry_sdk  # noqa: PLC0415 - an optional extra, and 1.2 s to import

    sentry_sdk.init(
        settings.sentry_dsn,
        environment=settings.app_env,
        send_default_pii=False,
        include_local_variables=False,  # passwords and tokens are local variables somewhere
        max_request_body_size="never",
        before_send=without_request,
    )


def without_request(event: dict[str, Any], _hint: object) -> dict[str, Any]:
    """An error's report without the request: media paths hold tokens, and tracebacks quote rows."""
    event.pop("request", None)
    for exception in event.get("exception", {}).get("values", []):
        exception["value"] = without_values(str(exception.get("value", "")))
    return event
