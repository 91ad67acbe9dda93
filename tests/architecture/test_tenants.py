"""What one organization owns does not exist for anybody else: every route that takes an id, for every role."""

from collections.abc import Callable
from io import BytesIO
from itertools import product
from typing import Final

import pytest
from pydantic import BaseModel
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from app.http.routing import BodyKind, Route
from app.models import (
    ApiKey,
    Comment,
    Image,
    Invitation,
    Job,
    Organization,
    Post,
    Processing,
    Publication,
    Tag,
    Upload,
    User,
    Video,
    Visibility,
)
from app.permissions import Role
from app.schemas.comment_schemas import CommentChange, CommentCreate
from app.schemas.image_schemas import ImageChange
from app.schemas.post_schemas import PostChange
from app.schemas.publishing_schemas import Schedule
from app.schemas.tag_schemas import TagChange, TagMerge
from app.schemas.team_schemas import RoleChange
from app.schemas.video_schemas import VideoChange, VideoRetry
from tests.factories import (
    make_api_key,
    make_comment,
    make_image,
    make_invitation,
    make_job,
    make_membership,
    make_organization,
    make_post,
    make_tag,
    make_upload,
    make_user,
    make_video,
)
from tests.support.http import ApiClient
from tests.support.route_table import ALL_ROUTES, headers_of, path_with, raw_body_of

Row = ApiKey | Comment | Image | Invitation | Job | Post | Tag | Upload | User | Video
Maker = Callable[[Organization], Row]

_GIF_HEAD: Final = b"GIF89a\x10\x00\x10\x00" + bytes(64)
PRIVATE: Final[dict[str, dict[str, Maker]]] = {
    "post_id": {
        "draft": make_post,
        "published inside": lambda owner: make_post(
            owner, publication=Publication.PUBLISHED, visibility=Visibility.ORGANIZATION
        ),
        "archived": lambda owner: make_post(owner, publication=Publication.ARCHIVED),
    },
    "video_id": {
        "draft": lambda owner: make_video(owner, processing=Processing.READY),
        "published inside": lambda owner: make_video(
            owner, publication=Publication.PUBLISHED, processing=Processing.READY
        ),
    },
    "job_id": {"queued": make_job},
    "upload_id": {"begun": make_upload},
    "api_key_id": {"in force": make_api_key},
    "image_id": {"ready": make_image},
    "tag_id": {"unused": make_tag},
    "user_id": {"of the team": lambda owner: make_membership(organization=owner, role=Role.EDITOR).user},
    "invitation_id": {"open": make_invitation},
    "comment_id": {
        "on a post inside": lambda owner: make_comment(owner, post_id=make_post(owner).id, organization_id=owner.id)
    },
}
"""Objects that only their organization may see, by the parameter that names them."""

PUBLIC: Final[dict[str, Maker]] = {
    "post_id": lambda owner: make_post(owner, publication=Publication.PUBLISHED),
    "video_id": lambda owner: make_video(
        owner,
        publication=Publication.PUBLISHED,
        visibility=Visibility.PUBLIC,
        processing=Processing.READY,
    ),
}
"""Objects that everybody may read and only their organization may change."""

BODIES: Final[dict[type[BaseModel], dict[str, object]]] = {
    PostChange: {"title": "Taken over"},
    ImageChange: {"alt": "Taken over"},
    VideoChange: {"title": "Taken over"},
    VideoRetry: {},
    Schedule: {"publish_at": "2030-01-01T00:00:00Z"},
    TagChange: {"name": "Taken over"},
    CommentCreate: {"body": "Well said."},
    CommentChange: {"body": "Taken over."},
    TagMerge: {"into_id": "019a8f6e-7c3b-7d10-8f3e-2b1c9d4e5f60"},
    RoleChange: {"role": "viewer"},
}
OTHER_PARAMETERS: Final = {
    "name_path": "master.m3u8",
    "token": "-",
    "name": "index.html",
    "lang": "en",
    "number": "1",
    "slug": "nobody",
    "post_slug": "-",
}
OPEN_WRITES: Final = frozenset(
    {
        *("comment.create_on_post", "comment.create_on_video"),
        *("like.like_post", "like.unlike_post", "like.like_video", "like.unlike_video"),
        "view.beat",
    }
)
"""Endpoints by which readers change something of what they can read."""
NAMES_ANOTHER: Final = {"tag.merge"}
"""Endpoints whose body names another thing, which no fixed example can: 422 for whoever gets that far."""
OUTSIDERS: Final = (*Role, "reader")
NOT_TENANTS: Final = {"session_id"}
"""Ids that belong to a person and not to an organization."""

TENANT_ROUTES: Final = [
    route for route in ALL_ROUTES if any(name.endswith("_id") for name in {*route.parameters} - NOT_TENANTS)
]
CHANGING: Final = [
    route
    for route in TENANT_ROUTES
    if route.method != "GET" and PUBLIC.keys() & {*route.parameters} and route.endpoint not in OPEN_WRITES
]


