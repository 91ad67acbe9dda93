"""Prepare: look at the file in the jail, make it play as soon as can be, and hand the rest to child jobs."""

import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.clients import ffmpeg, jailed
from app.clients.stores import storage
from app.database import db
from app.errors import NotPermitted
from app.jobs import CHECKSUM_VIDEO, COPY_VIDEO, ENCODE_AUDIO, ENCODE_CHUNK, FINISH_VIDEO, JobKind
from app.media import commands, fragments, ladder, playlists, sound
from app.media.issues import input_issues
from app.media.ladder import Rung
from app.media.probe import Probe
from app.media.sniff import HEAD_BYTES, demuxer_of
from app.media.sound import Track
from app.models import Organization, Processing, RenditionState, Video
from app.services import job_service, quota_service
from app.services.job_run import JobFailed, JobRun
from app.services.job_service import JobRequest
from app.services.video_pipeline import material as m
from app.services.video_pipeline import outcome, resume
from app.services.video_pipeline.material import Growing, Material
from app.services.video_pipeline.resume import Rest
from app.utils.times import now

HAND_OVER_S: Final = 10.0
"""How long a preparation copies on after it plays, before a job of its own does the rest."""
_POLL_S: Final = 0.02
"""Somebody waits for the first segments, which take a tenth of a second."""
_COPIED_SEGMENTS: Final = 3
_GUESSED_RATE: Final = 1_500_000


@dataclass(slots=True)
class _Output:
    """One FFmpeg at work, what grows from it, and how much of it must be there before the video plays."""

    running: jailed.Running
    growing: Growing
    needed: int
    may_end: bool = True

    def look(self) -> None:
        self.growing.look(may_end=self.may_end)

    @property
    def is_enough(self) -> bool:
        return len(self.growing.segments) >= self.needed or (self.growing.is_ended and bool(self.growing.segments))


def process(job: JobRun) -> None:
    """The parent job of a video."""
    outcome.tell(job.effect(lambda: _begin(job)))
    with m.faults(job, "probe"):
        found = m.load(job)
        probed = replace(found, probe=_probe(job, found))
    outcome.tell(job.effect(lambda: _save_probe(job, probed)))
    material = m.load(job)  # with its plan
    with m.faults(job, "prepare"):
        left = resume.unfinished_copies(material)
        if left is None:
            left = _begin_to_play(job, material)
        else:
            outcome.tell(job.effect(lambda: _say_playable(job, material)))
        rest = resume.rest(job, material, left)
    job.wait_for_children(lambda: _hand_over(job, rest), continuation=FINISH_VIDEO)


def _begin_to_play(job: JobRun, material: Material) -> list[JobKind]:
    room_bytes = material.probed().size_bytes if material.is_copied else 0
    with storage().work_dir(str(job.id), room_bytes=room_bytes) as work, material.original() as source:
        left = _first_play(job, material, source, work)
        has_poster = _make_poster(job, material, source, work)

    def keep() -> None:
        job.lock_subject(Video).has_poster = has_poster

    job.effect(keep)
    return left


def _begin(job: JobRun) -> Video:
    video = job.lock_subject(Video)
    if video.processing in {Processing.WAITING, Processing.PREPARING}:
        video.move_to(Processing.PROBING)
    video.stage = outcome.PROBING
    return video


def _probe(job: JobRun, material: Material) -> Probe:
    demuxer = demuxer_of(storage().read_bytes(material.original_key, at_most=HEAD_BYTES))
    if demuxer is None:
        hint = "Send MP4, MOV, WebM, MKV, AVI, MPEG-TS, FLV, Ogg, MP3, M4A, WAV or FLAC."
        raise JobFailed(
            "input", "not_a_video", "The file is not a video or sound that we know.", hint=hint, stage="probe"
        )
    with material.original() as source:
        return ffmpeg.probe(source, demuxer, stopped=job.stopped)


