"""Reads what a media file holds, in the jail: `python jailed_probe.py <file> <demuxer>` prints one JSON line.

Containers with a sample index (MP4, MOV) are read from it, in milliseconds even for hours of video; others
are demuxed packet by packet within a time limit.
"""

import json
import os
import sys
import time
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import av

SCAN_S: Final = 8.0
MAX_STREAMS: Final = 64
_IDR, _SLICE_TYPES = 5, range(1, 6)
_HEAD_BYTES: Final = 5


def main(path: str, demuxer: str) -> None:
    """Prints the probe, or `{"error": …}` for what no demuxer can open."""
    options = {"protocol_whitelist": "file", "format_whitelist": demuxer, "max_streams": str(MAX_STREAMS)}
    try:
        name = demuxer.split(",", maxsplit=1)[0]
        # Tags are not what a film is refused for, whatever their encoding.
        with av.open(path, format=name, options=options, metadata_errors="replace") as container:
            report = _report(container, path)
    except (av.error.FFmpegError, ValueError) as error:
        report = {"error": (getattr(error, "strerror", None) or "it is not media")[:200]}
    sys.stdout.write(json.dumps(report) + "\n")


def _report(container: Any, path: str) -> dict[str, Any]:
    video = next((stream for stream in container.streams.video if not _is_cover(stream)), None)
    return {
        "duration_s": container.duration / av.time_base if container.duration else None,
        "size_bytes": os.path.getsize(path),  # noqa: PTH202 - a start without pathlib is quicker
        "streams": len(container.streams),
        "video": _video(container, video, path) if video else None,
        "audio": [_audio(stream) for stream in container.streams.audio[:8]],
        "audio_streams": len(container.streams.audio),
    }


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & type(stream.disposition).attached_pic)


def _number(value: Fraction | float | None) -> float | None:
    return float(value) if value else None


def _audio(stream: Any) -> dict[str, Any]:
    context = stream.codec_context
    return {
        "codec": context.name,
        "profile": context.profile,
        "channels": context.layout.nb_channels,
        "sample_rate": context.rate,
        "bitrate": context.bit_rate,
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
        "start_s": _number(stream.start_time * stream.time_base) if stream.start_time else 0.0,
    }
    return report | _index(container, stream, path) | _first_frame(container, stream)


def _first_frame(container: Any, stream: Any) -> dict[str, Any]:
    """What only a decoded frame tells: how it is turned and whether it is interlaced."""
    try:
        container.seek(0)
        frame = next(container.decode(stream))
    except (av.error.FFmpegError, StopIteration):
        return {"rotation": 0, "is_interlaced": False, "decodes": False}
    return {"rotation": int(frame.rotation), "is_interlaced": bool(frame.interlaced_frame), "decodes": True}


def _index(container: Any, stream: Any, path: str) -> dict[str, Any]:
    entries = stream.index_entries
    if "mov" in container.format.name and len(entries):
        return _from_index(stream, path)
    return _from_packets(container, stream)


@dataclass
class _Scan:
    """What a look over all packets or index entries found."""

    keys: list[float] = field(default_factory=list)
    frames: int = 0
    all_idr: bool = True
    leading_pictures: bool = False
    truncated: bool = False
    scanned: bool = True
    steps: set[int] = field(default_factory=set)
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
            "variable_rate": len(self.steps) > 1,
            "scanned": self.scanned,
            "last_pts_s": self.last_pts_s,
        }


def _from_index(stream: Any, path: str) -> dict[str, Any]:
    size_bytes = os.path.getsize(path)  # noqa: PTH202 - as above
    prefix = _length_bytes(stream.codec_context.extradata)
    scan, previous = _Scan(frames=len(stream.index_entries)), None
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
        for entry in stream.index_entries:
            scan.truncated = scan.truncated or entry.pos + entry.size > size_bytes
            if previous is not None:
                scan.steps.add(entry.timestamp - previous)
            previous = entry.timestamp
            if entry.is_keyframe:
                scan.keys.append(float(entry.timestamp * stream.time_base))
                is_idr = prefix > 0 and _holds_idr(file.fileno(), entry.pos, entry.size, prefix)
                scan.all_idr = scan.all_idr and is_idr
    return scan.report(stream)


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
    prefix = _length_bytes(stream.codec_context.extradata)
    is_h264 = stream.codec_context.name == "h264"
    scan, newest_key = _Scan(last_pts_s=0.0), None
    for packet in container.demux(stream):
        if packet.pts is None:
            continue
        scan.frames += 1
        moment = float(packet.pts * stream.time_base)
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
