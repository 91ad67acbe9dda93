"""Strict JSON in: UTF-8 only, no NaN, duplicate keys, NUL or lone surrogates, at most 64 deep."""

import json
import re
from typing import Final, NoReturn

from flask import request

from app.errors import BadRequest, TooLarge, UnsupportedType

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 64
_TYPES: Final = frozenset({"application/json", "application/merge-patch+json"})
# Possessive, and an open string is taken to its end: never looked at twice, or one body could keep us for hours.
_BRACKET_OR_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_UNCLEAN: Final = re.compile("[\x00\ud800-\udfff]")


def read_json() -> bytes:
    """The request's body, checked to be one strict JSON document.

    Raises `UnsupportedType`, `TooLarge` (over 1 MB) or `BadRequest`.
    """
    if request.mimetype not in _TYPES:
        raise UnsupportedType("Send JSON with Content-Type: application/json.")
    body = read_body(MAX_BYTES)
    check_json(body)
    return body


def read_body(limit_bytes: int) -> bytes:
    """The whole body. Raises `TooLarge` past the limit, `BadRequest` if it ends before its Content-Length."""
    announced = request.content_length
    if announced is not None and announced > limit_bytes:
        raise TooLarge(f"The body may have at most {limit_bytes} bytes.", limit_bytes=limit_bytes)
    body = request.stream.read(limit_bytes + 1)
    if len(body) > limit_bytes:
        raise TooLarge(f"The body may have at most {limit_bytes} bytes.", limit_bytes=limit_bytes)
    if announced is not None and len(body) < announced:
        raise BadRequest("The body ended before its Content-Length.", code="truncated_body")
    return body


def check_json(body: bytes) -> None:
    """Raises `BadRequest` for anything but one strict JSON document."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("The body is not UTF-8.", code="invalid_json") from None
    _check_depth(body)
    try:
        document = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise BadRequest(f"The body is not JSON: {error.msg} at {place}.", code="invalid_json") from None
    except ValueError:  # an integer with more digits than Python converts
        raise BadRequest("The body holds a number too long to read.", code="invalid_json") from None
    _check_strings(document)


def _check_depth(body: bytes) -> None:
    depth = 0
    for match in _BRACKET_OR_STRING.finditer(body):
        mark = match.group()
        if mark in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise BadRequest(f"The JSON is nested more than {MAX_DEPTH} deep.", code="invalid_json")
        elif mark in b"]}":
            depth -= 1


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise BadRequest("The JSON has the same key twice in one object.", code="invalid_json")
    return document


def _no_constant(name: str) -> NoReturn:
    raise BadRequest(f"{name} is not JSON.", code="invalid_json")


def _check_strings(document: object) -> None:
    pending = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value.keys())
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, str) and not is_clean_text(value):
            raise BadRequest("The JSON holds a NUL character or a lone surrogate.", code="invalid_json")


def is_clean_text(value: str) -> bool:
    """Whether PostgreSQL and UTF-8 can both hold the text: no NUL, no lone surrogate."""
    return _UNCLEAN.search(value) is None
