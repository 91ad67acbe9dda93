"""HLS playlists (RFC 8216bis): reading FFmpeg's, writing ours. Joining chunks is text only."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_EXTINF: Final = re.compile(r"#EXTINF:([0-9.]+)")
_URI: Final = re.compile(r'URI="([^"]+)"')
_MAP: Final = re.compile(r'#EXT-X-MAP:URI="([^"]+)"')
VERSION: Final = 7
INIT: Final = "init.mp4"
KEY_FRAMES: Final = "iframes.m3u8"


@dataclass(frozen=True, slots=True)
class Segment:
    """One media segment: its address relative to the playlist, and its length."""

    uri: str
    duration_s: float


@dataclass(frozen=True, slots=True)
class Part:
    """Segments that share an init file; a playlist of several parts has a discontinuity between them."""

    segments: tuple[Segment, ...]
    init: str = INIT


@dataclass(frozen=True, slots=True)
class Variant:
    """A rendition in the master playlist; rates in bits a second."""

    uri: str
    peak: int
    average: int
    codecs: str
    width: int = 0
    height: int = 0
    fps: float = 0.0


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """A rendition of the audio group."""

    uri: str
    name: str
    language: str | None
    is_default: bool
    channels: int


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """A key frame as bytes of its segment, and the seconds until the next one."""

    uri: str
    offset: int
    length: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class SubtitleTrack:
    """A rendition of the subtitle group."""

    uri: str
    name: str
    language: str


def read_segments(text: str) -> list[Segment]:
    """The segments that FFmpeg's media playlist lists, by their file names."""
    return [Segment(segment.uri.rsplit("/", 1)[-1], segment.duration_s) for segment in _listed(text)]


def _listed(text: str) -> list[Segment]:
    found: list[Segment] = []
    length: float | None = None
    for line in text.splitlines():
        match = _EXTINF.match(line)
        if match:
            length = float(match.group(1))
        elif length is not None and line and not line.startswith("#"):
            found.append(Segment(line, length))
            length = None
    return found


def read_parts(text: str) -> list[Part]:
    """The parts of one of our own playlists, split at their discontinuities."""
    parts: list[Part] = []
    for piece in text.split("#EXT-X-DISCONTINUITY\n"):
        init = _MAP.search(piece)
        parts.append(Part(tuple(_listed(piece)), init.group(1) if init else INIT))
    return parts


def addresses(text: str) -> list[str]:
    """Everything that a playlist of ours names, in its order: other playlists, init files, segments."""
    named = [_URI.search(line) if line.startswith("#") else None for line in text.splitlines()]
    plain = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [match[1] for match in named if match] + plain


def is_complete(text: str) -> bool:
    """Whether the playlist says that nothing follows."""
    return "#EXT-X-ENDLIST" in text


