"""Keyset cursors: signed, and bound to the filter and sort that they were made for."""

from datetime import datetime
from hashlib import blake2b
from typing import Final
from uuid import UUID

import orjson
from itsdangerous import BadData
from itsdangerous.encoding import base64_decode, base64_encode

from app.errors import BadRequest
from app.http.answers import json_bytes
from app.services import keyring
from app.services.pages import Place

_SALT: Final = "list-cursor"


def write_cursor(place: Place, *, backwards: bool, bound_to: object) -> str:
    """A cursor for the row at `place` (what it is sorted by, and its id)."""
    value, row_id = place
    told = {"time": value.isoformat()} if isinstance(value, datetime) else value
    said = json_bytes([told, row_id.hex, backwards, _digest(bound_to)])
    return keyring.signer(_SALT).sign(base64_encode(said)).decode()


def read_cursor(cursor: str, *, bound_to: object) -> tuple[Place, bool]:
    """The place and direction in a cursor. Raises `BadRequest` if it is forged or for another list."""
    try:
        told, row_id, backwards, digest = orjson.loads(base64_decode(keyring.signer(_SALT).unsign(cursor)))
    except (BadData, ValueError, TypeError):
        raise BadRequest("The cursor is not one of ours.", code="invalid_cursor") from None
    if digest != _digest(bound_to):
        raise BadRequest("The cursor belongs to a list with another filter or sort.", code="invalid_cursor")
    value = datetime.fromisoformat(told["time"]) if isinstance(told, dict) else told
    return (value, UUID(row_id)), bool(backwards)


def _digest(bound_to: object) -> str:
    return blake2b(json_bytes(bound_to), digest_size=8).hexdigest()
