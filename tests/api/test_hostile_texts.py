"""Texts that would run scripts, through every field that takes text, and then as a front end shows them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest
from lxml import etree
from markupsafe import escape
from werkzeug.test import TestResponse

from app.clients.stores import storage
from app.database import db
from app.models import Organization, Publication, Video, Visibility
from app.services.markdown import render
from app.services.video_pipeline.material import video_prefix
from app.utils.batches import batched
from tests.api.conftest import Person
from tests.factories import make_image, make_organization, make_post, make_video
from tests.support.xss_corpus import IN_PLACE, VECTORS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

if TYPE_CHECKING:
    pass

ADDRESS: Final = "http://localhost/"
FEED_POSTS: Final = 50
FEEDS: Final = ("feed.xml", "atom.xml", "feed.json")
HTML_FIELDS: Final = {"body_html", "snippet"}
TAGS: Final = {
    *("a", "abbr", "acronym", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite", "code", "col"),
    *("colgroup", "data", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2"),
    *("h3", "h4", "h5", "h6", "hgroup", "hr", "i", "img", "input", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q"),
    *("rp", "rt", "rtc", "ruby", "s", "samp", "section", "small", "span", "strike", "strong", "sub", "summary", "sup"),
    *("table", "tbody", "td", "th", "thead", "time", "tr", "tt", "u", "ul", "var", "wbr"),
}
ATTRIBUTES: Final = {
    *(
        "href",
        "src",
        "srcset",
        "sizes",
        "alt",
        "title",
        "id",
        "class",
        "rel",
        "start",
        "align",
        "width",
        "height",
        "type",
        "checked",
    ),
    *("disabled", "loading", "lang", "dir", "cite", "datetime", "data-marquee-video"),
}
TOKEN: Final = re.compile(r'[^<>]+|</([a-z0-9]+)>|<([a-z0-9]+)((?: [a-z-]+="[^"]*")*)>')
"""The one way that the sanitiser writes HTML: what any parser reads in the same way."""
C0: Final = "".join(map(chr, range(33)))
"""What a browser leaves out around an address."""
ATTRIBUTE: Final = re.compile(r' ([a-z-]+)="([^"]*)"')


@dataclass
class Shown:
    """What the API answered: HTML to put into pages as it is, and plain texts."""

    html: list[str] = field(default_factory=list)
    plain: set[str] = field(default_factory=set)

    def take(self, answer: object, key: str = "") -> None:
        """Sorts all strings of an answer."""
        if isinstance(answer, dict):
            for name, value in answer.items():
                self.take(value, name)
        elif isinstance(answer, list):
            for value in answer:
                self.take(value, key)
        elif isinstance(answer, str):
            self.html.append(answer) if key in HTML_FIELDS else self.plain.add(answer)


@pytest.fixture
def video(ada: Person) -> Iterator[Video]:
    made = make_video(db.session.query(Organization).filter_by(slug=ada.organization).one())
    yield made
    storage().delete_tree(video_prefix(made.organization_id, made.id))


def taken(answer: TestResponse) -> dict[str, Any]:
    """What the API says, which has refused nothing."""
    assert answer.status_code in {200, 201}, answer.get_json()
    document: dict[str, Any] = answer.get_json()
    return document


@pytest.fixture
def shown(ada: Person, video: Video) -> Shown:
    """What the API gave when it was asked first: the same to every test of this process, since it takes seconds."""
    if not _shown.html:
        send_everything(ada, video)
    return _shown


_shown: Final = Shown()


def send_everything(ada: Person, video: Video) -> None:
    """Every text of the corpus goes into every field that takes text; what comes out is kept."""
    shown = _shown
    thread = ada.published()["id"]
    image = make_image(db.session.get_one(Organization, video.organization_id))
    for text in IN_PLACE:
        shown.take(taken(ada.send("PATCH", f"/images/{image.id}", {"alt": text})))
        markdown = {"title": "A picture", "body_markdown": f"![{text}](/media/images/{image.token}/full.jpg '{text}')"}
        shown.take(taken(ada.post("/posts", markdown)))
        shown.take(taken(ada.send("PATCH", "/users/me", {"name": text, "bio": text})))
        organization = {"name": text, "description": text}
        shown.take(taken(ada.send("PATCH", f"/organizations/{ada.organization}", organization)))
        assert ada.post("/posts", {"title": "A title", "slug": text}).status_code == 422
    for number, text in enumerate(VECTORS):
        line = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e]", " ", text).strip()
        post: dict[str, object] = {"title": line, "body_markdown": text}
        if number % 3 == 0:  # otherwise the excerpt is made of the text
            post |= {"excerpt": text, "tags": [line[:60]], "seo": {"title": line, "og_description": line}}
        shown.take(taken(ada.post("/posts", post)))
    for texts in batched(VECTORS, 40):
        shown.take(taken(ada.post(f"/posts/{thread}/comments", {"body": "\n".join(texts)})))
    video_texts = {"title": IN_PLACE[0], "description": "\n".join(VECTORS)}
    shown.take(taken(ada.send("PATCH", f"/videos/{video.id}", video_texts)))
    found = taken(ada.get("/posts", query_string={"organization": ada.organization, "q": "alert", "limit": 100}))
    assert len(found["data"]) == 100
    shown.take(found)


def problems_of(html: str) -> Iterator[str]:
    """What an allow-list does not have in a piece of HTML."""
    rest = TOKEN.sub("", html)
    if rest:
        yield f"not written by the sanitiser: {rest!r}"
    for match in TOKEN.finditer(html):
        tag = match[1] or match[2]
        if tag and tag not in TAGS:
            yield f"<{tag}>"
        for name, value in ATTRIBUTE.findall(match[3] or ""):
            if name not in ATTRIBUTES:
                yield f"{name}={value!r}"
            scheme = urlsplit(unescape(value).strip(C0)).scheme if name in {"href", "src", "cite"} else ""
            if scheme not in {"", "http", "https", "mailto", "tel"}:
                yield f"{name}={value!r}"
            if name == "id" and not re.fullmatch(r"fn(ref)?\d+(:\d+)?", value):
                yield f"id={value!r}"


@pytest.mark.slow
def test_html_of_hostile_texts_has_only_what_is_allowed(shown: Shown) -> None:
    assert len(shown.html) >= len(VECTORS) + 100
    assert any("srcset" in html for html in shown.html)
    assert {html: found for html in shown.html if (found := list(problems_of(html)))} == {}


def test_feeds_of_hostile_texts_are_well_formed_and_as_clean(anonymous: Person) -> None:
    html: list[str] = []
    for texts in batched(VECTORS, FEED_POSTS):
        owner = make_organization(name=texts[0])
        for text in texts:
            columns = {"title": text, "excerpt": text, "body_markdown": text, "body_html": render(text).html}
            make_post(owner, publication=Publication.PUBLISHED, visibility=Visibility.PUBLIC, **columns)
        rss, atom, feed = (anonymous.get(f"/organizations/{owner.slug}/{name}") for name in FEEDS)
        html += [str(text) for text in etree.fromstring(rss.get_data()).xpath("//*[local-name()='encoded']/text()")]
        html += [str(text) for text in etree.fromstring(atom.get_data()).xpath("//*[@type='html']/text()")]
        html += [item["content_html"] for item in feed.get_json(force=True)["items"]]
        titles = etree.fromstring(rss.get_data()).xpath("//item/title")
        assert sum(title.text in texts and len(title) == 0 for title in titles) >= len(texts) - 1, texts

    assert len(html) > 2 * len(VECTORS)
    assert {text: found for text in html if (found := list(problems_of(text)))} == {}


PAGE: Final = """<!doctype html><title>{title}</title><body>
{articles}
<script type="application/json" id="texts">{texts}</script>
<script>
const texts = JSON.parse(document.getElementById('texts').textContent);
const add = (tag) => document.body.appendChild(document.createElement(tag));
for (const html of texts.html) {{
  const article = add('article');
  article.innerHTML = html;
  add('article').innerHTML = article.innerHTML;  // what the browser wrote, read once more
  const template = document.createElement('template');
  template.innerHTML = html;
  add('article').append(template.content.cloneNode(true));
}}
for (const text of texts.plain) {{
  add('h2').textContent = text;
  Object.assign(add('img'), {{ alt: text, title: text }});
  Object.assign(add('input'), {{ value: text }});
  add('p').append(new VTTCue(0, 1, text).getCueAsHTML());
}}
</script>"""
"""A server renders the first part, where elements of scripts would run; the page's script the second."""
WATCH: Final = """
window.ran = [];
for (const name of ['alert', 'prompt', 'confirm', 'print', 'open']) window[name] = () => { window.ran.push(name); };
"""
PROVOKE: Final = """() => {
  const wrong = [];
  const events = ['click', 'mouseover', 'pointerenter', 'focus', 'error', 'load', 'toggle', 'begin', 'animationstart'];
  addEventListener('click', (event) => {
    const link = event.target.closest('a[href]');
    if (link && /^(https?|mailto|tel):$/.test(link.protocol)) event.preventDefault();
  }, true);
  for (const element of document.querySelectorAll('article *')) {
    for (const { name, value } of element.attributes) if (name.startsWith('on')) wrong.push(`${name}=${value}`);
    const isLink = element.matches('a') && element.href;
    if (isLink && !/^(https?|mailto|tel):$/.test(element.protocol)) wrong.push(element.href);
    if (element.matches('script, style, iframe, object, embed, form, svg, math, base, meta, link, template')) {
      wrong.push(element.outerHTML);
    }
    if (element.name || (element.id && !/^fn(ref)?[0-9]/.test(element.id))) wrong.push(element.outerHTML);
    for (const type of events) element.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }));
  }
  return { ran: window.ran, wrong, articles: document.querySelectorAll('article').length };
}"""


