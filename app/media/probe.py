"""What the jailed probe found, as records."""

import math
import re
from dataclasses import dataclass, replace
from typing import Any, Final

MIN_SIDE, MAX_SIDE, MAX_PIXELS, MAX_FPS = 16, 8192, 36_000_000, 120
MAX_DURATION_S: Final = 24 * 3600
"""A header can claim years, and every 16 s of them would become a job."""
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")  # the shape of RFC 5646 §2.1
_UNCLEAN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffd]")
_TITLE_CHARACTERS: Final = 60
_USUAL_FPS, _SLOWEST_FPS = 30.0, 10.0
_RATES: Final = (24000 / 1001, 24.0, 25.0, 30000 / 1001, 30.0, 48.0, 50.0, 60000 / 1001, 60.0)
_SAME_RATE: Final = 0.0005
_HDR_TRANSFERS: Final = frozenset({16, 18})  # PQ and HLG, ISO/IEC 23091-2


@dataclass(frozen=True, slots=True)
class AudioStream:
    """One audio track."""

    codec: str
    profile: str | None
    channels: int
    sample_rate: int
    bitrate: int | None
    language: str | None
    title: str | None = None
    is_default: bool = False
    start_s: float = 0.0


@dataclass(frozen=True, slots=True)
class VideoStream:
    """The video track; sizes are as coded, before `rotation` (degrees) is applied."""

    codec: str
    profile: str | None
    level: int | None
    width: int
    height: int
    pix_fmt: str | None
    bit_depth: int | None
    fps: float | None
    sample_aspect: float
    color_transfer: int
    bitrate: int | None
    duration_s: float | None
    start_s: float | None
    rotation: int
    is_interlaced: bool
    decodes: bool
    frames: int
    keys: int
    all_idr: bool
    leading_pictures: bool
    largest_gap_s: float
    truncated: bool
    variable_rate: bool
    scanned: bool
    last_pts_s: float | None = None
    begins_inside: bool = False
    usual_frame_s: float | None = None
    longest_frame_s: float = 0.0

    @property
    def is_turned(self) -> bool:
        return self.rotation % 180 != 0

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height as a viewer sees them, in square pixels."""
        width = round(self.width * self.sample_aspect)
        return (self.height, width) if self.is_turned else (width, self.height)

    @property
    def is_hdr(self) -> bool:
        return self.color_transfer in _HDR_TRANSFERS

    @property
    def steady_fps(self) -> float:
        """The rate at which it is shown: of a variable one the usual pace, not the average over its pauses."""
        average = self.fps or _USUAL_FPS
        if not self.variable_rate or not self.usual_frame_s:
            return average
        usual = max(1 / self.usual_frame_s, average, _SLOWEST_FPS)
        return next((rate for rate in _RATES if abs(rate - usual) < _SAME_RATE * rate), usual)


@dataclass(frozen=True, slots=True)
class Probe:
    """A whole file."""

    duration_s: float
    size_bytes: int
    streams: int
    video: VideoStream | None
    audio: tuple[AudioStream, ...]
    demuxer: str
    audio_streams: int = 0
    """How many there are; `audio` holds those that we look at."""
    other_pictures: int = 0
    subtitles: int = 0

    @property
    def picture_s(self) -> float:
        """How long there is a picture; the sound may go on, and its end is the film's."""
        video = self.video
        if video is None or not (video.last_pts_s or video.duration_s):
            return self.duration_s
        if video.last_pts_s:
            last_s = video.usual_frame_s or 1 / (video.fps or _USUAL_FPS)
            return min(self.duration_s, video.last_pts_s + last_s)
        return min(self.duration_s, max(video.start_s or 0.0, 0.0) + (video.duration_s or 0.0))

    @property
    def bitrate(self) -> float:
        """Bits a second of the whole file."""
        return self.size_bytes * 8 / self.duration_s if self.duration_s else 0.0


class Unusable(ValueError):
    """The file is no media that we can work with; `code` and `hint` are for its owner."""

    def __init__(self, code: str, detail: str, hint: str = "") -> None:
        super().__init__(detail)
        self.code, self.detail, self.hint = code, detail, hint


def parse_probe(report: dict[str, Any], demuxer: str) -> Probe:
    """The records of a report. Raises `Unusable` for what is broken, empty or out of bounds."""
    if "error" in report:
        cause = report["error"].rstrip(".")
        raise Unusable("corrupt", f"The file can't be read: {cause}.", "Export it again and retry.")
    video = VideoStream(**report["video"]) if report["video"] else None
    audio = tuple(_cleaned(AudioStream(**stream)) for stream in report["audio"])
    if not any(stream.codec for stream in audio):
        audio = ()  # in codecs that FFmpeg doesn't know
    if video is None and not audio:
        raise Unusable("not_a_video", "The file holds neither picture nor sound.")
    if video is not None:
        _check_bounds(video)
    lengths = [report["duration_s"], video.duration_s if video else None, video.last_pts_s if video else None]
    duration_s = next((length for length in lengths if length), 0.0)
    if video is not None and not duration_s:
        duration_s = video.frames / (video.fps or 25)  # a single picture may have no length
    if not math.isfinite(duration_s) or duration_s > MAX_DURATION_S:
        raise Unusable("too_long", f"It says it lasts {duration_s / 3600:.0f} hours; up to 24 are taken.", "Cut it.")
    counts = {name: report[name] for name in ("size_bytes", "streams", "audio_streams", "other_pictures", "subtitles")}
    return Probe(duration_s=duration_s, video=video, audio=audio, demuxer=demuxer, **counts)


def _cleaned(stream: AudioStream) -> AudioStream:
    """The stream with words that can go into playlists, where a quote or a line's end would begin a new attribute."""
    is_tag = stream.language is not None and _LANGUAGE.fullmatch(stream.language) is not None
    title = " ".join(_UNCLEAN.sub(" ", stream.title or "").replace('"', "'").split())[:_TITLE_CHARACTERS].strip()
    return replace(stream, language=stream.language if is_tag else None, title=title or None)


def _check_bounds(video: VideoStream) -> None:
    sides = (video.width, video.height)
    if min(sides) < MIN_SIDE or max(sides) > MAX_SIDE or video.width * video.height > MAX_PIXELS:
        raise Unusable("bad_dimensions", f"Pictures of {video.width}x{video.height} are not taken.")
    if video.fps and video.fps > MAX_FPS:
        raise Unusable("bad_frame_rate", f"{video.fps:.0f} frames a second are more than {MAX_FPS}.")
    if not video.decodes:
        raise Unusable("corrupt", "Not one picture of it can be decoded.", "Export it again and retry.")
    if video.truncated:
        raise Unusable("truncated", "The file ends before its index says.", "Upload the whole file again.")
