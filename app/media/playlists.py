"""HLS playlists (RFC 8216bis): reading FFmpeg's, writing ours. Joining chunks is text only."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_EXTINF: Final = re.compile(r"#EXTINF:([0-9.]+)")
_MAP: Final = re.compile(r'#EXT-X-MAP:URI="([^"]+)"')
VERSION: Final = 7
INIT: Final = "init.mp4"


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


def master_playlist(variants: Sequence[Variant], audio: Sequence[AudioTrack]) -> str:
    """The master playlist; the first variant is the one that players begin with."""
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for track in audio:
        language = f',LANGUAGE="{track.language}"' if track.language else ""
        default = "YES" if track.is_default else "NO"
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="{track.name}"{language},DEFAULT={default},'
            f'AUTOSELECT=YES,URI="{track.uri}"'
        )
    for variant in variants:
        shape = f",RESOLUTION={variant.width}x{variant.height}" if variant.width else ""
        rate = f",FRAME-RATE={variant.fps:.3f}" if variant.fps else ""
        group = ',AUDIO="audio"' if audio and variant.width else ""
        bandwidth = f"BANDWIDTH={variant.peak},AVERAGE-BANDWIDTH={variant.average}"
        lines += [f'#EXT-X-STREAM-INF:{bandwidth},CODECS="{variant.codecs}"{shape}{rate}{group}', variant.uri]
    return "\n".join(lines) + "\n"


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
