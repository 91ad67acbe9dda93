"""Finish: the master playlist from measured segments, the storyboard, and the verification."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.clients import ffmpeg
from app.clients.stores import storage
from app.database import db
from app.media import commands, fragments, ladder, playlists, sound, storyboard
from app.media.issues import unreadable_track
from app.media.playlists import KeyFrame, Variant
from app.media.sound import Track
from app.models import Organization, Processing, Rendition, RenditionState, Video
from app.services import quota_service, retention
from app.services.job_run import JobFailed, JobRun
from app.services.video_pipeline import material as m
from app.services.video_pipeline import outcome, prepare, verify
from app.services.video_pipeline.material import Material
from app.services.video_pipeline.verify import Rendered
from app.utils.times import now

_START_SIDES: Final = (360, 480, 240)
_HEAD_BYTES: Final = 64 * 1024
"""A fragment's index stands before its pictures, a few bytes a picture."""
_SHORTER_BY: Final = 0.02
_JOINING, _VERIFIED, _STORYBOARD_MADE = 96, 97, 98
"""Percent of the whole video."""


def finish(job: JobRun) -> None:
    """Joins, verifies and publishes the ladder; the video is ready, or failed with what is whole kept."""
    material = m.load(job)
    with m.faults(job, "finish"), storage().work_dir(str(job.id), room_bytes=_room_bytes(material)) as work:
        outcome.tell_finishing(job, _JOINING)
        found = {rung.name: verify.rung(job, material, rung, work) for rung in material.rungs()}
        made = [rendered for rendered in found.values() if rendered is not None]
        source = [verify.measure(material, m.SOURCE)] if material.is_copied else []
        sounds = _sounds(material)
        issues = [*_cut_off(material, made), *(asdict(unreadable_track(t)) for t in _lost_tracks(material, sounds))]
        outcome.tell_finishing(job, _VERIFIED)
        # A copy that is to leave the ladder plays on until all that follows it is there.
        pictures = [*(source if material.keeps_source or not made or len(made) < len(found) else []), *made]
        if pictures or material.probed().video is None:  # without one, the opening plays on
            storage().write_text(material.key("master.m3u8"), _master(job, material, pictures, sounds))
        has_storyboard = _make_storyboard(job, material, (made or source)[-1:], work)
        outcome.tell_finishing(job, _STORYBOARD_MADE)

    def settle() -> Video:
        video = job.lock_subject(Video)
        video.input_issues = [*video.input_issues, *issues]
        video.audio_tracks = prepare.shown_tracks(list(sounds))
        video.has_storyboard = has_storyboard
        _settle_renditions(video.id, found)
        return video

    if len(made) < len(found):
        job.effect(settle)
        raise _incomplete([name for name, rendered in found.items() if rendered is None])
    job.finish(lambda: _end(settle()))


def _end(video: Video) -> None:
    video.move_to(Processing.READY)
    video.ready_at = video.ready_at or now()
    video.stage, video.percent = None, outcome.DONE
    outcome.record(video, "video.ready")
    _let_go_of_original(video)


def _let_go_of_original(video: Video) -> None:
    """Removes the uploaded file where the organization wants no more than the renditions; its room is free at once."""
    keeps = db.session.scalar(select(Organization.keep_original).where(Organization.id == video.organization_id))
    if keeps or video.original_removed_at is not None:
        return
    video.original_removed_at = now()
    quota_service.give_back(video.organization_id, size_bytes=video.size_bytes, video_s=0)
    key = m.original_key(video.organization_id, video.id)
    retention.remove_files_later(f"video:{video.id}", video.organization_id, key)


def _incomplete(names: list[str]) -> JobFailed:
    """What is whole is shown from now on; to verify it all again would find the same."""
    detail = f"Parts of {', '.join(names)} are missing or spoilt; the other renditions play."
    hint = "Retry: only what is missing is made again."
    return JobFailed("internal", "rendition_failed", detail, hint=hint, stage="finish", is_final=True)


def _room_bytes(material: Material) -> int:
    """The storyboard is made from the lowest rung as one file."""
    return sum(ladder.most_bytes(rung, material.probed().picture_s) for rung in material.rungs()[-1:])


def _settle_renditions(video_id: UUID, found: dict[str, Rendered | None]) -> None:
    for row in db.session.scalars(select(Rendition).where(Rendition.video_id == video_id)):
        rendered = found.get(row.name)
        row.state = RenditionState.FAILED if rendered is None else RenditionState.READY
        row.bitrate = rendered.average if rendered else None