def _save_probe(job: JobRun, material: Material) -> Video:
    video, probe = job.lock_subject(Video), material.probed()
    _count_minutes(video, round(probe.duration_s, 3))
    is_news = video.probe is None  # an attempt before may have told it and died then
    video.probe = asdict(probe)
    video.input_issues = [asdict(issue) for issue in input_issues(probe)]
    if probe.video is not None:
        video.width, video.height = probe.video.shown_size
        video.fps = round(probe.video.fps or 0, 3)
    if video.processing is Processing.PROBING:
        video.move_to(Processing.PREPARING)
    video.stage, video.percent = outcome.PREPARING, max(video.percent, outcome.PROBED)
    if is_news:
        m.set_renditions(video, _plan(video.organization_id, material), RenditionState.QUEUED)
        outcome.record(video, "video.probed")
    return video


def _plan(organization_id: UUID, material: Material) -> list[Rung]:
    """The rungs that the film gets, as its organization wants them at this moment."""
    video = material.probed().video
    wanted = db.session.scalar(select(Organization.video_rungs).where(Organization.id == organization_id))
    return ladder.rungs(video, keeps_source=material.keeps_source, wanted=wanted) if video else []


def _count_minutes(video: Video, duration_s: float) -> None:
    try:
        quota_service.count_minutes(video.organization_id, before_s=video.duration_s or 0, after_s=duration_s)
    except NotPermitted as error:
        hint = "Delete videos, or ask the operator for more minutes."
        raise JobFailed("input", error.problem_code, error.detail, hint=hint, stage="probe") from None
    video.duration_s = duration_s


def _first_play(job: JobRun, material: Material, source: Path, work: Path) -> list[JobKind]:
    """Plays as soon as a few segments are there; returns the copies that somebody else must finish."""
    outputs = _start(material, source, work)
    opening, clock = outputs.get(m.FIRST), _Clock()

    def look() -> bool:
        for output in outputs.values():
            output.look()
        if clock.played_at is None and all(output.is_enough for output in outputs.values()):
            _publish(job, material, outputs)
            clock.played_at = time.monotonic()
        if clock.played_at is None or (opening and not opening.growing.is_written):
            return False  # the chunks of the ladder follow an opening that is whole
        return time.monotonic() - clock.started_at > HAND_OVER_S

    is_whole = jailed.wait(
        [output.running for output in outputs.values()], stopped=job.stopped, on_poll=look, poll_s=_POLL_S
    )
    if clock.played_at is None:
        raise JobFailed("input", "no_content", "Nothing in the file could be made to play.", stage="prepare")
    if is_whole:
        return []
    unfinished = {name for name, output in outputs.items() if not output.growing.is_ended}
    return [kind for name, kind in ((m.SOURCE, COPY_VIDEO), (m.AUDIO, ENCODE_AUDIO)) if name in unfinished]


@dataclass(slots=True)
class _Clock:
    started_at: float = 0.0
    played_at: float | None = None

    def __post_init__(self) -> None:
        self.started_at = time.monotonic()


def _start(material: Material, source: Path, work: Path) -> dict[str, _Output]:
    """Starts the picture and the sound side by side."""
    probe = material.probed()
    limits = m.limits(probe, background=False)
    outputs: dict[str, _Output] = {}

    def add(name: str, argv: list[str], needed: int, *, may_end: bool = True) -> None:
        running = ffmpeg.start(argv, reads=[source], writes=work / name, limits=limits)
        outputs[name] = _Output(running, growing[name], needed, may_end)

    names = [m.SOURCE if material.is_copied else m.FIRST] if probe.video else []
    names += [m.AUDIO] if probe.audio else []
    growing = {name: Growing(material, name, work / name) for name in names}
    if m.SOURCE in growing:
        add(m.SOURCE, commands.copy_video(source, probe.demuxer, work / m.SOURCE), _COPIED_SEGMENTS)
    if m.FIRST in growing:
        argv = commands.first_rung(source, probe, work / m.FIRST, seconds=ladder.FIRST_S)
        add(m.FIRST, argv, 1, may_end=probe.picture_s <= ladder.FIRST_S)
    if m.AUDIO in growing:
        add(m.AUDIO, commands.audio(source, probe, work / m.AUDIO, track=sound.main_index(probe)), 1)
    return outputs


def _publish(job: JobRun, material: Material, outputs: dict[str, _Output]) -> None:
    """Writes the first master playlist and says that the video plays. One that plays already may list more by now."""
    if not material.is_playable:
        storage().write_text(material.key("master.m3u8"), _first_master(material, outputs))
    outcome.tell(job.effect(lambda: _say_playable(job, material)))


