"""Feeds and sitemaps: a feed's items, and how RSS 2.0, Atom (RFC 4287), JSON Feed 1.1 and sitemaps.org write them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from mimetypes import guess_type
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, tostring  # nosec B405 - it only writes

from app.database import Record
from app.media.image_sizes import CONTENT_TYPES
from app.permissions import ANONYMOUS
from app.schemas.fields import Output
from app.services import playback_service
from app.services.feed_service import Feed, SitemapPage
from app.services.image_files import cover_path
from app.services.markdown import stand_alone
from app.utils.text import xml_text
from app.utils.times import rfc3339

_SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_RSS_NAMESPACES: Final = {
    "xmlns:atom": _ATOM,
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
}
_GENERATOR: Final = "Marquee"
_UNTITLED: Final = "Untitled"


class FeedsOut(Output):
    """Addresses of an organization's feeds: its newest public posts. `sitemap` lists all of them."""

    rss: str
    atom: str
    json_feed: str
    sitemap: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """How a feed links: itself, the organization's site, a post, and a path of ours."""

    own: str
    home: str
    post: Callable[[Record], str]
    absolute: Callable[[str | None], str | None]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A film to download. `size_bytes` 0: nobody knows."""

    url: str
    media_type: str
    title: str
    size_bytes: int
    duration_s: float | None


@dataclass(frozen=True, slots=True)
class Item:
    """A post in a feed. Without `html` there is more to read than a feed holds."""

    id: str
    url: str
    title: str
    summary: str
    html: str | None
    authors: Sequence[str]
    tags: Sequence[str]
    published_at: datetime
    updated_at: datetime
    image_url: str | None
    attachments: Sequence[Attachment]


@dataclass(frozen=True, slots=True)
class FeedTexts:
    """What a feed is made of besides its rows: bodies by post, lengths of films by video."""

    bodies: dict[UUID, str]
    film_bytes: dict[str, int]


def items_of(feed: Feed, texts: FeedTexts, addresses: Addresses) -> list[Item]:
    """The posts of a feed, every address absolute, every text fit for XML."""
    return [_item(feed, post, texts, addresses) for post in feed.posts]


def _item(feed: Feed, post: Record, texts: FeedTexts, addresses: Addresses) -> Item:
    url = addresses.post(post)
    videos = [feed.videos[video_id] for video_id in post.video_ids if video_id in feed.videos]
    figures = {str(video.id): _figure(video, url, addresses) for video in videos}
    body = texts.bodies.get(post.id)
    films = [_film(video, texts, addresses) for video in videos if str(video.id) in texts.film_bytes]
    return Item(
        id=post.id.urn,
        url=xml_text(url),
        title=xml_text(post.title) or _UNTITLED,
        summary=xml_text(post.excerpt),
        html=None if body is None else xml_text(stand_alone(body, url, figures)),
        authors=[xml_text(name) for _, _, _, name, _ in sorted(post.authors)],
        tags=[xml_text(name) for _, _, _, name in sorted(post.tags)],
        published_at=post.published_at.astimezone(UTC),
        updated_at=post.updated_at.astimezone(UTC),
        image_url=post.seo.get("og_image_url") or addresses.absolute(cover_path(post)),
        attachments=films,
    )


def _film(video: Record, texts: FeedTexts, addresses: Addresses) -> Attachment:
    path = playback_service.media_path(ANONYMOUS, video, "video.mp4")
    length = texts.film_bytes[str(video.id)]
    return Attachment(addresses.absolute(path) or "", "video/mp4", xml_text(video.title), length, video.duration_s)


def _figure(video: Record, url: str, addresses: Addresses) -> str:
    """What stands for a player where no script runs: the poster, and a link to the film."""
    playback = playback_service.playback_of(ANONYMOUS, video)
    if playback is None:
        return ""
    film_url = addresses.absolute(playback.mp4_path or playback.hls_path) or ""
    poster_url = addresses.absolute(playback.poster_path)
    poster = f'<a href="{escape(url)}"><img src="{escape(poster_url)}" alt=""></a>' if poster_url else ""
    caption = f'<figcaption><a href="{escape(film_url)}">{escape(video.title)}</a></figcaption>'
    return f"<figure>{poster}{caption}</figure>"


def render_rss(feed: Feed, items: list[Item], addresses: Addresses) -> bytes:
    """RSS 2.0 with content:encoded; of several files the first film, else the picture, is the enclosure."""
    rss = Element("rss", {"version": "2.0", **_RSS_NAMESPACES})
    channel = SubElement(rss, "channel")
    _add(channel, "title", _name_of(feed))
    _add(channel, "link", addresses.home)
    _add(channel, "description", xml_text(feed.organization.description or "") or _name_of(feed))
    _add(channel, "atom:link", href=addresses.own, rel="self", type="application/rss+xml")
    _add(channel, "lastBuildDate", format_datetime(feed.modified_at.astimezone(UTC)))
    _add(channel, "generator", _GENERATOR)
    for item in items:
        _add_rss_item(channel, item)
    return _written(rss)


def _add_rss_item(channel: Element, item: Item) -> None:
    place = SubElement(channel, "item")
    _add(place, "title", item.title)
    _add(place, "link", item.url)
    _add(place, "guid", item.id, isPermaLink="false")
    _add(place, "pubDate", format_datetime(item.published_at))
    _add(place, "description", item.summary or item.title)
    for name in item.authors:
        _add(place, "dc:creator", name)
    for name in item.tags:
        _add(place, "category", name)
    if item.html is not None:
        _add(place, "content:encoded", item.html)
    for file in _files(item)[:1]:
        _add(place, "enclosure", url=file.url, length=str(file.size_bytes), type=file.media_type)


def render_atom(feed: Feed, items: list[Item], addresses: Addresses) -> bytes:
    """Atom, RFC 4287; the feed's author stands for posts without a byline."""
    root = Element("feed", {"xmlns": _ATOM})
    _add(root, "id", feed.organization.id.urn)
    _add(root, "title", _name_of(feed))
    if feed.organization.description:
        _add(root, "subtitle", xml_text(feed.organization.description))
    _add(root, "updated", rfc3339(feed.modified_at))
    _add(SubElement(root, "author"), "name", _name_of(feed))
    _add(root, "link", rel="self", href=addresses.own, type="application/atom+xml")
    _add(root, "link", rel="alternate", href=addresses.home)
    _add(root, "generator", _GENERATOR)
    for item in items:
        _add_atom_entry(root, item)
    return _written(root)


