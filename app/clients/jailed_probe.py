"""Reads what a media file holds, in the jail: `python jailed_probe.py <file> <demuxer>` prints one JSON line.

Containers with a sample index (MP4, MOV) are read from it, in milliseconds even for hours of video; others
are demuxed packet by packet within a time limit.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from operator import sub
from typing import Any, Final

import av

SCAN_S: Final = 8.0
ROUNDING_S: Final = 0.0025
PRIMING_S: Final = 0.1
MAX_AUDIO: Final = 8
MOST_PACKETS: Final = 2000
MAX_STREAMS: Final = 64
_IDR, _SLICE_TYPES = 5, range(1, 6)
_HEAD_BYTES: Final = 5
_RUN: Final = 13


def main(path: str, demuxer: str) -> None:
    """Prints the probe, or `{"error": …}` for what no demuxer can open."""
    try:
        with _opened(path, demuxer) as container:
            report, picture = _report(container, path), _picture(container)
            is_read = picture is not None and not _has_index(container, picture)
            if not is_read:
                _add_beginnings(report, container)
        if is_read:  # opened anew: not every container can be wound back
            with _opened(path, demuxer) as container:
                _add_beginnings(report, container)
    except (av.error.FFmpegError, ValueError) as error:
        report = {"error": (getattr(error, "strerror", None) or str(error) or "it is not media")[:200]}
    sys.stdout.write(json.dumps(report) + "\n")


def _opened(path: str, demuxer: str) -> Any:
    options = {"protocol_whitelist": "file", "format_whitelist": demuxer, "max_streams": str(MAX_STREAMS)}
    # Tags are not what a film is refused for, whatever their encoding.
    return av.open(path, format=demuxer.split(",", maxsplit=1)[0], options=options, metadata_errors="replace")


def _report(container: Any, path: str) -> dict[str, Any]:
    video = _picture(container)
    if video is not None and video.codec_context is None:
        raise ValueError("its picture is in a codec that we don't know")
    return {
        "duration_s": container.duration / av.time_base if container.duration else None,
        "size_bytes": os.path.getsize(path),  # noqa: PTH202 - a start without pathlib is quicker
        "streams": len(container.streams),
        "video": _video(container, video, path) if video else None,
        "audio": [_audio(container, stream) for stream in container.streams.audio[:MAX_AUDIO]],
        "audio_streams": len(container.streams.audio),
        "other_pictures": sum(not _is_cover(stream) for stream in container.streams.video) - bool(video),
        "subtitles": len(container.streams.subtitles),
    }


def _picture(container: Any) -> Any:
    """The first video track that is no cover."""
    return next((stream for stream in container.streams.video if not _is_cover(stream)), None)


def _add_beginnings(report: dict[str, Any], container: Any) -> None:
    """What only the first packets and a decoded picture tell.

    How the picture is turned, whether it is interlaced, and whether a track begins before the film: an edit list can
    say that some of it is decoded, not shown.
    """
    picture, sounds = _picture(container), list(container.streams.audio[:MAX_AUDIO])
    awaited = {stream.index for stream in [picture, *sounds] if stream is not None and stream.codec_context}
    begins_s = (container.start_time or 0) / av.time_base
    frame = None
    for count, packet in enumerate(container.demux([stream for stream in [picture, *sounds] if stream is not None])):
        stream = packet.stream
        if stream.index in awaited and packet.pts is not None:
            awaited.discard(stream.index)
            first_s = float(packet.pts * stream.time_base) - begins_s
            if stream is picture:
                report["video"]["begins_inside"] = bool(packet.is_discard)
            elif first_s < -PRIMING_S:
                report["audio"][sounds.index(stream)]["start_s"] = first_s
        if picture is not None and frame is None and stream is picture:
            frame = _decoded(packet)
        if (not awaited and (picture is None or frame is not None)) or count > MOST_PACKETS:
            break
    if picture is not None:
        report["video"] |= {
            "rotation": int(frame.rotation) if frame else 0,
            "is_interlaced": bool(frame.interlaced_frame) if frame else False,
            "decodes": frame is not None,
        }


def _decoded(packet: Any) -> Any:
    try:
        return next(iter(packet.decode()), None)
    except av.error.FFmpegError:
        return None


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & type(stream.disposition).attached_pic)


def _number(value: Fraction | float | None) -> float | None:
    return float(value) if value else None


def _start_s(container: Any, stream: Any) -> float:
    """When a stream begins, in seconds of the film: containers need not begin at zero."""
    begins = (container.start_time or 0) / av.time_base
    return float(stream.start_time * stream.time_base) - begins if stream.start_time is not None else 0.0


def _audio(container: Any, stream: Any) -> dict[str, Any]:
    context = stream.codec_context
    return {
        "codec": context.name if context else "",
        "profile": context.profile if context else None,
        "channels": context.layout.nb_channels if context else 0,
        "sample_rate": context.rate if context else 0,
        "bitrate": context.bit_rate if context else None,
        "start_s": _start_s(container, stream),
        "language": stream.language,
        "title": (stream.metadata.get("title") or "")[:200],
        "is_default": bool(stream.disposition & type(stream.disposition).default),
    }


def _video(container: Any, stream: Any, path: str) -> dict[str, Any]:
    context = stream.codec_context
    pixels = context.format
    report = {
        "codec": context.name,
        "profile": context.profile,
        "level": context.level,
        "width": context.width,
        "height": context.height,
        "pix_fmt": pixels.name if pixels else None,
        "bit_depth": max((part.bits for part in pixels.components), default=8) if pixels else None,
        "fps": _number(stream.average_rate or stream.guessed_rate),
        "sample_aspect": _number(stream.sample_aspect_ratio) or 1.0,
        "color_transfer": int(context.color_trc or 0),
        "bitrate": context.bit_rate,
        "duration_s": _number(stream.duration * stream.time_base) if stream.duration else None,
        "start_s": _start_s(container, stream),
    }
    return report | _index(container, stream, path)


def _index(container: Any, stream: Any, path: str) -> dict[str, Any]:
    return _from_index(stream, path) if _has_index(container, stream) else _from_packets(container, stream)


def _has_index(container: Any, stream: Any) -> bool:
    return "mov" in container.format.name and len(stream.index_entries) > 0


@dataclass
class _Scan:
    """What a look over all packets or index entries found."""

    keys: list[float] = field(default_factory=list)
    frames: int = 0
    all_idr: bool = True
    leading_pictures: bool = False
    truncated: bool = False
    scanned: bool = True
    steps: "Counter[int]" = field(default_factory=Counter)
    last_pts_s: float | None = None

    def report(self, stream: Any) -> dict[str, Any]:
        first = min(self.keys, default=0.0)
        end = float(stream.duration * stream.time_base) + first if stream.duration else None
        stops = [*self.keys[1:], end or self.last_pts_s or first]
        gaps = [stop - start for start, stop in zip(self.keys, stops, strict=True)] if self.keys else []
        return {
            "frames": self.frames,
            "keys": len(self.keys),
            "all_idr": self.all_idr and bool(self.keys),
            "leading_pictures": self.leading_pictures,
            "largest_gap_s": max(gaps, default=0.0),
            "truncated": self.truncated,
            **self._pace(stream),
            "scanned": self.scanned,
            "last_pts_s": self.last_pts_s,
        }

    def _pace(self, stream: Any) -> dict[str, Any]:
        """How long pictures stay. Containers round times to milliseconds, which makes no rate variable."""
        tick = float(stream.time_base)
        steps = sorted(step for step in self.steps if step > 0)
        if not steps:
            return {"variable_rate": False, "usual_frame_s": None, "longest_frame_s": 0.0}
        return {
            "variable_rate": (steps[-1] - steps[0]) * tick > max(ROUNDING_S, 1.5 * tick),
            "usual_frame_s": self._median(steps) * tick,
            "longest_frame_s": steps[-1] * tick,
        }

    def _median(self, steps: list[int]) -> int:
        half, counted = sum(self.steps[step] for step in steps) / 2, 0
        for step in steps:
            counted += self.steps[step]
            if counted >= half:
                return step
        return steps[-1]


def _from_index(stream: Any, path: str) -> dict[str, Any]:
    """From the key frames and the ends of runs: to look at each of 300,000 entries takes most of a second."""
    size_bytes = os.path.getsize(path)  # noqa: PTH202 - as above
    prefix, tick_s = _length_bytes(stream.codec_context.extradata), float(stream.time_base)
    entries = stream.index_entries
    scan = _Scan(frames=len(entries), steps=_steps(entries))
    scan.truncated = entries[-1].pos + entries[-1].size > size_bytes
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
        for entry in map(entries.__getitem__, _key_places(entries)):
            scan.keys.append(entry.timestamp * tick_s)
            scan.truncated = scan.truncated or entry.pos + entry.size > size_bytes
            is_idr = prefix > 0 and _holds_idr(file.fileno(), entry.pos, entry.size, prefix)
            scan.all_idr = scan.all_idr and is_idr
    return scan.report(stream)


def _key_places(entries: Any) -> Iterator[int]:
    """The places of the key frames in an index, by FFmpeg's own search."""
    first = entries[0]
    place = 0 if first.is_keyframe else entries.search_timestamp(first.timestamp, backward=False)
    while place >= 0:
        yield place
        following = entries.search_timestamp(entries[place].timestamp + 1, backward=False)
        place = following if following > place else -1  # times of a damaged index may go back


