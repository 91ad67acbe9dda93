"""Markdown to sanitised HTML: CommonMark with tables, footnotes, task lists and our videos, then an allow-list."""

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

RENDERER_VERSION: Final = 2
"""Counts up whenever the same Markdown would give other HTML, so that stored HTML is made again."""
VIDEOS_AT_MOST: Final = 50

_TAGS: Final = (nh3.ALLOWED_TAGS - {"map", "area", "article", "aside", "header", "footer", "nav"}) | {
    "input",
    "section",
}
_AT_ONCE_LENGTH: Final = 5_000
"""Up to here (some 20 ms) the change of threads is not worth it."""
_SCHEMES: Final = {"http", "https", "mailto", "tel"}
_ATTRIBUTES: Final = {
    "a": {"href", "title", "id", "class"},
    "img": {"src", "alt", "title", "width", "height"},
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
# Only the names that our own parser writes: any other id or class could meet the page's scripts and styles.
_OWN_NAMES: Final = {
    "id": re.compile(r"fn(ref)?\d+(:\d+)?"),
    "class": re.compile(r"language-[\w+#.-]{1,40}|(footnote|task-list|contains-task-list)[a-z-]*( task-list-item)?"),
    "data-marquee-video": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
}
_VIDEO: Final = re.compile(r"::video\[([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\]\s*")
_PLACE: Final = re.compile(r'<figure data-marquee-video="([0-9a-f-]{36})"></figure>')
# What has a scheme is absolute already.
_LINK: Final = re.compile(r'(<(?:a|img)(?:\s[\w-]+(?:="[^"]*")?)*?\s(?:href|src)=")(?!(?:https?|mailto|tel):)([^"]*)"')


@dataclass(frozen=True, slots=True)
class Rendered:
    """HTML that is safe to put into a page as it is, and the ids of the videos it shows, in their order."""

    html: str
    video_ids: list[str]


def render(markdown: str) -> Rendered:
    """No scripts, styles, frames, forms or handlers come out, whatever goes in.

    `::video[<id>]` on a line of its own becomes `<figure data-marquee-video="<id>">`, without any address: what a
    player needs is not the text's to store. Half a million characters take two seconds, chosen ones twenty:
    long texts are made off the hub.
    """
    return _render(markdown) if len(markdown) <= _AT_ONCE_LENGTH else threads.run_slow(_render, markdown)


def _render(markdown: str) -> Rendered:
    shared: dict[str, Any] = {"videos": []}
    html = nh3.clean(
        _parser().render(markdown, shared),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_own_names_only,
        set_tag_attribute_values=_SET,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return Rendered(html, list(dict.fromkeys(shared["videos"]))[:VIDEOS_AT_MOST])


def stand_alone(html: str, base_url: str, figures: Mapping[str, str]) -> str:
    """Our own HTML for a place that is not the post's page: addresses are absolute, and each video's place holds its
    figure (HTML by the video's id), or nothing.

    Patterns are enough: the sanitiser writes "<" in a text as "&lt;", and a quote in an attribute as "&quot;".
    """

    def resolved(link: re.Match[str]) -> str:
        return link[1] + escape(_resolved(base_url, unescape(link[2]))) + '"'

    return _PLACE.sub(lambda place: figures.get(place[1], ""), _LINK.sub(resolved, html))


def _resolved(base_url: str, address: str) -> str:
    try:
        return urljoin(base_url, address)
    except ValueError:  # such as //[
        return address


def _own_names_only(_tag: str, attribute: str, value: str) -> str | None:
    pattern = _OWN_NAMES.get(attribute)
    return value if pattern is None or pattern.fullmatch(value) else None


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin, inline=False).use(tasklists_plugin)
    parser.block.ruler.before("paragraph", "video", _video_block, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.add_render_rule("video", _video_html)
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
