"""Background work: `celery -A workers worker` runs jobs, and its parent runs the relay."""

from workers.celery_app import celery_app as app

__all__ = ["app"]
