"""What people type into a search box: words, "phrases", and -words that must not occur."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

TERMS_AT_MOST: Final = 10
PREFIX_LENGTH: Final = 3
"""From here on a word also finds what begins with it; shorter ones would find everything."""
_TERM: Final = re.compile(r'(-?)"([^"]*)"|(-?)(\S+)')
_WORD: Final = re.compile(r"[^\W_]+")

Term = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchWords:
    """Terms that must all occur, and those that must not; a term of several words is a phrase."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...]


def search_words(text: str) -> SearchWords:
    """The first terms of a text. One without any letter or digit is none."""
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for quoted_sign, phrase, sign, word in _TERM.findall(unicodedata.normalize("NFKC", text).lower()):
        term = tuple(_WORD.findall(phrase or word))
        if term and len(wanted) + len(unwanted) < TERMS_AT_MOST:
            (unwanted if quoted_sign or sign else wanted).append(term)
    return SearchWords(tuple(wanted), tuple(unwanted))
