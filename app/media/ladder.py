"""The one ladder, the one set of conditions for copying a source, and the cutting into chunks."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from app.media.probe import AudioStream, Probe, VideoStream

SEGMENT_S: Final = 4
CHUNK_S: Final = 16
FIRST_S: Final = 32
MAX_GAP_S: Final = 10.0
_COPY_PROFILES: Final = frozenset({"Baseline", "Constrained Baseline", "Main", "High"})
_COPY_MAX_LEVEL: Final = 52
_LATE_S: Final = 0.1
"""A copy begins at zero; below this nobody hears or sees that the track should begin a little later."""
_COPY_MAX_FPS: Final = 60.5
_CAP_BITS_PER_PIXEL: Final = 12_000_000 / (1920 * 1080 * 30)


@dataclass(frozen=True, slots=True)
class InputIssue:
    """Why a source could not be used as it is."""

    code: str
    detail: str
    hint: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One rendition, named by its short side; rates in bits a second."""

    name: str
    width: int
    height: int
    fps: float
    cap: int
    profile: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs of a film, best first, and those of them that are to be made."""

    rungs: Sequence[Rung]
    wanted: Sequence[Rung]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of the source that one job encodes at every rung."""

    index: int
    start_s: int
    duration_s: float


NAMES: Final = ("1080", "720", "480", "360", "240")
_CAPS: Final = ((1080, 5_000_000), (720, 2_500_000), (480, 1_200_000), (360, 700_000), (240, 350_000))
_PEAK: Final = 1.5
_SMALL: Final = 480
_OLD_DEVICES: Final = 360
_FILM, _FAST = 30.5, 60.0
_TOLERANCE: Final = 1e-3


def copy_issues(probe: Probe) -> list[InputIssue]:
    """Why the picture can't be copied as it is; empty if it can."""
    video = probe.video
    if video is None:
        return []
    return [*_coding(video), *_timing(video), *_shape(video), *_limits(video)]


def _coding(video: VideoStream) -> list[InputIssue]:
    if video.codec != "h264" or video.profile not in _COPY_PROFILES or video.pix_fmt not in {"yuv420p", "yuvj420p"}:
        kind = f"{video.codec} {video.profile or ''} {video.pix_fmt or ''}".strip()
        return [InputIssue("codec", f"The picture is {kind}.", "H.264 8-bit 4:2:0 plays at once.")]
    issues = []
    if not video.all_idr or video.leading_pictures:
        detail = "Not every key frame can be jumped to (open GOP)." if video.scanned else "The key frames are unknown."
        issues.append(InputIssue("open_gop", detail, "Export with closed GOPs."))
    if video.largest_gap_s > MAX_GAP_S:
        detail = f"Key frames are up to {video.largest_gap_s:.0f} s apart."
        issues.append(InputIssue("long_gop", detail, f"Export with a key frame at least every {MAX_GAP_S:.0f} s."))
    return issues


def _timing(video: VideoStream) -> list[InputIssue]:
    issues = []
    if video.begins_inside:
        detail = "It begins between two key frames: an edit list hides what comes before."
        issues.append(InputIssue("edit_list", detail, "The hidden part is cut off in encoding."))
    if (video.start_s or 0.0) > _LATE_S:
        detail = f"The picture begins {video.start_s or 0.0:.1f} s after the sound."
        issues.append(InputIssue("late_picture", detail, "Its first picture stands until then."))
    return issues


def _shape(video: VideoStream) -> list[InputIssue]:
    issues = []
    if video.rotation:
        issues.append(InputIssue("rotated", "The picture is stored turned.", "It is turned upright in encoding."))
    if video.is_interlaced:
        issues.append(InputIssue("interlaced", "The picture is interlaced.", "It is deinterlaced in encoding."))
    if abs(video.sample_aspect - 1) > 0.01:  # noqa: PLR2004 - one percent
        issues.append(InputIssue("aspect", "Its pixels are not square.", "They are made square in encoding."))
    if video.is_hdr:
        detail = "The picture has a high dynamic range."
        issues.append(InputIssue("hdr", detail, "Its colours are mapped to those that every screen shows (BT.709)."))
    return issues


