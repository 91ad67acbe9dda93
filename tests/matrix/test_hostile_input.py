"""Hostile input at every endpoint: a clear problem or an ordinary answer, never a 500, and nothing is half done."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from werkzeug.test import TestResponse

from app.database import db
from app.http.routing import BodyKind, Route
from app.routes import API_ROUTES, ops_routes, video_routes
from tests.matrix.calls import call, example_of, target_parameter
from tests.matrix.conftest import Stage
from tests.matrix.hostile import (
    CREDENTIALS,
    HEADERS,
    JSON_BODIES,
    MULTIPART_BODIES,
    PATH_VALUES,
    QUERY_VALUES,
    READ_HEADERS,
    VALUES,
    Body,
)
from tests.matrix.world import Caller, Target

ROUTES: Final = [
    route
    for route in [*API_ROUTES, *video_routes.MEDIA_ROUTES, *ops_routes.ROUTES]
    if "text/event-stream" not in route.answers.values()
]
"""An endless answer has its own tests."""
WITH_BODY: Final = [route for route in ROUTES if route.body is not None]
WITH_JSON: Final = [route for route in WITH_BODY if route.body_kind is BodyKind.JSON]
WITH_QUERY: Final = [route for route in ROUTES if route.query is not None]
WITH_PARAMETERS: Final = [route for route in ROUTES if route.parameters]
ALL_HEADERS: Final = [
    route for route in ROUTES if route.endpoint in {"post.list_posts", "post.publish", "media.media"}
] + [route for route in ROUTES if route.headers]
"""Endpoints that get every header: the middlewares are the same for all, and these read some of their own."""
LEAKS: Final = ("Traceback", "sqlalchemy", "psycopg", "pydantic", "SELECT ", "site-packages", "DETAIL:", 'File "')


def _name(route: Route) -> str:
    return f"{route.method} {route.path}"


class Attack:
    """Requests of the northern owner about a thing of theirs; what went wrong is gathered.

    What was answered well is undone at once. What was refused is not: it must have changed nothing.
    """

    def __init__(self, stage: Stage, route: Route) -> None:
        self._stage = stage
        self._route = route
        self._caller = next(caller for caller in stage.world.callers if caller.role == "owner")
        self._target = _own_target(stage, route, self._caller)
        self._wrong: list[str] = []
        self.count = 0

    def send(self, what: object, statuses: frozenset[int] | None = None, **replaced: Any) -> None:
        """Sends it; the statuses are those that may come (None: any but a server error)."""
        self.count += 1
        savepoint = self._stage.connection.begin_nested()
        try:
            response = call(self._stage.client, self._route, self._caller, self._target, **replaced)
        except AssertionError as undocumented:
            self._wrong.append(f"{str(what)[:80]}: {undocumented}")
            savepoint.rollback()
            return
        self._wrong += [f"{str(what)[:80]}: {complaint}" for complaint in _complaints(response, statuses)]
        response.close()
        db.session.remove()
        if response.status_code < 400:
            savepoint.rollback()
        else:
            savepoint.commit()

    def verdict(self) -> list[str]:
        """What went wrong."""
        changed = [table for side in self._stage.world.sides for table in self._stage.changed(side)]
        return [*self._wrong, *(f"a refused request has changed {table}" for table in changed)]


@pytest.fixture
def attack(stage: Stage, route: Route, record_property: Callable[[str, object], None]) -> Iterator[Attack]:
    attack = Attack(stage, route)
    with stage.undone():
        yield attack
    record_property("hostile_cases", attack.count)


@pytest.mark.parametrize("route", WITH_BODY, ids=_name)
def test_a_hostile_body_gets_a_clear_problem(route: Route, attack: Attack) -> None:
    bodies: dict[BodyKind, tuple[Body, ...]] = {BodyKind.JSON: JSON_BODIES, BodyKind.MULTIPART: MULTIPART_BODIES}
    sent = [body for body in bodies.get(route.body_kind, ()) if body.content or route.needs_body]
    for body in sent:
        attack.send(
            body.name,
            body.statuses,
            json=None,
            data=body.content,
            content_type=body.content_type,
            headers=body.headers,
        )

    assert attack.verdict() == []


@pytest.mark.parametrize("route", WITH_BODY, ids=_name)
def test_a_body_that_ends_before_its_length_is_refused(route: Route, attack: Attack) -> None:
    for body in (b"", b"{}", b'{"a": "b"', b"--edge\r\n"):
        content_type = "application/json" if route.body_kind is BodyKind.JSON else "multipart/form-data; boundary=edge"
        overrides = {"CONTENT_LENGTH": str(len(body) + 10)}
        attack.send(
            body,
            frozenset({400, 415}),
            json=None,
            data=body,
            content_type=content_type,
            environ_overrides=overrides,
        )

    assert attack.verdict() == []


@pytest.mark.parametrize("route", WITH_JSON, ids=_name)
def test_each_property_holds_against_values_that_do_not_belong_there(route: Route, attack: Attack) -> None:
    assert route.body is not None
    example = example_of(route.body)
    assert isinstance(example, dict)
    for name, value in ((name, value) for name in route.body.model_fields for value in VALUES):
        attack.send(f"{name}={value!r}", json=None, **_json({**example, name: value}))

    assert attack.verdict() == []


@pytest.mark.parametrize("route", WITH_QUERY, ids=_name)
def test_each_parameter_holds_against_values_that_do_not_belong_there(route: Route, attack: Attack) -> None:
    assert route.query is not None
    names = [field.alias or name for name, field in route.query.model_fields.items()]
    for query in (f"{name}={value}" for name in names for value in QUERY_VALUES):
        attack.send(query, query_string=query)
    for query in (f"{names[0]}=1&{names[0]}=2", "nonsense=1", "%00=1", "%ff=1", "&&&===", "x" * 6000):
        attack.send(query, frozenset({422}) if "=" in query.strip("&=") else None, query_string=query)

    assert attack.verdict() == []


@pytest.mark.parametrize("route", WITH_PARAMETERS, ids=_name)
def test_a_hostile_path_leads_nowhere(route: Route, attack: Attack) -> None:
    for value in PATH_VALUES:
        path = route.full_path.format(**dict.fromkeys(route.parameters, value))
        attack.send(value, path=path)

    assert attack.verdict() == []


@pytest.mark.parametrize("route", ROUTES, ids=_name)
def test_a_hostile_header_is_refused_or_overlooked(route: Route, attack: Attack) -> None:
    for headers in HEADERS if route in ALL_HEADERS else READ_HEADERS[route.method]:
        attack.send(headers, headers=_as_sent(headers))
    for credentials in CREDENTIALS:
        attack.send(credentials, frozenset({401}), headers=_as_sent({"Authorization": credentials}))

    assert attack.verdict() == []


def _as_sent(headers: dict[str, str]) -> dict[str, str]:
    return {name: value.encode().decode("latin-1") for name, value in headers.items()}


def _own_target(stage: Stage, route: Route, caller: Caller) -> Target | None:
    targets = [target for target in stage.world.targets if target.parameter == target_parameter(route)]
    return next((target for target in targets if caller.belongs_to(target.owner)), None)


def _json(document: object) -> dict[str, Any]:
    return {"data": json.dumps(document), "content_type": "application/json"}


def _complaints(response: TestResponse, statuses: frozenset[int] | None) -> Iterator[str]:
    """What is wrong with an answer; that it is documented is seen to by the client."""
    status = response.status_code
    if status >= 500 or (statuses is not None and status not in statuses):
        yield f"{status}: {response.get_data(as_text=True)[:300]}"
    if status < 400:
        return
    text = response.get_data(as_text=True)
    yield from (f"{status} tells {leak!r}" for leak in LEAKS if leak in text)
    problem = response.get_json()
    if response.mimetype != "application/problem+json" or problem["status"] != status:
        yield f"{status} is no problem document: {text[:300]}"
        return
    sentences = [problem["detail"], *(error["detail"] for error in problem.get("errors", []))]
    yield from (f"{status} is no sentence: {one!r}" for one in sentences if not one[:1].isprintable() or one[-1] != ".")
    if any("pointer" not in error and "parameter" not in error for error in problem.get("errors", [])):
        yield f"{status} does not say where: {problem['errors']}"
