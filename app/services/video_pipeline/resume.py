"""Resume: what an earlier attempt or life of a video's processing left, and what is left to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.clients.stores import storage
from app.jobs import COPY_VIDEO, ENCODE_AUDIO, JobKind
from app.media import ladder, playlists, sound
from app.media.ladder import Chunk
from app.services.job_run import JobRun
from app.services.video_pipeline import material as m
from app.services.video_pipeline import verify
from app.services.video_pipeline.material import Material

_SHORTER_BY_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Rest:
    """What child jobs are to do: copies to bring to their end, audio tracks, and chunks with the rungs that they lack.

    None for the rungs: all of them.
    """

    copies: Sequence[JobKind]
    tracks: Sequence[int]
    chunks: Sequence[tuple[Chunk, list[str] | None]]


def unfinished_copies(material: Material) -> list[JobKind] | None:
    """The copies to be brought to their end; None where the film has to be made to play first."""
    probe = material.probed()
    if not material.is_playable or (probe.video and not material.is_copied and not _has_opening(material)):
        return None
    copies = [COPY_VIDEO] if material.is_copied and not _is_whole(material, m.SOURCE) else []
    return [*copies, ENCODE_AUDIO] if probe.audio and not _is_whole(material, m.AUDIO) else copies


def rest(job: JobRun, material: Material, copies: Sequence[JobKind]) -> Rest:
    """What is left besides the copies. Many small files are looked at, so not inside of a transaction."""
    tracks = [
        track.index
        for track in sound.tracks(material.probed())
        if not track.is_default and not _is_whole(material, track.folder)
    ]
    wanted = [rung.name for rung in material.rungs() if rung.name in job.arguments.get("rungs", material.renditions)]
    lacking = [(chunk, _lacking(job, material, chunk, wanted)) for chunk in ladder.chunks(material.probed().picture_s)]
    everything = list(material.renditions)
    return Rest(copies, tracks, [(chunk, None if names == everything else names) for chunk, names in lacking if names])


def _lacking(job: JobRun, material: Material, chunk: Chunk, wanted: Sequence[str]) -> list[str]:
    job.check()
    return [name for name in wanted if not verify.is_there(material, name, chunk)]


def _has_opening(material: Material) -> bool:
    """Whether the first seconds were encoded to their end."""
    key = material.key(f"{m.FIRST}/{m.PLAYLIST}")
    if not storage().exists(key):
        return False
    opening = playlists.read_parts(storage().read_text(key))[0]
    length_s = sum(segment.duration_s for segment in opening.segments)
    return length_s > min(ladder.FIRST_S, material.probed().picture_s) - _SHORTER_BY_S


def _is_whole(material: Material, name: str) -> bool:
    key = material.key(f"{name}/{m.PLAYLIST}")
    text = storage().read_text(key) if storage().exists(key) else ""
    return playlists.is_complete(text) and bool(playlists.read_segments(text))
