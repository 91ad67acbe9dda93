"""The part of the application that web processes and workers share."""

import structlog
from flask import Flask

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


def create_core() -> Flask:
    """Logs, database, and the work behind each kind of job."""
    set_up_logs()
    for warning in warnings_of(settings):
        log.warning(warning)
    app = Flask("app", static_folder=None)
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
