"""Finish: the master playlist from measured segments, the storyboard, one progressive file, and the verification."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select

from app.clients import ffmpeg
from app.clients.stores import storage
from app.database import db
from app.media import commands, fragments, ladder, playlists, storyboard
from app.media.ladder import Rung
from app.media.playlists import Part, Segment, Variant
from app.models import Processing, Rendition, RenditionState
from app.services.job_run import JobFailed, JobRun
from app.services.video_pipeline import encode, outcome, prepare
from app.services.video_pipeline import material as m
from app.services.video_pipeline.material import Material
from app.utils.times import now

_START_SIDES: Final = (360, 480, 240)
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
        sound = _measure(material, m.AUDIO) if material.probed().audio else None
        issues = _verify(job, material, ladder_made, work)
        outcome.tell_finishing(job, _VERIFIED)
        pictures = [*(source if _keeps_source(material, ladder_made) else []), *ladder_made]
        storage().write_text(material.key("master.m3u8"), _master(material, pictures, sound))
        has_storyboard = _make_storyboard(job, material, (ladder_made or source)[-1:], work)
        outcome.tell_finishing(job, _STORYBOARD_MADE)
        _make_mp4(job, material, (ladder_made or source)[:1], sound, work)

    def end() -> None:
        video = m.locked(job)
        video.input_issues = [*video.input_issues, *issues]
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
    for chunk in ladder.chunks(material.probed().duration_s):
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
    if name == m.AUDIO or video is None:
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
        if not issues and length_s < material.probed().duration_s * (1 - _SHORTER_BY) - 1:
            detail = f"Only {length_s:.1f} of {material.probed().duration_s:.1f} s could be decoded."
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


def _master(material: Material, pictures: Sequence[Rendered], sound: Rendered | None) -> str:
    if not pictures and sound is not None:
        only = Variant(f"{m.AUDIO}/{m.PLAYLIST}", sound.peak, sound.average, sound.codec)
        return playlists.master_playlist([only], [])
    variants = [
        Variant(
            f"{picture.name}/{m.PLAYLIST}",
            picture.peak + (sound.peak if sound else 0),
            picture.average + (sound.average if sound else 0),
            ",".join(part for part in (picture.codec, sound.codec if sound else "") if part),
            picture.width,
            picture.height,
            picture.fps,
        )
        for picture in sorted(pictures, key=_start_order)
    ]
    return playlists.master_playlist(variants, prepare.audio_tracks(material) if sound else [])


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
