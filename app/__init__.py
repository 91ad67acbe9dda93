"""Marquee: posts, video and members for organizations behind one REST API."""

from flask import Flask
from flask_migrate import Migrate

from app import database


def create_app() -> Flask:
    """The application: database, then everything that answers a request."""
    app = Flask("app", static_folder=None)
    database.init_app(app)
    Migrate(app, database.db)
    return app
