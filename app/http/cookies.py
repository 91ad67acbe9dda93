"""The refresh cookie: only for the auth routes, out of reach of scripts and of other sites."""

from typing import Final

from flask import Response, request

from app.errors import NotPermitted
from app.http.answers import Answer, json_bytes
from app.http.origins import is_allowed
from app.http.routing import API_PREFIX
from config import settings

_PATH: Final = f"{API_PREFIX}/auth"
_IN_BODY: Final = "body"


def _is_secure() -> bool:
    return settings.base_url.startswith("https://")


def _name() -> str:
    # The __Secure- prefix makes browsers insist on Secure, which plain http in development cannot give.
    return "__Secure-marquee_refresh" if _is_secure() else "marquee_refresh"


def refresh_cookie() -> str | None:
    """The refresh token in the cookie."""
    return request.cookies.get(_name())


def wants_token_in_body() -> bool:
    """Whether a native client asked for its refresh token in the JSON."""
    return request.headers.get("Marquee-Token-Delivery") == _IN_BODY


def session_answer(document: dict[str, object], refresh_token: str, *, status: int) -> Answer:
    """The session's JSON with the refresh cookie (or, for native clients, without)."""
    response = Response(json_bytes(document), status, mimetype="application/json")
    if not wants_token_in_body():
        response.set_cookie(
            _name(),
            refresh_token,
            max_age=settings.session_s,
            path=_PATH,
            secure=_is_secure(),
            httponly=True,
            samesite=settings.cookie_samesite,
        )
    return Answer(response=response)


def clear_refresh_cookie(answer: Answer) -> Answer:
    """The answer, and the browser forgets the cookie."""
    response = Response(status=answer.status)
    response.delete_cookie(_name(), path=_PATH, secure=_is_secure(), httponly=True, samesite=settings.cookie_samesite)
    return Answer(response=response)


def assert_own_origin(token_in_body: str | None) -> None:
    """Raises `NotPermitted` when the cookie is used by a page that is not ours or allow-listed (CSRF).

    Browsers name the origin of every POST; where none is named the cookie does not count either.
    """
    if token_in_body is not None or refresh_cookie() is None:
        return
    if not is_allowed(request.headers.get("Origin", ""), request.host_url):
        raise NotPermitted("This origin may not use the session's cookie.", code="origin_not_allowed")
