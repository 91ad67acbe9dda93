"""Column shapes that many tables share."""

from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Enum, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.utils.ids import new_id
from app.utils.times import now

Choice = TypeVar("Choice", bound=StrEnum)


def choice_of(choices: type[Choice]) -> Enum:
    """Text limited to the values of an enum, by a CHECK in the database as well."""
    return Enum(
        choices,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=choices.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def foreign_id(target: str, *, cascade: bool = True) -> ForeignKey:
    """A reference that goes with its target, or (without cascade) is emptied when the target goes."""
    return ForeignKey(target, ondelete="CASCADE" if cascade else "SET NULL")


class Identified:
    """A UUIDv7 primary key."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class Timestamped(Identified):
    """When it came to be and when it last changed."""

    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
