"""Films through the whole pipeline in this process, and what came out, read by other means than ours."""

import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import av
from flask import Flask
from sqlalchemy import select

from app.clients.stores import storage
from app.database import db, transaction
from app.models import Job, JobState, Video
from app.services import video_service
from app.services.reception import Received
from app.services.video_pipeline.material import original_key, video_prefix
from app.services.video_service import Origin
from app.utils.ids import new_id
from tests.factories import make_organization, make_worker
from tests.support.attempts import attempt

_ATTRIBUTE = re.compile(r'([A-Z-]+)=("[^"]*"|[^",]*)')
ROUNDS = 20


@dataclass(frozen=True)
class Tag:
    """A line of a master playlist: its attributes without quotes, and the address that belongs to it."""

    name: str
    attributes: dict[str, str]
    uri: str


@dataclass(frozen=True)
class Film:
    """A processed video: its row as it ended, and the folder of its files."""

    video: Video
    folder: Path

    def master(self, name: str) -> list[Tag]:
        """The tags of that name in the master playlist."""
        lines = (self.folder / "master.m3u8").read_text().splitlines()
        tags = []
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            tag, _, rest = line.removeprefix("#").partition(":")
            if tag == name:
                found = {key: value.strip('"') for key, value in _ATTRIBUTE.findall(rest)}
                tags.append(Tag(tag, found, found.get("URI", following)))
        return tags

    def joined(self, playlist: str) -> bytes:
        """The init file and every segment of a media playlist, one after the other."""
        path = self.folder / playlist
        names = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
        return b"".join((path.parent / name).read_bytes() for name in ["init.mp4", *names])

    def opened(self, playlist: str, folder: Path) -> Path:
        """A rendition as one file."""
        target = folder / f"{playlist.replace('/', '-')}.mp4"
        target.write_bytes(self.joined(playlist))
        return target


def processed(app: Flask, clip: Path) -> Film:
    """Puts a clip in as an upload would and does all its jobs, in the order in which they came."""
    with transaction():
        organization = make_organization()
        worker_id = make_worker().id
        origin = Origin(new_id(), organization.id, None)
        with storage().sink(original_key(origin.organization_id, origin.video_id)) as file:
            file.write(clip.read_bytes())
        video_service.add(origin, Received(clip.name, clip.stat().st_size))
    for _ in range(ROUNDS):
        waiting = _waiting(origin.video_id)
        if not waiting:
            break
        for job_id in waiting:
            attempt(app, job_id, worker_id)
    with transaction():
        video = db.session.get_one(Video, origin.video_id, populate_existing=True)
        db.session.expunge(video)
    folder = storage().path_of(video_prefix(video.organization_id, video.id)) / f"v{video.version}"
    return Film(video, folder)


def _waiting(video_id: UUID) -> list[UUID]:
    with transaction():
        own = select(Job.id).where(Job.subject == f"video:{video_id}", Job.state == JobState.QUEUED)
        return list(db.session.scalars(own.order_by(Job.created_at, Job.id)))


def boxes(content: bytes) -> list[str]:
    """The types of the outermost boxes."""
    found, place = [], 0
    while place + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, place)
        found.append(kind.decode())
        place += max(size, 8)
    return found


def streams(path: Path) -> list[dict[str, Any]]:
    """What FFmpeg's own reader finds in a file: codec, size, times of all frames."""
    with av.open(str(path)) as container:
        return [
            {
                "type": stream.type,
                "codec": stream.codec_context.name,
                "width": getattr(stream.codec_context, "width", 0),
                "height": getattr(stream.codec_context, "height", 0),
                "channels": getattr(stream.codec_context, "channels", 0),
            }
            for stream in container.streams
        ]


def frames(path: Path) -> list[av.VideoFrame]:
    """Every picture, decoded."""
    with av.open(str(path)) as container:
        return list(container.decode(video=0))