def _steps(entries: Any) -> "Counter[int]":
    """How often pictures stay for how many ticks. Of a run whose ends lie apart as its first two say, all do.

    Runs are so short, and of a prime length, that no regular pattern of uneven steps looks even.
    """
    steps: Counter[int] = Counter()
    last = len(entries) - 1
    for start in range(0, last, _RUN):
        end = min(start + _RUN, last)
        began = entries[start].timestamp
        step = entries[start + 1].timestamp - began
        if entries[end].timestamp - began == step * (end - start):
            steps[step] += end - start
        else:
            times = [entry.timestamp for entry in entries[start : end + 1]]
            steps.update(map(sub, times[1:], times))
    return steps


def _length_bytes(extradata: bytes | None) -> int:
    """How many bytes tell a NAL unit's length (ISO 14496-15 §5.3.3.1); 0 if they are not length-prefixed."""
    if not extradata or len(extradata) < _HEAD_BYTES or extradata[0] != 1:
        return 0
    return (extradata[4] & 3) + 1


def _holds_idr(descriptor: int, position: int, size: int, prefix: int) -> bool:
    """Whether the first coded slice of a sample is an IDR's; reads only the heads of its units."""
    end = position + size
    while position + prefix < end:
        head = os.pread(descriptor, prefix + 1, position)
        if len(head) <= prefix:
            return False
        unit_type = head[prefix] & 31
        if unit_type in _SLICE_TYPES:
            return unit_type == _IDR
        position += prefix + int.from_bytes(head[:prefix], "big")
    return False


