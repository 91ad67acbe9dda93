"""Feeds and sitemaps of organizations: the same for whoever asks."""

from collections.abc import Callable
from typing import Final

from flask import copy_current_request_context

from app.clients import threads
from app.http.answers import Answer, Validators, etag_of, json_bytes, validated
from app.http.links import absolute, address_of, feed_links, here, home_of
from app.schemas.feed_schemas import (
    Addresses,
    FeedTexts,
    Item,
    items_of,
    render_atom,
    render_json,
    render_rss,
    render_sitemap_index,
    render_sitemap_page,
)
from app.services import feed_service
from app.services.feed_service import Feed

RSS: Final = "application/rss+xml"
ATOM: Final = "application/atom+xml"
JSON_FEED: Final = "application/feed+json"
XML: Final = "application/xml"
_FORMAT_VERSION: Final = 1
"""Counts up whenever the same rows would give another feed."""
_AT_ONCE_LENGTH: Final = 200_000
"""Up to here (some 20 ms) the change of threads is not worth it."""


def rss(slug: str) -> Answer:
    return _feed(slug, RSS, render_rss)


def atom(slug: str) -> Answer:
    return _feed(slug, ATOM, render_atom)


def json_feed(slug: str) -> Answer:
    return _feed(slug, JSON_FEED, lambda *told: json_bytes(render_json(*told)))


def sitemap(slug: str) -> Answer:
    organization, pages = feed_service.sitemap(slug)
    base_url = feed_links(organization.slug)["sitemap"].removesuffix(".xml")
    body = render_sitemap_index([f"{base_url}-{number}.xml" for number in range(1, pages + 1)])
    return validated(Validators(etag_of(body, None)), XML, lambda: body)


def sitemap_page(slug: str, number: int) -> Answer:
    page = feed_service.sitemap_page(slug, number)
    body = render_sitemap_page(page, _addresses(page.organization.slug))
    return validated(Validators(etag_of(body, None)), XML, lambda: body)


def _feed(slug: str, media_type: str, render: Callable[[Feed, list[Item], Addresses], bytes]) -> Answer:
    """The feed, or 304 before any body is read or written."""
    feed = feed_service.newest(slug)
    addresses = _addresses(slug)
    facts = [_FORMAT_VERSION, media_type, addresses.home, [addresses.post(post) for post in feed.posts], feed.facts()]
    tag = etag_of(json_bytes([*facts, addresses.own]), None)

    def make() -> bytes:
        texts = FeedTexts(feed_service.bodies(feed), feed_service.film_bytes(feed))

        @copy_current_request_context
        def write() -> bytes:
            return render(feed, items_of(feed, texts, addresses), addresses)

        is_long = sum(map(len, texts.bodies.values())) > _AT_ONCE_LENGTH
        return threads.run_slow(write) if is_long else write()

    return validated(Validators(tag, feed.modified_at), media_type, make)


def _addresses(slug: str) -> Addresses:
    return Addresses(own=here(), home=home_of(slug), post=address_of, absolute=absolute)