def _name(value: object) -> str | None:
    return f"{value.method} {value.path}" if isinstance(value, Route) else None


def _id_of(route: Route) -> str:
    return next(name for name in route.parameters if name.endswith("_id"))


def test_every_id_in_a_path_has_a_factory_here() -> None:
    named = {name for route in ALL_ROUTES for name in route.parameters if name.endswith("_id")}

    assert named - NOT_TENANTS == set(PRIVATE)


def test_every_body_has_an_example_here() -> None:
    """A wrong body would be refused before anybody asks whose the object is."""
    bodies = {route.body for route in TENANT_ROUTES if route.body and route.body_kind is BodyKind.JSON}

    assert bodies == set(BODIES)


def test_there_is_something_to_look_at() -> None:
    assert all(PRIVATE[_id_of(route)] for route in TENANT_ROUTES)
    assert len(TENANT_ROUTES) > 50
    assert len(CHANGING) > 10


@pytest.mark.parametrize("route", TENANT_ROUTES, ids=_name)
def test_what_another_organization_keeps_private_is_404(route: Route, client: ApiClient) -> None:
    owner = make_organization()
    targets = {state: make(owner) for state, make in PRIVATE[_id_of(route)].items()}

    assert _statuses(client, route, targets, owner) == dict.fromkeys(product(OUTSIDERS, targets), 404)


@pytest.mark.parametrize("route", CHANGING, ids=_name)
def test_what_another_organization_has_published_can_t_be_changed(route: Route, client: ApiClient) -> None:
    owner = make_organization()
    targets = {"published": PUBLIC[_id_of(route)](owner)}

    assert _statuses(client, route, targets, owner) == dict.fromkeys(product(OUTSIDERS, targets), 404)


@pytest.mark.parametrize("route", TENANT_ROUTES, ids=_name)
def test_nobody_in_particular_learns_nothing_of_what_is_private(route: Route, client: ApiClient) -> None:
    for make in PRIVATE[_id_of(route)].values():
        owner = make_organization()
        response = _call(client, route, make(owner), owner)

        assert response.status_code == (404 if route.access == "anyone" else 401)


@pytest.mark.parametrize("route", TENANT_ROUTES, ids=_name)
def test_a_suspended_member_is_as_foreign_as_anybody(route: Route, client: ApiClient) -> None:
    owner = make_organization()
    membership = make_membership(organization=owner, role=Role.OWNER)
    member = client.acting_as(membership)
    membership.suspended_at = membership.created_at
    target = next(iter(PRIVATE[_id_of(route)].values()))(owner)

    response = _call(member, route, target, owner)

    assert response.status_code == 404


@pytest.mark.parametrize("route", [route for route in TENANT_ROUTES if route.prefix], ids=_name)
def test_the_owner_of_the_same_object_gets_past_the_404(route: Route, client: ApiClient) -> None:
    """Without this the whole matrix would pass on a route that finds nothing at all."""
    membership = make_membership(role=Role.OWNER)
    target = next(iter(PRIVATE[_id_of(route)].values()))(membership.organization)
    if isinstance(target, Comment | Upload):
        target.author_id = membership.user_id

    response = _call(client.acting_as(membership), route, target, membership.organization)

    assert response.status_code not in {401, 403, 404, 405}
    assert response.status_code != 422 or route.endpoint in NAMES_ANOTHER


def _statuses(
    client: ApiClient, route: Route, targets: dict[str, Row], owner: Organization
) -> dict[tuple[Role | str, str], int]:
    """What every outsider hears about each of the owner's things, by who asks and the thing's state."""
    outsiders = {who: _outsider(client, who) for who in OUTSIDERS}
    return {
        (who, state): _call(outsider, route, target, owner).status_code
        for who, outsider in outsiders.items()
        for state, target in targets.items()
    }


def _outsider(client: ApiClient, who: str) -> ApiClient:
    if who == "reader":
        return client.acting_as(make_user())
    return client.acting_as(make_membership(role=Role(who)))


@pytest.mark.parametrize("route", [route for route in TENANT_ROUTES if "slug" in route.parameters], ids=_name)
def test_what_another_organization_owns_is_not_found_under_one_s_own(route: Route, client: ApiClient) -> None:
    membership = make_membership(role=Role.OWNER)
    foreign = next(iter(PRIVATE[_id_of(route)].values()))(make_organization())

    response = _call(client.acting_as(membership), route, foreign, membership.organization)

    assert response.status_code == 404


def _call(client: ApiClient, route: Route, target: Row, owner: Organization) -> TestResponse:
    values = {**OTHER_PARAMETERS, "slug": owner.slug, _id_of(route): str(target.id)}
    path = path_with(route, {name: values[name] for name in route.parameters})
    if route.body is None:
        return client.open(path, method=route.method, headers=headers_of(route), data=raw_body_of(route))
    if route.body_kind is BodyKind.MULTIPART:
        return client.open(path, method=route.method, data={"file": FileStorage(BytesIO(_GIF_HEAD), "a.gif")})
    return client.open(path, method=route.method, json=BODIES[route.body])