def _slice_is_idr(packet: bytes, prefix: int) -> bool:
    if prefix == 0:  # Annex B, as in MPEG-TS: look behind the start codes
        return any(unit[:1] and unit[0] & 31 == _IDR for unit in packet.split(b"\x00\x00\x01")[1:])
    place = 0
    while place + prefix < len(packet):
        unit_type = packet[place + prefix] & 31
        if unit_type in _SLICE_TYPES:
            return unit_type == _IDR
        place += prefix + int.from_bytes(packet[place : place + prefix], "big")
    return False


def _from_packets(container: Any, stream: Any) -> dict[str, Any]:
    deadline = time.monotonic() + SCAN_S
    begins_s = (container.start_time or 0) / av.time_base
    prefix = _length_bytes(stream.codec_context.extradata)
    is_h264 = stream.codec_context.name == "h264"
    scan, newest_key, previous = _Scan(last_pts_s=0.0), None, None
    for packet in container.demux(stream):
        if packet.pts is None:
            continue
        if packet.dts is not None:
            if previous is not None:
                scan.steps[packet.dts - previous] += 1
            previous = packet.dts
        scan.frames += 1
        moment = float(packet.pts * stream.time_base) - begins_s
        scan.last_pts_s = max(scan.last_pts_s or 0.0, moment)
        if packet.is_keyframe:
            newest_key = packet.pts
            scan.keys.append(moment)
            scan.all_idr = scan.all_idr and is_h264 and _slice_is_idr(bytes(packet), prefix)
        elif newest_key is not None and packet.pts < newest_key:
            scan.leading_pictures = True
        if time.monotonic() > deadline:
            scan.all_idr = scan.scanned = False
            scan.last_pts_s = None
            break
    return scan.report(stream)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
