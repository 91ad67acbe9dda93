"""What a password must be: long, unlike the common ones, and free of the words that anybody would try first."""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from app.clients import threads
from app.errors import Invalid
from app.services import passwords
from config import settings

MIN_LENGTH: Final = 12
PRODUCT: Final = "marquee"
_MIN_WORD_LENGTH: Final = 4
_COMMON_BELOW_LOG10: Final = 6.0
"""What falls within a million guesses of zxcvbn's lists and patterns counts as common (its scores 0 and 1)."""
_PIECE_LENGTH: Final = 20
"""zxcvbn's time is exponential in the signs that stand for letters: 0.2 s for 20 of them, 7 s for 72."""
_PIECES_AT_MOST: Final = 5
_WORD: Final = re.compile(r"[^\W_]+")


def assert_allowed(password: str, *, context: Iterable[str], pointer: str = "/password") -> None:
    """Raises `Invalid`, with a code that says why; `context` is what is known of the person: address, name.

    12 characters or more, 1,024 bytes at most; any of Unicode will do (NIST SP 800-63B-4 §3.1.1.2).
    """
    problem = _problem(passwords.prepared(password), context)
    if problem is not None:
        code, detail = problem
        raise Invalid(detail, code=code, errors=[{"pointer": pointer, "detail": detail, "code": code}])


def _problem(password: str, context: Iterable[str]) -> tuple[str, str] | None:
    if len(password.encode()) > passwords.MAX_BYTES:
        return "password_too_long", "A password may have at most 1,024 bytes."
    if len(password) < MIN_LENGTH:
        return "password_too_short", f"A password needs at least {MIN_LENGTH} characters."
    folded = password.casefold()
    if any(word in folded for word in _words_to_avoid(context)):
        return "password_has_context", "Leave your address, your name and the name of this site out of the password."
    if threads.run_slow(_is_common, password):
        return "password_common", "This password is among the first that others would try; take another one."
    return None


def _words_to_avoid(context: Iterable[str]) -> Iterator[str]:
    """The words of four letters and more, and each text's words run together."""
    host = (urlsplit(settings.base_url).hostname or "").rpartition(".")[0]
    for text in (PRODUCT, host, *(_without_domain(text) for text in context)):
        words = _WORD.findall(text.casefold())
        yield from (word for word in {*words, "".join(words)} if len(word) >= _MIN_WORD_LENGTH)


def _without_domain(text: str) -> str:
    """An address's own part: that of a mail provider says nothing about a person."""
    return text.rpartition("@")[0] or text


def _is_common(password: str) -> bool:
    from zxcvbn import zxcvbn  # noqa: PLC0415 - 0.1 s and 95,000 words, for the few requests that need them

    text = _without_repetition(password)
    guesses_log10 = 0.0
    for start in range(0, min(len(text), _PIECE_LENGTH * _PIECES_AT_MOST), _PIECE_LENGTH):
        guesses_log10 += float(zxcvbn(text[start : start + _PIECE_LENGTH])["guesses_log10"])
        if guesses_log10 >= _COMMON_BELOW_LOG10:
            return False
    return True


def _without_repetition(text: str) -> str:
    """What is left of `abcabcabc…`: one piece says it all."""
    for length in range(1, _PIECE_LENGTH):
        if text == (text[:length] * (len(text) // length + 1))[: len(text)]:
            return text[:_PIECE_LENGTH]
    return text
