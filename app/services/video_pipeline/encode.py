"""Encode: the chunks of the ladder, what is left of the copies, and the checksum. Each can be done again."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from app.clients import ffmpeg, jailed
from app.clients.stores import storage
from app.media import commands, ladder, playlists, sound
from app.media.ladder import Chunk, Ladder
from app.media.playlists import Part
from app.models import Video
from app.services.job_run import JobFailed, JobRun
from app.services.video_pipeline import material as m
from app.services.video_pipeline import outcome
from app.services.video_pipeline.material import Growing, Material

TICK_S: Final = 1.0


def chunk_list(rung: str, index: int) -> str:
    """The name of the list of one chunk's segments at one rung; its presence says that the chunk is done."""
    return f"{rung}/chunk-{index:05d}.m3u8"


def encode_chunk(job: JobRun) -> None:
    """One chunk at every rung, or at those that it is to be redone for.

    Segments are named by their place in the film, so joining is text only; done again they come out the same.
    """
    material = m.load(job)
    probe, chunk, ladder_ = material.probed(), _chunk_of(job), _ladder_of(job, material)
    rungs = ladder_.wanted
    lowest = rungs[-1].name
    room_bytes = int(sum(ladder.most_bytes(rung, chunk.duration_s) for rung in rungs))
    work_dir = storage().work_dir(str(job.id), room_bytes=room_bytes)
    with m.faults(job, "encode"), work_dir as work, material.original() as source:
        outcome.encoding_began(job)
        for rung in rungs:
            (work / rung.name).mkdir()
        argv = commands.encode_chunk(source, probe, ladder_, chunk, work)
        limits = m.limits(probe, background=True, duration_s=chunk.duration_s)
        running = ffmpeg.start(argv, reads=[source], writes=work, limits=limits)
        ticker = _Ticker(job, work / lowest / m.PLAYLIST, chunk.duration_s)
        jailed.wait([running], stopped=job.stopped, on_poll=ticker.look)
        for rung in rungs:
            _publish_chunk(material, rung.name, chunk, work / rung.name)
        _grow_first(material)
    outcome.tell_progress(job, 1.0)
    job.finish()


def _chunk_of(job: JobRun) -> Chunk:
    return Chunk(**{field.name: job.arguments[field.name] for field in fields(Chunk)})


def _ladder_of(job: JobRun, material: Material) -> Ladder:
    rungs, names = material.rungs(), job.arguments.get("rungs")
    return Ladder(rungs, [rung for rung in rungs if names is None or rung.name in names])


@dataclass(slots=True)
class _Ticker:
    """Tells at most once a second how far a part is, by the segments that FFmpeg has finished."""

    job: JobRun
    playlist: Path
    duration_s: float
    told_at: float = 0.0

    def look(self) -> bool:
        if time.monotonic() - self.told_at >= TICK_S and self.playlist.is_file():
            self.told_at = time.monotonic()
            listed = playlists.read_segments(self.playlist.read_text(encoding="utf-8"))
            done_s = sum(segment.duration_s for segment in listed)
            outcome.tell_progress(self.job, min(done_s / self.duration_s, 0.99))
        return False


def _publish_chunk(material: Material, rung: str, chunk: Chunk, folder: Path) -> None:
    """Publishes what there is: a part of which nothing could be decoded is an empty list, and not the film's end."""
    written = folder / m.PLAYLIST
    segments = playlists.read_segments(written.read_text(encoding="utf-8")) if written.is_file() else []
    if segments:
        storage().write_bytes(material.key(f"{rung}/{playlists.INIT}"), (folder / playlists.INIT).read_bytes())
    for segment in segments:
        storage().publish(folder / segment.uri, material.key(f"{rung}/{segment.uri}"))
    text = playlists.media_playlist([Part(tuple(segments))], is_ended=True)
    storage().write_text(material.key(chunk_list(rung, chunk.index)), text)


def chunk_segments(material: Material, rung: str, chunk: Chunk) -> tuple[playlists.Segment, ...] | None:
    """The segments of a finished chunk, or None while it is not."""
    key = material.key(chunk_list(rung, chunk.index))
    return tuple(playlists.read_segments(storage().read_text(key))) if storage().exists(key) else None


