"""Nobody sets what is the server's to set: generated for every body and every query of the route table."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any, Final, get_args
from uuid import uuid4

import pytest
from pydantic import BaseModel

from app.database import Base
from app.http.routing import BodyKind, Route
from app.models import Membership
from tests.api.conftest import Person
from tests.factories import make_membership, make_video
from tests.matrix.calls import example_of
from tests.support.http import ApiClient
from tests.support.route_table import ALL_ROUTES, any_path, path_with

COLUMNS: Final = frozenset(column.key for table in Base.metadata.tables.values() for column in table.columns)
GUESSES: Final = frozenset(
    {
        *("is_admin", "admin", "is_staff", "is_owner", "owner", "permissions", "scope", "verified", "email_verified"),
        *("organization", "tenant", "tenant_id", "quota", "plan", "_id", "__proto__", "constructor", "user", "sub"),
    }
)
NEVER: Final = frozenset(
    {
        *("id", "created_at", "updated_at", "revision", "password_hash", "token_hash", "key_hash", "successor_key"),
        *("email_verified", "email_verified_at", "disabled_at", "suspended_at", "revoked_at", "rotated_at", "used_at"),
        *("organization_id", "user_id", "author_id", "owner_id", "job_id", "actor_id", "session_id", "is_admin"),
        *("likes_count", "comments_count", "views_count", "size_bytes", "published_at", "playable_at", "ready_at"),
        *("processing", "publication", "state", "attempt", "lease_token", "worker_id", "body_html", "input_issues"),
    }
)
"""What no body may name, whatever the schema."""

JSON_ROUTES: Final = [route for route in ALL_ROUTES if route.body is not None and route.body_kind is BodyKind.JSON]
MULTIPART_ROUTES: Final = [route for route in ALL_ROUTES if route.body_kind is BodyKind.MULTIPART]
BODIES: Final = sorted({route.body for route in ALL_ROUTES if route.body is not None}, key=lambda body: body.__name__)

ids = {"ids": lambda route: f"{route.method} {route.path}"}


@pytest.fixture
def membership(database: object) -> Membership:
    del database
    return make_membership()


@pytest.fixture
def owner(client: ApiClient, membership: Membership) -> ApiClient:
    return client.acting_as(membership)


def _nested(schema: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield schema
    for field in schema.model_fields.values():
        pending: list[Any] = [field.annotation]
        while pending:
            annotation = pending.pop()
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                yield from _nested(annotation)
            pending += get_args(annotation)


def _portions(names: Iterable[str]) -> Iterator[set[str]]:
    """As many at once as an answer names."""
    rest = sorted(names)
    yield from (set(rest[start : start + 90]) for start in range(0, len(rest), 90))


@pytest.mark.parametrize("schema", BODIES, ids=lambda schema: schema.__name__)
def test_no_body_takes_unknown_or_server_owned_properties_at_any_depth(schema: type[BaseModel]) -> None:
    for part in _nested(schema):
        assert part.model_config.get("extra") == "forbid"
        assert set(part.model_fields) & NEVER == set()


@pytest.mark.parametrize("route", JSON_ROUTES, **ids)
def test_a_property_that_is_not_the_client_s_is_refused(route: Route, owner: ApiClient) -> None:
    assert route.body is not None
    example = example_of(route.body)
    assert isinstance(example, dict)

    for foreign in _portions((COLUMNS | GUESSES) - set(route.body.model_fields)):
        body = {**example, **dict.fromkeys(foreign, str(uuid4()))}
        answer = owner.open(any_path(route), method=route.method, json=body)

        assert answer.status_code == 422
        assert {error["pointer"].removeprefix("/") for error in answer.json["errors"]} == foreign
        assert {error["code"] for error in answer.json["errors"]} == {"extra_forbidden"}


@pytest.mark.parametrize("route", MULTIPART_ROUTES, **ids)
def test_a_part_that_is_not_the_client_s_is_refused(route: Route, owner: ApiClient, membership: Membership) -> None:
    own = str(make_video(membership.organization).id)
    path = path_with(route, dict.fromkeys(route.parameters, own))

    for name in sorted(NEVER | GUESSES):
        parts = {name: str(uuid4()), "file": (BytesIO(b"\x00\x00\x00\x20ftypisom"), "a.mp4")}

        answer = owner.open(path, method=route.method, data=parts)

        assert answer.status_code == 400
        assert answer.json["code"] == "unexpected_field"


@pytest.mark.parametrize("route", [route for route in ALL_ROUTES if route.prefix], **ids)
def test_a_parameter_that_is_not_offered_is_refused(route: Route, owner: ApiClient) -> None:
    known = set() if route.query is None else set(route.query.model_fields)

    for foreign in _portions((COLUMNS | GUESSES) - known):
        answer = owner.open(any_path(route), method=route.method, query_string=dict.fromkeys(foreign, "1"))

        assert answer.status_code == 422
        assert {error["parameter"] for error in answer.json["errors"]} == foreign


def test_there_is_something_to_look_at() -> None:
    assert len(JSON_ROUTES) >= 7
    assert len(COLUMNS) > 100


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_header_changes_the_method(name: str, ada: Person) -> None:
    post = ada.draft()

    ada.post(f"/posts/{post['id']}/publish", headers={name: "DELETE"})

    assert ada.get(f"/posts/{post['id']}").status_code == 200
