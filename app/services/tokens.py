"""Access tokens (JWT `at+jwt`), refresh tokens (opaque, hashed at rest) and derived single-use tokens."""

import binascii
import hmac
import secrets
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import jwt

from app.errors import Invalid, NotAuthenticated
from app.services import keyring
from app.utils import compact_jws
from app.utils.ids import new_id
from app.utils.times import now
from config import settings

ALGORITHM: Final = "HS256"
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 - RFC 9068's name of the type
_LEEWAY_S: Final = 10
_ID_BYTES: Final = 16
_DERIVED_BYTES: Final = _ID_BYTES + 32
_CLAIM_TYPES: Final = {"iss": str, "aud": str, "sub": str, "sid": str, "iat": int, "exp": int, "jti": str}
_LATEST: Final = 2**40
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
    key = keyring.signing_key()
    return jwt.encode(claims, key.secret, ALGORITHM, headers={"typ": TOKEN_TYPE, "kid": key.kid})


def read_access_token(token: str) -> Claims:
    """The claims of a token of ours that is still in force. Raises `NotAuthenticated` (RFC 9068 §4)."""
    try:
        header, claims = compact_jws.take_apart(token)
        _check_form(header, claims)
        jwt.decode(
            token,
            _secret_of(header["kid"]),
            algorithms=[ALGORITHM],
            audience=settings.base_url,
            issuer=settings.base_url,
            leeway=_LEEWAY_S,
        )
        return Claims(UUID(claims["sub"]), UUID(claims["sid"]))
    except jwt.ExpiredSignatureError:
        raise NotAuthenticated("The access token has expired; refresh it.", code="token_expired") from None
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
        raise NotAuthenticated(_BAD, code="invalid_token") from None


def _secret_of(kid: object) -> str:
    """The secret of the key that a token names; only ever one of ours."""
    key = keyring.key_of(kid)
    if key is None:
        raise ValueError("This is no key of ours.")
    return key.secret


def _check_form(header: dict[str, Any], claims: dict[str, Any]) -> None:
    """Raises `ValueError` unless header and claims are of the form that `write_access_token` gives them.

    Nobody else makes our tokens, so whatever we never write (`crit`, `jku`, `nbf`, …) needs no interpretation.
    """
    if header != {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": header.get("kid")}:
        raise ValueError("This is not our header.")
    if {name: type(value) for name, value in claims.items()} != _CLAIM_TYPES:
        raise ValueError("These are not our claims.")
    if not 0 <= claims["iat"] < claims["exp"] < _LATEST:
        raise ValueError("These are no times of ours.")


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


def derived_token(purpose: str, row_id: UUID) -> str:
    """The token of a row: its id and an HMAC of purpose and id, so that nothing usable is stored.

    Whether it still counts is the row's to say (`used_at`, `expires_at`).
    """
    return urlsafe_b64encode(row_id.bytes + _seal(purpose, row_id, keyring.signing_key())).decode()


def row_of_token(purpose: str, token: str) -> UUID:
    """The row that a token was derived from, by any key of the ring. Raises `Invalid` (`invalid_token`)."""
    try:
        content = b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if len(content) == _DERIVED_BYTES and urlsafe_b64encode(content).decode() == token:
        row_id, seal = UUID(bytes=content[:_ID_BYTES]), content[_ID_BYTES:]
        # Every key is compared, so that the time does not tell which one it was.
        if sum(hmac.compare_digest(seal, _seal(purpose, row_id, key)) for key in keyring.all_keys()):
            return row_id
    raise Invalid(
        "The link is not valid; ask for a new one.",
        code="invalid_token",
        errors=[{"pointer": "/token", "detail": "Not a token of ours.", "code": "invalid_token"}],
    )


def _seal(purpose: str, row_id: UUID, key: keyring.Key) -> bytes:
    message = b"\x00".join((b"marquee derived token", purpose.encode(), row_id.bytes))
    return hmac.new(key.secret.encode(), message, sha256).digest()