def _limits(video: VideoStream) -> list[InputIssue]:
    if (video.level or 0) <= _COPY_MAX_LEVEL and (video.fps or 0) <= _COPY_MAX_FPS:
        return []
    if (video.fps or 0) > _COPY_MAX_FPS:
        detail = f"{video.fps or 0:.0f} frames a second are too many for browsers."
        return [InputIssue("level", detail, "It is shown at 60 frames a second.")]
    detail = f"Level {(video.level or 0) / 10} is too much for browsers."
    return [InputIssue("level", detail, "Export at level 5.2 or below.")]


def can_copy_audio(audio: AudioStream) -> bool:
    """AAC-LC with at most two channels plays everywhere as it is, if it begins with the film."""
    is_plain = audio.codec == "aac" and audio.profile == "LC" and audio.channels <= 2  # noqa: PLR2004 - stereo
    return is_plain and abs(audio.start_s) < _LATE_S


def stays_in_ladder(probe: Probe) -> bool:
    """Whether a copied source may stay the top rung: its rate is not far above what we would encode."""
    video = probe.video
    if video is None:
        return False
    return probe.bitrate <= _CAP_BITS_PER_PIXEL * video.width * video.height * max(video.fps or 30, 30)


def rungs(video: VideoStream, *, keeps_source: bool, wanted: Collection[str] | None = None) -> list[Rung]:
    """The renditions to encode, best first: never larger than the source, and below it if that stays among them.

    Of `wanted` those that fit; where none does and the source cannot stand for itself, the largest that fits.
    """
    short = min(video.shown_size)
    fitting = [(side, cap) for side, cap in _CAPS if side < short or (side == short and not keeps_source)]
    if not keeps_source and (not fitting or short < _CAPS[-1][0]):
        fitting = [(short - short % 2, _CAPS[-1][1])]
    found = [_rung(video, side, cap) for side, cap in fitting]
    chosen = [rung for rung in found if wanted is None or rung.name in wanted]
    return chosen or ([] if keeps_source else found[:1])


def _rung(video: VideoStream, side: int, cap: int) -> Rung:
    width, height = video.shown_size
    scale = side / min(width, height)
    long_side = max(2, round(max(width, height) * scale / 2) * 2)
    shape = (side, long_side) if width < height else (long_side, side)
    fps = rung_fps(video, side)
    faster_cap = round(cap * 1.5) if fps > _FILM else cap
    return Rung(str(side), *shape, fps, faster_cap, "main" if side <= _OLD_DEVICES else "high")


def most_bytes(rung: Rung, duration_s: float) -> int:
    """About what a part of that length takes at most."""
    return round(rung.cap * _PEAK * duration_s / 8)


def rung_fps(video: VideoStream, side: int) -> float:
    """The source's rate up to 30; above, at most 60, and half of it on small rungs."""
    fps = min(video.steady_fps, _FAST)
    if fps <= _FILM:
        return max(fps, 1.0)
    return fps / 2 if side <= _SMALL else fps


def gop(rungs: Sequence[Rung], rung: Rung) -> int:
    """Pictures between two key frames: the same time at every rung, and never under the length of a segment."""
    slowest = min(one.fps for one in rungs)
    return max(1, math.ceil(slowest * SEGMENT_S - _TOLERANCE)) * round(rung.fps / slowest)


def frame_at(fps: Fraction, time_s: float) -> int:
    """The number of the first picture at a time or after it, counted from the film's first."""
    return math.ceil(time_s * fps - _TOLERANCE)


def exact(fps: float) -> Fraction:
    """A rate as the fraction that it stands for, such as 30000/1001: a rounded one drifts by seconds in a long film."""
    return Fraction(fps).limit_denominator(1001)


def chunks(duration_s: float, *, from_s: int = 0) -> list[Chunk]:
    """Parts of 16 s; a remainder of up to 8 s joins its neighbour, so that none costs a start for nothing."""
    found: list[Chunk] = []
    start = from_s
    while start < duration_s or not found:
        left = duration_s - start
        length = left if left <= CHUNK_S + 2 * SEGMENT_S else CHUNK_S
        found.append(Chunk(len(found), start, max(length, 0.1)))
        start += CHUNK_S if length == CHUNK_S else max(int(length) + 1, 1)
    return found
