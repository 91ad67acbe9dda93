"""Builds and changes media containers byte by byte, into what no honest program writes."""

import struct
import zlib
from collections.abc import Callable, Iterator

Change = Callable[[bytes], bytes]


def box(kind: bytes, *parts: bytes, size: int | None = None) -> bytes:
    """A box of an ISO base media file; `size` may lie."""
    content = b"".join(parts)
    return struct.pack(">I4s", len(content) + 8 if size is None else size, kind) + content


def boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes that stand side by side, as (type, content)."""
    place = 0
    while place + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, place)
        yield kind, content[place + 8 : place + size]
        place += size


def edited(content: bytes, path: str, change: Change) -> bytes:
    """The boxes with those at the path, such as `moov/trak/mdia`, changed; what is around them fits again."""
    head, _, rest = path.partition("/")
    made = b""
    for kind, inner in boxes(content):
        if kind != head.encode():
            made += box(kind, inner)
        else:
            made += box(kind, edited(inner, rest, change) if rest else change(inner))
    return made


def put(place: int, value: bytes) -> Change:
    """A change that overwrites a few bytes."""
    return lambda inner: inner[:place] + value + inner[place + len(value) :]


def big(value: int) -> bytes:
    return struct.pack(">I", value)


def sample_entry(kind: bytes, width: int, height: int, *extra: bytes) -> bytes:
    """An `stsd` with one picture format in it."""
    head = bytes(6) + b"\0\1" + bytes(16) + struct.pack(">HHII", width, height, 0x480000, 0x480000)
    entry = box(kind, head, bytes(4), b"\0\1", bytes(32), b"\0\x18\xff\xff", *extra)
    return bytes(4) + big(1) + entry


def avc_config(width: int, height: int) -> bytes:
    """An `avcC` whose parameters claim a size, in whole macroblocks."""
    fields = [(66, 8), (0, 8), (52, 8)]
    bits = "".join(f"{value:0{length}b}" for value, length in fields)
    bits += _ue(0) + _ue(0) + _ue(2) + _ue(1) + "0" + _ue(width // 16 - 1) + _ue(height // 16 - 1) + "11001"
    bits += "0" * (-len(bits) % 8)
    parameters = b"\x67" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    pictures = b"\x68\xce\x38\x80"
    head = b"\1\x42\0\x34\xff\xe1" + struct.pack(">H", len(parameters))
    return box(b"avcC", head, parameters, b"\1", struct.pack(">H", len(pictures)), pictures)


def _ue(value: int) -> str:
    """Exponential-Golomb code (H.264 §9.1)."""
    digits = f"{value + 1:b}"
    return "0" * (len(digits) - 1) + digits


def png(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds one line of it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return big(len(content)) + kind + content + big(zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1 + 3 * width))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    """A JPEG that claims a size."""
    frame = b"\x08" + struct.pack(">HH", height, width) + b"\1\1\x11\0"
    scan = b"\1\1\0\0\x3f\0"
    return b"\xff\xd8" + _marker(0xC0, frame) + _marker(0xDA, scan) + b"\0" * 64 + b"\xff\xd9"


def _marker(code: int, content: bytes) -> bytes:
    return bytes([0xFF, code]) + struct.pack(">H", len(content) + 2) + content


def ebml(number: int, *parts: bytes) -> bytes:
    """An element of a Matroska file (RFC 8794), its length in eight bytes."""
    content = b"".join(parts)
    name = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return name + (1 << 56 | len(content)).to_bytes(8, "big") + content


def matroska(encoding: bytes, payload: bytes) -> bytes:
    """One MPEG-4 picture of 64x64 in a Matroska file, stored by a content encoding."""
    head = ebml(0x1A45DFA3, ebml(0x4282, b"matroska"), ebml(0x4287, b"\4"), ebml(0x4285, b"\2"))
    picture = ebml(0xE0, ebml(0xB0, b"\x40"), ebml(0xBA, b"\x40"))
    track = [ebml(0xD7, b"\1"), ebml(0x73C5, b"\1")]
    track += [ebml(0x83, b"\1"), ebml(0x23E383, big(40_000_000)), ebml(0x86, b"V_MPEG4/ISO/ASP"), picture]
    encodings = ebml(0x6D80, ebml(0x6240, ebml(0x5031, b"\0"), ebml(0x5032, b"\1"), ebml(0x5033, b"\0"), encoding))
    cluster = ebml(0x1F43B675, ebml(0xE7, b"\0"), ebml(0xA3, b"\x81\0\0\x80", payload))
    about = ebml(0x1549A966, ebml(0x2AD7B1, b"\x0f\x42\x40"))
    return head + ebml(0x18538067, about, ebml(0x1654AE6B, ebml(0xAE, *track, encodings)), cluster)
