"""Playback: signed paths to a video's media, and who may fetch a file behind one."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from itsdangerous import BadSignature
from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.access import readable_by
from app.clients.disk import NoSuchFile
from app.clients.storage import StoredFile
from app.clients.stores import storage
from app.database import Record, read_connection
from app.errors import Conflict, NotFound, NotPermitted
from app.media import playlists
from app.media.playlists import SubtitleTrack
from app.models import ApiKey, Membership, Publication, Session, User, Video, Visibility
from app.permissions import ANONYMOUS, Actor
from app.services import api_key_service, keyring, session_service, video_service
from app.services.video_pipeline import mp4
from app.services.video_pipeline.material import caption_key, poster_key, video_prefix
from app.utils.times import now

PUBLIC_TOKEN: Final = "public"  # noqa: S105 - it opens only what is public
_BEYOND_END: Final = timedelta(hours=4)
_SALT: Final = "playback"
_MEDIA_NAME: Final = re.compile(
    r"v\d+/(master\.m3u8|video\.mp4|poster\.jpg|storyboard\.vtt|sheet-\d{3}\.jpg"
    r"|poster-[0-9a-f]{32}\.(jpg|png|webp)"
    r"|captions/[A-Za-z0-9-]{2,35}\.(vtt|m3u8)"
    r"|(source|first|audio(-\d)?|\d{2,4})/((playlist|iframes)\.m3u8|init\.mp4|s\d{5,}\.m4s))"
)
_CAPTION_NAME: Final = re.compile(r"v\d+/captions/([A-Za-z0-9-]+)\.(vtt|m3u8)")
_POSTER_NAME: Final = re.compile(r"v\d+/poster-([0-9a-f]{32}\.[a-z]+)")
Wanted: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Caption:
    """A caption track and the path to it."""

    lang: str
    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Playback:
    """Paths to what plays; None for what is not there (yet)."""

    hls_path: str
    mp4_path: str | None
    poster_path: str | None
    storyboard_path: str | None
    captions: tuple[Caption, ...]
    audio_tracks: tuple[dict[str, Any], ...]
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Media:
    """A file or a text to send, and how long a private copy of it may be kept (None: it is public)."""

    content: StoredFile | str
    name: str
    private_for_s: int | None


def playback(actor: Actor, video_id: UUID) -> Playback:
    """What a player needs. Raises `NotFound`, or `Conflict` (`not_playable`) before the first segments are there."""
    found = playback_of(actor, video_service.get(actor, video_id).video)
    if found is None:
        raise Conflict("The video can't be played yet; wait for the event video.playable.", code="not_playable")
    return found


def playback_of(actor: Actor, video: Record) -> Playback | None:
    """What a player needs of a row that the actor may read; None before the first segments are there."""
    if video.playable_at is None:
        return None
    return Playback(
        hls_path=media_path(actor, video, "master.m3u8"),
        mp4_path=media_path(actor, video, mp4.NAME) if video.ready_at is not None else None,
        poster_path=poster_path(actor, video),
        storyboard_path=media_path(actor, video, "storyboard.vtt") if video.has_storyboard else None,
        captions=tuple(caption(actor, video, track) for track in video.captions),
        audio_tracks=tuple(video.audio_tracks),
        expires_at=None if is_public(video) else expiry(video),
    )


def poster_path(actor: Actor, video: Record | Video) -> str | None:
    """The path to the poster that somebody sent, else to the automatic one; each has an address of its own."""
    if video.poster:
        return media_path(actor, video, f"poster-{video.poster}")
    return media_path(actor, video, "poster.jpg") if video.has_poster else None


def caption(actor: Actor, video: Record | Video, track: dict[str, str]) -> Caption:
    """One of a video's tracks with its path."""
    return Caption(track["lang"], track["label"], media_path(actor, video, f"captions/{track['lang']}.vtt"))


def is_public(video: Record | Video) -> bool:
    """Whether everyone who has the address may play it."""
    return bool(video.publication == Publication.PUBLISHED and video.visibility != Visibility.ORGANIZATION)


def expiry(video: Record | Video) -> datetime:
    """When a token made now ends: four hours after the film would. Rounded, so that addresses repeat."""
    end = now() + timedelta(seconds=video.duration_s or 0) + _BEYOND_END
    return end.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def media_path(actor: Actor, video: Record | Video, name: str) -> str:
    """The path to a media file; for private ones the token in it covers every file beside."""
    token = PUBLIC_TOKEN if is_public(video) else _token(actor, video)
    return f"/media/{token}/{video.id}/v{video.version}/{name}"


