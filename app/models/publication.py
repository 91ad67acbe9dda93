"""The two axes that posts and videos share: publication and visibility, and their legal moves."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from app.errors import Conflict
from app.models.columns import choice_of
from app.utils.times import now


class Publication(StrEnum):
    """Where something stands on its way to readers."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Visibility(StrEnum):
    """Who may read it once it is published."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    ORGANIZATION = "organization"


class Publishable:
    """Columns and moves of what can be published: publish and archive from any state."""

    publication: Mapped[Publication] = mapped_column(choice_of(Publication), default=Publication.DRAFT)
    visibility: Mapped[Visibility] = mapped_column(choice_of(Visibility))
    publish_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    def publish(self) -> bool:
        """Publishes; the first time decides `published_at`. False if it was published already."""
        if self.publication is Publication.PUBLISHED:
            return False
        self.publication = Publication.PUBLISHED
        self.published_at = self.published_at or now()
        self.publish_at = None
        return True

    def schedule(self, publish_at: datetime) -> None:
        """Publishes later; again moves the time. Raises `Conflict` for what is published already."""
        if self.publication is Publication.PUBLISHED:
            raise Conflict("It is published already; unpublish it first.", code="already_published")
        self.publication = Publication.SCHEDULED
        self.publish_at = publish_at

    def unpublish(self) -> None:
        """Back to draft, from published or scheduled."""
        if self.publication not in {Publication.PUBLISHED, Publication.SCHEDULED, Publication.DRAFT}:
            raise Conflict(f"What is {self.publication} cannot be unpublished.")
        self.publication = Publication.DRAFT
        self.publish_at = None

    def archive(self) -> None:
        """Takes it out of every list but the team's."""
        self.publication = Publication.ARCHIVED
        self.publish_at = None
