"""Public author profiles."""

from app.database import Record
from app.schemas.fields import PersonOut


class ProfileOut(PersonOut):
    """An author as everybody sees them."""

    bio: str | None


def render(row: Record) -> dict[str, object]:
    """An author with their bio."""
    return {"id": str(row.id), "slug": row.slug, "name": row.name, "avatar_url": row.avatar_url, "bio": row.bio}
