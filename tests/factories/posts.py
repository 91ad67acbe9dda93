"""Posts."""

from typing import Any

from app.models import Organization, Post, Publication, User, Visibility
from app.services.markdown import RENDERER_VERSION
from app.utils.times import now
from tests.factories.accounts import make_organization
from tests.factories.rows import flushed, unique


def make_post(organization: Organization | None = None, author: User | None = None, **columns: Any) -> Post:
    """A public post; a draft unless `publication` says else. `published_at` follows from that."""
    columns.setdefault("title", "A post")
    columns.setdefault("slug", unique("a-post"))
    columns.setdefault("excerpt", "Some words.")
    columns.setdefault("body_markdown", "Some words.")
    columns.setdefault("body_html", "<p>Some words.</p>\n")
    columns.setdefault("renderer_version", RENDERER_VERSION)
    columns.setdefault("reading_time_s", 1)
    columns.setdefault("visibility", Visibility.PUBLIC)
    if columns.get("publication") is Publication.PUBLISHED:
        columns.setdefault("published_at", now())
    organization = organization or make_organization()
    return flushed(Post(organization=organization, author=author, **columns))
