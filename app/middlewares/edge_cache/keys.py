"""What tells one answer to anonymous readers from another, and which requests have such an answer at all."""

from typing import TYPE_CHECKING, Final

from app.http.routing import API_PREFIX
from app.middlewares.compression import Coding, chosen
from config import settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Key = tuple[str, str, str, str, str, tuple[Coding | None, bool]]
"""Scheme, host, path, query, origin, coding."""
Header = tuple[str, str]
EVERYTHING: Final = ""
"""Stands for all organizations; none has such a slug."""
_KEY_LENGTH: Final = 1024
_ROOT: Final = f"{API_PREFIX}/"
_ORGANIZATIONS: Final = f"{API_PREFIX}/organizations/"
_FILTER: Final = "organization="
# What makes an answer somebody's own, or another one than the whole.
_PERSONAL: Final = ("HTTP_AUTHORIZATION", "HTTP_MARQUEE_ORGANIZATION", "HTTP_RANGE", "HTTP_TRANSFER_ENCODING")
_COOKIE: Final = "marquee_refresh"
_INDIFFERENT: Final = frozenset(
    {
        *("HOST", "ORIGIN", "ACCEPT-ENCODING", "ACCEPT", "ACCEPT-LANGUAGE", "USER-AGENT", "REFERER", "X-REQUEST-ID"),
        *("CONNECTION", "CACHE-CONTROL", "PRAGMA", "DNT", "PRIORITY", "UPGRADE-INSECURE-REQUESTS", "SEC-GPC"),
        *("SEC-FETCH-DEST", "SEC-FETCH-MODE", "SEC-FETCH-SITE", "SEC-FETCH-USER"),
        *("SEC-CH-UA", "SEC-CH-UA-MOBILE", "SEC-CH-UA-PLATFORM"),
    }
)
"""Headers, as gunicorn writes them, that are in the key or change nothing."""


def key_of(environ: "WSGIEnvironment") -> Key | None:
    """The key of a request whose answer everybody gets; None where the application must be asked.

    Everything that an answer to an anonymous reader can depend on is in it; the forwarded headers are gone by now.
    """
    path: str = environ["PATH_INFO"]
    query: str = environ["QUERY_STRING"]
    host: str = environ.get("HTTP_HOST", "")
    if environ["REQUEST_METHOD"] != "GET" or not path.startswith(_ROOT) or _is_personal(environ):
        return None
    if not host or environ.get("SCRIPT_NAME") or len(host) + len(path) + len(query) > _KEY_LENGTH:
        return None
    said = (environ.get("HTTP_ORIGIN"), environ.get("HTTP_ACCEPT_ENCODING", ""))
    return _key(environ["wsgi.url_scheme"], host, path, query, *said)


def key_of_head(path: str, query: str, headers: list[Header]) -> Key | None:
    """The key of a GET over plain http that says nothing but what is known here, or None. No header comes twice."""
    said = dict(headers)
    if len(said) != len(headers) or not said.keys() <= _INDIFFERENT or not said.get("HOST"):
        return None
    return _key("http", said["HOST"], path, query, said.get("ORIGIN"), said.get("ACCEPT-ENCODING", ""))


def _key(scheme: str, host: str, path: str, query: str, origin: str | None, accept_encoding: str) -> Key:
    if "&" in query:
        query = _in_order(query)
    return scheme, host, path, query, _origin(origin), chosen(accept_encoding)


def scope_of(key: Key) -> str:
    """The slug of the one organization that the answer is about, as the address says; else `EVERYTHING`."""
    path, query = key[2], key[3]
    if path.startswith(_ORGANIZATIONS):
        return path[len(_ORGANIZATIONS) :].partition("/")[0]
    named = [part for part in query.split("&") if part.startswith(_FILTER)]
    # A name that is written in another way is not recognised here: then the answer is about everything.
    return named[0][len(_FILTER) :] if len(named) == 1 and "%" not in query and "+" not in query else EVERYTHING


def _is_personal(environ: "WSGIEnvironment") -> bool:
    for name in _PERSONAL:
        if name in environ:
            return True
    if environ.get("CONTENT_LENGTH", "0") not in {"", "0"} or _COOKIE in environ.get("HTTP_COOKIE", ""):
        return True
    return "HTTP_IF_MODIFIED_SINCE" in environ and "HTTP_IF_NONE_MATCH" not in environ


def _in_order(query: str) -> str:
    """The parameters by their names; those of one name stay in their order, and so do names in disguise."""
    return query if "%" in query else "&".join(sorted(query.split("&"), key=lambda part: part.partition("=")[0]))


def _origin(origin: str | None) -> str:
    """One that may read the answer, `other`, or none: an answer names at most the former."""
    if origin is None:
        return ""
    return origin if origin in settings.cors_origins else "other"
