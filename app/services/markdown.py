"""Markdown to sanitised HTML: CommonMark with tables, footnotes, task lists, our videos and images; an allow-list."""

import re
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape, unescape
from typing import Any, Final
from urllib.parse import urljoin

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from app.clients import threads

RENDERER_VERSION: Final = 3
"""Counts up whenever the same Markdown would give other HTML, so that stored HTML is made again."""
VIDEOS_AT_MOST: Final = 50

_TAGS: Final = (nh3.ALLOWED_TAGS - {"map", "area", "article", "aside", "header", "footer", "nav"}) | {
    "input",
    "section",
}
IMAGE_SIZES: Final = "auto, (min-width: 720px) 720px, 100vw"
"""How wide a picture shows: a browser that knows `auto` measures; the others take it for a column of 720 pixels."""
_AT_ONCE_LENGTH: Final = 5_000
"""Up to here (some 20 ms) the change of threads is not worth it."""
_SCHEMES: Final = {"http", "https", "mailto", "tel"}
_ATTRIBUTES: Final = {
    "a": {"href", "title", "id", "class"},
    "img": {"src", "srcset", "sizes", "alt", "title", "width", "height"},
    "code": {"class"},
    "ol": {"start", "class"},
    "ul": {"class"},
    "li": {"id", "class"},
    "sup": {"class"},
    "section": {"class"},
    "hr": {"class"},
    "th": {"align"},
    "td": {"align"},
    "input": {"type", "checked", "disabled"},
    "figure": {"data-marquee-video"},
}
# One a tag: several would come out in an order that changes from process to process.
_SET: Final = {"img": {"loading": "lazy"}, "input": {"disabled": ""}}
# Only what our own parser writes: any other id or class could meet the page's scripts and styles.
_OWN_NAMES: Final = {
    "id": re.compile(r"fn(ref)?\d+(:\d+)?"),
    "class": re.compile(r"language-[\w+#.-]{1,40}|(footnote|task-list|contains-task-list)[a-z-]*( task-list-item)?"),
    "data-marquee-video": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    # A browser loads what these name, and the allow-list knows no schemes there.
    "srcset": re.compile(r"((https?://[^\s,\"']+)?/media/images/[0-9a-f]{32}/[a-z0-9]+\.(jpg|png|webp) \d+w(, |$))+"),
    "sizes": re.compile(re.escape(IMAGE_SIZES)),
}
_MAY_NAME: Final = re.compile(rf"""[\s"'/](?:{"|".join(_OWN_NAMES)})[\s=/>]""", re.IGNORECASE)
"""Finds every attribute of `_OWN_NAMES`, and some words besides; without one, nobody needs to be asked about each."""
_NORMAL_LINK: Final = re.compile(r"https?://(?!xn--)[a-z0-9]+(?:\.[a-z]{2,20})+(?:/[a-z0-9_-]+)*")
_IMAGE: Final = re.compile(
    r"(?P<before>(?:https?://[^/?#\s,]+)?/media/images/)(?P<token>[0-9a-f]{32})/full\.[a-z]{3,4}"
)
_RELATIVE_SET: Final = re.compile(r' srcset="/[^"]*"')
_VIDEO: Final = re.compile(r"::video\[([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\]\s*")
_PLACE: Final = re.compile(r'<figure data-marquee-video="([0-9a-f-]{36})"></figure>')
# What has a scheme is absolute already.
_LINK: Final = re.compile(r'(<(?:a|img)(?:\s[\w-]+(?:="[^"]*")?)*?\s(?:href|src)=")(?!(?:https?|mailto|tel):)([^"]*)"')


@dataclass(frozen=True, slots=True)
class Rendered:
    """HTML that is safe to put into a page as it is, and the ids of the videos it shows, in their order."""

    html: str
    video_ids: list[str]


@dataclass(frozen=True, slots=True)
class Picture:
    """One of our images: its size, and the widths in which it is there besides."""

    width: int
    height: int
    widths: tuple[int, ...]


_NO_PICTURES: Final[Mapping[str, Picture]] = {}


