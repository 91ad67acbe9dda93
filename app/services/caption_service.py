"""Captions of videos: taken in as SubRip or WebVTT, kept as WebVTT beside the film."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from app.clients.stores import storage
from app.database import db, transaction
from app.errors import Conflict, Invalid
from app.media.captions import BadCaptions, language_of, to_vtt
from app.models import Video
from app.permissions import Actor
from app.services import playback_service, quota_service, storage_service, video_service
from app.services.playback_service import Caption
from app.services.video_pipeline import outcome
from app.services.video_pipeline.material import caption_key
from app.utils.ids import new_id

MOST_TRACKS: Final = 50


@dataclass(frozen=True, slots=True)
class Track:
    """Which captions of which video; without a label players show the language."""

    video_id: UUID
    lang: str
    label: str | None = None


def put(actor: Actor, track: Track, read: Callable[[], bytes], *, expected_revision: int | None) -> Caption:
    """Adds captions or replaces those of the language, for every player from its next look at the playlist.

    Raises `Invalid` (`invalid_language`, `invalid_captions`), `Conflict` (`too_many_captions`),
    `InsufficientStorage`, or what `read` raises. Each version is a file of its own, so that whoever replaces and
    whoever removes at once leave what the row says.
    """
    organization_id = video_service.editable(actor, track.video_id)
    lang = _language(track.lang)
    file = new_id().hex
    key = caption_key(organization_id, track.video_id, file)
    content = _converted(read()).encode()
    with storage_service.kept_with_its_row(lambda: storage().delete(key), what="these captions"):
        with storage().sink(key) as target:
            target.write(content)
        with transaction():
            video = video_service.VIDEOS.owned(actor, track.video_id, expected_revision)
            stored: dict[str, Any] = {
                "lang": lang,
                "label": track.label or lang,
                "file": file,
                "size_bytes": len(content),
            }
            replaced = _replace(video, lang, [stored])
    _remove(video, replaced)
    return playback_service.caption(actor, video, stored)


def delete(actor: Actor, track: Track, *, expected_revision: int | None) -> None:
    """Removes the captions of a language for every reader at once; none there is fine."""
    with transaction():
        video = video_service.VIDEOS.owned(actor, track.video_id, expected_revision)
        lang = _language(track.lang)
        removed = _replace(video, lang, []) if any(one["lang"] == lang for one in video.captions) else []
    _remove(video, removed)


def _language(tag: str) -> str:
    lang = language_of(tag)
    if lang is None:
        raise Invalid("Name the language like en, pt-BR or zh-Hant (BCP 47).", code="invalid_language")
    return lang


def _converted(content: bytes) -> str:
    try:
        return to_vtt(content)
    except BadCaptions as error:
        raise Invalid(f"{error.detail} (line {error.line})", code="invalid_captions", line=error.line) from None


def _replace(video: Video, lang: str, stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Puts the track in the place of the language's old one, counts it in the quota, and returns the old one."""
    kept = [one for one in video.captions if one["lang"] != lang]
    replaced = [one for one in video.captions if one["lang"] == lang]
    if len(kept) + len(stored) > MOST_TRACKS:
        raise Conflict(f"A video may have at most {MOST_TRACKS} tracks of captions.", code="too_many_captions")
    video.captions = sorted([*kept, *stored], key=lambda one: str(one["lang"]))
    before_bytes, video.captions_bytes = video.captions_bytes, sum(one.get("size_bytes", 0) for one in video.captions)
    quota_service.charge(video.organization_id, before_bytes=before_bytes, after_bytes=video.captions_bytes)
    video.revision += 1
    db.session.flush()
    outcome.record(video, "video.updated")
    return replaced


def _remove(video: Video, tracks: list[dict[str, Any]]) -> None:
    for track in tracks:
        storage().delete(caption_key(video.organization_id, video.id, track["file"]))
