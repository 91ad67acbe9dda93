"""Marquee: posts, video and members for organizations behind one REST API."""

from flask import Flask


def create_app() -> Flask:
    """The application: the core, and everything that answers a request."""
    from app.factory import build  # noqa: PLC0415 - workers import `app` too and need none of the HTTP side

    return build()
