"""Verify: which rungs are whole, and which chunks of the others must be made again."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.clients import ffmpeg, jailed
from app.clients.disk import NoSuchFile
from app.clients.stores import storage
from app.media import commands, fragments, ladder, playlists
from app.media.ladder import Chunk, Rung
from app.media.playlists import Part, Segment
from app.services.job_run import JobFailed, JobRun
from app.services.video_pipeline import encode
from app.services.video_pipeline import material as m
from app.services.video_pipeline.material import Material

_MISSING_FRAMES: Final = 3
_CHECKED_SEGMENTS: Final = 3


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


def rung(job: JobRun, material: Material, wanted: Rung, work: Path) -> Rendered | None:
    """Joins the chunks of a rung; None where some are missing or spoilt: those are marked as not done.

    Every chunk has as many frames as its length asks for, and the rung decodes at three places.
    """
    chunks = ladder.chunks(material.probed().picture_s)
    spoilt = [chunk for chunk in chunks if not _is_whole(job, material, wanted, chunk)]
    spoilt = spoilt or _undecodable(job, material, wanted, work)
    for chunk in spoilt:
        storage().delete(material.key(encode.chunk_list(wanted.name, chunk.index)))
    return None if spoilt else _join(material, wanted, chunks)


def is_there(material: Material, name: str, chunk: Chunk) -> bool:
    """Whether a chunk was made at a rung, and all of its segments are stored."""
    segments = encode.chunk_segments(material, name, chunk)
    stored = (storage().exists(material.key(f"{name}/{segment.uri}")) for segment in segments or ())
    return bool(segments) and storage().exists(material.key(f"{name}/{playlists.INIT}")) and all(stored)


def _is_whole(job: JobRun, material: Material, wanted: Rung, chunk: Chunk) -> bool:
    job.check()
    if not is_there(material, wanted.name, chunk):
        return False
    segments = encode.chunk_segments(material, wanted.name, chunk) or ()
    frames = sum(fragments.frame_count(_segment(material, wanted.name, segment)) for segment in segments)
    length_s = sum(segment.duration_s for segment in segments)
    return abs(frames - length_s * wanted.fps) <= _MISSING_FRAMES


def _undecodable(job: JobRun, material: Material, wanted: Rung, work: Path) -> list[Chunk]:
    """The chunks whose first, middle or last sample of the rung cannot be decoded."""
    placed = [
        (chunk, segment)
        for chunk in ladder.chunks(material.probed().picture_s)
        for segment in encode.chunk_segments(material, wanted.name, chunk) or ()
    ]
    last = len(placed) - 1
    samples = [placed[place] for place in sorted({0, last // 2, last})[:_CHECKED_SEGMENTS]]
    return [chunk for chunk, segment in samples if not _decodes(job, material, wanted.name, segment, work)]


def _decodes(job: JobRun, material: Material, name: str, segment: Segment, work: Path) -> bool:
    sample = work / f"check-{name}.mp4"
    init = storage().read_bytes(material.key(f"{name}/{playlists.INIT}"))
    sample.write_bytes(init + _segment(material, name, segment))
    argv = commands.check_decodes(sample)
    limits = m.limits(material.probed(), background=True)
    try:
        ffmpeg.run(argv, reads=[sample], writes=work, limits=limits, stopped=job.stopped)
    except jailed.Failed as error:
        if error.is_transient:
            raise
        return False
    finally:
        sample.unlink()
    return True


def _segment(material: Material, name: str, segment: Segment) -> bytes:
    return storage().read_bytes(material.key(f"{name}/{segment.uri}"))


def _join(material: Material, wanted: Rung, chunks: Sequence[Chunk]) -> Rendered:
    """Writes a rung's playlist from the lists of its chunks."""
    segments = [found for chunk in chunks for found in encode.chunk_segments(material, wanted.name, chunk) or ()]
    text = playlists.media_playlist([Part(tuple(segments))], is_ended=True)
    storage().write_text(material.key(f"{wanted.name}/{m.PLAYLIST}"), text)
    return measure(material, wanted.name, wanted)


def measure(material: Material, name: str, wanted: Rung | None = None) -> Rendered:
    """A rendition with the rates of its segments and the codec that its init file names."""
    try:
        segments = tuple(playlists.read_segments(storage().read_text(material.key(f"{name}/{m.PLAYLIST}"))))
        sizes = [(storage().stat(material.key(f"{name}/{seg.uri}")).size_bytes, seg.duration_s) for seg in segments]
        codec = fragments.codecs_of(storage().read_bytes(material.key(f"{name}/{playlists.INIT}")))
    except NoSuchFile:
        raise JobFailed("internal", "files_missing", f"Files of {name} are missing.") from None
    if not segments:
        raise JobFailed("input", "no_content", f"Nothing of {name} could be made.")
    peak, average = playlists.rates(sizes)
    if wanted is not None:
        return Rendered(name, segments, peak, average, codec, wanted.width, wanted.height, wanted.fps)
    video = material.probed().video
    if name != m.SOURCE or video is None:
        return Rendered(name, segments, peak, average, codec)
    return Rendered(name, segments, peak, average, codec, *video.shown_size, video.fps or 0.0)
