"""Reads ISO base media files (ISO 14496-12) as far as we need: codecs of an init file, frames of a segment."""

import struct
from collections.abc import Iterator
from typing import Final

_CONTAINERS: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"mvex"})
_HEADER_BYTES: Final = 8
_NON_SYNC: Final = 0x10000
"""The flag of a sample that needs others (ISO 14496-12 §8.8.3.1)."""
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


def key_frame_range(segment: bytes) -> tuple[int, int] | None:
    """Offset and length of a segment's first fragment up to the end of its first sample, if that is a key frame.

    The beginning of the segment is enough. None where the first sample can't be decoded by itself.
    """
    fragment = defaults = first = None
    for kind, start, end in _boxes(segment, 0, len(segment)):
        if kind == b"moof" and fragment is None:
            fragment = start - _HEADER_BYTES
        elif kind == b"moof":
            break
        elif kind == b"tfhd":
            defaults = _defaults(segment[start:end])
        elif kind == b"trun" and first is None:
            first = _first_sample(segment[start:end])
    if fragment is None or defaults is None or first is None:
        return None
    offset, size, flags = first
    size, flags = size or defaults[0], defaults[1] if flags is None else flags
    if flags & _NON_SYNC or not size:
        return None
    return fragment, offset + size


def _defaults(tfhd: bytes) -> tuple[int, int]:
    """Size and flags of samples that say none themselves (ISO 14496-12 §8.8.7)."""
    present = int.from_bytes(tfhd[1:4], "big")
    place, found = 8, {}
    for bit, length in ((0x01, 8), (0x02, 4), (0x08, 4), (0x10, 4), (0x20, 4)):
        if present & bit:
            found[bit] = int.from_bytes(tfhd[place : place + length], "big")
            place += length
    return found.get(0x10, 0), found.get(0x20, 0)


def _first_sample(trun: bytes) -> tuple[int, int, int | None]:
    """Where a run's bytes begin behind its fragment, and size and flags of the first sample (§8.8.8)."""
    present = int.from_bytes(trun[1:4], "big")
    offset, place = 0, 8
    if present & 0x01:
        offset, place = int.from_bytes(trun[place : place + 4], "big", signed=True), place + 4
    flags: int | None = None
    if present & 0x04:
        flags, place = int.from_bytes(trun[place : place + 4], "big"), place + 4
    place += 4 if present & 0x100 else 0
    size = int.from_bytes(trun[place : place + 4], "big") if present & 0x200 else 0
    place += 4 if present & 0x200 else 0
    if present & 0x400 and flags is None:
        flags = int.from_bytes(trun[place : place + 4], "big")
    return offset, size, flags
