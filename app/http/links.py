"""Absolute addresses of what a document links to."""

from typing import Final
from urllib.parse import quote

from flask import request

from app.database import Record
from app.http.routing import API_PREFIX
from config import settings

_FEEDS: Final = {"rss": "feed.xml", "atom": "atom.xml", "json_feed": "feed.json", "sitemap": "sitemap.xml"}


def absolute(path: str | None) -> str | None:
    """The path behind `PUBLIC_URL`, or behind the address that the client used."""
    return None if path is None else _base_url() + path


def here() -> str:
    """The address of this request itself, without its query."""
    return _base_url() + quote(request.path)


def feed_links(slug: str) -> dict[str, str]:
    """Where an organization's feeds and its sitemap are."""
    return {name: f"{_base_url()}{API_PREFIX}/organizations/{quote(slug)}/{file}" for name, file in _FEEDS.items()}


def home_of(slug: str) -> str:
    """Where an organization is read: at the front end, or as JSON while there is none."""
    return settings.front_end_url or f"{_base_url()}{API_PREFIX}/organizations/{quote(slug)}"


def address_of(post: Record) -> str:
    """Where a post is read: where its author says, else by `POST_URL`, else as JSON."""
    if canonical := post.seo.get("canonical_url"):
        return str(canonical)
    template = settings.post_url or f"{_base_url()}{API_PREFIX}/organizations/{{organization}}/posts/{{slug}}"
    values = {"{organization}": post.organization_slug, "{slug}": post.slug, "{id}": str(post.id)}
    for name, value in values.items():
        template = template.replace(name, quote(value, safe=""))
    return template


def _base_url() -> str:
    return f"{settings.public_url or request.host_url}".rstrip("/")
