"""Access tokens (JWT `at+jwt`) and refresh tokens (opaque, hashed at rest)."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import jwt

from app.errors import NotAuthenticated
from app.utils.ids import new_id
from app.utils.times import now
from config import settings

ALGORITHM: Final = "HS256"
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 - RFC 9068's name of the type
_LEEWAY_S: Final = 10
_BAD: Final = "The access token is not valid; sign in or refresh."


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says: whose it is and which session it came from."""

    user_id: UUID
    session_id: UUID


def write_access_token(user_id: UUID, session_id: UUID) -> str:
    """A token for `settings.access_token_s` seconds. Role and organization are looked up, not carried."""
    issued = now()
    claims = {
        "iss": settings.base_url,
        "aud": settings.base_url,
        "sub": str(user_id),
        "sid": str(session_id),
        "iat": issued,
        "exp": issued + timedelta(seconds=settings.access_token_s),
        "jti": new_id().hex,
    }
    return jwt.encode(claims, settings.secret_key, ALGORITHM, headers={"typ": TOKEN_TYPE})


def read_access_token(token: str) -> Claims:
    """The claims of a token of ours that is still in force. Raises `NotAuthenticated` (RFC 9068 §4)."""
    try:
        complete = jwt.decode_complete(
            token,
            settings.secret_key,
            algorithms=[ALGORITHM],
            audience=settings.base_url,
            issuer=settings.base_url,
            leeway=_LEEWAY_S,
            options={"require": ["exp", "iat", "sub", "jti", "sid", "iss", "aud"]},
        )
        claims: dict[str, Any] = complete["payload"]
        if complete["header"].get("typ") != TOKEN_TYPE or not isinstance(claims["exp"], int):
            raise NotAuthenticated(_BAD, code="invalid_token")
        return Claims(UUID(claims["sub"]), UUID(claims["sid"]))
    except jwt.ExpiredSignatureError:
        raise NotAuthenticated("The access token has expired; refresh it.", code="token_expired") from None
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
        raise NotAuthenticated(_BAD, code="invalid_token") from None


def new_refresh_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def successor_of(token: str, successor_key: bytes) -> str:
    """The next token of a chain; only the server's key makes it, so that a replay can get the same one."""
    digest = hmac.new(successor_key, token.encode(), sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def hash_token(token: str) -> bytes:
    """What is stored of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
