"""Reads ISO base media files (ISO 14496-12) as far as we need: codecs of an init file, frames of a segment."""

import struct
from collections.abc import Iterator
from typing import Final

_CONTAINERS: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"mvex"})
_HEADER_BYTES: Final = 8
_ENTRY_BYTES: Final = {b"avc1": 78, b"hvc1": 78, b"mp4a": 28}


def _boxes(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Every box, depth first, as (type, start of its content, end)."""
    while start + _HEADER_BYTES <= end:
        size, kind = struct.unpack_from(">I4s", content, start)
        stop = min(start + size, end) if size >= _HEADER_BYTES else end
        yield kind, start + _HEADER_BYTES, stop
        if kind in _CONTAINERS:
            yield from _boxes(content, start + _HEADER_BYTES, stop)
        elif kind == b"stsd":
            yield from _boxes(content, start + _HEADER_BYTES + 8, stop)
        elif kind in _ENTRY_BYTES:
            yield from _boxes(content, start + _HEADER_BYTES + _ENTRY_BYTES[kind], stop)
        start = stop


def codecs_of(init: bytes) -> str:
    """The RFC 6381 name of the codec that an init file sets up, such as `avc1.64001f` or `mp4a.40.2`."""
    for kind, start, end in _boxes(init, 0, len(init)):
        if kind == b"avcC":
            return "avc1." + init[start + 1 : start + 4].hex()
        if kind == b"esds":
            return _audio_codec(init[start:end])
    return ""


def _audio_codec(esds: bytes) -> str:
    """The audio object type from the first five bits of the decoder's own description (tag 5)."""
    place = esds.find(b"\x05", 4)
    while place >= 0 and place + 5 < len(esds):
        after = place + 1
        while esds[after] & 0x80:
            after += 1
        if esds[after] <= len(esds) - after:
            return f"mp4a.40.{esds[after + 1] >> 3}"
        place = esds.find(b"\x05", place + 1)
    return "mp4a.40.2"


def frame_count(segment: bytes) -> int:
    """How many samples the fragments of a segment hold."""
    return sum(
        struct.unpack_from(">I", segment, start + 4)[0]
        for kind, start, _ in _boxes(segment, 0, len(segment))
        if kind == b"trun"
    )


def decode_time(segment: bytes) -> int:
    """Where the first fragment begins, in units of its track (`tfdt`)."""
    for kind, start, _ in _boxes(segment, 0, len(segment)):
        if kind == b"tfdt":
            form = ">Q" if segment[start] == 1 else ">I"
            return int(struct.unpack_from(form, segment, start + 4)[0])
    return 0