def _say_playable(job: JobRun, material: Material) -> Video:
    video = job.lock_subject(Video)
    if video.processing in {Processing.PROBING, Processing.PREPARING}:
        video.move_to(Processing.PLAYABLE)
        video.stage, video.percent = outcome.ENCODING, max(video.percent, outcome.PLAYABLE)
        if video.playable_at is None:
            video.playable_at = now()
            video.audio_tracks = shown_tracks(main_track(material))
            outcome.record(video, "video.playable")
    return video


def _first_master(material: Material, outputs: dict[str, _Output]) -> str:
    probe = material.probed()
    codecs = {
        name: fragments.codecs_of(storage().read_bytes(material.key(f"{name}/{playlists.INIT}"))) for name in outputs
    }
    rate = max(int(probe.bitrate), _GUESSED_RATE) if material.is_copied else _GUESSED_RATE
    picture = next((name for name in (m.SOURCE, m.FIRST) if name in outputs), None)
    if picture is None or probe.video is None:
        return playlists.master_playlist(
            [playlists.Variant(f"{m.AUDIO}/{m.PLAYLIST}", 192_000, 128_000, codecs[m.AUDIO])], []
        )
    width, height = probe.video.shown_size if material.is_copied else commands.first_size(probe.video)
    both = ",".join(codecs[name] for name in (picture, m.AUDIO) if name in codecs)
    variant = playlists.Variant(f"{picture}/{m.PLAYLIST}", rate, rate, both, width, height, _first_fps(material))
    return playlists.master_playlist([variant], listed_tracks(main_track(material)) if m.AUDIO in outputs else [])


def _first_fps(material: Material) -> float:
    video = material.probed().video
    if video is None or material.is_copied:
        return video.fps or 0.0 if video else 0.0
    return min(video.steady_fps, commands.FIRST_FPS)


def main_track(material: Material) -> list[Track]:
    """The track that plays first; the others join with the finished ladder."""
    return [track for track in sound.tracks(material.probed()) if track.is_default]


def listed_tracks(tracks: list[Track]) -> list[playlists.AudioTrack]:
    """The sound as renditions of its own, which every picture shares."""
    return [
        playlists.AudioTrack(
            f"{track.folder}/{m.PLAYLIST}", track.label, track.language, track.is_default, track.channels
        )
        for track in tracks
    ]


def shown_tracks(tracks: list[Track]) -> list[dict[str, Any]]:
    """The tracks as a video's row keeps them."""
    return [{"language": track.language, "label": track.label, "default": track.is_default} for track in tracks]


def _make_poster(job: JobRun, material: Material, source: Path, work: Path) -> bool:
    """A picture for lists; a film without one is still a film."""
    probe = material.probed()
    if probe.video is None:
        return False
    target = work / "poster"
    target.mkdir()
    argv = commands.posters(source, probe, target)
    limits = m.limits(probe, background=False)
    try:
        ffmpeg.run(argv, reads=[source], writes=target, limits=limits, stopped=job.stopped)
    except jailed.Failed:
        return False
    # At one quality black, blur and fades make small files: the largest shows most.
    best = max(target.iterdir(), key=lambda path: path.stat().st_size, default=None)
    if best is None:
        return False
    storage().publish(best, material.key("poster.jpg"))
    return True


def _hand_over(job: JobRun, rest: Rest) -> None:
    """Enqueues the children: what is left of the copies, the chunks in the order of playing, the checksum."""
    request = JobRequest(job.subject, job.organization_id, parent_id=job.id)
    for kind in rest.copies:
        job_service.enqueue(kind, request)
    for track in rest.tracks:
        job_service.enqueue(ENCODE_AUDIO, replace(request, arguments={"track": track}))
    for chunk, names in rest.chunks:
        some = {} if names is None else {"rungs": names}
        job_service.enqueue(ENCODE_CHUNK, replace(request, arguments=asdict(chunk) | some))
    if job.lock_subject(Video).sha256 is None:
        job_service.enqueue(CHECKSUM_VIDEO, request)
    db.session.flush()
