"""A video, the states of its processing, and its renditions."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base
from app.errors import Conflict
from app.models.columns import Timestamped, choice_of, foreign_id
from app.models.organization import Organization
from app.models.publication import Publishable
from app.models.user import User


class Processing(StrEnum):
    """How far the workers are with a video."""

    WAITING = "waiting"
    PROBING = "probing"
    PREPARING = "preparing"
    PLAYABLE = "playable"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


_UNFINISHED: Final = (Processing.WAITING, Processing.PROBING, Processing.PREPARING, Processing.PLAYABLE)
_MOVES: Final[dict[Processing, tuple[Processing, ...]]] = {
    Processing.WAITING: _UNFINISHED,
    Processing.PROBING: (Processing.WAITING, Processing.PREPARING, Processing.PLAYABLE),
    # A lost worker's successor starts again at the probe.
    Processing.PREPARING: (Processing.WAITING, Processing.PROBING, Processing.PLAYABLE),
    Processing.PLAYABLE: (Processing.READY,),
    Processing.READY: (Processing.WAITING,),
    Processing.FAILED: (Processing.WAITING,),
    Processing.CANCELLED: (Processing.WAITING,),
}


class RenditionState(StrEnum):
    """How far one rung is."""

    QUEUED = "queued"
    ENCODING = "encoding"
    READY = "ready"
    SKIPPED = "skipped"
    FAILED = "failed"


class Video(Publishable, Timestamped, Base):
    """An uploaded film or sound. `probe` is what the jailed probe read; `version` names its media folder.

    `captions` holds `lang`, `label` and the `file` of each track, in the order of their languages. `has_poster` is
    about the automatic one; `poster` is the file of one that somebody sent and goes before it, `poster_wanted` the same
    or, while a job makes it, the next. `encoding_at` is when the first of its parts began after it played: before,
    they wait for others. `progress_at` is when `percent` last rose since: what passed after it says nothing about pace.
    `mp4_used_at` is when its progressive file was last asked for, to the day; empty while there is none.
    `original_removed_at` is when the uploaded file was let go of, whose `size_bytes` count no more.
    """

    __tablename__ = "videos"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        Index("ix_videos_public", "publication", "visibility", "published_at", "id"),
        Index("ix_videos_organization_published", "organization_id", "publication", "published_at", "id"),
        Index("ix_videos_organization_created", "organization_id", "created_at", "id"),
        Index("ix_videos_organization_updated", "organization_id", "updated_at", "id"),
        Index("ix_videos_organization_title", "organization_id", "title", "id"),
        Index("ix_videos_author", "author_id", "published_at"),
        Index(
            "ix_videos_mp4_used_at",
            "mp4_used_at",
            postgresql_where=text("mp4_used_at IS NOT NULL"),
            sqlite_where=text("mp4_used_at IS NOT NULL"),
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(foreign_id("organizations.id"))
    author_id: Mapped[UUID | None] = mapped_column(foreign_id("users.id", cascade=False))
    job_id: Mapped[UUID | None] = mapped_column(foreign_id("jobs.id", cascade=False), index=True)
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    processing: Mapped[Processing] = mapped_column(choice_of(Processing), default=Processing.WAITING)
    stage: Mapped[str | None] = mapped_column(String(32))
    percent: Mapped[int] = mapped_column(default=0)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    duration_s: Mapped[float | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    fps: Mapped[float | None]
    probe: Mapped[dict[str, Any] | None]
    input_issues: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    errors: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    captions: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    audio_tracks: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column(default=1)
    has_poster: Mapped[bool] = mapped_column(default=False)
    poster: Mapped[str | None] = mapped_column(String(40))
    poster_wanted: Mapped[str | None] = mapped_column(String(40))
    poster_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    captions_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    has_storyboard: Mapped[bool] = mapped_column(default=False)
    likes_count: Mapped[int] = mapped_column(default=0)
    comments_count: Mapped[int] = mapped_column(default=0)
    views_count: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    playable_at: Mapped[datetime | None]
    encoding_at: Mapped[datetime | None]
    progress_at: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]
    mp4_used_at: Mapped[datetime | None]
    original_removed_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship(lazy="raise")
    author: Mapped[User | None] = relationship(lazy="raise")

    def move_to(self, state: Processing) -> None:
        """Takes a legal step of processing; staying is one. Raises `Conflict` for any other."""
        ends = (Processing.FAILED, Processing.CANCELLED) if self.processing in _UNFINISHED else ()
        if state is not self.processing and state not in (*_MOVES[self.processing], *ends):
            raise Conflict(f"A video that is {self.processing} cannot become {state}.")
        self.processing = state

    def must_have_original(self) -> None:
        """Raises `Conflict` (`original_gone`) for a video that cannot be processed again."""
        if self.original_removed_at is not None:
            detail = "The uploaded file was deleted once the video was ready; upload it again."
            raise Conflict(detail, code="original_gone")

    @property
    def stored_bytes(self) -> int:
        """What counts in its organization's quota, which is what was sent: the original while it is there, and more."""
        return (0 if self.original_removed_at else self.size_bytes) + self.poster_bytes + self.captions_bytes

    @property
    def is_unfinished(self) -> bool:
        return self.processing in _UNFINISHED


class Rendition(Timestamped, Base):
    """One rung of a video's ladder, `position` 0 being the best."""

    __tablename__ = "renditions"
    __table_args__ = (UniqueConstraint("video_id", "name"),)

    video_id: Mapped[UUID] = mapped_column(foreign_id("videos.id"))
    name: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    bitrate: Mapped[int | None]
    state: Mapped[RenditionState] = mapped_column(choice_of(RenditionState), default=RenditionState.QUEUED)
