"""Every route, for every caller, about every thing of both organizations: nothing leaks and nothing foreign changes."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from werkzeug.test import TestResponse

from app.http.routing import Route, Streamed
from app.models import JobState, Publication, Visibility
from tests.architecture.test_tenants import OPEN_WRITES
from tests.matrix.calls import call, target_parameter
from tests.matrix.conftest import Stage
from tests.matrix.expectations import ANSWERED, expected_status, fits, is_known
from tests.matrix.world import Caller, Side, Target
from tests.support.route_table import ALL_ROUTES

COVERED_ELSEWHERE = {"media.media", "media.image", "user.delete_me"}
"""Doors with a matrix of their own, and the one that is open to whoever has the address."""
ROUTES = [route for route in ALL_ROUTES if route.endpoint not in COVERED_ELSEWHERE]
LISTS = [route for route in ROUTES if route.method == "GET" and route.query and not route.parameters]
LISTS = [route for route in LISTS if "text/event-stream" not in route.answers.values()]
STREAM = "text/event-stream"
NAMING = [route for route in ROUTES if route.method == "GET" and target_parameter(route)]

every_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")


def test_every_noun_says_what_it_needs() -> None:
    unknown = [route.endpoint for route in ROUTES if not is_known(route)]

    assert unknown == [], "add them to NEEDS in tests/matrix/expectations.py"


def test_every_id_in_a_path_names_things_of_both_organizations(stage: Stage) -> None:
    named = {name for route in ROUTES for name in route.parameters if name.endswith("_id")}

    for side in stage.world.sides:
        assert named <= {target.parameter for target in side.targets}, "add its makers to PRIVATE of test_tenants.py"


@every_route
def test_only_those_who_may_get_past_a_route_and_nothing_leaks(
    route: Route, stage: Stage, record_property: Callable[[str, object], None]
) -> None:
    wrong: list[str] = []
    count = 0
    for caller, target in _cases(stage, route):
        expected = expected_status(route, caller, target)
        if expected == ANSWERED and any(isinstance(answer, Streamed) for answer in route.answers.values()):
            continue  # an endless answer: the realtime door's own tests read it
        count += 1
        with stage.undone():
            response = call(stage.client, route, caller, target)
            found = [*_complaints(stage, response, caller, target), *_changes(stage, route, caller, expected)]
        if not fits(response.status_code, expected):
            found.append(f"{response.status_code} instead of {expected or 'an answer'}: {response.get_data()[:200]!r}")
        wrong += [f"{caller.name} → {_words_for(target)}: {complaint}" for complaint in found]
    record_property("matrix_cases", count)

    assert wrong == []
    assert count > 0


@pytest.mark.parametrize("route", NAMING, ids=lambda route: f"HEAD {route.path}")
def test_head_tells_nobody_more_than_get(
    route: Route, stage: Stage, record_property: Callable[[str, object], None]
) -> None:
    wrong: list[str] = []
    cases = list(_cases(stage, route))
    for caller, target in cases:
        expected = expected_status(route, caller, target)
        with stage.undone():
            response = call(stage.client, route, caller, target, method="HEAD", headers={"Tus-Resumable": "1.0.0"})
            found = [*_complaints(stage, response, caller, target), *_changes(stage, route, caller, expected)]
        if not fits(response.status_code, expected) or response.get_data():
            found.append(f"{response.status_code} instead of {expected or 'an answer'}")
        wrong += [f"{caller.name} → {_words_for(target)}: {complaint}" for complaint in found]
    record_property("matrix_cases", len(cases))

    assert wrong == []


@pytest.mark.parametrize("route", LISTS, ids=lambda route: f"{route.method} {route.path}")
def test_no_filter_brings_up_what_is_foreign(
    route: Route, stage: Stage, record_property: Callable[[str, object], None]
) -> None:
    leaks: list[str] = []
    questions = [question for side in stage.world.sides for question in _questions(route, side)]
    callers = [caller for caller in stage.world.callers if not (caller.is_dead or caller.is_lost)]
    for caller, question in product(callers, questions):
        response = stage.client.get(route.full_path, query_string=question, headers=caller.headers)
        text = f"{response.headers}\n{response.get_data(as_text=True)}"
        words = stage.world.forbidden_words(caller) - set(",".join(question.values()).split(","))
        leaks += [f"{caller.name}, {question}: {word}" for word in words if word in text]
        assert response.status_code < 500, response.get_data(as_text=True)
    record_property("matrix_cases", len(callers) * len(questions))

    assert leaks == []


def _questions(route: Route, side: Side) -> Iterator[dict[str, str]]:
    """Every filter that the list knows, with what is the side's; alone, and within the organization."""
    assert route.query is not None
    slug = side.organization.slug
    for name, field in route.query.model_fields.items():
        for value in _values(name, str(field.annotation), side):
            yield {name: value}
            if name != "organization" and "organization" in route.query.model_fields:
                yield {"organization": slug, name: value}


def _values(name: str, annotation: str, side: Side) -> list[str]:
    ids = [target.id for target in side.targets]
    known = {
        "organization": [side.organization.slug],
        "ids": [",".join(ids[:50])],
        "limit": ["100"],
        "publication": [str(state) for state in Publication],
        "visibility": [str(state) for state in Visibility],
        "state": [str(state) for state in JobState] if "Job" in annotation else [],
        "count": ["true"],
    }
    times = ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"] if "datetime" in annotation else []
    words = sorted(side.canaries)[:3] if annotation in {"str | None", "<class 'str'>"} else []
    return known.get(name, times or words)


def _cases(stage: Stage, route: Route) -> Iterator[tuple[Caller, Target | None]]:
    parameter = target_parameter(route)
    targets: list[Target | None] = [None]
    if parameter is not None:
        targets = [target for target in stage.world.targets if target.parameter == parameter]
    for caller in stage.world.callers:
        yield from ((caller, target) for target in targets)


def _complaints(stage: Stage, response: TestResponse, caller: Caller, target: Target | None) -> Iterator[str]:
    """Foreign words in the answer; the address that the caller wrote itself does not count."""
    if response.mimetype == STREAM:
        yield "a stream was opened"
        return
    text = f"{response.status}\n{response.headers}\n{response.get_data(as_text=True)}"
    text = text.replace(target.id, "") if target else text
    yield from (f"leaks {word}" for word in stage.world.forbidden_words(caller) if word in text)


def _changes(stage: Stage, route: Route, caller: Caller, expected: int) -> Iterator[str]:
    """What is foreign never changes; what is one's own only where that is allowed."""
    if route.method == "GET" or (route.endpoint in OPEN_WRITES and expected == ANSWERED):
        return
    for side in stage.world.sides:
        if expected != ANSWERED or not caller.belongs_to(side.organization):
            yield from (f"changes {table} of the {side.name}" for table in stage.changed(side))


def _words_for(target: Target | None) -> str:
    return f"{target.owner.name}'s {target.state} {target.parameter}" if target else "no thing in particular"
