"""What many schemas share: strict models, texts, times, links to people."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    StringConstraints,
    create_model,
)

from app.database import Record

PASSWORD_MIN_LENGTH = 12
_ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"
"""No line breaks, no control characters, nothing that turns the reading direction: names stand in others' letters."""
EXAMPLE_ID = "019a8f6e-7c3b-7d10-8f3e-2b1c9d4e5f60"
_RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)


class Input(BaseModel):
    """What comes in: unknown properties are refused."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Output(BaseModel):
    """What goes out; used to describe and, in tests, to check the answers."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


def _read_time(value: object) -> datetime:
    """Pydantic alone would take "0.5" too, as seconds since 1970, and years that UTC does not have."""
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise ValueError("A time is written like 2026-01-31T12:00:00Z")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("There is no such time") from None


def _without_p(value: object) -> object:
    """People say 720p; the ladder says 720."""
    return value.removesuffix("p") if isinstance(value, str) else value


RungName = Annotated[Literal["1080", "720", "480", "360", "240"], BeforeValidator(_without_p)]
AnyRungName = Annotated[
    str, StringConstraints(pattern=r"^[1-9][0-9]{1,3}$"), BeforeValidator(_without_p), Field(examples=["720"])
]
Moment = Annotated[AwareDatetime, BeforeValidator(_read_time)]
"""A time that comes in, as RFC 3339 writes it; UTC from here on."""
Id = Annotated[str, Field(json_schema_extra={"format": "uuid"}, examples=[EXAMPLE_ID])]
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-01-31T12:00:00.000000Z"])]
Email = Annotated[EmailStr, Field(max_length=254, examples=["ada@example.org"])]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=_ONE_LINE)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_ONE_LINE)]
LinkToken = Annotated[str, Field(max_length=200, examples=["AZqPbnw7fRCPPisc…"])]
Password = Annotated[str, Field(min_length=PASSWORD_MIN_LENGTH, max_length=1024, examples=["a long pass phrase"])]


class PersonOut(Output):
    """An author."""

    id: Id
    slug: str
    name: str
    avatar_url: str | None


class OrganizationRef(Output):
    """The organization that owns something."""

    slug: str
    name: str


class PageOut(Output):
    """Where the pages before and after begin; `total` counts all rows where `count=true` asked for it."""

    next_cursor: str | None
    prev_cursor: str | None
    total: int | None = None


def part_of(model: type[Output], name: str) -> type[Output]:
    """The schema of an object with only some properties of the model: what a list answers to `fields`."""
    # A default that the document does not show: what is not asked for is left out, never null.
    parts: dict[str, Any] = {
        key: (field.annotation, Field(default_factory=lambda: None)) for key, field in model.model_fields.items()
    }
    return create_model(name, __base__=Output, __doc__=f"Some properties of {model.__name__}.", **parts)


class ListQuery(Input):
    """Paging that every list offers."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str | None, Field(max_length=500)] = None


def people(row: Record) -> list[dict[str, object]]:
    """The authors of a row that was joined with them."""
    if row.author_id is None:
        return []
    return [
        {
            "id": str(row.author_id),
            "slug": row.author_slug,
            "name": row.author_name,
            "avatar_url": row.author_avatar_url,
        }
    ]
