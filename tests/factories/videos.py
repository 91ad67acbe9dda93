"""Videos and their renditions; rows only, without files."""

from typing import Any

from app.models import Organization, Processing, Publication, Rendition, User, Video, Viewing, Visibility
from app.utils.times import now
from tests.factories.accounts import make_organization
from tests.factories.rows import flushed, unique


def make_video(organization: Organization | None = None, author: User | None = None, **columns: Any) -> Video:
    """A video that nobody has probed; a draft for its organization unless said otherwise."""
    columns.setdefault("title", "A video")
    columns.setdefault("size_bytes", 1_000_000)
    columns.setdefault("visibility", Visibility.ORGANIZATION)
    if columns.get("publication") is Publication.PUBLISHED:
        columns.setdefault("published_at", now())
    if columns.get("processing") in {Processing.PLAYABLE, Processing.READY}:
        columns.setdefault("playable_at", now())
        columns.setdefault("duration_s", 12.0)
    organization = organization or make_organization()
    return flushed(Video(organization=organization, author=author, **columns))


def make_viewing(video: Video | None = None, **columns: Any) -> Viewing:
    """A sitting that has just begun."""
    columns.setdefault("viewer", unique("viewer"))
    return flushed(Viewing(video_id=(video or make_video()).id, **columns))


def make_rendition(video: Video, **columns: Any) -> Rendition:
    """The 360p rung of a video."""
    columns.setdefault("name", "360p")
    columns.setdefault("position", 0)
    columns.setdefault("width", 640)
    columns.setdefault("height", 360)
    return flushed(Rendition(video_id=video.id, **columns))
