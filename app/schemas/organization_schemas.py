"""Organizations and what they use: what goes in and out."""

from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.database import Record
from app.media import ladder
from app.permissions import Actor
from app.schemas.account_schemas import RoleName
from app.schemas.feed_schemas import FeedsOut
from app.schemas.fields import EXAMPLE_ID, Id, Input, ListQuery, Name, Output, PageOut, RungName, Slug, Time
from app.services.quota_service import Usage
from app.utils.times import rfc3339

_MINUTE_S = 60
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
_VIDEO_COLUMNS: Final = {"rungs": "video_rungs", "keep_original": "keep_original"}
CommentPolicyName = Literal["open", "moderated", "closed"]


class OrganizationCreate(Input):
    """A new organization; without a slug it gets one made from its name."""

    name: Name
    slug: Slug | None = None


def _in_order(names: list[str]) -> list[str]:
    """Each once, the best first."""
    return [name for name in ladder.NAMES if name in names]


class VideoSettingsChange(Input):
    """What becomes of videos that are uploaded from then on.

    `rungs` of the ladder by their short side, `720` or `720p` (null: all of them); the source itself is shown besides
    where it can be. `keep_original` false: the uploaded file is deleted once its video is ready, and its room is free;
    such a video cannot be processed again.
    """

    rungs: Annotated[list[RungName], Field(min_length=1, max_length=20), AfterValidator(_in_order)] | None = None
    keep_original: bool | None = None


class OrganizationChange(Input):
    """A JSON merge patch: what is left out stays. The address of an earlier slug leads to the present one."""

    name: Name | None = None
    slug: Slug | None = None
    description: Description | None = None
    comments: CommentPolicyName | None = None
    video: VideoSettingsChange | None = None

    def changes(self) -> dict[str, object]:
        """What was sent, by the names of the columns."""
        sent = self.model_dump(exclude_unset=True)
        video = sent.pop("video", None) or {}
        return sent | {_VIDEO_COLUMNS[name]: value for name, value in video.items()}


class OwnershipTransfer(Input):
    """Who of the team is to own the organization."""

    new_owner_id: Annotated[UUID, Field(examples=[EXAMPLE_ID])]


class VideoSettingsOut(Output):
    """What becomes of uploaded videos: the rungs of their ladder, and whether the uploaded file is kept."""

    rungs: list[str]
    keep_original: bool


class OrganizationOut(Output):
    """An organization. `role` is the caller's own in it."""

    id: Id
    slug: str
    name: str
    description: str | None
    comments: CommentPolicyName
    video: VideoSettingsOut
    role: RoleName | None
    feeds: FeedsOut
    revision: int
    created_at: Time
    updated_at: Time


class OrganizationListQuery(ListQuery):
    """The list of the organizations that one works in."""


class OrganizationList(Output):
    """A page of the organizations that one works in."""

    data: list[OrganizationOut]
    page: PageOut


class StorageUseOut(Output):
    """Bytes of original files. `reserved_bytes`: announced by uploads under way. A limit of null is none."""

    used_bytes: int
    reserved_bytes: int
    limit_bytes: int | None


class VideoUseOut(Output):
    """Seconds of video."""

    used_s: float
    limit_s: int | None


class UploadsUseOut(Output):
    """Uploads under way."""

    used: int
    limit: Annotated[int | None, Field(examples=[50])]


class UsageOut(Output):
    """What an organization uses and may use."""

    storage: StorageUseOut
    video: VideoUseOut
    uploads: UploadsUseOut


def render(actor: Actor, row: Record, feeds: dict[str, str]) -> dict[str, object]:
    """An organization as the actor, who stands in it, sees it."""
    return _render(row, actor.role, feeds)


def render_own(row: Record, feeds: dict[str, str]) -> dict[str, object]:
    """One of the organizations that one works in."""
    return _render(row, row.role, feeds)


def _render(row: Record, role: str | None, feeds: dict[str, str]) -> dict[str, object]:
    return {
        "id": str(row.id),
        "slug": row.slug,
        "name": row.name,
        "description": row.description,
        "comments": row.comments,
        "video": {"rungs": row.video_rungs or list(ladder.NAMES), "keep_original": row.keep_original},
        "role": role,
        "feeds": feeds,
        "revision": row.revision,
        "created_at": rfc3339(row.created_at),
        "updated_at": rfc3339(row.updated_at),
    }


def render_usage(usage: Usage) -> dict[str, object]:
    """Use and limits."""
    limits = usage.limits
    minutes = limits.video_minutes
    return {
        "storage": {
            "used_bytes": usage.stored_bytes,
            "reserved_bytes": usage.reserved_bytes,
            "limit_bytes": limits.storage_bytes,
        },
        "video": {"used_s": round(usage.video_s, 3), "limit_s": None if minutes is None else minutes * _MINUTE_S},
        "uploads": {"used": usage.open_uploads, "limit": limits.uploads},
    }
