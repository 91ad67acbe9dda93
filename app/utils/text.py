"""Small rules about text: slugs, excerpts and reading time."""

import re
import secrets
from collections.abc import Iterable, Iterator

from slugify import slugify

SLUG_MAX_LENGTH = 80
EXCERPT_MAX_LENGTH = 300
WORDS_PER_MINUTE = 240
_SUFFIX_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # without look-alikes
# A link's parts hold no further opening bracket: each is looked at once, however many are never closed.
_MARKDOWN_MARKS = re.compile(r"(!?\[([^\[\]]*+)\]\((?:[^()]++|\([^()]*+\))*+\))|([`*_#~|]+|\[\^[^\[\]]{1,50}\])")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
# Rows of tables, our videos, footnotes' texts, and lines that rule or underline.
_NO_PROSE = re.compile(r"\s*(?:\||::video\[|\[\^[^\]]{1,50}\]:|[-=]{3,}\s*$)")
_QUOTE_MARKS = re.compile(r"^(?:\s*>)++")
_LIST_MARK = re.compile(r"\s*(?:[-+*]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?")
# Tags, comments and addresses between angle brackets; in code they are text. Each bracket is looked at once.
_ANGLED = re.compile(r"(`[^`]*+`)|</?[a-zA-Z][a-zA-Z0-9-]*+(?:[\s/][^<>]*+)?>|<!--[^<>]*+>|<([a-z]+:[^<>\s]*+)>")
_EXCERPT_SOURCE_LENGTH = 20_000
_SPACE = re.compile(r"\s+")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def slug_of(title: str, *, fallback: str) -> str:
    """A lower-case ASCII slug of a title in any script, at most 80 characters; `fallback` if none is left."""
    return slugify(title, max_length=SLUG_MAX_LENGTH, word_boundary=True) or fallback


def with_random_suffix(slug: str, *, length: int = 5) -> str:
    """The slug with a short random tail, for when the plain one is taken."""
    tail = "".join(secrets.choice(_SUFFIX_ALPHABET) for _ in range(length))
    return f"{slug[: SLUG_MAX_LENGTH - length - 1]}-{tail}"


def excerpt_of(markdown: str) -> str:
    """The first sentences of a text as plain words, at most 300 characters, cut at a word."""
    beginning = "\n".join(_prose(markdown[:_EXCERPT_SOURCE_LENGTH].splitlines()))
    words = _MARKDOWN_MARKS.sub(r"\2", _ANGLED.sub(r"\1\2", beginning))
    plain = _SPACE.sub(" ", words).strip()
    if len(plain) <= EXCERPT_MAX_LENGTH:
        return plain
    return plain[:EXCERPT_MAX_LENGTH].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


def _prose(lines: Iterable[str]) -> Iterator[str]:
    is_code = False
    for quoted in lines:
        line = _QUOTE_MARKS.sub("", quoted)
        if _FENCE.match(line):
            is_code = not is_code
        elif not is_code and not _NO_PROSE.match(line):
            yield line[match.end() :] if (match := _LIST_MARK.match(line)) else line


def reading_time_s(text: str) -> int:
    """Seconds an adult needs to read a text silently, at 240 words a minute (Brysbaert 2019: 238)."""
    return round(len(text.split()) * 60 / WORDS_PER_MINUTE)


def xml_text(text: str) -> str:
    """The text without the characters that XML 1.0 (§2.2) cannot hold in any form."""
    return _NOT_IN_XML.sub("", text)
