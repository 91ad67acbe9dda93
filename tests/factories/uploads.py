"""Resumable uploads; rows only, without files."""

from datetime import timedelta
from typing import Any

from app.models import Organization, Upload, User
from app.utils.ids import new_id
from app.utils.times import now
from tests.factories.accounts import make_organization, make_user
from tests.factories.rows import flushed


def make_upload(organization: Organization | None = None, author: User | None = None, **columns: Any) -> Upload:
    """An upload of a megabyte of which nothing has arrived."""
    columns.setdefault("size_bytes", 1_000_000)
    columns.setdefault("video_id", new_id())
    columns.setdefault("expires_at", now() + timedelta(hours=1))
    return flushed(Upload(organization=organization or make_organization(), author=author or make_user(), **columns))
