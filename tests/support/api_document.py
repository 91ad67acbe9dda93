"""Holds answers to the OpenAPI document."""

from functools import cache
from typing import Any, Final

from jsonschema_rs import Draft202012Validator, Registry
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.test import TestResponse

from app.routes import API_ROUTES, openapi_document, ops_routes

_NAME: Final = "urn:marquee:openapi"
_PROBLEM: Final = "application/problem+json"
_JSON: Final = ("application/json", _PROBLEM)


def assert_documented(response: TestResponse, rules: Map) -> None:
    """Fails unless the document allows this status, media type and body; every error must be a problem."""
    request = response.request
    what = f"{request.method} {request.path} → {response.status_code} {response.mimetype}"
    if request.method == "OPTIONS":
        return
    if response.status_code >= 400 and request.method != "HEAD":
        assert response.mimetype in _JSON, f"{what}: not a problem: {response.get_data(as_text=True)[:500]}"
    method = "GET" if request.method == "HEAD" else request.method
    endpoint = _endpoint(rules, request.path, method)
    if endpoint not in _operations():
        if response.mimetype == _PROBLEM:
            _assert_valid(_validator(("components", "schemas", "Problem")), response, what)
        return
    place = (*_operations()[endpoint], "responses", str(response.status_code))
    described = _look_up(place)
    assert described is not None, f"{what}: the document knows no such status: {response.get_data(as_text=True)}"
    _assert_content(described, place, response, what)


def _assert_content(described: dict[str, Any], place: tuple[str, ...], response: TestResponse, what: str) -> None:
    if response.request.method == "HEAD":
        return
    content = described.get("content", {})
    if not content:
        assert response.get_data() == b"", f"{what}: a body where the document has none"
        return
    allowed = {*content, _PROBLEM} if response.status_code >= 400 else set(content)
    assert response.mimetype in allowed, f"{what}: the document says {sorted(allowed)}"
    if response.mimetype in content and response.mimetype in _JSON:
        _assert_valid(_validator((*place, "content", response.mimetype, "schema")), response, what)


def _assert_valid(validator: Draft202012Validator, response: TestResponse, what: str) -> None:
    errors = [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(response.get_json())]
    assert not errors, f"{what}: {errors}"


def _endpoint(rules: Map, path: str, method: str) -> str | None:
    try:
        endpoint, _arguments = rules.bind("localhost").match(path, method)
    except HTTPException:
        return None
    return str(endpoint)


@cache
def _document() -> dict[str, Any]:
    return openapi_document()


@cache
def _operations() -> dict[str, tuple[str, ...]]:
    """Endpoint → where its operation stands."""
    described = [*API_ROUTES, *ops_routes.DESCRIBED]
    return {route.endpoint: ("paths", route.full_path, route.method.lower()) for route in described}


def _look_up(place: tuple[str, ...]) -> dict[str, Any] | None:
    found: dict[str, Any] | None = _document()
    for part in place:
        found = found.get(part) if found is not None else None
    return found


@cache
def _validator(place: tuple[str, ...]) -> Draft202012Validator:
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in place)
    pointer = pointer.replace("{", "%7B").replace("}", "%7D")
    return Draft202012Validator({"$ref": f"{_NAME}#{pointer}"}, registry=_registry(), validate_formats=True)


@cache
def _registry() -> Registry:
    return Registry([(_NAME, _document())])