def page_of(html: list[str], plain: list[str], *, served: list[str]) -> str:
    """A page as front ends make them; `served` is the HTML that is in it from the beginning."""
    articles = [f"<article>{one}</article>" for one in served]
    articles += [f'<h1 title="{escape(text)}">{escape(text)}</h1><!-- a text -->' for text in plain]
    texts = json.dumps({"html": html, "plain": plain}).replace("<", "\\u003c")
    return PAGE.format(title=escape(plain[0]), articles="\n".join(articles), texts=texts)


def opened(browser: "Browser", page_html: str) -> tuple[dict[str, Any], list[str]]:
    """What ran or is wrong in the page, and what it asked of the network or said besides pictures."""
    context = browser.new_context()
    context.add_init_script(WATCH)
    page = context.new_page()
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url) if request.resource_type != "image" else None)
    page.on("console", lambda said: heard.append(said.text) if "Failed to load resource" not in said.text else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("popup", lambda popup: heard.append(popup.url))
    page.on("framenavigated", lambda frame: heard.append(f"went to {frame.url}"))
    context.route(
        "**",
        lambda route: (
            route.fulfill(body=page_html, content_type="text/html") if route.request.url == ADDRESS else route.abort()
        ),
    )
    page.goto(ADDRESS, wait_until="load")
    found: dict[str, Any] = page.evaluate(PROVOKE)
    context.close()
    return found, heard


@pytest.mark.slow
@pytest.mark.browser
def test_hostile_texts_run_nothing_in_a_browser(shown: Shown, browser: "Browser") -> None:
    found, heard = opened(browser, page_of(shown.html, sorted(shown.plain), served=shown.html))

    assert found == {"ran": [], "wrong": [], "articles": 4 * len(shown.html)}
    assert heard == [ADDRESS, f"went to {ADDRESS}"]


@pytest.mark.browser
def test_the_same_texts_run_where_they_are_not_cleaned(browser: "Browser") -> None:
    """Otherwise the test before would prove nothing."""
    found, _heard = opened(browser, page_of([*VECTORS], [*VECTORS], served=[]))

    assert len(found["ran"]) >= 30
    assert len(found["wrong"]) >= 100
