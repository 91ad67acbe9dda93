"""Forged, bent and borrowed access tokens: each is 401, none is a server error."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256, sha512
from typing import Any, Final

import jwt
import pytest

from app.services import tokens
from app.utils.ids import new_id
from config import settings
from tests.factories import make_membership, make_session, make_video
from tests.support.http import ApiClient

ABSENT: Final = object()
Document = dict[str, Any]


class Forge:
    """A true token taken apart; every piece can be exchanged, and the signature is still ours."""

    def __init__(self) -> None:
        self.member = make_membership()
        self.session = make_session(self.member.user, self.member.organization)
        self.true = tokens.write_access_token(self.member.user_id, self.session.id)
        self.header: Document = jwt.get_unverified_header(self.true)
        self.claims: Document = jwt.decode(self.true, options={"verify_signature": False})

    def token(self, *, header: Document | None = None, claims: Document | None = None) -> str:
        """Signed by us, with some members exchanged or absent."""
        return self.raw(_bytes(self.header, header or {}), _bytes(self.claims, claims or {}))

    def raw(self, header: bytes, claims: bytes) -> str:
        """Signed by us, whatever the bytes are."""
        return sealed(f"{encoded(header)}.{encoded(claims)}")

    @property
    def header_bytes(self) -> bytes:
        return _bytes(self.header, {})

    @property
    def claim_bytes(self) -> bytes:
        return _bytes(self.claims, {})


def _bytes(document: Document, changes: Document) -> bytes:
    merged = {name: value for name, value in {**document, **changes}.items() if value is not ABSENT}
    return json.dumps(merged).encode()


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def sealed(signed_part: str, *, digest: Callable[..., Any] = sha256, key: bytes | None = None) -> str:
    key = settings.secret_key.encode() if key is None else key
    return f"{signed_part}.{encoded(hmac.new(key, signed_part.encode(), digest).digest())}"


def _unsigned(forge: Forge, algorithm: str) -> str:
    return f"{encoded(_bytes(forge.header, {'alg': algorithm}))}.{encoded(forge.claim_bytes)}."


def _sealed_otherwise(forge: Forge, algorithm: str, digest: Callable[..., Any]) -> str:
    return sealed(f"{encoded(_bytes(forge.header, {'alg': algorithm}))}.{encoded(forge.claim_bytes)}", digest=digest)


def _other_key(forge: Forge, key: bytes) -> str:
    return sealed(forge.true.rpartition(".")[0], key=key)


def _another_letter_of_the_same_bits(forge: Forge) -> str:
    """The last letter of a 32-byte signature carries two unused bits."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place = letters.index(forge.true[-1])
    return forge.true[:-1] + letters[place ^ 1]


