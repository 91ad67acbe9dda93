"""Validates what comes in with the route's schemas and says every problem in our words."""

from typing import Any, Final, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from app.errors import FieldProblem, Invalid
from app.http.strict_json import is_clean_text

_NAMED_PLACES: Final = 100
"""So many wrong places are named; a body can have 100,000, and an answer of megabytes helps nobody."""
Schema = TypeVar("Schema", bound=BaseModel)


def validate_json(schema: type[Schema], raw: bytes) -> Schema:
    """The body as its schema. Raises `Invalid` with a JSON pointer for each problem."""
    try:
        return schema.model_validate_json(raw, strict=True)
    except ValidationError as error:
        problems = [_problem("pointer", _pointer(found["loc"]), found) for found in _found(error)]
        raise Invalid("The body does not fit what is expected here.", errors=problems) from None


def validate_query(schema: type[BaseModel] | None) -> BaseModel | None:
    """The query string as its schema. Raises `Invalid` for what is unknown, doubled or out of bounds."""
    given = request.args.to_dict(flat=False)
    doubled = [name for name, values in given.items() if len(values) > 1]
    unclean = [name for name, values in given.items() if not is_clean_text(name + "".join(values))]
    known = set() if schema is None else {_name(key, field.alias) for key, field in schema.model_fields.items()}
    unknown = [name for name in given if name not in known]
    problems = [
        *(_parameter(name, "This parameter is given more than once.", "duplicate") for name in doubled),
        *(_parameter(name, "This parameter holds a character that is not allowed.", "invalid") for name in unclean),
        *(_parameter(name, "There is no such parameter here.", "extra_forbidden") for name in unknown),
    ]
    if schema is not None and not problems:
        try:
            return schema.model_validate({name: values[0] for name, values in given.items()})
        except ValidationError as error:
            problems = [_problem("parameter", _dotted(found["loc"]), found) for found in _found(error)]
    if problems:
        raise Invalid("A parameter of the address does not fit.", errors=problems)
    return None


def _name(key: str, alias: str | None) -> str:
    return alias or key


def _found(error: ValidationError) -> list[dict[str, Any]]:
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    return [dict(found) for found in errors[:_NAMED_PLACES]]


def _problem(kind: str, place: str, found: dict[str, Any]) -> FieldProblem:
    detail = str(found["msg"]).removeprefix("Value error, ")
    problem = FieldProblem(detail=detail.rstrip(".") + ".", code=str(found["type"]))
    problem["pointer" if kind == "pointer" else "parameter"] = place
    return problem


def _parameter(name: str, detail: str, code: str) -> FieldProblem:
    return FieldProblem(parameter=name.encode("utf-8", "replace").decode(), detail=detail, code=code)


def _pointer(location: object) -> str:
    """RFC 6901: `/` and `~` inside a name are escaped."""
    parts = location if isinstance(location, tuple) else ()
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _dotted(location: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in location)
