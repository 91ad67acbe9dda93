"""The form of a compact JWS (RFC 7515 §7.1), read more strictly than libraries do; no signature is checked here."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Final

MAX_LENGTH: Final = 2048
"""Ours have about 450 characters."""
_PARTS: Final = 3
_DEEPEST: Final = 8


def take_apart(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims. Raises `ValueError` or `TypeError` for whatever could be read in two ways.

    Each part must be the one canonical base64url of its bytes (else one token has many spellings), and each JSON an
    object without duplicate names (else two readers see two tokens).
    """
    if len(token) > MAX_LENGTH:
        raise ValueError("The token is too long.")
    parts = [_decoded(part) for part in token.split(".")]
    if len(parts) != _PARTS:
        raise ValueError("A token has three parts.")
    return _object(parts[0]), _object(parts[1])


def _decoded(part: str) -> bytes:
    raw = urlsafe_b64decode(part.encode("ascii") + b"=" * (-len(part) % 4))
    if urlsafe_b64encode(raw).rstrip(b"=").decode() != part:
        raise ValueError("A part is not canonical base64url.")
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    text = raw.decode("utf-8")
    if text.count("{") + text.count("[") > _DEEPEST:
        raise ValueError("A part is nested too deeply.")
    document = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    if not isinstance(document, dict):
        raise TypeError("A part is no JSON object.")
    return document


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("A name stands twice in one object.")
    return document


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON.")