def media_playlist(parts: Sequence[Part], *, is_ended: bool) -> str:
    """A media playlist: VOD when it is whole, else EVENT, which players start at its beginning."""
    segments = [segment for part in parts for segment in part.segments]
    longest = max((segment.duration_s for segment in segments), default=1.0)
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{VERSION}",
        f"#EXT-X-TARGETDURATION:{max(1, math.ceil(longest))}",
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if is_ended else 'EVENT'}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    if not is_ended:
        lines.append("#EXT-X-START:TIME-OFFSET=0")
    for index, part in enumerate(parts):
        if index:
            lines.append("#EXT-X-DISCONTINUITY")
        lines.append(f'#EXT-X-MAP:URI="{part.init}"')
        for segment in part.segments:
            lines += [f"#EXTINF:{segment.duration_s:.6f},", segment.uri]
    if is_ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def key_frame_playlist(frames: Sequence[KeyFrame]) -> str:
    """A playlist of key frames only, for scrubbing (RFC 8216bis §4.4.3.6), into the segments that are there."""
    longest = max((frame.duration_s for frame in frames), default=1.0)
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{VERSION}",
        f"#EXT-X-TARGETDURATION:{max(1, math.ceil(longest))}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-I-FRAMES-ONLY",
        f'#EXT-X-MAP:URI="{INIT}"',
    ]
    for frame in frames:
        lines += [f"#EXTINF:{frame.duration_s:.6f},", f"#EXT-X-BYTERANGE:{frame.length}@{frame.offset}", frame.uri]
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def master_playlist(
    variants: Sequence[Variant], audio: Sequence[AudioTrack], key_frames: Sequence[Variant] = ()
) -> str:
    """The master playlist; the first variant is the one that players begin with."""
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS", *_audio_group(audio)]
    for variant in variants:
        rate = f",FRAME-RATE={variant.fps:.3f}" if variant.fps else ""
        group = ',AUDIO="audio"' if audio and (variant.width or len(audio) > 1) else ""
        lines += [f"#EXT-X-STREAM-INF:{_described(variant)}{rate}{group}", variant.uri]
    lines += [f'#EXT-X-I-FRAME-STREAM-INF:{_described(variant)},URI="{variant.uri}"' for variant in key_frames]
    return "\n".join(lines) + "\n"


def _described(variant: Variant) -> str:
    shape = f",RESOLUTION={variant.width}x{variant.height}" if variant.width else ""
    return f'BANDWIDTH={variant.peak},AVERAGE-BANDWIDTH={variant.average},CODECS="{variant.codecs}"{shape}'


def _audio_group(tracks: Sequence[AudioTrack]) -> list[str]:
    """One line a track. Players choose by themselves among tracks that differ in language, so the first of each."""
    chosen = {track.language: track for track in reversed(tracks)}
    chosen |= {track.language: track for track in tracks if track.is_default}
    lines = []
    for track in tracks:
        language = f',LANGUAGE="{track.language}"' if track.language else ""
        default = "YES" if track.is_default else "NO"
        may_choose = "YES" if chosen[track.language] is track else "NO"
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="{track.name}"{language},DEFAULT={default},'
            f'AUTOSELECT={may_choose},CHANNELS="{track.channels}",URI="{track.uri}"'
        )
    return lines


def with_subtitles(master: str, tracks: Sequence[SubtitleTrack]) -> str:
    """A master playlist with subtitles beside all that it has (RFC 8216bis §4.4.6.1); names differ within a group."""
    names = [track.name.replace('"', "'") for track in tracks]
    group = [
        f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",'
        f'NAME="{name if names.count(name) == 1 else f"{name} ({track.language})"}",LANGUAGE="{track.language}",'
        f'DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="{track.uri}"'
        for name, track in zip(names, tracks, strict=True)
    ]
    lines: list[str] = []
    for line in master.splitlines():
        is_variant = line.startswith("#EXT-X-STREAM-INF:")
        if is_variant:
            lines += group
            group = []
        lines.append(f'{line},SUBTITLES="subtitles"' if is_variant else line)
    return "\n".join(lines) + "\n"


def subtitle_playlist(uri: str, duration_s: float) -> str:
    """The media playlist of a track that is one file."""
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{VERSION}",
        f"#EXT-X-TARGETDURATION:{max(1, math.ceil(duration_s))}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f"#EXTINF:{duration_s:.6f},",
        uri,
        "#EXT-X-ENDLIST",
    ]
    return "\n".join(lines) + "\n"


def rates(sizes: Sequence[tuple[int, float]]) -> tuple[int, int]:
    """Peak and average in bits a second, from (bytes, seconds) of each segment."""
    total_bytes = sum(size for size, _ in sizes)
    total_s = sum(length for _, length in sizes)
    peak = max((size * 8 / length for size, length in sizes if length > 0), default=0.0)
    average = total_bytes * 8 / total_s if total_s else 0.0
    return max(1, math.ceil(peak)), max(1, math.ceil(average))
