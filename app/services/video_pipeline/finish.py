"""Finish: the master playlist from measured segments, the storyboard, one progressive file, and the verification."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select

from app.clients import ffmpeg
from app.clients.stores import storage
from app.database import db
from app.media import commands, fragments, ladder, playlists, sound, storyboard
from app.media.issues import unreadable_track
from app.media.ladder import Rung
from app.media.playlists import KeyFrame, Part, Segment, Variant
from app.media.sound import Track
from app.models import Processing, Rendition, RenditionState
from app.services.job_run import JobFailed, JobRun
from app.services.video_pipeline import encode, outcome, prepare
from app.services.video_pipeline import material as m
from app.services.video_pipeline.material import Material
from app.utils.times import now

_START_SIDES: Final = (360, 480, 240)
_HEAD_BYTES: Final = 64 * 1024
"""A fragment's index stands before its pictures, a few bytes a picture."""
_MISSING_FRAMES: Final = 3
_CHECKED_SEGMENTS: Final = 3
_SHORTER_BY: Final = 0.02
_JOINING, _VERIFIED, _STORYBOARD_MADE = 96, 97, 98
"""Percent of the whole video."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A whole rendition: its segments, measured."""

    name: str
    segments: tuple[Segment, ...]
    peak: int
    average: int
    codec: str
    width: int = 0
    height: int = 0
    fps: float = 0.0


def finish(job: JobRun) -> None:
    """Joins, verifies and publishes the ladder; the video is ready, or failed with what plays kept."""
    material = m.load(job)
    outcome.tell_finishing(job, _JOINING)
    with m.faults(job, "finish"), storage().work_dir(str(job.id)) as work:
        ladder_made = [_join(material, rung) for rung in material.rungs()]
        source = [_measure(material, m.SOURCE)] if material.is_copied else []
        sounds = _sounds(material)
        issues = _verify(job, material, ladder_made, work)
        issues += [asdict(unreadable_track(track)) for track in _lost_tracks(material, sounds)]
        outcome.tell_finishing(job, _VERIFIED)
        pictures = [*(source if _keeps_source(material, ladder_made) else []), *ladder_made]
        storage().write_text(material.key("master.m3u8"), _master(material, pictures, sounds))
        has_storyboard = _make_storyboard(job, material, (ladder_made or source)[-1:], work)
        outcome.tell_finishing(job, _STORYBOARD_MADE)
        _make_mp4(job, material, (ladder_made or source)[:1], _main(sounds), work)

    def end() -> None:
        video = m.locked(job)
        video.input_issues = [*video.input_issues, *issues]
        video.audio_tracks = prepare.shown_tracks(list(sounds))
        video.has_storyboard, video.has_mp4 = has_storyboard, True
        _settle_renditions(video.id, {rendered.name: rendered for rendered in ladder_made})
        video.move_to(Processing.READY)
        video.ready_at, video.stage, video.percent = now(), None, outcome.DONE
        outcome.record(video, "video.ready")

    job.finish(end)


def _settle_renditions(video_id: object, made: dict[str, Rendered]) -> None:
    for row in db.session.scalars(select(Rendition).where(Rendition.video_id == video_id)):
        row.state, row.bitrate = RenditionState.READY, made[row.name].average


def _keeps_source(material: Material, made: Sequence[Rendered]) -> bool:
    return not made or ladder.stays_in_ladder(material.probed())


def _join(material: Material, rung: Rung) -> Rendered:
    """Writes a rung's playlist from the lists of its chunks."""
    segments: list[Segment] = []
    for chunk in ladder.chunks(material.probed().picture_s):
        listed = encode.chunk_segments(material, rung.name, chunk)
        if listed is None:
            raise JobFailed("internal", "chunk_missing", f"Chunk {chunk.index} of {rung.name} is missing.")
        segments += listed
    text = playlists.media_playlist([Part(tuple(segments))], is_ended=True)
    storage().write_text(material.key(f"{rung.name}/{m.PLAYLIST}"), text)
    return _measure(material, rung.name, rung)


def _measure(material: Material, name: str, rung: Rung | None = None) -> Rendered:
    """A rendition with the rates of its segments and the codec that its init file names."""
    segments = tuple(playlists.read_segments(storage().read_text(material.key(f"{name}/{m.PLAYLIST}"))))
    if not segments:
        raise JobFailed("input", "no_content", f"Nothing of {name} could be made.")
    sizes = [(storage().stat(material.key(f"{name}/{seg.uri}")).size_bytes, seg.duration_s) for seg in segments]
    codec = fragments.codecs_of(storage().read_bytes(material.key(f"{name}/{playlists.INIT}")))
    peak, average = playlists.rates(sizes)
    if rung is not None:
        return Rendered(name, segments, peak, average, codec, rung.width, rung.height, rung.fps)
    video = material.probed().video
    if name != m.SOURCE or video is None:
        return Rendered(name, segments, peak, average, codec)
    return Rendered(name, segments, peak, average, codec, *video.shown_size, video.fps or 0.0)


