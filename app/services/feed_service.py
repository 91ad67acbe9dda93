"""What feeds and sitemaps say: an organization's public, published posts, whoever asks."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select

from app.access import owned_by
from app.clients.disk import NoSuchFile
from app.clients.stores import storage
from app.database import Record, read_connection
from app.errors import NotFound
from app.models import Image, Organization, Post
from app.permissions import ANONYMOUS
from app.services import listing, post_reading, standing, video_service
from app.services.video_pipeline.material import video_prefix

NEWEST: Final = 50
SITEMAP_PAGE: Final = 5_000
"""Addresses in a page of the sitemap, a tenth of what sitemaps.org allows: each is written within some 20 ms."""
_BODY_LENGTH: Final = 100_000
_BODIES_LENGTH: Final = 1_000_000
_TOLD: Final = (
    *(Post.id, Post.slug, Post.title, Post.excerpt, Post.revision, Post.published_at, Post.updated_at, Post.seo),
    *(Post.renderer_version, Post.video_ids, Organization.slug.label("organization_slug")),
    *(post_reading.AUTHORS, post_reading.TAGS),
    *post_reading.COVER,
)


@dataclass(frozen=True, slots=True)
class Feed:
    """The newest posts of an organization, the newest first, and the videos in them, by id."""

    organization: Record
    posts: Sequence[Record]
    videos: Mapping[str, Record] = field(default_factory=dict)

    @property
    def modified_at(self) -> datetime:
        """When something of it was last saved."""
        latest: datetime = max(row.updated_at for row in (self.organization, *self.posts))
        return latest

    def facts(self) -> list[object]:
        """All that decides what the feed says but for the bodies, for which revision and renderer stand."""
        shown = ("id", "title", "version", "ready_at", "mp4_used_at", "has_poster", "poster")
        videos = [tuple(getattr(row, name) for name in shown) for row in self.videos.values()]
        told = (self.organization.slug, self.organization.name, self.organization.description)
        return [told, self.modified_at, [list(post) for post in self.posts], videos]


@dataclass(frozen=True, slots=True)
class SitemapPage:
    """Posts in the order of their publication, so that a page that is full changes no more."""

    organization: Record
    posts: Sequence[Record]
    number: int


def newest(slug: str) -> Feed:
    """The feed of an organization, without bodies. Raises `NotFound`, `Moved` for a former slug."""
    _reader, organization = standing.seen_by(ANONYMOUS, slug)
    query = select(*_TOLD).join(Organization, Organization.id == Post.organization_id)
    query = query.outerjoin(Image, Image.id == Post.cover_image_id)
    listed = query.where(_public_of(organization)).order_by(Post.published_at.desc(), Post.id.desc())
    with read_connection() as connection:
        posts = connection.execute(listed.limit(NEWEST)).all()
    video_ids = list(dict.fromkeys(video_id for post in posts for video_id in post.video_ids))
    videos = video_service.embedded(ANONYMOUS, organization.id, video_ids)
    return Feed(organization, posts, {str(video.id): video for video in videos if video.playable_at})


def bodies(feed: Feed) -> dict[UUID, str]:
    """The HTML of the posts, the newest first, as long as there is room in a feed: the others show their excerpt."""
    short = case((func.length(Post.body_html) <= _BODY_LENGTH, Post.body_html))
    ids = [post.id for post in feed.posts]
    query = select(Post.id, short.label("html")).where(Post.id.in_(ids), _public_of(feed.organization))
    with read_connection() as connection:
        found = {row.id: row.html for row in connection.execute(query)}
    room, kept = _BODIES_LENGTH, {}
    for post_id in ids:
        html = found.get(post_id)
        if html is not None and len(html) <= room:
            kept[post_id] = html
            room -= len(html)
    return kept


def film_bytes(feed: Feed) -> dict[str, int]:
    """How long the progressive files of the feed's videos are; 0 for one that is made when a reader asks for it."""
    films = {video_id: video for video_id, video in feed.videos.items() if video.ready_at is not None}
    lengths = dict.fromkeys(films, 0)
    for video_id, video in films.items():
        key = f"{video_prefix(feed.organization.id, video.id)}/v{video.version}/video.mp4"
        with suppress(NoSuchFile):
            lengths[video_id] = storage().stat(key).size_bytes
    return lengths


def sitemap(slug: str) -> tuple[Record, int]:
    """An organization, and how many pages its sitemap has: at least one. Raises as `newest`."""
    _reader, organization = standing.seen_by(ANONYMOUS, slug)
    with read_connection() as connection:
        posts = connection.execute(select(func.count()).select_from(Post).where(_public_of(organization))).scalar_one()
    return organization, max(1, -(-posts // SITEMAP_PAGE))


def sitemap_page(slug: str, number: int) -> SitemapPage:
    """A page of the sitemap, from 1. Raises as `newest`, and `NotFound` for one past the end."""
    _reader, organization = standing.seen_by(ANONYMOUS, slug)
    columns = (Post.id, Post.slug, Post.seo, Post.updated_at, Organization.slug.label("organization_slug"))
    query = select(*columns).join(Organization, Organization.id == Post.organization_id)
    listed = query.where(_public_of(organization)).order_by(Post.published_at, Post.id)
    with read_connection() as connection:
        posts = connection.execute(listed.offset(max(0, number - 1) * SITEMAP_PAGE).limit(SITEMAP_PAGE)).all()
    if number != 1 and not (number and posts):
        raise NotFound("The sitemap has no such page.")
    return SitemapPage(organization, posts, number)


def _public_of(organization: Record) -> ColumnElement[bool]:
    return and_(owned_by(organization.id, Post), listing.public(Post), Post.published_at.is_not(None))
