"""Feeds and sitemaps."""

from app.controllers import feed_controller
from app.controllers.feed_controller import ATOM, JSON_FEED, RSS, XML
from app.http.routing import Access, Route

ANYONE = Access.ANYONE
ONE = "/organizations/{slug}"

ROUTES = [
    Route("GET", f"{ONE}/feed.xml", ANYONE, feed_controller.rss, "The newest posts as RSS 2.0", answers={200: RSS, 304: None}, problems=(308,), name="getRssFeed"),
    Route("GET", f"{ONE}/atom.xml", ANYONE, feed_controller.atom, "The newest posts as Atom", answers={200: ATOM, 304: None}, problems=(308,), name="getAtomFeed"),
    Route("GET", f"{ONE}/feed.json", ANYONE, feed_controller.json_feed, "The newest posts as JSON Feed", answers={200: JSON_FEED, 304: None}, problems=(308,), name="getJsonFeed"),
    Route("GET", f"{ONE}/sitemap.xml", ANYONE, feed_controller.sitemap, "The index of the sitemap", answers={200: XML, 304: None}, problems=(308,), name="getSitemap"),
    Route("GET", f"{ONE}/sitemap-{{number}}.xml", ANYONE, feed_controller.sitemap_page, "A page of the sitemap", answers={200: XML, 304: None}, problems=(308,), name="getSitemapPage"),
]  # fmt: skip
