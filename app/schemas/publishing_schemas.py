"""What posts and videos share: where they stand, who may read them, and the filters of their lists."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from app.models import Publication, Visibility
from app.schemas.fields import Input, ListQuery, Moment

PublicationName = Literal["draft", "scheduled", "published", "archived"]
VisibilityName = Literal["public", "unlisted", "organization"]


SortName = Literal[
    "published_at",
    "-published_at",
    "created_at",
    "-created_at",
    "updated_at",
    "-updated_at",
    "title",
    "-title",
    "relevance",
]


class Schedule(Input):
    """When to publish."""

    publish_at: Moment


class PublicListQuery(ListQuery):
    """Filters that posts and videos share."""

    organization: Annotated[str | None, Field(max_length=100)] = None
    publication: Publication | None = None
    visibility: Visibility | None = None
    q: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=200,
            description='Words that all occur, a "phrase", a -word that does not; from three letters on, a word finds '
            "what begins with it too. Finds the newest 1,000 matches; words that more than every tenth of the newest "
            "posts has are looked for among the newest 10,000.",
        ),
    ] = None
    sort: SortName | None = None
    count: bool = False
    fields: Annotated[str | None, Field(min_length=1, max_length=500)] = None
    include: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    author: Annotated[str | None, Field(max_length=100)] = None
    ids: Annotated[str | None, Field(max_length=3700)] = None
    published_after: Moment | None = None
    published_before: Moment | None = None

    INCLUDABLE: ClassVar[frozenset[str]] = frozenset()
    """What `include` can add to each row."""
    LISTED: ClassVar[frozenset[str]] = frozenset()
    """The properties of a row without that."""

    @field_validator("fields", "include")
    @classmethod
    def _known(cls, value: str | None, told: ValidationInfo) -> str | None:
        """Refuses names that no row has."""
        known = cls.INCLUDABLE if told.field_name == "include" else cls.INCLUDABLE | cls.LISTED | {"snippet"}
        if value is not None and (unknown := sorted(set(value.split(",")) - known)):
            raise ValueError(f"There is no {', '.join(unknown)} here; known are {', '.join(sorted(known))}")
        return value

    def names(self, parameter: Literal["fields", "include"]) -> set[str]:
        """The names of `fields` or `include`; what is a field by name needs no including."""
        asked = {name: set((getattr(self, name) or "").split(",")) - {""} for name in ("fields", "include")}
        if parameter == "include":
            return asked["include"] | (asked["fields"] & self.INCLUDABLE)
        return asked["fields"] | asked["include"] if asked["fields"] else set()

    def id_list(self) -> tuple[UUID, ...] | None:
        """`ids` taken apart; what is no id names nothing."""
        return None if self.ids is None else tuple(UUID(part) for part in self.ids.split(",") if _is_id(part))

    def published_between(self) -> tuple[datetime | None, datetime | None]:
        """The span asked for."""
        return self.published_after, self.published_before


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
