"""The OpenAPI 3.1 document, generated from the route table and the schemas."""

import re
from http import HTTPStatus
from inspect import cleandoc
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import (
    CoreRef,
    DefsRef,
    GenerateJsonSchema,
    JsonSchemaMode,
    JsonSchemaValue,
    models_json_schema,
)
from pydantic_core.core_schema import WithDefaultSchema

from app.errors import ChecksumMismatch
from app.http.captions import CAPTION_TYPES
from app.http.routing import Access, BodyKind, Described, Route, Streamed

TITLE: Final = "Marquee"
VERSION: Final = "0.1.0"
_REF: Final = "#/components/schemas/{model}"
# 404: any call may name an organization to act in. 408, 414 and 431: the server's, before the application is asked.
_EVERYWHERE: Final = (400, 404, 408, 414, 421, 429, 431, 500, 503)


_HEADERS: Final = {
    "RateLimit-Policy": {
        "description": "The quotas of this address: `q` calls in `w` seconds. Every answer carries it.",
        "schema": {"type": "string"},
        "example": '"sign-in-address";q=20;w=60, "sign-in-account";q=10;w=60',
    },
    "RateLimit": {
        "description": "What remains (`r`), and when more comes back (`t` seconds). Every answer that no cache shares.",
        "schema": {"type": "string"},
        "example": '"sign-in-address";r=19;t=60, "sign-in-account";r=9;t=60',
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}, "example": 42},
}


class WrongPlace(BaseModel):
    """One wrong place: a JSON pointer into the body, or the name of a parameter."""

    pointer: str | None = None
    parameter: str | None = None
    detail: str
    code: str


class Problem(BaseModel):
    """RFC 9457: what went wrong, for people and for programs; a 412 of a post says what changed and by whom, and
    others more.
    """

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str | None
    errors: list[WrongPlace] = Field(default_factory=list)
    current_etag: str | None = None
    changed_fields: list[str] | None = None
    changed_by: dict[str, str] | None = None


class _Names(GenerateJsonSchema):
    """Names that read well in the client's language: `PostOut` is its `Post`, and nothing has a title of its own."""

    def get_defs_ref(self, core_mode_ref: tuple[CoreRef, JsonSchemaMode]) -> DefsRef:
        core_ref, mode = core_mode_ref
        name = re.sub(r"Out(?=:)", "", core_ref) if mode == "serialization" else core_ref
        return super().get_defs_ref((CoreRef(name), mode))

    def field_title_should_be_set(self, schema: object) -> bool:
        del schema  # whatever it is
        return False

    def default_schema(self, schema: WithDefaultSchema) -> JsonSchemaValue:
        """None as default means "not given": shown as null, a client's schema would add it to every patch."""
        described = super().default_schema(schema)
        return described if described.get("default", "") is not None else _without_default(described)


def _without_default(schema: JsonSchemaValue) -> JsonSchemaValue:
    return {key: value for key, value in schema.items() if key != "default"}


def build_document(routes: list[Route]) -> dict[str, Any]:
    """The whole document; pure, so that the committed file can be compared with it."""
    schemas, definitions = models_json_schema(_models(routes), ref_template=_REF, schema_generator=_Names)
    # Parameters are written out where they belong: as schemas nothing refers to them.
    queries = {_name(schemas[route.query, "validation"]) for route in routes if route.query}
    components = {name: schema for name, schema in sorted(definitions["$defs"].items()) if name not in queries}
    for schema in components.values():
        schema.pop("title", None)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.full_path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "license": {"name": "MIT", "identifier": "MIT"}},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": components,
            "headers": _HEADERS,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


Schemas = dict[Any, dict[str, Any]]
"""By (schema, mode), as pydantic keys them."""


def _models(routes: list[Route]) -> list[tuple[type[BaseModel], JsonSchemaMode]]:
    models: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for route in routes:
        if route.body is not None:
            models[route.body, "validation"] = None
        if route.query is not None:
            models[route.query, "validation"] = None
        for schema in route.answers.values():
            model = schema.event if isinstance(schema, Streamed) else schema
            if isinstance(model, type):
                models[model, "serialization"] = None
    return list(models)


def _name(reference: dict[str, Any]) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]


_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The work is done once: the same key with the same body gets the stored answer for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def _operation(route: Route, schemas: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.operation_id,
        "summary": route.summary,
        **({"description": cleandoc(route.query.__doc__ or "")} if route.query else {}),
        "tags": [route.tag],
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)],
        "responses": {str(status): _response(status, schema, schemas) for status, schema in route.answers.items()},
        "security": [{}, {"bearer": []}] if route.access is Access.ANYONE else [{"bearer": []}],
        "x-access": route.access.value,
        "x-rate-limit": [f"{policy.quota} in {policy.window_s} s" for policy in route.limit_in_force.policies],
    }
    for status in _problem_statuses(route):
        operation["responses"].setdefault(str(status), _problem(status, schemas))
    if route.body is not None:
        content = {"schema": schemas[route.body, "validation"]}
        operation["requestBody"] = {"required": route.needs_body, "content": {route.body_kind.value: content}}
    elif route.body_kind is BodyKind.PIECE:
        piece = {"schema": {"type": "string", "format": "binary"}}
        operation["requestBody"] = {"content": {route.body_kind.value: piece}}
    elif route.body_kind is BodyKind.CAPTIONS:
        text = {"schema": {"type": "string"}}
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(CAPTION_TYPES, text)}
    return operation


def _problem_statuses(route: Route) -> list[int]:
    statuses = {*_EVERYWHERE, *route.problems, 401, 422}
    if route.body is not None:
        statuses |= {413, 415}
    if route.access is not Access.ANYONE:
        statuses.add(403)
    if route.method != "GET":
        statuses |= {403, 409, 507}
    return sorted(statuses)


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": _path_schema(name)} for name in route.parameters]


def _path_schema(name: str) -> dict[str, Any]:
    if name == "number":
        return {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
    return {"type": "string", "format": "uuid"} if name.endswith("_id") else {"type": "string"}


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    properties = route.query.model_json_schema(ref_template=_REF, schema_generator=_Names)["properties"]
    return [{"name": name, "in": "query", "schema": _never_null(schema)} for name, schema in properties.items()]


def _never_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is there or it is not."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    return {**{key: value for key, value in schema.items() if key != "anyOf"}, **kinds[0]}


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    named = [{"name": name, "in": "header", "schema": {"type": "string"}} for name in route.headers]
    return [*named, _IDEMPOTENCY_KEY] if route.takes_idempotency_key else named


def _phrase(status: int) -> str:
    """The status in words; 460 is tus's own (Checksum extension)."""
    return "Checksum Mismatch" if status == ChecksumMismatch.status else HTTPStatus(status).phrase


def _response(status: int, schema: Described, schemas: Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {"description": _phrase(status)}
    if isinstance(schema, str):
        described["content"] = {schema: {}}
    elif isinstance(schema, Streamed):
        described["content"] = {"text/event-stream": {"schema": schemas[schema.event, "serialization"]}}
    elif schema is not None:
        described["content"] = {"application/json": {"schema": schemas[schema, "serialization"]}}
    return described


def _problem(status: int, schemas: Schemas) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": schemas[Problem, "serialization"]}}
    described: dict[str, Any] = {"description": _phrase(status), "content": content}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        described["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    return described