def _add_atom_entry(root: Element, item: Item) -> None:
    place = SubElement(root, "entry")
    _add(place, "id", item.id)
    _add(place, "title", item.title)
    _add(place, "published", rfc3339(item.published_at))
    _add(place, "updated", rfc3339(item.updated_at))
    for name in item.authors:
        _add(SubElement(place, "author"), "name", name)
    _add(place, "link", rel="alternate", href=item.url)
    for file in _files(item):
        # A length of which nobody knows is left out: here it is only a hint.
        length = {"length": str(file.size_bytes)} if file.size_bytes else {}
        _add(place, "link", rel="enclosure", href=file.url, type=file.media_type, **length)
    for name in item.tags:
        _add(place, "category", term=name)
    _add(place, "summary", item.summary)
    if item.html is not None:
        _add(place, "content", item.html, type="html")


def _files(item: Item) -> list[Attachment]:
    if item.image_url is None:
        return list(item.attachments)
    path = urlsplit(item.image_url).path
    media_type = CONTENT_TYPES.get(path.rpartition(".")[2]) or guess_type(path)[0] or "image/jpeg"
    return [*item.attachments, Attachment(item.image_url, media_type, item.title, 0, None)]


def _name_of(feed: Feed) -> str:
    return xml_text(feed.organization.name) or feed.organization.slug


def render_json(feed: Feed, items: list[Item], addresses: Addresses) -> dict[str, object]:
    """JSON Feed 1.1."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _name_of(feed),
        "home_page_url": addresses.home,
        "feed_url": addresses.own,
        **({"description": feed.organization.description} if feed.organization.description else {}),
        "authors": [{"name": _name_of(feed)}],
        "items": [_json_item(item) for item in items],
    }


def _json_item(item: Item) -> dict[str, object]:
    optional = {
        "summary": item.summary,
        "image": item.image_url,
        "authors": [{"name": name} for name in item.authors],
        "tags": list(item.tags),
        "attachments": [_json_attachment(film) for film in item.attachments],
    }
    return {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        **({"content_text": item.summary} if item.html is None else {"content_html": item.html}),
        **{name: value for name, value in optional.items() if value},
        "date_published": rfc3339(item.published_at),
        "date_modified": rfc3339(item.updated_at),
    }


def _json_attachment(film: Attachment) -> dict[str, object]:
    optional = {"size_in_bytes": film.size_bytes, "duration_in_seconds": film.duration_s}
    named = {"url": film.url, "mime_type": film.media_type, "title": film.title}
    return named | {name: value for name, value in optional.items() if value}


def render_sitemap_index(page_urls: Sequence[str]) -> bytes:
    """The index of sitemaps.org; always one, so that its address stays when the posts outgrow a page."""
    return _sitemap("sitemapindex", "sitemap", [(url, None) for url in page_urls])


def render_sitemap_page(page: SitemapPage, addresses: Addresses) -> bytes:
    """The posts that search engines may list; the first page begins with the organization itself."""
    home = [(addresses.home, None)] if page.number == 1 else []
    posts = [(addresses.post(post), post.updated_at) for post in page.posts if not post.seo.get("noindex")]
    return _sitemap("urlset", "url", [*home, *posts])


def _sitemap(root_name: str, name: str, places: Sequence[tuple[str, datetime | None]]) -> bytes:
    root = Element(root_name, {"xmlns": _SITEMAP})
    for url, modified_at in places:
        place = SubElement(root, name)
        _add(place, "loc", url)
        if modified_at is not None:
            _add(place, "lastmod", rfc3339(modified_at))
    return _written(root)


def _add(parent: Element, name: str, text: str | None = None, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = text


def _written(root: Element) -> bytes:
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True))
