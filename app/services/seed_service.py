"""Sample content for an empty instance: the same for the same plan, in bulk, through the real renderer."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select

from app.database import read_connection, transaction
from app.errors import Conflict
from app.models import Organization, Post, User
from app.services import password_rules, passwords, seed_people
from app.services.seed_posts import Batch, Press

_POSTS_A_TRANSACTION: Final = 500


@dataclass(frozen=True, slots=True)
class SeedPlan:
    """How much, from which seed, and when the newest of it was written; every account gets the password."""

    posts: int
    users: int
    seed: int
    until: datetime
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Seeded:
    """With which account to look at it, and the organization that the account owns."""

    email: str
    organization: str


def seed(plan: SeedPlan, progress: Callable[[int], None]) -> Seeded:
    """Fills the instance, a batch of posts a transaction; after each one `progress` hears its size.

    Plans that are equal give equal rows but for what must be secret (password hashes) and what belongs to today (jobs
    of scheduled posts). Raises `Conflict` (`not_empty`) where anybody was before, `Invalid` for the password.
    """
    password_rules.assert_allowed(plan.password, context=())
    password_hash = passwords.hash_password(plan.password)
    dice = random.Random(plan.seed)  # noqa: S311 - sample content, no secret  # nosec B311
    with transaction():
        _assert_empty()
        people = seed_people.settle(plan.users, password_hash, plan.until, dice)
    for batch in _ahead(Press(people, plan.posts, plan.until, dice).batches(_POSTS_A_TRANSACTION)):
        with transaction():
            batch.insert()
        progress(len(batch))
    return Seeded(people.email, people.houses[0].slug)


def _ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The same; while the database takes one, a thread writes the next."""
    with ThreadPoolExecutor(max_workers=1) as writer:
        upcoming = writer.submit(next, batches, None)
        while (batch := upcoming.result()) is not None:
            upcoming = writer.submit(next, batches, None)
            yield batch


def _assert_empty() -> None:
    with read_connection() as connection:
        for table in (User, Organization, Post):
            if connection.execute(select(table.id).limit(1)).first():
                raise Conflict("This instance is in use: sample content is for an empty one.", code="not_empty")