def _cut_off(material: Material, made: Sequence[Rendered]) -> list[dict[str, str]]:
    """What to say of a film of which less could be decoded than it claims to hold."""
    said_s = material.probed().picture_s
    length_s = min((sum(segment.duration_s for segment in rendered.segments) for rendered in made), default=said_s)
    if length_s >= said_s * (1 - _SHORTER_BY) - 1:
        return []
    detail = f"Only {length_s:.1f} of {said_s:.1f} s could be decoded."
    return [{"code": "shorter_than_said", "detail": detail, "hint": "The file may be cut off."}]


def _sounds(material: Material) -> dict[Track, Rendered]:
    """The tracks that could be brought to their end; the one that plays from the start is always among them."""
    return {
        track: verify.measure(material, track.folder)
        for track in sound.tracks(material.probed())
        if track.is_default or _is_whole(material, track)
    }


def _lost_tracks(material: Material, sounds: dict[Track, Rendered]) -> list[Track]:
    return [track for track in sound.tracks(material.probed()) if track not in sounds]


def _is_whole(material: Material, track: Track) -> bool:
    key = material.key(f"{track.folder}/{m.PLAYLIST}")
    text = storage().read_text(key) if storage().exists(key) else ""
    return playlists.is_complete(text) and bool(playlists.read_segments(text))


def _main(sounds: dict[Track, Rendered]) -> Rendered | None:
    return next((rendered for track, rendered in sounds.items() if track.is_default), None)


def _master(
    job: JobRun, material: Material, pictures: Sequence[Rendered], sounds: dict[Track, Rendered]
) -> str:  # fmt: skip
    """The master playlist: a picture's rates are those together with the track that asks most (§4.4.6.2)."""
    tracks, main = prepare.listed_tracks(list(sounds)), _main(sounds)
    peak = max((rendered.peak for rendered in sounds.values()), default=0)
    average = max((rendered.average for rendered in sounds.values()), default=0)
    codecs = sorted({rendered.codec for rendered in sounds.values()})
    if not pictures and main is not None:
        only = Variant(f"{main.name}/{m.PLAYLIST}", peak, average, ",".join(codecs))
        return playlists.master_playlist([only], tracks if len(tracks) > 1 else [])
    variants = [
        Variant(
            f"{picture.name}/{m.PLAYLIST}",
            picture.peak + peak,
            picture.average + average,
            ",".join(part for part in (picture.codec, *codecs) if part),
            picture.width,
            picture.height,
            picture.fps,
        )
        for picture in sorted(pictures, key=_start_order)
    ]
    scrubbed = [variant for picture in pictures if (variant := _key_frames(job, material, picture))]
    return playlists.master_playlist(variants, tracks, scrubbed)


def _key_frames(job: JobRun, material: Material, picture: Rendered) -> Variant | None:
    """Writes the playlist of a rendition's key frames: the first of each segment, by its bytes there.

    None where a segment begins with none: nothing may be listed that can't be decoded by itself.
    """
    frames: list[KeyFrame] = []
    for segment in picture.segments:
        job.check()
        start = storage().read_bytes(material.key(f"{picture.name}/{segment.uri}"), at_most=_HEAD_BYTES)
        found = fragments.key_frame_range(start)
        if found is None:
            return None
        frames.append(KeyFrame(segment.uri, *found, segment.duration_s))
    storage().write_text(material.key(f"{picture.name}/{playlists.KEY_FRAMES}"), playlists.key_frame_playlist(frames))
    peak, average = playlists.rates([(frame.length, frame.duration_s) for frame in frames])
    uri = f"{picture.name}/{playlists.KEY_FRAMES}"
    return Variant(uri, peak, average, picture.codec, picture.width, picture.height)


def _start_order(picture: Rendered) -> tuple[int, int]:
    """A small rung first, which players begin with; then from the best down."""
    side = min(picture.width, picture.height)
    return (_START_SIDES.index(side) if side == _START_SIDES[0] else len(_START_SIDES), -side)


def _make_storyboard(job: JobRun, material: Material, lowest: Sequence[Rendered], work: Path) -> bool:
    if not lowest:
        return False
    film = m.joined(job, material, lowest[0].name, work / "film.mp4")
    tile = storyboard.tile_size(lowest[0].width, lowest[0].height)
    duration_s = sum(segment.duration_s for segment in lowest[0].segments)
    sheets = work / "sheets"
    sheets.mkdir()
    argv = commands.storyboard(film, duration_s, tile, sheets)
    limits = m.limits(material.probed(), background=True)
    ffmpeg.run(argv, reads=[film], writes=sheets, limits=limits, stopped=job.stopped)
    for sheet in sorted(sheets.glob("sheet-*.jpg")):
        storage().publish(sheet, material.key(sheet.name))
    storage().write_text(material.key("storyboard.vtt"), storyboard.storyboard_vtt(duration_s, tile))
    film.unlink()
    return True
