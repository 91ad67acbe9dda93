"""What an upload brings, and whose it is."""

from dataclasses import dataclass
from uuid import UUID

from app.errors import NotFound
from app.permissions import Actor


@dataclass(frozen=True, slots=True)
class Received:
    """What came with an upload besides its bytes."""

    filename: str | None
    size_bytes: int
    title: str | None = None
    alt: str | None = None


def assert_organization(actor: Actor) -> UUID:
    """The organization that the actor acts in; a granted action implies one."""
    if actor.organization_id is None:
        raise NotFound("You act in no organization.")
    return actor.organization_id