def _verify(job: JobRun, material: Material, made: Sequence[Rendered], work: Path) -> list[dict[str, str]]:
    """Every rung has the same frames, as many as its length asks for, and decodes at three places."""
    issues: list[dict[str, str]] = []
    for rendered in made:
        frames = sum(fragments.frame_count(_segment(material, rendered, seg)) for seg in rendered.segments)
        length_s = sum(segment.duration_s for segment in rendered.segments)
        if abs(frames - length_s * rendered.fps) > _MISSING_FRAMES:
            detail = f"{rendered.name} has {frames} frames in {length_s:.1f} s."
            raise JobFailed("internal", "frames_missing", detail)
        if not issues and length_s < material.probed().picture_s * (1 - _SHORTER_BY) - 1:
            detail = f"Only {length_s:.1f} of {material.probed().picture_s:.1f} s could be decoded."
            issues.append({"code": "shorter_than_said", "detail": detail, "hint": "The file may be cut off."})
        _check_decodes(job, material, rendered, work)
    return issues


def _check_decodes(job: JobRun, material: Material, rendered: Rendered, work: Path) -> None:
    last = len(rendered.segments) - 1
    for place in sorted({0, last // 2, last})[:_CHECKED_SEGMENTS]:
        sample = work / f"check-{rendered.name}-{place}.mp4"
        init = storage().read_bytes(material.key(f"{rendered.name}/{playlists.INIT}"))
        sample.write_bytes(init + _segment(material, rendered, rendered.segments[place]))
        argv = commands.check_decodes(sample)
        limits = m.limits(material.probed(), background=True)
        ffmpeg.run(argv, reads=[sample], writes=work, limits=limits, stopped=job.stopped)
        sample.unlink()


def _segment(material: Material, rendered: Rendered, segment: Segment) -> bytes:
    return storage().read_bytes(material.key(f"{rendered.name}/{segment.uri}"))


def _sounds(material: Material) -> dict[Track, Rendered]:
    """The tracks that could be brought to their end; the one that plays from the start is always among them."""
    return {
        track: _measure(material, track.folder)
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


def _master(material: Material, pictures: Sequence[Rendered], sounds: dict[Track, Rendered]) -> str:
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
    scrubbed = [variant for picture in pictures if (variant := _key_frames(material, picture))]
    return playlists.master_playlist(variants, tracks, scrubbed)


def _key_frames(material: Material, picture: Rendered) -> Variant | None:
    """Writes the playlist of a rendition's key frames: the first of each segment, by its bytes there.

    None where a segment begins with none: nothing may be listed that can't be decoded by itself.
    """
    frames: list[KeyFrame] = []
    for segment in picture.segments:
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


def _concatenated(material: Material, rendered: Rendered, target: Path, stopped: JobRun) -> Path:
    """A rendition as one file: fragments behind their init file are a whole fragmented MP4."""
    with target.open("wb") as file:
        file.write(storage().read_bytes(material.key(f"{rendered.name}/{playlists.INIT}")))
        for segment in rendered.segments:
            stopped.check()
            file.write(_segment(material, rendered, segment))
    return target


def _make_storyboard(job: JobRun, material: Material, lowest: Sequence[Rendered], work: Path) -> bool:
    if not lowest:
        return False
    film = _concatenated(material, lowest[0], work / "film.mp4", job)
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


def _make_mp4(
    job: JobRun, material: Material, best: Sequence[Rendered], sound: Rendered | None, work: Path
) -> None:  # fmt: skip
    picture = _concatenated(material, best[0], work / "picture.mp4", job) if best else None
    track = _concatenated(material, sound, work / "sound.mp4", job) if sound else None
    target = work / "mp4"
    target.mkdir()
    argv = commands.remux_mp4(picture, track, target / "video.mp4")
    reads = [path for path in (picture, track) if path is not None]
    limits = m.limits(material.probed(), background=True)
    ffmpeg.run(argv, reads=reads, writes=target, limits=limits, stopped=job.stopped)
    storage().publish(target / "video.mp4", material.key("video.mp4"))
