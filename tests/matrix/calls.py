"""From a route to a request that only permission can refuse."""

from io import BytesIO
from typing import Any, Final

from pydantic import BaseModel
from werkzeug.test import TestResponse

from app.http.routing import BodyKind, Route
from tests.architecture.test_tenants import BODIES, OTHER_PARAMETERS
from tests.factories.rows import unique
from tests.matrix.world import Caller, Target
from tests.support.http import ApiClient
from tests.support.route_table import headers_of, path_with

_MP4_HEAD: Final = b"\x00\x00\x00\x20ftypisom" + bytes(1024)


def id_parameter(route: Route) -> str | None:
    """The parameter that names the thing, if there is one."""
    return next((name for name in route.parameters if name.endswith("_id")), None)


def call(client: ApiClient, route: Route, caller: Caller, target: Target | None, **replaced: object) -> TestResponse:
    """The caller's request about the target; what is given beside takes the place of what is right."""
    headers = {**headers_of(route), **caller.headers, **_headers_in(replaced)}
    right = {"method": route.method, "path": _path(route, target), **_body(route)}
    options: dict[str, Any] = {**right, **replaced, "headers": headers}
    return client.open(**options)


def _headers_in(replaced: dict[str, object]) -> dict[str, str]:
    headers = replaced.get("headers", {})
    assert isinstance(headers, dict)
    return headers


def _path(route: Route, target: Target | None) -> str:
    named = {target.parameter: target.id} if target else {}
    return path_with(route, {name: {**OTHER_PARAMETERS, **named}[name] for name in route.parameters})


def _body(route: Route) -> dict[str, object]:
    if route.body_kind is BodyKind.MULTIPART:
        return {"data": {"file": (BytesIO(_MP4_HEAD), "a.mp4")}}
    return {} if route.body is None else {"json": example_of(route.body)}


def example_of(schema: type[BaseModel]) -> object:
    """A body that the schema takes: the one given by hand, else one made from what the schema requires."""
    if schema in BODIES:
        return BODIES[schema]
    document = schema.model_json_schema()
    required = document.get("required", [])
    return {name: _value(document["properties"][name]) for name in required}


def _value(schema: dict[str, Any]) -> object:
    if schema.get("format") == "email":
        return f"{unique('somebody')}@example.com"
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "string":
        return "some words".ljust(schema.get("minLength", 0), ".")
    if schema.get("type") in {"integer", "number"}:
        return schema.get("minimum", 1)
    raise AssertionError(f"No example can be made of {schema}: give the body in BODIES of test_tenants.py.")
