"""The route table: who may call what, and the document that follows from it."""

import json
import re

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.http.routing import Access, BodyKind, Route
from app.routes import API_ROUTES, openapi_document, ops_routes
from config.env import PROJECT_DIR
from tests.support.http import ApiClient
from tests.support.route_table import ALL_ROUTES, any_path

COMMITTED = PROJECT_DIR / "docs" / "openapi.json"
OPEN_TO_ANYONE = {
    *("password.forgot", "password.reset", "verification.ask", "verification.verify"),
    *("account_page.verify_email", "account_page.forgot_password", "account_page.reset_password"),
    *("account_page.accept_invitation", "account_page.asset"),
    "profile.get",
    *("auth.signup", "auth.signin", "auth.refresh", "auth.signout"),
    *("post.list_posts", "post.get", "video.list_videos", "video.get", "video.playback", "view.beat", "media.media"),
    "media.image",
    "organization.get",
    *("feed.rss", "feed.atom", "feed.json_feed", "feed.sitemap", "feed.sitemap_page"),
    *("ops.healthz", "ops.readyz", "ops.metrics_text", "ops.openapi", "docs.page", "docs.asset"),
    *("page.page", "page.asset", "outbox.letters", "outbox.letter", "upload.options"),
    *("tag.list_tags", "preview.read", "address.get_post"),
    *("comment.list_of_post", "comment.list_of_video"),
}
"""Whoever opens a route to everybody says so here as well."""

NOUNS_OF_CONTENT = {"post", "revision", "video", "caption", "poster", "image", "upload", "tag", "job", "sse"}
OPEN_TO_KEYS = {"moderation.list_comments", "comment.delete", "comment.hide", "comment.approve"}
"""Besides the content itself: programs reach no people, accounts and keys, and speak for nobody."""

every_route = pytest.mark.parametrize("route", ALL_ROUTES, ids=lambda route: f"{route.method} {route.path}")


def test_every_rule_of_the_application_comes_from_the_table(app: Flask) -> None:
    rules = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert rules <= {route.endpoint for route in ALL_ROUTES}


def test_what_anyone_may_call_is_known() -> None:
    opened = {route.endpoint for route in ALL_ROUTES if route.access is Access.ANYONE}

    assert opened == OPEN_TO_ANYONE


def test_what_an_api_key_may_call_is_known() -> None:
    opened = {route.endpoint for route in ALL_ROUTES if route.access is Access.SIGNED_IN}

    assert {endpoint for endpoint in opened if endpoint.split(".")[0] not in NOUNS_OF_CONTENT} == OPEN_TO_KEYS


@every_route
def test_a_route_states_its_access_and_its_summary(route: Route) -> None:
    assert isinstance(route.access, Access)
    assert route.summary[0].isupper() or route.summary[0].isdigit()


@pytest.mark.parametrize("route", API_ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_json_post_takes_an_idempotency_key_but_those_that_hand_out_secrets(route: Route) -> None:
    hands_out_secrets = route.path.startswith(("/auth/", "/api-keys"))
    is_json_post = route.method == "POST" and route.body_kind is BodyKind.JSON

    assert route.takes_idempotency_key == (is_json_post and not hands_out_secrets)


@pytest.mark.parametrize("route", API_ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_route_of_the_api_describes_its_answers(route: Route) -> None:
    assert [status for status in route.answers if 200 <= status < 300]


@pytest.mark.parametrize(
    "route",
    [route for route in ALL_ROUTES if route.access is not Access.ANYONE],
    ids=lambda route: f"{route.method} {route.path}",
)
def test_a_route_for_the_signed_in_refuses_everybody_else(route: Route, client: ApiClient) -> None:
    response = client.open(any_path(route), method=route.method)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_endpoints_are_unique() -> None:
    endpoints = [route.endpoint for route in ALL_ROUTES]

    assert sorted(set(endpoints)) == sorted(endpoints)


def test_operations_have_names_that_read_well_in_a_client() -> None:
    names = [route.operation_id for route in [*API_ROUTES, *ops_routes.DESCRIBED]]

    assert sorted(set(names)) == sorted(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+([A-Z][a-z]*)+", name)] == []


def test_the_document_s_schemas_have_plain_names() -> None:
    """Two classes of one name in a document get their modules' names as well: rename one of them."""
    assert [name for name in openapi_document()["components"]["schemas"] if not name.isalnum()] == []


def test_the_document_is_valid_openapi() -> None:
    assert list(OpenAPIV31SpecValidator(openapi_document()).iter_errors()) == []


def test_the_committed_document_is_the_generated_one() -> None:
    """`python -m tests.support.write_openapi` writes it."""
    assert json.loads(COMMITTED.read_text()) == openapi_document()


def test_the_served_document_is_the_generated_one(client: ApiClient) -> None:
    assert client.get("/openapi.json").get_json() == openapi_document()
