"""Absolute addresses of what a document links to."""

from flask import request

from config import settings


def absolute(path: str | None) -> str | None:
    """The path behind `PUBLIC_URL`, or behind the address that the client used."""
    return None if path is None else f"{settings.public_url or request.host_url}".rstrip("/") + path
