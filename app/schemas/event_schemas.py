"""Events as clients get them, by SSE and Socket.IO alike."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, RootModel

from app.database import Record
from app.schemas.account_schemas import RoleName
from app.schemas.comment_schemas import StateName as CommentState
from app.schemas.fields import Id, Output, Time
from app.schemas.image_schemas import StateName as ImageState
from app.schemas.job_schemas import JobErrorOut
from app.schemas.publishing_schemas import PublicationName
from app.schemas.video_schemas import ProcessingOut
from app.schemas.video_schemas import StateName as ProcessingState
from app.utils.times import now, rfc3339


class Numbered(Output):
    """Kept and replayed. `seq` has no gap within the organization, or within one's own (`organization_id` null)."""

    id: Id
    seq: Annotated[int, Field(ge=1)]
    occurred_at: Time
    organization_id: Id | None
    subject: Annotated[str, Field(examples=["post:019a8f6e-7c3b-7d10-8f3e-2b1c9d4e5f60"])]


class Unnumbered(Output):
    """Told to those who listen at that moment, and not kept."""

    occurred_at: Time
    organization_id: Id | None
    subject: str


class PostEventData(Output):
    """The post as it was then."""

    id: Id
    slug: str
    title: str
    publication: PublicationName


class PostEvent(Numbered):
    """Something happened to a post."""

    type: Literal[
        "post.created",
        "post.updated",
        "post.scheduled",
        "post.published",
        "post.unpublished",
        "post.archived",
        "post.deleted",
    ]
    data: PostEventData


class VideoEventData(Output):
    """The video as it was then; `state` and `percent` as in its `processing`."""

    id: Id
    title: str
    state: ProcessingState
    percent: int


class VideoEvent(Numbered):
    """Something happened to a video."""

    type: Literal[
        "video.created",
        "video.probed",
        "video.playable",
        "video.ready",
        "video.failed",
        "video.cancelled",
        "video.retried",
        "video.updated",
        "video.scheduled",
        "video.published",
        "video.unpublished",
        "video.archived",
        "video.deleted",
    ]
    data: VideoEventData


class ImageEventData(Output):
    """The image as it was then; its measures in pixels."""

    id: Id
    state: ImageState
    width: int
    height: int


class ImageEvent(Numbered):
    """Something happened to an image."""

    type: Literal["image.created", "image.ready", "image.failed", "image.retried", "image.updated", "image.deleted"]
    data: ImageEventData


class CommentEventData(Output):
    """The comment's state, and the post or the video that it is on."""

    id: Id
    state: CommentState
    post_id: Id | None = None
    video_id: Id | None = None


class CommentEvent(Numbered):
    """Something happened to a comment; the subject is what it is on."""

    type: Literal["comment.created", "comment.updated", "comment.approved", "comment.hidden", "comment.deleted"]
    data: CommentEventData


class JobEventData(Output):
    """The job as it was then."""

    id: Id
    kind: str
    subject: str | None
    state: Literal["queued", "succeeded", "failed", "dead", "cancelled"]
    error: JobErrorOut | None


class JobEvent(Numbered):
    """A job ended, or was queued again; the parts of a job make no events."""

    type: Literal["job.succeeded", "job.failed", "job.dead", "job.cancelled", "job.retried"]
    data: JobEventData


class OrganizationEventData(Output):
    """The organization as it was then."""

    id: Id
    slug: str
    name: str


class OrganizationEvent(Numbered):
    """Something happened to the organization itself."""

    type: Literal["organization.updated", "organization.deleted"]
    data: OrganizationEventData


class TeamEventData(Output):
    """Where somebody stands in the team now; `role` is null for who has left it."""

    user_id: Id
    role: RoleName | None
    state: Literal["active", "suspended", "removed"]


class TeamEvent(Numbered):
    """Somebody joined, left, or has another role."""

    type: Literal["team.changed"]
    data: TeamEventData


class VideoProgressData(ProcessingOut):
    """How far the workers are with a video."""

    id: Id


class VideoProgress(Unnumbered):
    """A tick: some of them are left out, and none is replayed."""

    type: Literal["video.progress"]
    data: VideoProgressData


class EventsGapData(Output):
    """Between these two numbers events are missing."""

    after: int
    resumed_after: int


class EventsGap(Unnumbered):
    """What was asked for is no longer kept: load the state anew."""

    type: Literal["events.gap"]
    data: EventsGapData


_Any = (
    PostEvent
    | VideoEvent
    | ImageEvent
    | CommentEvent
    | JobEvent
    | OrganizationEvent
    | TeamEvent
    | VideoProgress
    | EventsGap
)  # fmt: skip


class EventOut(RootModel[Annotated[_Any, Field(discriminator="type")]]):
    """A live event; `type` tells which. Take what you know, and leave the rest: more types will come."""


def render(row: Record) -> dict[str, object]:
    """An event."""
    return {
        "id": str(row.id),
        "seq": row.seq,
        "type": row.type,
        "occurred_at": rfc3339(row.occurred_at),
        "organization_id": str(row.organization_id) if row.organization_id else None,
        "subject": row.subject,
        "data": row.data,
    }


def gap(scope: UUID, *, is_user: bool, after: int, resumed_after: int) -> dict[str, object]:
    """The notice that events between two numbers are no longer there: the client loads its state anew."""
    return {
        "type": "events.gap",
        "occurred_at": rfc3339(now()),
        "organization_id": None if is_user else str(scope),
        "subject": f"{'user' if is_user else 'organization'}:{scope}",
        "data": {"after": after, "resumed_after": resumed_after},
    }