OCTET_KEY: Final = {"kty": "oct", "k": encoded(b"k" * 32)}
FORGED: Final[dict[str, Callable[[Forge], str]]] = {
    **{f"alg {name}": lambda forge, name=name: _unsigned(forge, name) for name in ("none", "None", "NONE", "nOnE", "")},  # type: ignore[misc]  # bound now
    "alg none with our signature": lambda forge: forge.token(header={"alg": "none"}),
    "alg HS512, signed so": lambda forge: _sealed_otherwise(forge, "HS512", sha512),
    "alg RS256 with our key as if it were public": lambda forge: forge.token(header={"alg": "RS256"}),
    "alg ES256": lambda forge: forge.token(header={"alg": "ES256"}),
    "alg is a list": lambda forge: forge.token(header={"alg": ["HS256"]}),
    "alg is a number": lambda forge: forge.token(header={"alg": 256}),
    "alg is null": lambda forge: forge.token(header={"alg": None}),
    "no alg": lambda forge: forge.token(header={"alg": ABSENT}),
    "an empty key": lambda forge: _other_key(forge, b""),
    "another key": lambda forge: _other_key(forge, b"k" * 32),
    "a key that it brings itself (jwk)": lambda forge: sealed(
        f"{encoded(_bytes(forge.header, {'jwk': OCTET_KEY}))}.{encoded(forge.claim_bytes)}", key=b"k" * 32
    ),
    "unknown crit": lambda forge: forge.token(header={"crit": ["exp"], "exp": 1}),
    "crit that names nothing": lambda forge: forge.token(header={"crit": []}),
    "crit b64": lambda forge: forge.token(header={"crit": ["b64"], "b64": False}),
    "crit is text": lambda forge: forge.token(header={"crit": "exp"}),
    "no signature": lambda forge: forge.true.rpartition(".")[0] + ".",
    "two parts": lambda forge: forge.true.rpartition(".")[0],
    "four parts": lambda forge: forge.true + ".",
    "JWE's five parts": lambda forge: f"{encoded(forge.header_bytes)}....",
    "another's signature": lambda forge: forge.true.rpartition(".")[0] + "." + Forge().true.rpartition(".")[2],
    "padding": lambda forge: forge.true + "=",
    "another letter of the same bits": _another_letter_of_the_same_bits,
    "base64 with + and /": lambda forge: forge.true.rpartition(".")[0] + ".++//",
    "not base64": lambda forge: forge.true.rpartition(".")[0] + ".!!!",
    "dots": lambda forge: forge.true[:0] + "..",
    "50 kB of letters": lambda forge: "A" * 50_000 + forge.true[:0],
    "50 kB of claims": lambda forge: forge.token(claims={"more": "x" * 50_000}),
    "header is a list": lambda forge: forge.raw(b"[]", forge.claim_bytes),
    "header is no JSON": lambda forge: forge.raw(b"{", forge.claim_bytes),
    "header is null": lambda forge: forge.raw(b"null", forge.claim_bytes),
    "header is no UTF-8": lambda forge: forge.raw(b"\xff\xfe", forge.claim_bytes),
    "claims are a list": lambda forge: forge.raw(forge.header_bytes, b"[]"),
    "claims are text": lambda forge: forge.raw(forge.header_bytes, b'"claims"'),
    "claims are no UTF-8": lambda forge: forge.raw(forge.header_bytes, b"\xff"),
    "claims are nested deeply": lambda forge: forge.raw(forge.header_bytes, b"[" * 9_000),
    "alg twice": lambda forge: forge.raw(b'{"alg":"none",' + forge.header_bytes[1:], forge.claim_bytes),
    "sub twice": lambda forge: forge.raw(
        forge.header_bytes, b'{"sub":"' + str(new_id()).encode() + b'",' + forge.claim_bytes[1:]
    ),
    "NaN in exp": lambda forge: forge.raw(forge.header_bytes, _bytes(forge.claims, {"exp": float("nan")})),
    "Infinity in exp": lambda forge: forge.raw(forge.header_bytes, _bytes(forge.claims, {"exp": float("inf")})),
    "1e400 in exp": lambda forge: forge.raw(
        forge.header_bytes, forge.claim_bytes.replace(str(forge.claims["exp"]).encode(), b"1e400")
    ),
}
KEY_NAMES: Final[tuple[object, ...]] = (
    *("../../../../dev/null", "/dev/null", "' OR 1=1 --", "x' UNION SELECT 'k", "unknown", "", " ", "\x00", "💥"),
    *(0, 1.5, True, None, [], {}, ["a"], "k" * 10_000),
)
WRONG_CLAIMS: Final[dict[str, tuple[object, ...]]] = {
    "exp": (ABSENT, None, "", "9999999999", "tomorrow", 1.5e10, -1, 0, 1, 10**400, -(10**20), True, [], {}),
    "iat": (ABSENT, None, "", "0", "yesterday", 99_999_999_999, 10**400, [], {}, True, -1, float(2**40), 1.5e9),
    "nbf": (99_999_999_999, "later", "", None, [], {}, 10**400, True),
    "aud": (ABSENT, None, "", "https://elsewhere.example", [], {}, 1, ["https://elsewhere.example"], [1]),
    "iss": (ABSENT, None, "", "https://elsewhere.example", [], {}, 1),
    "sub": (ABSENT, None, "", "1", 1, 1.5, True, [], {}, "' OR 1=1 --", "0" * 32, str(new_id()), "\x00", "x" * 9_000),
    "sid": (ABSENT, None, "", "1", 1, 1.5, True, [], {}, "' OR 1=1 --", "0" * 32, str(new_id()), "\x00", "x" * 9_000),
    "jti": (ABSENT, None, 1, [], {}),
}
WRONG_TYPES: Final[tuple[object, ...]] = (
    *(ABSENT, None, "", "JWT", "jwt", "refresh+jwt"),
    *("at+jwt ", 1, [], {}, ["at+jwt"]),
)


