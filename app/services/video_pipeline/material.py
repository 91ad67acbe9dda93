"""What every step works on: the video as it stands, the keys of its files, and growing playlists."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.clients import ffmpeg, jailed
from app.clients.disk import StorageFull, StorageLow, full_disk_is_known
from app.clients.stores import storage
from app.database import db
from app.media import ladder, playlists, sound
from app.media.playlists import Part
from app.media.probe import AudioStream, Probe, Unusable, VideoStream
from app.models import Rendition, RenditionState, Video
from app.services.job_run import Fenced, JobFailed, JobRun, no_space
from app.services.video_pipeline import outcome

VIDEOS: Final = "videos"
PLAYLIST: Final = "playlist.m3u8"
SOURCE, FIRST, AUDIO = "source", "first", sound.MAIN


def videos_prefix(organization_id: UUID) -> str:
    """Where the videos of an organization are stored."""
    return f"{VIDEOS}/{organization_id}"


def video_prefix(organization_id: UUID, video_id: UUID) -> str:
    """Where everything of a video is stored."""
    return f"{videos_prefix(organization_id)}/{video_id}"


def media_key(organization_id: UUID, video_id: UUID, version: int, name: str) -> str:
    """One of a video's media files."""
    return f"{video_prefix(organization_id, video_id)}/v{version}/{name}"


def original_key(organization_id: UUID, video_id: UUID) -> str:
    """The uploaded file; no address leads to it."""
    return f"{video_prefix(organization_id, video_id)}/original"


def caption_key(organization_id: UUID, video_id: UUID, file: str) -> str:
    """The file of a caption track; the row says whose it is, and no address leads to it but by its language."""
    return f"{video_prefix(organization_id, video_id)}/captions/{file}.vtt"


def poster_prefix(organization_id: UUID, video_id: UUID, poster: str) -> str:
    """Where everything of a poster that somebody sent is stored: beside what the pipeline makes, which may go."""
    return f"{video_prefix(organization_id, video_id)}/posters/{poster.partition('.')[0]}"


def poster_key(organization_id: UUID, video_id: UUID, poster: str) -> str:
    """The file of a poster; no address leads to it but of the one that the row names."""
    return f"{poster_prefix(organization_id, video_id, poster)}/{poster}"


@dataclass(frozen=True, slots=True)
class Material:
    """A video as a job found it."""

    video_id: UUID
    organization_id: UUID
    version: int
    probe: Probe | None
    renditions: tuple[str, ...]
    is_playable: bool

    def key(self, name: str) -> str:
        """The key of one of its media files."""
        return media_key(self.organization_id, self.video_id, self.version, name)

    @property
    def original_key(self) -> str:
        """The key of the uploaded file."""
        return original_key(self.organization_id, self.video_id)

    def original(self) -> AbstractContextManager[Path]:
        """The uploaded file as FFmpeg, which reads nothing but files, gets it: for as long as the block runs."""
        return storage().materialized(self.original_key)

    def probed(self) -> Probe:
        """The probe that an earlier step saved."""
        if self.probe is None:
            raise JobFailed("internal", "no_probe", "The file was not probed.")
        return self.probe

    def rungs(self) -> list[ladder.Rung]:
        """The renditions to encode: those that were planned when the film was first looked at."""
        probe = self.probed()
        if probe.video is None:
            return []
        return [
            rung for rung in ladder.rungs(probe.video, keeps_source=self.keeps_source) if rung.name in self.renditions
        ]

    @property
    def is_copied(self) -> bool:
        """Whether the source's own picture plays first."""
        return self.probe is not None and self.probe.video is not None and not ladder.copy_issues(self.probe)

    @property
    def keeps_source(self) -> bool:
        """Whether that picture is the best rendition of the finished ladder, too."""
        return self.is_copied and ladder.stays_in_ladder(self.probed())


def load(job: JobRun) -> Material:
    """The video that the job is about. Raises `Fenced` if it is gone."""
    return job.read(lambda: _found(job))


def _found(job: JobRun) -> Material:
    video = db.session.get(Video, job.subject_id)
    if video is None:
        job.stop()
        raise Fenced
    names = select(Rendition.name).where(Rendition.video_id == video.id).order_by(Rendition.position)
    renditions = tuple(db.session.scalars(names))
    probe = probe_of(video.probe) if video.probe else None
    is_playable = video.playable_at is not None
    return Material(video.id, video.organization_id, video.version, probe, renditions, is_playable)