def _grow_first(material: Material) -> None:
    """Lengthens the playlist that plays already by the chunks that follow it without a gap."""
    probe = material.probed()
    if material.is_copied or probe.video is None or probe.picture_s <= ladder.FIRST_S:
        return
    with storage().locked(material.key(m.FIRST)):
        opening = material.key(f"{m.FIRST}/{m.PLAYLIST}")
        storage().write_text(opening, _grown(material, playlists.read_parts(storage().read_text(opening))[0]))


def _grown(material: Material, first: Part) -> str:
    """The first rung's playlist with the finished chunks behind it."""
    rung = growth_rung(material)
    following: list[playlists.Segment] = []
    is_whole = True
    for chunk in ladder.chunks(material.probed().picture_s):
        if chunk.start_s + chunk.duration_s <= ladder.FIRST_S:
            continue
        segments = chunk_segments(material, rung, chunk)
        if segments is None:
            is_whole = False
            break
        # The last chunk may begin within what plays already: a short remainder joins its neighbour.
        known = max(0, ladder.FIRST_S - chunk.start_s) // ladder.SEGMENT_S
        following += [playlists.Segment(f"../{rung}/{seg.uri}", seg.duration_s) for seg in segments[known:]]
    parts = [first]
    if following:
        parts.append(Part(tuple(following), init=f"../{rung}/{playlists.INIT}"))
    return playlists.media_playlist(parts, is_ended=is_whole)


def growth_rung(material: Material) -> str:
    """The rung nearest in size to the first one."""
    rungs = material.rungs()
    small = [rung for rung in rungs if min(rung.width, rung.height) <= commands.FIRST_SIDE]
    return (small[0] if small else rungs[-1]).name


def copy_rest(job: JobRun) -> None:
    """Copies the picture to its end; the segments that play already come out the same."""
    material = m.load(job)
    probe = material.probed()
    _grow(job, material, m.SOURCE, lambda source, folder: commands.copy_video(source, probe.demuxer, folder))


def encode_audio(job: JobRun) -> None:
    """Brings a track to its end; segments that play already come out the same.

    A track besides the first that can't be decoded is left out: the film is worth more than one of its languages.
    """
    material = m.load(job)
    probe = material.probed()
    track = sound.tracks(probe)[int(job.arguments.get("track", sound.main_index(probe)))]
    try:
        _grow(
            job,
            material,
            track.folder,
            lambda source, folder: commands.audio(source, probe, folder, track=track.index),
        )
    except JobFailed as failure:
        if track.is_default or failure.kind != "input":
            raise
        storage().delete(material.key(f"{track.folder}/{m.PLAYLIST}"))


def _grow(job: JobRun, material: Material, name: str, argv: Callable[[Path, Path], list[str]]) -> None:
    room_bytes = material.probed().size_bytes if name == m.SOURCE else 0
    work_dir = storage().work_dir(str(job.id), room_bytes=room_bytes)
    with m.faults(job, name), work_dir as work, material.original() as source:
        growing = Growing(material, name, work / name)
        limits = m.limits(material.probed(), background=False)
        running = ffmpeg.start(argv(source, work / name), reads=[source], writes=work / name, limits=limits)
        outcome.encoding_began(job)
        playing = material.key(f"{name}/{m.PLAYLIST}")
        already = len(playlists.read_segments(storage().read_text(playing))) if storage().exists(playing) else 0
        ticker = _Ticker(job, work / name / m.PLAYLIST, material.probed().duration_s)

        def look() -> bool:
            growing.look(at_least=already)
            return ticker.look()

        jailed.wait([running], stopped=job.stopped, on_poll=look)


def checksum(job: JobRun) -> None:
    """The SHA-256 of the uploaded file."""
    material = m.load(job)
    digest = hashlib.sha256()
    for piece in storage().pieces(material.original_key):
        digest.update(piece)
        job.check()

    def save() -> None:
        job.lock_subject(Video).sha256 = digest.hexdigest()

    job.finish(save)
