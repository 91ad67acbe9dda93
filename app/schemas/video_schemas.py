"""Videos: what goes in and out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.database import Record
from app.schemas.fields import (
    AnyRungName,
    Id,
    Input,
    Name,
    OrganizationRef,
    Output,
    PageOut,
    PersonOut,
    Time,
    Title,
    part_of,
    people,
)
from app.schemas.job_schemas import JobErrorOut
from app.schemas.publishing_schemas import PublicationName, PublicListQuery, VisibilityName
from app.services.playback_service import Caption, Playback
from app.services.video_pipeline.outcome import eta_s
from app.services.video_service import VideoView
from app.utils.times import rfc3339

Link = Callable[[str | None], str | None]


@dataclass(frozen=True, slots=True)
class Paths:
    """Makes the paths to a video's media, signed for who asks."""

    media: Callable[[Record, str], str]
    poster: Callable[[Record], str | None]


StateName = Literal["waiting", "probing", "preparing", "playable", "ready", "failed", "cancelled"]


class VideoUpload(Input):
    """Multipart: the file, and a title where its name is none."""

    file: Annotated[str, Field(json_schema_extra={"format": "binary"})]
    title: Title | None = None


class PosterUpload(Input):
    """Multipart: the picture, as JPEG, PNG, WebP, GIF or AVIF."""

    file: Annotated[str, Field(json_schema_extra={"format": "binary"})]


class VideoChange(Input):
    """A JSON merge patch."""

    title: Title | None = None
    description: Annotated[str | None, Field(max_length=20_000)] = None
    visibility: VisibilityName | None = None


class VideoRetry(Input):
    """What to make again; the whole body may be left out.

    `rung`: only what is missing or spoilt of this rendition (`720` or `720p`), of a video that is ready, too; the
    others play meanwhile. Without it: all that is missing of a video that failed or was cancelled.
    """

    rung: AnyRungName | None = None


class ProcessingOut(Output):
    """How far the workers are. `percent` only rises; `eta_s` is a guess from the pace up to the last progress."""

    state: StateName
    stage: str | None
    percent: int
    eta_s: int | None
    queue_position: int | None


class RenditionOut(Output):
    """One rung of the ladder; `bitrate` in bits a second, measured."""

    name: str
    width: int
    height: int
    bitrate: int | None
    state: Literal["queued", "encoding", "ready", "skipped", "failed"]


class IssueOut(Output):
    """Why the source could not be used as it is."""

    code: str
    detail: str
    hint: str


class VideoOut(Output):
    """A video."""

    id: Id
    job_id: Id | None
    title: str
    description: str
    organization: OrganizationRef
    authors: list[PersonOut]
    processing: ProcessingOut
    publication: PublicationName
    visibility: VisibilityName
    duration_s: float | None
    width: int | None
    height: int | None
    fps: float | None
    size_bytes: int
    poster_url: str | None
    storyboard_url: str | None
    renditions: list[RenditionOut]
    input_issues: list[IssueOut]
    errors: list[JobErrorOut]
    likes_count: int
    comments_count: int
    views_count: int
    revision: int
    playable_at: Time | None
    ready_at: Time | None
    publish_at: Time | None
    published_at: Time | None
    created_at: Time
    updated_at: Time


class CaptionOut(Output):
    """A caption track."""

    lang: str
    label: str
    url: str


class CaptionQuery(Input):
    """What comes with the text: how players name the track (else by its language)."""

    label: Name | None = None


class AudioTrackOut(Output):
    """An audio track of the HLS playlist; `language` is a BCP 47 tag, null where the file names none."""

    language: str | None
    label: str
    default: bool


class PlaybackOut(Output):
    """What a player needs; `expires_at` is null for public videos.

    `mp4_url` is there once the video is ready. The file is made for the first who asks: until then the address answers
    503 (`mp4_being_made`) with `Retry-After`, so ask again after that (`curl --retry 20`; in a page, set the `src` of
    the `<video>` again when it tells an error).
    """

    hls_url: str
    mp4_url: str | None
    poster_url: str | None
    storyboard_url: str | None
    captions: list[CaptionOut]
    audio_tracks: list[AudioTrackOut]
    expires_at: Time | None


class VideoListed(VideoOut):
    """A video in a list; `playback` by `include`, `snippet` is HTML around the words of a search (`q`)."""

    snippet: str | None = None
    playback: PlaybackOut | None = None


VideoPart = part_of(VideoListed, "VideoPart")


class VideoListQuery(PublicListQuery):
    """The list of videos."""

    INCLUDABLE: ClassVar[frozenset[str]] = frozenset({"playback"})
    LISTED: ClassVar[frozenset[str]] = frozenset(VideoOut.model_fields)


class VideoList(Output):
    """A page of videos."""

    data: list[VideoListed | VideoPart]  # type: ignore[valid-type]  # a model made at run time
    page: PageOut


def render(view: VideoView, link: Link, paths: Paths) -> dict[str, object]:
    """A video; `link` makes addresses absolute."""
    row = view.video
    return {
        "id": str(row.id),
        "job_id": str(row.job_id) if row.job_id else None,
        "title": row.title,
        "description": row.description,
        "organization": {"slug": row.organization_slug, "name": row.organization_name},
        "authors": people(row),
        "processing": {
            "state": row.processing,
            "stage": row.stage,
            "percent": row.percent,
            "eta_s": eta_s(row),
            "queue_position": view.queue_position,
        },
        "publication": row.publication,
        "visibility": row.visibility,
        "duration_s": row.duration_s,
        "width": row.width,
        "height": row.height,
        "fps": row.fps,
        "size_bytes": row.size_bytes,
        "poster_url": link(paths.poster(row)),
        "storyboard_url": link(paths.media(row, "storyboard.vtt")) if row.has_storyboard else None,
        "renditions": [_rendition(rendition) for rendition in view.renditions],
        "input_issues": row.input_issues,
        "errors": row.errors,
        "likes_count": row.likes_count,
        "comments_count": row.comments_count,
        "views_count": row.views_count,
        "revision": row.revision,
        "playable_at": rfc3339(row.playable_at),
        "ready_at": rfc3339(row.ready_at),
        "publish_at": rfc3339(row.publish_at),
        "published_at": rfc3339(row.published_at),
        "created_at": rfc3339(row.created_at),
        "updated_at": rfc3339(row.updated_at),
    }


def _rendition(row: Record) -> dict[str, object]:
    return {
        "name": row.name,
        "width": row.width,
        "height": row.height,
        "bitrate": row.bitrate,
        "state": row.state,
    }


def render_playback(playback: Playback, link: Link) -> dict[str, object]:
    """Addresses for a player."""
    return {
        "hls_url": link(playback.hls_path),
        "mp4_url": link(playback.mp4_path),
        "poster_url": link(playback.poster_path),
        "storyboard_url": link(playback.storyboard_path),
        "captions": [render_caption(caption, link) for caption in playback.captions],
        "audio_tracks": list(playback.audio_tracks),
        "expires_at": rfc3339(playback.expires_at),
    }


def render_caption(caption: Caption, link: Link) -> dict[str, object]:
    """A caption track."""
    return {"lang": caption.lang, "label": caption.label, "url": link(caption.path)}


def render_embedded(row: Record, playback: Playback | None, link: Link) -> dict[str, object]:
    """A video in a post's text."""
    return {
        "type": "video",
        "id": str(row.id),
        "title": row.title,
        "duration_s": row.duration_s,
        "width": row.width,
        "height": row.height,
        "playback": render_playback(playback, link) if playback else None,
    }
