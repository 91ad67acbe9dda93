"""The route table: one line an endpoint, which gives the Flask rule, the validation and the OpenAPI entry."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce
from typing import Final
from uuid import UUID

from flask import Flask, Response, request
from pydantic import BaseModel
from werkzeug.http import parse_etags

from app.errors import BadRequest, PreconditionFailed
from app.http.answers import Answer, to_response
from app.http.limits import Limit, limit_of_method
from app.http.strict_json import read_json
from app.http.validation import validate_json, validate_query
from app.permissions import ANONYMOUS, Actor

API_PREFIX: Final = "/api/v1"
_PARAMETER: Final = re.compile(r"{(\w+)}")


class Access(StrEnum):
    """Who may call a route at all; what they may see or change there is the service's to decide."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    """By session or by API key."""
    IN_PERSON = "in person"
    """By session only: what an API key must never do, such as manage people, keys and accounts."""


class BodyKind(StrEnum):
    """How a route takes its body."""

    JSON = "application/json"
    MULTIPART = "multipart/form-data"
    PIECE = "application/offset+octet-stream"
    CAPTIONS = "text/vtt"
    """Or SubRip, `application/x-subrip`."""


@dataclass(frozen=True, slots=True)
class Streamed:
    """An answer of Server-Sent Events that does not end; the data of each is such an object."""

    event: type[BaseModel]


Described = type[BaseModel] | Streamed | str | None
"""An answer's schema; None: it has no body, a string: another media type."""


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. `answers` maps a status to what it brings.

    `headers` are those that the endpoint reads besides the ones that all of them do. `name` is what clients in other
    languages call the operation, where its verb and noun do not say it.
    """

    method: str
    path: str
    access: Access
    controller: Callable[..., Answer]
    summary: str
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answers: Mapping[int, Described] = field(default_factory=dict)
    problems: tuple[int, ...] = ()
    body_kind: BodyKind = BodyKind.JSON
    needs_body: bool = True
    headers: tuple[str, ...] = ()
    idempotency: bool = True
    prefix: str = API_PREFIX
    limit: Limit | None = None
    name: str | None = None

    @property
    def limit_in_force(self) -> Limit:
        """The route's own rate limit, else its method's: every route has one."""
        return self.limit or limit_of_method(self.method)

    @property
    def full_path(self) -> str:
        return self.prefix + self.path

    @property
    def parameters(self) -> list[str]:
        return _PARAMETER.findall(self.path)

    @property
    def rule(self) -> str:
        """The same path in Flask's notation."""
        return _PARAMETER.sub(lambda match: f"<{_converter(match.group(1))}{match.group(1)}>", self.full_path)

    @property
    def takes_idempotency_key(self) -> bool:
        return self.method == "POST" and self.idempotency and self.body_kind is BodyKind.JSON

    @property
    def endpoint(self) -> str:
        """`post.publish`: unique."""
        return f"{self._noun}.{self.controller.__name__}"

    @property
    def operation_id(self) -> str:
        """`publishPost`, `listPosts`: what generated clients call their functions."""
        verb = self.controller.__name__
        first, *others = (verb if "_" in verb else f"{verb}_{self._noun}").split("_")
        return self.name or first + "".join(map(str.capitalize, others))

    @property
    def tag(self) -> str:
        """The part of the API that it belongs to: the first word of its path."""
        return self.path.split("/")[1] if self.prefix == API_PREFIX else "operations"

    @property
    def _noun(self) -> str:
        return self.controller.__module__.rsplit(".", 1)[-1].removesuffix("_controller")


@dataclass(slots=True)
class Call:
    """One request on its way to a controller."""

    route: Route
    path: dict[str, str | int | UUID]
    actor: Actor = ANONYMOUS
    query: BaseModel | None = None
    body: BaseModel | None = None
    raw_body: bytes = b""


Handler = Callable[[Call], Answer]
Middleware = Callable[[Call, Handler], Answer]


def register(app: Flask, routes: list[Route], before: tuple[Middleware, ...], after: tuple[Middleware, ...]) -> None:
    """Adds the rules. A call passes `before`, the validation, `after`, then its controller."""
    for route in routes:
        handler = _compose((*before, _validate, *after), _controller_of(route))
        app.add_url_rule(route.rule, route.endpoint, _view(route, handler), methods=[route.method])


def _converter(name: str) -> str:
    if name.endswith("_id"):
        return "uuid:"
    if name == "number":
        return "int(max=2147483647):"
    return "path:" if name.endswith("_path") else ""


def _view(route: Route, handler: Handler) -> Callable[..., Response]:
    def view(**path: str | int | UUID) -> Response:
        return to_response(handler(Call(route, path)))

    return view


def _compose(middlewares: tuple[Middleware, ...], last: Handler) -> Handler:
    def wrap(following: Handler, middleware: Middleware) -> Handler:
        return lambda call: middleware(call, following)

    return reduce(wrap, reversed(middlewares), last)


def _validate(call: Call, following: Handler) -> Answer:
    route = call.route
    call.query = validate_query(route.query)
    if route.body is not None and route.body_kind is BodyKind.JSON:
        call.raw_body = call.raw_body or (read_json() if route.needs_body or _is_body_sent() else b"{}")
        call.body = validate_json(route.body, call.raw_body)
    return following(call)


def _is_body_sent() -> bool:
    """RFC 9112 §6.3: a request has a body if one of these says so."""
    return bool(request.content_length) or "Transfer-Encoding" in request.headers


def _controller_of(route: Route) -> Handler:
    wanted = set(inspect.signature(route.controller).parameters)

    def handler(call: Call) -> Answer:
        offered: dict[str, object] = {"actor": call.actor, "body": call.body, "query": call.query}
        if "expected_revision" in wanted:
            offered["expected_revision"] = _expected_revision()
        return route.controller(**call.path, **{name: offered[name] for name in offered if name in wanted})

    return handler


def _expected_revision() -> int | None:
    """The revision that `If-Match` names; None where any will do. Only the revision counts, not the hash."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    tags = list(parse_etags(header))
    if len(tags) != 1:
        raise BadRequest("If-Match must hold one strong entity tag.", code="invalid_header")
    revision = tags[0].split(".", 1)[0]
    if not (revision.isascii() and revision.isdigit()):
        raise PreconditionFailed("If-Match names no revision of this object.")
    return int(revision[:9])