@pytest.fixture
def forge(client: ApiClient) -> Forge:
    del client  # its database is where the session lies
    return Forge()


def assert_refused(client: ApiClient, token: str) -> None:
    response = client.get("/api/v1/users/me", headers={"Authorization": f"Bearer {token}"})

    assert response.status_code == 401, response.get_data(as_text=True)
    assert response.mimetype == "application/problem+json"
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert len(token) < 3 or token not in response.get_data(as_text=True)


def test_the_forge_makes_true_tokens(client: ApiClient, forge: Forge) -> None:
    """Else every attack would fail for the wrong reason."""
    for token in (forge.true, forge.token(), forge.raw(forge.header_bytes, forge.claim_bytes)):
        response = client.get("/api/v1/users/me", headers={"Authorization": f"Bearer {token}"})

        assert response.status_code == 200


@pytest.mark.parametrize("attack", FORGED)
def test_a_forged_token_is_refused(attack: str, client: ApiClient, forge: Forge) -> None:
    assert_refused(client, FORGED[attack](forge))


@pytest.mark.parametrize("claim", WRONG_CLAIMS)
def test_a_claim_that_is_missing_or_odd_is_refused(claim: str, client: ApiClient, forge: Forge) -> None:
    for value in WRONG_CLAIMS[claim]:
        assert_refused(client, forge.token(claims={claim: value}))


def test_a_token_of_another_type_is_refused(client: ApiClient, forge: Forge) -> None:
    for value in WRONG_TYPES:
        assert_refused(client, forge.token(header={"typ": value}))


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk", "x5c"])
def test_a_key_that_the_token_points_to_is_never_used(name: str, client: ApiClient, forge: Forge) -> None:
    """Signed with the key that it offers; nothing is fetched (no socket leaves the loopback here)."""
    offer = {"jwk": OCTET_KEY, "x5c": [encoded(b"k" * 32)]}.get(name, "https://elsewhere.example/key")
    header = _bytes(forge.header, {name: offer})

    assert_refused(client, sealed(f"{encoded(header)}.{encoded(forge.claim_bytes)}", key=b"k" * 32))


@pytest.mark.parametrize("key_name", KEY_NAMES, ids=repr)
def test_a_key_name_chooses_no_key_of_the_attacker(key_name: object, client: ApiClient, forge: Forge) -> None:
    header = _bytes(forge.header, {"kid": key_name})

    for key in (b"", b"k" * 32, b"None", str(key_name).encode()):
        assert_refused(client, sealed(f"{encoded(header)}.{encoded(forge.claim_bytes)}", key=key))


def test_another_user_s_session_is_refused(client: ApiClient, forge: Forge) -> None:
    other = Forge()

    assert_refused(client, forge.token(claims={"sid": str(other.session.id)}))
    assert_refused(client, forge.token(claims={"sub": str(other.member.user_id)}))


def test_a_token_made_for_something_else_is_refused(client: ApiClient, forge: Forge) -> None:
    """A refresh token and the token of a media path open no API."""
    video = make_video(forge.member.organization, has_poster=True)
    me = client.with_headers({"Authorization": f"Bearer {forge.true}"})
    poster = me.get(f"/api/v1/videos/{video.id}").get_json()["poster_url"]

    assert_refused(client, tokens.new_refresh_token())
    assert_refused(client, poster.partition("/media/")[2].partition("/")[0])


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "bearer", "Token x", "Bearer a b", "Bearer \xff", "x" * 9_000]
)
def test_an_authorization_header_that_holds_no_token_is_refused(header: str, client: ApiClient) -> None:
    response = client.get("/api/v1/users/me", headers={"Authorization": header})

    assert response.status_code == 401
    assert response.mimetype == "application/problem+json"
