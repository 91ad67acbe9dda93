"""Feeds and sitemaps: valid in their formats whatever authors write, and never more than everybody may read."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import pytest
from lxml import etree
from lxml.etree import _Element
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.clients.stores import storage
from app.database import db, transaction
from app.models import ImageState, Organization, Post, Processing, Publication, Video, Visibility
from app.services import feed_service
from app.services.markdown import Picture, render
from app.services.video_pipeline.material import video_prefix
from app.utils.times import now
from config import settings
from tests.api.conftest import Person
from tests.factories import (
    make_image,
    make_organization,
    make_post,
    make_post_author,
    make_post_tag,
    make_tag,
    make_user,
    make_video,
)

FILES: Final = ("feed.xml", "atom.xml", "feed.json", "sitemap.xml", "sitemap-1.xml")
NAMES: Final = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "map": "http://www.sitemaps.org/schemas/sitemap/0.9",
}
HOSTILE: Final = "]]> <script>alert(1)</script> &amp; \x07\x1b\ufffe \U0001f3ac"
every_file = pytest.mark.parametrize("file", FILES)


@pytest.fixture
def gazette(database: object) -> Organization:
    del database
    return make_organization(name="Gazette", slug="gazette")


def published(owner: Organization, **columns: Any) -> Post:
    columns.setdefault("visibility", Visibility.PUBLIC)
    return make_post(owner, publication=Publication.PUBLISHED, **columns)


def fetch(anonymous: Person, file: str, **headers: str) -> TestResponse:
    return anonymous.get(f"/organizations/gazette/{file}", headers=headers)


def tree_of(answer: TestResponse) -> _Element:
    assert answer.status_code == 200
    return etree.fromstring(answer.get_data(), etree.XMLParser(resolve_entities=False))


def texts(tree: _Element, path: str) -> list[str]:
    return [element.text for element in tree.findall(path, NAMES)]


def test_rss_holds_what_readers_need(gazette: Organization, anonymous: Person) -> None:
    at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    post = published(gazette, title="Hello", slug="hello", published_at=at, excerpt="Short.", body_html="<p>Long.</p>")
    make_post_author(post, make_user(name="Ada"))
    make_post_tag(post, make_tag(gazette, name="News"))

    answer = fetch(anonymous, "feed.xml")

    channel = tree_of(answer).find("channel")
    (item,) = channel.findall("item")
    assert answer.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert [channel.findtext(name) for name in ("title", "description")] == ["Gazette", "Gazette"]
    assert channel.findtext("link") == "http://localhost/api/v1/organizations/gazette"
    own = channel.find("atom:link", NAMES)
    assert dict(own.attrib) == {
        "href": "http://localhost/api/v1/organizations/gazette/feed.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }
    assert parsedate_to_datetime(channel.findtext("lastBuildDate")) <= datetime.now(UTC)
    assert item.findtext("title") == "Hello"
    assert item.findtext("link") == "http://localhost/api/v1/organizations/gazette/posts/hello"
    assert (item.findtext("guid"), item.find("guid").get("isPermaLink")) == (f"urn:uuid:{post.id}", "false")
    assert item.findtext("pubDate") == "Sun, 01 Mar 2026 12:00:00 +0000"
    assert item.findtext("description") == "Short."
    assert item.findtext("content:encoded", namespaces=NAMES) == "<p>Long.</p>"
    assert texts(item, "dc:creator") == ["Ada"]
    assert texts(item, "category") == ["News"]


def test_atom_holds_what_its_rfc_requires(gazette: Organization, anonymous: Person) -> None:
    post = published(gazette, title="Hello", slug="hello")

    answer = fetch(anonymous, "atom.xml")

    feed = tree_of(answer)
    (entry,) = feed.findall("atom:entry", NAMES)
    assert answer.mimetype == "application/atom+xml"
    assert texts(feed, "atom:id") == [f"urn:uuid:{gazette.id}"]
    assert texts(feed, "atom:author/atom:name") == ["Gazette"]
    assert [link.get("rel") for link in feed.findall("atom:link", NAMES)] == ["self", "alternate"]
    assert texts(entry, "atom:id") == [f"urn:uuid:{post.id}"]
    times = texts(feed, "atom:updated") + texts(entry, "atom:updated") + texts(entry, "atom:published")
    assert all(datetime.fromisoformat(time).utcoffset() == timedelta(0) for time in times)
    assert len(times) == 3
    content = entry.find("atom:content", NAMES)
    assert (content.get("type"), content.text) == ("html", "<p>Some words.</p>\n")


def test_json_feed_holds_the_same(gazette: Organization, anonymous: Person) -> None:
    post = published(gazette, title="Hello", slug="hello")

    answer = fetch(anonymous, "feed.json")

    feed = json.loads(answer.get_data())
    (item,) = feed["items"]
    assert answer.mimetype == "application/feed+json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "http://localhost/api/v1/organizations/gazette/feed.json"
    assert (item["id"], item["title"]) == (f"urn:uuid:{post.id}", "Hello")
    assert item["content_html"] == "<p>Some words.</p>\n"


@every_file
def test_whatever_authors_write_the_feed_is_well_formed(file: str, gazette: Organization, anonymous: Person) -> None:
    gazette.name = gazette.description = HOSTILE
    seo = {"canonical_url": "https://example.org/?a=1&b=]]>"}
    post = published(gazette, title=HOSTILE, excerpt=HOSTILE, body_html=render(HOSTILE).html, seo=seo)
    make_post_author(post, make_user(name=HOSTILE))
    published(gazette, title="\x07", excerpt="", slug="second")
    db.session.flush()

    answer = fetch(anonymous, file)

    if file == "feed.json":
        feed = json.loads(answer.get_data())
        assert "<script>" not in feed["items"][1]["content_html"]
        return
    tree = tree_of(answer)
    assert tree.findall(".//script") == []
    if file == "feed.xml":
        assert "Untitled" in texts(tree, "channel/item/title")
        assert "]]> <script>alert(1)</script> &amp;  \U0001f3ac" in texts(tree, "channel/item/title")
        assert not [html for html in texts(tree, "channel/item/content:encoded") if "<script" in html]


@every_file
def test_only_what_everybody_finds_is_in_it(file: str, gazette: Organization, anonymous: Person) -> None:
    canary = "canary"
    make_post(gazette, slug=f"{canary}-draft", title=canary)
    make_post(gazette, slug=f"{canary}-archived", title=canary, publication=Publication.ARCHIVED)
    for visibility in (Visibility.UNLISTED, Visibility.ORGANIZATION):
        published(gazette, slug=f"{canary}-{visibility}", title=canary, visibility=visibility)
    published(make_organization(), slug=f"{canary}-foreign", title=canary)

    assert canary not in fetch(anonymous, file).get_data(as_text=True)


def test_its_own_people_get_no_more_and_no_cache_keeps_theirs(ada: Person) -> None:
    ada.draft("canary")

    answer = ada.get(f"/organizations/{ada.organization}/feed.xml")

    assert "canary" not in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "private, no-store"


@every_file
def test_both_validators_save_the_answer(file: str, gazette: Organization, anonymous: Person) -> None:
    published(gazette)
    first = fetch(anonymous, file)

    by_tag = fetch(anonymous, file, **{"If-None-Match": first.headers["ETag"]})

    assert not first.headers["ETag"].startswith("W/")
    assert first.headers["Cache-Control"] == "public, max-age=0, s-maxage=5, stale-while-revalidate=30"
    assert (by_tag.status_code, by_tag.get_data()) == (304, b"")
    assert by_tag.headers["ETag"] == first.headers["ETag"]
    if file.startswith("sitemap"):
        return
    date = first.headers["Last-Modified"]
    assert fetch(anonymous, file, **{"If-Modified-Since": date}).status_code == 304
    # A tag decides alone, and a later date than ours proves nothing.
    assert fetch(anonymous, file, **{"If-Modified-Since": date, "If-None-Match": '"other"'}).status_code == 200
    later = "Fri, 31 Dec 2100 00:00:00 GMT"
    assert fetch(anonymous, file, **{"If-Modified-Since": later}).status_code == 200


def test_the_tag_changes_with_what_the_feed_says(gazette: Organization, anonymous: Person) -> None:
    post, author = published(gazette), make_user(name="Ada")
    make_post_author(post, author)
    tags = [fetch(anonymous, "feed.xml").headers["ETag"]]

    with transaction():
        author.name = "Ada King"
    tags.append(fetch(anonymous, "feed.xml").headers["ETag"])
    with transaction():
        db.session.delete(post)
    tags.append(fetch(anonymous, "feed.xml").headers["ETag"])

    assert len(set(tags)) == 3


@pytest.mark.both_databases
def test_the_number_of_queries_is_the_same_for_any_feed(gazette: Organization, anonymous: Person) -> None:
    def queries() -> int:
        made: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            made.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert fetch(anonymous, "feed.xml").status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(made)

    with transaction():
        embedding(gazette, film_in(gazette, visibility=Visibility.PUBLIC))
    few = queries()
    with transaction():
        for _ in range(10):
            embedding(gazette, film_in(gazette, visibility=Visibility.PUBLIC), film_in(gazette))

    assert queries() == few == 4


def test_posts_are_read_where_the_operator_says(
    gazette: Organization, anonymous: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "post_url", "https://example.org/{organization}/{slug}?id={id}")
    monkeypatch.setattr(settings, "front_end_url", "https://example.org")
    post = published(gazette, slug="hello")

    channel = tree_of(fetch(anonymous, "feed.xml")).find("channel")

    assert channel.findtext("link") == "https://example.org"
    assert channel.findtext("item/link") == f"https://example.org/gazette/hello?id={post.id}"


def test_addresses_in_a_text_are_absolute(gazette: Organization, anonymous: Person) -> None:
    html = '<p><a href="/about">a</a> <a href="#fn1">b</a> <img src="pic.png"> href="/kept"</p>'
    published(gazette, body_html=html, seo={"canonical_url": "https://blog.example.org/2026/hello"})

    (content,) = texts(tree_of(fetch(anonymous, "feed.xml")), "channel/item/content:encoded")

    assert 'href="https://blog.example.org/about"' in content
    assert 'href="https://blog.example.org/2026/hello#fn1"' in content
    assert 'src="https://blog.example.org/2026/pic.png"' in content
    assert 'href="/kept"' in content


def film_in(owner: Organization, **columns: Any) -> Video:
    ready = {"processing": Processing.READY, "ready_at": now(), "has_poster": True, "title": "<The> film"}
    video = make_video(owner, publication=Publication.PUBLISHED, **{**ready, **columns})
    path = storage().path_of(f"{video_prefix(owner.id, video.id)}/v1/video.mp4")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(1234))
    return video


def embedding(owner: Organization, *videos: Video, **columns: Any) -> Post:
    html = "".join(f'<figure data-marquee-video="{video.id}"></figure>\n' for video in videos)
    return published(owner, body_html=html, video_ids=[str(video.id) for video in videos], **columns)


def test_a_film_is_an_enclosure_and_its_place_a_poster_with_a_link(gazette: Organization, anonymous: Person) -> None:
    video = film_in(gazette, visibility=Visibility.PUBLIC)
    embedding(gazette, video, slug="film", seo={"og_image_url": "https://example.org/cover.png"})
    folder = f"http://localhost/media/public/{video.id}/v1"

    item = tree_of(fetch(anonymous, "feed.xml")).find("channel/item")
    entry = tree_of(fetch(anonymous, "atom.xml")).find("atom:entry", NAMES)
    (json_item,) = json.loads(fetch(anonymous, "feed.json").get_data())["items"]

    film = {"url": f"{folder}/video.mp4", "length": "1234", "type": "video/mp4"}
    assert dict(item.find("enclosure").attrib) == film
    content = item.findtext("content:encoded", namespaces=NAMES)
    assert f'<img src="{folder}/poster.jpg" alt="">' in content
    assert f'<a href="{folder}/video.mp4">&lt;The&gt; film</a>' in content
    links = [link.get("href") for link in entry.findall("atom:link[@rel='enclosure']", NAMES)]
    assert links == [film["url"], "https://example.org/cover.png"]
    assert json_item["image"] == "https://example.org/cover.png"
    assert json_item["attachments"][0]["size_in_bytes"] == 1234


def test_a_private_film_leaves_nothing_and_a_cover_is_an_enclosure_too(
    gazette: Organization, anonymous: Person
) -> None:
    video = film_in(gazette, visibility=Visibility.ORGANIZATION)
    embedding(gazette, video, seo={"og_image_url": "https://example.org/cover.png"})

    answer = fetch(anonymous, "feed.xml")

    assert str(video.id) not in answer.get_data(as_text=True)
    assert "/media/" not in answer.get_data(as_text=True)
    enclosure = tree_of(answer).find("channel/item/enclosure")
    assert dict(enclosure.attrib) == {"url": "https://example.org/cover.png", "length": "0", "type": "image/png"}


def test_a_cover_is_the_picture_of_a_post_once_it_is_made(gazette: Organization, anonymous: Person) -> None:
    cover = make_image(gazette, ending="webp", state=ImageState.PROCESSING)
    published(gazette, cover_image_id=cover.id)
    before = fetch(anonymous, "feed.xml")
    assert tree_of(before).find("channel/item/enclosure") is None

    cover.state = ImageState.READY
    db.session.flush()

    after = fetch(anonymous, "feed.xml", **{"If-None-Match": before.headers["ETag"]})
    url = f"http://localhost/media/images/{cover.token}/full.webp"
    assert dict(tree_of(after).find("channel/item/enclosure").attrib) == {
        "url": url,
        "length": "0",
        "type": "image/webp",
    }
    (item,) = json.loads(fetch(anonymous, "feed.json").get_data())["items"]
    assert item["image"] == url


def test_a_picture_in_a_text_leaves_no_relative_addresses(gazette: Organization, anonymous: Person) -> None:
    image = make_image(gazette)
    stem = f"/media/images/{image.token}"
    pictures = {image.token: Picture(1000, 500, (320,))}
    published(gazette, body_html=render(f"![sea]({stem}/full.jpg)", pictures).html)

    content = tree_of(fetch(anonymous, "feed.xml")).findtext("channel/item/content:encoded", namespaces=NAMES)

    assert "srcset" not in content
    assert 'width="1000" height="500"' in content
    assert f'src="http://localhost{stem}/full.jpg"' in content


def test_a_text_that_no_reader_wants_whole_is_its_excerpt(gazette: Organization, anonymous: Person) -> None:
    published(gazette, excerpt="Short.", body_html="<p>" + "long " * 25_000 + "</p>")

    feed = json.loads(fetch(anonymous, "feed.json").get_data())

    assert feed["items"][0]["content_text"] == "Short."
    assert tree_of(fetch(anonymous, "feed.xml")).findtext("channel/item/description") == "Short."
    assert tree_of(fetch(anonymous, "atom.xml")).findtext("atom:entry/atom:summary", namespaces=NAMES) == "Short."


@every_file
def test_a_former_slug_leads_on_and_an_unknown_one_nowhere(file: str, ada: Person, anonymous: Person) -> None:
    former = ada.organization
    assert ada.send("PATCH", f"/organizations/{former}", {"slug": f"{former}-now"}).status_code == 200

    moved = anonymous.get(f"/organizations/{former}/{file}")

    assert moved.status_code == 308
    assert moved.headers["Location"] == f"/api/v1/organizations/{former}-now/{file}"
    assert anonymous.get(f"/organizations/nobody-knows/{file}").status_code == 404


def test_an_organization_names_its_feeds(ada: Person, anonymous: Person) -> None:
    found = anonymous.get(f"/organizations/{ada.organization}").json["feeds"]

    assert set(found) == {"rss", "atom", "json_feed", "sitemap"}
    for url in found.values():
        assert anonymous.client.get(url).status_code == 200


def test_a_feed_holds_the_newest_fifty_in_their_order(gazette: Organization, anonymous: Person) -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    for day in range(51):
        published(gazette, title=f"Day {day}", published_at=first + timedelta(days=day))

    titles = texts(tree_of(fetch(anonymous, "feed.xml")), "channel/item/title")

    assert (len(titles), titles[0], titles[-1]) == (50, "Day 50", "Day 1")


def test_the_sitemap_lists_every_page_and_leaves_out_what_engines_shall(
    gazette: Organization, anonymous: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_service, "SITEMAP_PAGE", 2)
    make_organization()  # whose posts these are not
    first = datetime(2026, 1, 1, tzinfo=UTC)
    for day in range(3):
        published(gazette, slug=f"day-{day}", published_at=first + timedelta(days=day))
    published(gazette, slug="hidden", seo={"noindex": True})
    base_url = "http://localhost/api/v1/organizations/gazette"

    index = tree_of(fetch(anonymous, "sitemap.xml"))
    pages = [tree_of(fetch(anonymous, f"sitemap-{number}.xml")) for number in (1, 2)]

    assert texts(index, "map:sitemap/map:loc") == [f"{base_url}/sitemap-1.xml", f"{base_url}/sitemap-2.xml"]
    assert texts(pages[0], "map:url/map:loc") == [base_url, f"{base_url}/posts/day-0", f"{base_url}/posts/day-1"]
    assert texts(pages[1], "map:url/map:loc") == [f"{base_url}/posts/day-2"]
    (modified,) = texts(pages[1], "map:url/map:lastmod")
    assert datetime.fromisoformat(modified).tzinfo is not None
    assert fetch(anonymous, "sitemap-3.xml").status_code == 404
    assert fetch(anonymous, "sitemap-0.xml").status_code == 404


def test_an_empty_organization_s_files_are_valid_too(gazette: Organization, anonymous: Person) -> None:
    del gazette

    assert texts(tree_of(fetch(anonymous, "sitemap-1.xml")), "map:url/map:loc") != []
    assert texts(tree_of(fetch(anonymous, "sitemap.xml")), "map:sitemap/map:loc") != []
    assert tree_of(fetch(anonymous, "feed.xml")).findall("channel/item") == []
