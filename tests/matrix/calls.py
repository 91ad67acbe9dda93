"""From a route to a request that only permission can refuse."""

from functools import cache
from io import BytesIO
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.database import db
from app.http.routing import BodyKind, Route
from app.models import Membership, Organization
from app.permissions import Role
from app.schemas.organization_schemas import OwnershipTransfer
from app.schemas.team_schemas import InvitationCreate
from tests.architecture.test_tenants import BODIES, OTHER_PARAMETERS
from tests.factories.rows import unique
from tests.matrix.world import Caller, Target
from tests.support.http import ApiClient
from tests.support.route_table import headers_of, path_with, raw_body_of

MORE_BODIES: Final[dict[type[BaseModel], dict[str, object]]] = {
    InvitationCreate: {"email": "guest@example.com", "role": "viewer"},
}
_MP4_HEAD: Final = b"\x00\x00\x00\x20ftypisom" + bytes(1024)
_GIF_HEAD: Final = b"GIF89a\x10\x00\x10\x00" + bytes(1024)


def target_parameter(route: Route) -> str | None:
    """The parameter that names the thing, if there is one: its id, else the slug of an organization."""
    slug = "slug" if "/organizations/{slug}" in route.path else None
    return next((name for name in route.parameters if name.endswith("_id")), slug)


def call(client: ApiClient, route: Route, caller: Caller, target: Target | None, **replaced: object) -> TestResponse:
    """The caller's request about the target; what is given beside takes the place of what is right."""
    headers = {**headers_of(route), **caller.headers, **_headers_in(replaced)}
    right = {"method": route.method, "path": _path(route, target), **_body(route, target)}
    options: dict[str, Any] = {**right, **replaced, "headers": headers}
    return client.open(**options)


def _headers_in(replaced: dict[str, object]) -> dict[str, str]:
    headers = replaced.get("headers", {})
    assert isinstance(headers, dict)
    return headers


def _path(route: Route, target: Target | None) -> str:
    named = {"slug": target.owner.slug, target.parameter: target.id} if target else {}
    return path_with(route, {name: {**OTHER_PARAMETERS, **named}[name] for name in route.parameters})


def _body(route: Route, target: Target | None) -> dict[str, object]:
    if route.body_kind is BodyKind.MULTIPART:
        head = _GIF_HEAD if route.endpoint.startswith(("image.", "poster.")) else _MP4_HEAD
        return {"data": {"file": (BytesIO(head), "file")}}
    if route.body_kind is BodyKind.CAPTIONS:
        return {"data": raw_body_of(route)}
    return {} if route.body is None else {"json": example_of(route.body, target)}


def example_of(schema: type[BaseModel], target: Target | None = None) -> object:
    """A body that the schema takes: the one given by hand, else one made from what the schema requires."""
    if schema is OwnershipTransfer and target is not None:
        return {"new_owner_id": _somebody_of(target.owner)}
    if schema in {**BODIES, **MORE_BODIES}:
        return {**BODIES, **MORE_BODIES}[schema]
    document = _document_of(schema)
    required = document.get("required", [])
    return {name: _value(document["properties"][name]) for name in required}


@cache
def _document_of(schema: type[BaseModel]) -> dict[str, Any]:
    """Cached: pydantic takes 20 ms to write it, more than most requests take."""
    return schema.model_json_schema()


def _somebody_of(organization: Organization) -> str:
    """Somebody of the team who does not own it."""
    query = select(Membership.user_id).where(Membership.organization_id == organization.id)
    return str(db.session.scalars(query.where(Membership.role == Role.EDITOR)).first())


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
