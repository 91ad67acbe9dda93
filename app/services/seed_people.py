"""Sample people: users, the organizations that they work in, and the tags there."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert

from app.database import db
from app.models import EventCounter, Membership, Organization, OrganizationSlug, Tag, User
from app.permissions import Role
from app.services import quota_service
from app.utils.batches import batched
from app.utils.ids import id_at
from app.utils.sample_text import TOPICS, Writer
from app.utils.text import slug_of

YEARS: Final = timedelta(days=5 * 365)
"""How far the oldest row lies back."""
_USERS_AN_ORGANIZATION: Final = 40
_ORGANIZATIONS_AT_LEAST: Final = 2
_TEAM: Final = (Role.OWNER, Role.ADMIN, Role.EDITOR, Role.EDITOR, Role.EDITOR, Role.VIEWER)
_TAGS: Final = 12
_ROWS_A_STATEMENT: Final = 1000


@dataclass(frozen=True, slots=True)
class House:
    """An organization as its posts need it."""

    id: UUID
    slug: str
    writers: Sequence[UUID]
    tags: Sequence[tuple[UUID, str]]


@dataclass(frozen=True, slots=True)
class People:
    """Everybody; the first user owns the first organization."""

    email: str
    user_ids: Sequence[UUID]
    houses: Sequence[House]


def settle(count: int, password_hash: str, until: datetime, dice: random.Random) -> People:
    """Adds so many users, all with the one password, and their organizations, in the open transaction."""
    began = until - YEARS
    users = list(_users(count, password_hash, began, dice))
    for some in batched(users, _ROWS_A_STATEMENT):
        db.session.execute(insert(User), some)
    user_ids = [user["id"] for user in users]
    houses = list(_houses(user_ids, began, dice))
    return People(str(users[0]["email"]), user_ids, houses)


def _users(count: int, password_hash: str, began: datetime, dice: random.Random) -> Iterator[dict[str, Any]]:
    writer, slugs = Writer(dice), _Slugs()
    for _ in range(count):
        name = writer.person()
        slug = slugs.free(slug_of(name, fallback="user"))
        yield {
            "id": id_at(began, dice),
            "email": f"{slug}@example.org",
            "name": name,
            "slug": slug,
            "password_hash": password_hash,
            "bio": writer.sentence(),
            "email_verified_at": began,
            "created_at": began,
            "updated_at": began,
        }


def _houses(user_ids: Sequence[UUID], began: datetime, dice: random.Random) -> Iterator[House]:
    """Most people only read; the first is everybody's first choice for an owner of the first organization."""
    writer, slugs = Writer(dice), _Slugs()
    for number in range(max(_ORGANIZATIONS_AT_LEAST, len(user_ids) // _USERS_AN_ORGANIZATION)):
        name = writer.house()
        house = House(
            id_at(began, dice),
            slugs.free(slug_of(name, fallback="organization")),
            _team(user_ids, number, dice),
            [(id_at(began, dice), topic) for topic in dice.sample(TOPICS, _TAGS)],
        )
        _insert(house, name, began, dice)
        yield house


def _team(user_ids: Sequence[UUID], number: int, dice: random.Random) -> list[UUID]:
    """Each organization has an owner of its own as long as there are users; the rest of a team may work elsewhere."""
    owner = user_ids[number % len(user_ids)]
    others = dice.sample(user_ids, min(len(_TEAM), len(user_ids)))
    return [owner, *(user_id for user_id in others if user_id != owner)][: len(_TEAM)]


def _insert(house: House, name: str, began: datetime, dice: random.Random) -> None:
    times = {"created_at": began, "updated_at": began}
    row = {"id": house.id, "slug": house.slug, "name": name, "description": Writer(dice).sentence()}
    db.session.execute(insert(Organization), [row | times])
    db.session.execute(insert(OrganizationSlug), [{"slug": house.slug, "organization_id": house.id}])
    db.session.execute(insert(EventCounter), [{"scope_id": house.id, "seq": 0}])
    quota_service.open_account(house.id)
    db.session.execute(
        insert(Membership),
        [
            {"id": id_at(began, dice), "user_id": user_id, "organization_id": house.id, "role": role, **times}
            for user_id, role in zip(house.writers, _TEAM, strict=False)
        ],
    )
    db.session.execute(
        insert(Tag),
        [
            {"id": tag_id, "organization_id": house.id, "slug": slug_of(topic, fallback="tag"), "name": topic, **times}
            for tag_id, topic in house.tags
        ],
    )


class _Slugs:
    """Each slug once: the next one of the same name gets a number."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def free(self, slug: str) -> str:
        count = self._taken[slug] = self._taken.get(slug, 0) + 1
        return slug if count == 1 else f"{slug}-{count}"