def render(markdown: str, pictures: Mapping[str, Picture] = _NO_PICTURES) -> Rendered:
    """No scripts, styles, frames, forms or handlers come out, whatever goes in.

    `::video[<id>]` on a line of its own becomes `<figure data-marquee-video="<id>">`, without any address: what a
    player needs is not the text's to store. `pictures` are our images by their tokens: where the text shows one, its
    size keeps the page from jumping, and browsers choose among its widths. Half a million characters take two
    seconds, chosen ones twenty: long texts are made off the hub.
    """
    if len(markdown) <= _AT_ONCE_LENGTH:
        return _render(markdown, pictures)
    return threads.run_slow(_render, markdown, pictures)


def _render(markdown: str, pictures: Mapping[str, Picture]) -> Rendered:
    shared: dict[str, Any] = {"videos": [], "pictures": pictures}
    unsafe = _parser().render(markdown, shared)
    html = _cleaner(asks=_MAY_NAME.search(unsafe) is not None).clean(unsafe)
    return Rendered(html, list(dict.fromkeys(shared["videos"]))[:VIDEOS_AT_MOST])


def stand_alone(html: str, base_url: str, figures: Mapping[str, str]) -> str:
    """Our own HTML for a place that is not the post's page: addresses are absolute, and each video's place holds its
    figure (HTML by the video's id), or nothing.

    Patterns are enough: the sanitiser writes "<" in a text as "&lt;", and a quote in an attribute as "&quot;".
    """

    def resolved(link: re.Match[str]) -> str:
        return link[1] + escape(_resolved(base_url, unescape(link[2]))) + '"'

    # A reader loads `src` where there is no set.
    absolute = _RELATIVE_SET.sub("", _LINK.sub(resolved, html))
    return _PLACE.sub(lambda place: figures.get(place[1], ""), absolute)


def _resolved(base_url: str, address: str) -> str:
    try:
        return urljoin(base_url, address)
    except ValueError:  # such as //[
        return address


def _own_names_only(_tag: str, attribute: str, value: str) -> str | None:
    pattern = _OWN_NAMES.get(attribute)
    return value if pattern is None or pattern.fullmatch(value) else None


@cache
def _cleaner(*, asks: bool) -> nh3.Cleaner:
    """One that asks us about each attribute, and one that need not."""
    return nh3.Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_own_names_only if asks else None,
        set_tag_attribute_values=_SET,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


class _Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        """Most addresses are in their normal form, which to find out again takes longer than the text around them."""
        return url if _NORMAL_LINK.fullmatch(url) else super().normalizeLink(url)


@cache
def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin, inline=False).use(tasklists_plugin)
    parser.block.ruler.before("paragraph", "video", _video_block, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.add_render_rule("video", _video_html)
    parser.add_render_rule("image", _image_html)
    return parser


def _video_block(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    found = None if state.is_code_block(start) else _VIDEO.fullmatch(line)
    if found and not silent:
        token = state.push("video", "figure", 0)
        token.content, token.map = found[1].lower(), [start, start + 1]
        state.line = start + 1
    return found is not None


def _video_html(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: object, shared: MutableMapping[str, Any]
) -> str:
    video_id = tokens[index].content
    shared["videos"].append(video_id)
    return f'<figure data-marquee-video="{video_id}"></figure>\n'


def _image_html(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: Any,  # noqa: ANN401 - markdown-it's signature
    shared: MutableMapping[str, Any],
) -> str:
    token = tokens[index]
    address = _IMAGE.fullmatch(str(token.attrs.get("src", "")))
    picture: Picture | None = shared["pictures"].get(address["token"]) if address else None
    if address and picture:
        token.attrs |= {"width": picture.width, "height": picture.height}
        if picture.widths:
            stem = f"{address['before']}{address['token']}"
            narrower = [f"{stem}/{width}.webp {width}w" for width in picture.widths]
            token.attrs["srcset"] = ", ".join([*narrower, f"{address[0]} {picture.width}w"])
            token.attrs["sizes"] = IMAGE_SIZES
    return renderer.image(tokens, index, options, shared)
