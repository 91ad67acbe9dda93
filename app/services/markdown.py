"""Markdown to sanitised HTML: CommonMark with tables and strikethrough, then an allow-list of tags."""

from functools import cache
from typing import Final

import nh3
from markdown_it import MarkdownIt

from app.clients import threads

RENDERER_VERSION: Final = 1
"""Counts up whenever the same Markdown would give other HTML, so that stored HTML can be made again."""

_TAGS: Final = nh3.ALLOWED_TAGS - {"map", "area", "article", "aside", "header", "footer", "nav"}
_AT_ONCE_LENGTH: Final = 5_000
"""Up to here (some 20 ms) the change of threads is not worth it."""
_SCHEMES: Final = {"http", "https", "mailto", "tel"}
_ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "code": {"class"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
}


def render_html(markdown: str) -> str:
    """HTML that is safe to put into a page as it is: no scripts, styles, frames, forms or handlers.

    Half a million characters take two seconds, chosen ones twenty: long texts are made off the hub.
    """
    return _render(markdown) if len(markdown) <= _AT_ONCE_LENGTH else threads.run_slow(_render, markdown)


def _render(markdown: str) -> str:
    return nh3.clean(
        _parser().render(markdown),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