def probe_of(document: dict[str, Any]) -> Probe:
    """The probe as it was saved."""
    video = VideoStream(**document["video"]) if document["video"] else None
    return Probe(
        duration_s=document["duration_s"],
        size_bytes=document["size_bytes"],
        streams=document["streams"],
        video=video,
        audio=tuple(AudioStream(**stream) for stream in document["audio"]),
        demuxer=document["demuxer"],
        audio_streams=document.get("audio_streams", len(document["audio"])),
        other_pictures=document.get("other_pictures", 0),
        subtitles=document.get("subtitles", 0),
    )


def limits(probe: Probe, *, background: bool, duration_s: float | None = None) -> jailed.Limits:
    """FFmpeg's limits for work on this source."""
    pixels = probe.video.width * probe.video.height if probe.video else 0
    return ffmpeg.limits_for(duration_s or probe.duration_s, pixels, background=background)


@contextmanager
def faults(job: JobRun, stage: str) -> Iterator[None]:
    """Says what went wrong in the words of jobs."""
    try:
        yield
    except jailed.Stopped:
        job.check()
        raise Fenced from None
    except StorageLow:
        outcome.waits_for_space(job)
        raise no_space(stage) from None
    except StorageFull:
        raise JobFailed("transient", "storage_full", "The disk is full.", stage=stage) from None
    except Unusable as error:
        raise JobFailed("input", error.code, error.detail, hint=error.hint, stage=stage) from None
    except jailed.Failed as error:
        kind = "transient" if error.is_transient else "input"
        hint = "Export the video again, for example as H.264 in MP4."
        raise JobFailed(kind, "media_error", error.detail, hint=hint, stage=stage) from None  # type: ignore[arg-type]  # one of the two literals


def size_of(material: Material, name: str) -> int:
    """The bytes of a rendition."""
    listed = playlists.read_segments(storage().read_text(material.key(f"{name}/{PLAYLIST}")))
    return sum(storage().stat(material.key(f"{name}/{segment.uri}")).size_bytes for segment in listed)


def joined(job: JobRun, material: Material, name: str, target: Path) -> Path:
    """A rendition as one file: fragments behind their init file are a whole fragmented MP4."""
    with full_disk_is_known(), target.open("wb") as file:
        file.write(storage().read_bytes(material.key(f"{name}/{playlists.INIT}")))
        for segment in playlists.read_segments(storage().read_text(material.key(f"{name}/{PLAYLIST}"))):
            job.check()
            file.write(storage().read_bytes(material.key(f"{name}/{segment.uri}")))
    return target


class Growing:
    """A playlist that FFmpeg writes in a work folder, published segment by segment while it grows."""

    def __init__(self, material: Material, name: str, folder: Path) -> None:
        self._material = material
        self._name = name
        self._folder = folder
        folder.mkdir(parents=True)
        self.segments: list[playlists.Segment] = []
        self.is_ended = False
        self.is_written = False  # FFmpeg is done with it

    def look(self, *, may_end: bool = True, at_least: int = 0) -> None:
        """Publishes what is new. `may_end` False leaves the playlist open for what others append.

        `at_least` is how many segments an earlier attempt listed: the list never gets shorter than that.
        """
        path = self._folder / PLAYLIST
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        listed = playlists.read_segments(text)
        self.is_written = playlists.is_complete(text)
        is_ended = self.is_written and may_end
        if len(listed) == len(self.segments) and is_ended == self.is_ended:
            return
        if not self.segments:
            key = self._material.key(f"{self._name}/{playlists.INIT}")
            storage().write_bytes(key, (self._folder / playlists.INIT).read_bytes())
        for segment in listed[len(self.segments) :]:
            storage().publish(self._folder / segment.uri, self._material.key(f"{self._name}/{segment.uri}"))
        self.segments, self.is_ended = listed, is_ended
        if len(listed) >= at_least or is_ended:
            self._write(is_ended=is_ended)

    def _write(self, *, is_ended: bool) -> None:
        text = playlists.media_playlist([Part(tuple(self.segments))], is_ended=is_ended)
        storage().write_text(self._material.key(f"{self._name}/{PLAYLIST}"), text)


def set_renditions(video: Video, rungs: list[ladder.Rung], state: RenditionState) -> None:
    """Makes the rows of the ladder: the film's plan, whatever its organization wants later."""
    rows = [
        Rendition(
            video_id=video.id, name=rung.name, position=position, width=rung.width, height=rung.height, state=state
        )
        for position, rung in enumerate(rungs)
    ]
    db.session.add_all(rows)