def _token(actor: Actor, video: Record | Video) -> str:
    """Signs the video, until when, and whose session or API key the token lives and dies with."""
    key = actor.api_key_id.hex if actor.api_key_id else None
    session = actor.session_id.hex if actor.session_id else ""
    return keyring.serializer(_SALT).dumps([video.id.hex, key or session, int(expiry(video).timestamp()), bool(key)])


def media(token: str, video_id: UUID, name: str) -> Media:
    """The file behind a media path, if who holds the token may still have it: one indexed query each time.

    Raises `NotFound` for what is not there or another's, `NotPermitted` (`token_expired`) for a token that ended, and
    what `mp4.stored` raises.
    """
    if not _MEDIA_NAME.fullmatch(name):
        raise NotFound("There is no such file.")
    query, seconds_left = _lookup(token, video_id)
    with read_connection() as connection:
        video = connection.execute(query).first()
    if video is None:
        raise NotFound("There is no such file.")
    try:
        return Media(_content(video, name), name, seconds_left)
    except NoSuchFile:
        raise NotFound("There is no such file.") from None


def _content(video: Record, name: str) -> StoredFile | str:
    """What a name stands for. The row says which captions there are, so that no job's playlist has to know them."""
    key = f"{video_prefix(video.organization_id, video.id)}/{name}"
    if match := _CAPTION_NAME.fullmatch(name):
        return _caption_content(video, *match.groups())
    if match := _POSTER_NAME.fullmatch(name):
        if video.poster != match[1]:
            raise NoSuchFile(name)
        return storage().stat(poster_key(video.organization_id, video.id, video.poster))
    if name.endswith(f"/{mp4.NAME}"):
        return mp4.stored(video, key)
    if video.captions and name.endswith("/master.m3u8"):
        tracks = [SubtitleTrack(f"captions/{one['lang']}.m3u8", one["label"], one["lang"]) for one in video.captions]
        return playlists.with_subtitles(storage().read_text(key), tracks)
    return storage().stat(key)


def _caption_content(video: Record, lang: str, ending: str) -> StoredFile | str:
    track = next((track for track in video.captions if track["lang"] == lang), None)
    if track is None:
        raise NoSuchFile(lang)
    if ending == "m3u8":
        return playlists.subtitle_playlist(f"{lang}.vtt", video.duration_s or 0.0)
    return storage().stat(caption_key(video.organization_id, video.id, track["file"]))


def _lookup(token: str, video_id: UUID) -> tuple[Wanted, int | None]:
    """The query that finds the video if the token opens it, and the token's rest in seconds."""
    columns = (Video.id, Video.organization_id, Video.duration_s, Video.captions, Video.poster)
    wanted: Wanted = select(*columns, Video.version, Video.ready_at, Video.mp4_used_at).where(Video.id == video_id)
    if token == PUBLIC_TOKEN:
        return wanted.where(readable_by(ANONYMOUS, Video)), None
    try:
        named, holder, ends_at, is_key = keyring.serializer(_SALT).loads(token)
        holder_id = UUID(holder)
    except (BadSignature, ValueError, TypeError):
        raise NotFound("There is no such file.") from None
    if named != video_id.hex:
        raise NotFound("There is no such file.")
    seconds_left = int(ends_at - datetime.now(UTC).timestamp())
    if seconds_left <= 0:
        raise NotPermitted("The address has expired; ask for the playback again.", code="token_expired")
    opened_by = _opened_by_key if is_key else _opened_by_session
    return opened_by(wanted, holder_id), seconds_left


def _opened_by_session(wanted: Wanted, session_id: UUID) -> Wanted:
    """Narrows to videos that the session's user may see now, as a member of its team or as anybody."""
    is_member: ColumnElement[bool] = and_(
        Membership.user_id == Session.user_id,
        Membership.organization_id == Video.organization_id,
        Membership.suspended_at.is_(None),
    )
    joined = wanted.join(Session, Session.id == session_id).join(User, User.id == Session.user_id)
    return joined.outerjoin(Membership, is_member).where(
        *session_service.in_force(),
        or_(Membership.id.is_not(None), readable_by(ANONYMOUS, Video)),
    )


def _opened_by_key(wanted: Wanted, key_id: UUID) -> Wanted:
    """Narrows to videos of the key's organization; it could read them when the token was made."""
    joined = wanted.join(ApiKey, and_(ApiKey.id == key_id, ApiKey.organization_id == Video.organization_id))
    return api_key_service.joined_with_maker(joined).where(*api_key_service.in_force())
