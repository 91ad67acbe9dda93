"""The part of the application that web processes and workers share."""

from flask import Flask

from app import database
from app.services import (
    mail_service,
    maintenance_service,
    password_service,
    post_rendering,
    post_service,
    publishing_service,
    storage_service,
    verification_service,
    video_pipeline,
    video_service,
)
from config.logs import set_up_logs


def create_core() -> Flask:
    """Logs, database, and the work behind each kind of job."""
    set_up_logs()
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
    video_pipeline.register()
    return app
