"""The files: playlists under false names, lying headers, bombs, torn and endless ones, and several kinds at once."""

import gzip
import io
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from app.clients import ffmpeg
from tests.hostile.boxes import (
    avc_config,
    big,
    box,
    boxes,
    ebml,
    edited,
    jpeg,
    matroska,
    png,
    put,
    sample_entry,
)

DOOR: Final = frozenset({"refused not_a_video"})
BROKEN: Final = frozenset({"failed corrupt", "failed not_a_video", "failed media_error", "failed no_content"})
TORN: Final = BROKEN | {"failed truncated"}
TOO_BIG: Final = frozenset({"failed bad_dimensions", "failed corrupt"})
PLAYS: Final = frozenset({"ready"})
LATE: Final = PLAYS | BROKEN | {"failed too_long"}
MIB: Final = 1024 * 1024
_PICTURE: Final = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=10:duration=1"]
_SOUND: Final = ["-f", "lavfi", "-i", "sine=440:duration=1"]
_X264: Final = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
_MAGIC: Final = {
    "matroska": b"\x1aE\xdf\xa3",
    "flv": b"FLV\x01\x05\0\0\0\x09",
    "ogg": b"OggS",
    "flac": b"fLaC",
    "mp3": b"ID3\4\0\0\0\0\0\0",
    "mp4": b"\0\0\0\x18ftypisom\0\0\2\0isomiso2",
    "avi": b"RIFF\xff\xff\0\0AVI LIST",
    "wav": b"RIFF\xff\xff\0\0WAVEfmt ",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A file, and the ends that it may come to."""

    name: str
    content: bytes
    ends: frozenset[str]
    filename: str = "holiday.mp4"


@dataclass(frozen=True, slots=True)
class Bait:
    """What a file might reach for: a film and a text beside it, and a port on which somebody counts."""

    film: Path
    text: Path
    port: int

    @property
    def addresses(self) -> tuple[str, ...]:
        web = f"127.0.0.1:{self.port}"
        return (
            *(str(self.film), f"file://{self.film}", f"file:{self.text}", f"concat:{self.film}|{self.film}"),
            *(f"http://{web}/a.ts", f"tcp://{web}", f"rtmp://{web}/live", f"hls+http://{web}/a.m3u8"),
            *(f"data:video/mp2t;base64,{'R0' * 300}", f"subfile,,start,0,end,0,,:{self.film}", f"crypto:{self.film}"),
        )


def corpus(folder: Path, bait: Bait) -> Iterator[Case]:
    """Every case. The base clips are made in the folder."""
    film = _made(folder / "base.mp4", [*_PICTURE, *_SOUND, *_X264, "-c:a", "aac"])
    silent = _made(folder / "silent.mp4", [*_PICTURE, *_X264])
    yield from _texts(bait)
    yield from _texts_behind_magic(bait)
    yield from _pictures_and_archives()
    yield from _lying_boxes(silent)
    yield from _endless_boxes(silent)
    yield from _references(silent, bait)
    yield from _bombs(silent)
    yield from _streams(folder, bait)
    yield from _torn(folder, film)
    yield from _two_at_once(film)


def _made(target: Path, arguments: Sequence[str]) -> bytes:
    subprocess.run([ffmpeg.binary(), "-nostdin", "-v", "error", "-y", *arguments, str(target)], check=True)
    return target.read_bytes()


def _playlist(bait: Bait) -> str:
    entries = "".join(f"#EXTINF:4,\n{address}\n" for address in bait.addresses)
    key = f'#EXT-X-KEY:METHOD=AES-128,URI="http://127.0.0.1:{bait.port}/key"\n'
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n{entries}{key}#EXTINF:4,\n{bait.film}\n#EXT-X-ENDLIST\n"


def _concat(bait: Bait) -> str:
    return "ffconcat version 1.0\n" + "".join(f"file '{address}'\n" for address in (bait.film.name, *bait.addresses))


def _texts(bait: Bait) -> Iterator[Case]:
    master = "".join(f"#EXT-X-STREAM-INF:BANDWIDTH=1\n{address}\n" for address in bait.addresses)
    tags = "".join(f'<image href="{address}"/>' for address in bait.addresses)
    period = "".join(f"<BaseURL>{address}</BaseURL>" for address in bait.addresses)
    texts = {
        "m3u8": _playlist(bait),
        "master m3u8": f"#EXTM3U\n{master}",
        "ffconcat": _concat(bait),
        "mpd": f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period>{period}</Period></MPD>',
        "sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {bait.port} RTP/AVP 96\n",
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg">{tags}</svg>',
        "subrip": "1\n00:00:00,000 --> 00:00:09,000\nA text\n",
        "webvtt": "WEBVTT\n\n00:00.000 --> 00:09.000\nA text\n",
        "ass": "[Script Info]\nScriptType: v4.00+\n\n[Events]\nDialogue: 0,0:00:00.00,0:00:09.00,,,0,0,0,,A text\n",
        "lrc": "[00:01.00]A text\n",
        "ffmetadata": ";FFMETADATA1\ntitle=x\n",
        "html": "<!doctype html><script>alert(1)</script>",
        "shell": "#!/bin/sh\ntouch /tmp/here\n",
        "an address": bait.addresses[1],
        "nothing": "\n",
    }
    for kind, text in texts.items():
        yield Case(kind, text.encode(), DOOR)
    # Its first bytes are those of MPEG audio, too.
    yield Case("m3u8 in UTF-16", _playlist(bait).encode("utf-16"), BROKEN)


def _texts_behind_magic(bait: Bait) -> Iterator[Case]:
    """The sniffer lets them in; the demuxer that it names finds no media, and no other one is asked."""
    for kind, magic in _MAGIC.items():
        yield Case(f"m3u8 as {kind}", magic + b"\n" + _playlist(bait).encode(), BROKEN)
        yield Case(f"ffconcat as {kind}", magic + b"\n" + _concat(bait).encode(), BROKEN)
    packets = bytearray(_playlist(bait).encode().ljust(188 * 20, b"\n"))
    packets[0::188] = b"G" * 20
    yield Case("m3u8 as mpegts", bytes(packets), BROKEN)


def _pictures_and_archives() -> Iterator[Case]:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../bomb", bytes(64 * MIB))
    image = bytearray(b"\0" * 0x8000 + b"\x01CD001\x01" + bytes(2041))
    contents = {
        "zip bomb": zipped.getvalue(),
        "gzip bomb": gzip.compress(bytes(64 * MIB)),
        "disc image": bytes(image),
        "huge png": png(60_000, 60_000),
        "huge jpeg": jpeg(60_000, 60_000),
        "gif and script": b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)//",
        "webp": b"RIFF\x24\0\0\0WEBPVP8 " + bytes(24),
        "avif": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf",
        "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "elf": b"\x7fELF\2\1\1" + bytes(57),
    }
    for kind, content in contents.items():
        yield Case(kind, content, DOOR)


def _lying_boxes(film: bytes) -> Iterator[Case]:
    """Headers of a good film that claim sizes, lengths and numbers which it does not have."""
    table = "moov/trak/mdia/minf/stbl"
    changes = {
        "png of 60000x60000": (f"{table}/stsd", lambda _: sample_entry(b"png ", 60_000, 60_000)),
        "mjpeg of 60000x60000": (f"{table}/stsd", lambda _: sample_entry(b"jpeg", 60_000, 60_000)),
        "raw video of 60000x60000": (f"{table}/stsd", lambda _: sample_entry(b"raw ", 60_000, 60_000)),
        "h264 that says 60000x60000": (
            f"{table}/stsd",
            lambda _: sample_entry(b"avc1", 64, 64, avc_config(60_000, 60_000)),
        ),
    }
    for name, (path, change) in changes.items():
        yield Case(name, edited(film, path, change), TOO_BIG)
    numbers = {
        "no time scale": ("moov/trak/mdia/mdhd", 12, big(0)),
        "time scale of 2^32": ("moov/trak/mdia/mdhd", 12, big(0xFFFFFFFF)),
        "samples without end": (f"{table}/stsz", 8, big(0xFFFFFFFF)),
        "samples of 2 GiB": (f"{table}/stsz", 4, big(0x7FFFFFFF)),
        "durations without end": (f"{table}/stts", 4, big(0xFFFFFFFF)),
        "chunks without end": (f"{table}/stco", 4, big(0xFFFFFFFF)),
        "chunks beyond the file": (f"{table}/stco", 8, big(0xFFFFFFF0)),
        "samples per chunk without end": (f"{table}/stsc", 12, big(0xFFFFFFFF)),
        "descriptions without end": (f"{table}/stsd", 4, big(0xFFFFFFFF)),
        "key frames without end": (f"{table}/stss", 4, big(0xFFFFFFFF)),
        "edit before time": ("moov/trak/edts/elst", 12, big(0x80000001)),
        "edit at the end of time": ("moov/trak/edts/elst", 12, big(0x7FFFFFFF)),
    }
    for name, (path, place, value) in numbers.items():
        yield Case(name, edited(film, path, put(place, value)), TORN | PLAYS | {"failed too_long"})
    long = film
    for path, place in (("mvhd", 16), ("trak/tkhd", 20), ("trak/mdia/mdhd", 16), ("trak/edts/elst", 8)):
        long = edited(long, f"moov/{path}", put(place, big(0x7FFFFFF0)))
    years = edited(long, f"{table}/stts", put(12, big(0x7FFFFFF0)))
    yield Case("a length of years", years, frozenset({"failed too_long"}))


def _endless_boxes(film: bytes) -> Iterator[Case]:
    parts = dict(boxes(film))
    start, media = box(b"ftyp", parts[b"ftyp"]), box(b"mdat", parts[b"mdat"])
    deep = b""
    for _ in range(20_000):
        deep = box(b"moov", deep)
    contents = {
        "boxes in boxes": start + deep,
        "boxes of no length": start + box(b"moov", size=0) * 5_000,
        "boxes of length one": start + box(b"moov", bytes(8), size=1) * 5_000,
        "boxes of less than a head": start + box(b"free", size=4) * 5_000,
        "a box of 2^63": start + box(b"mdat", b"\x7f" + b"\xff" * 7, size=1) + box(b"moov", parts[b"moov"]),
        "only heads": start + box(b"trak") * 50_000,
        "nothing but free": start + box(b"free") * 100_000,
        "index without a film": start + box(b"moov", parts[b"moov"]),
        "film without an index": start + media,
        "noise": media[:8] + bytes((index * 7919 + 13) % 251 for index in range(200_000)),
    }
    for name, content in contents.items():
        yield Case(name, content, TORN)
    tracks = [inner for kind, inner in boxes(parts[b"moov"]) if kind == b"trak"]
    crowd = (
        start
        + media
        + edited(box(b"moov", parts[b"moov"]), "moov", lambda inner: inner + box(b"trak", tracks[0]) * 999)
    )
    yield Case("a thousand streams", crowd, BROKEN | PLAYS)


def _references(film: bytes, bait: Bait) -> Iterator[Case]:
    """Films that say their samples lie elsewhere."""
    for address in (*bait.addresses[1:3], *bait.addresses[4:6]):
        target = box(b"url ", bytes(4), address.encode(), b"\0")
        elsewhere = partial(_with_reference, target)
        away = edited(film, "moov/trak/mdia/minf/dinf/dref", elsewhere)
        yield Case(f"samples at {address[:5]}", away, PLAYS | TORN)
        yield Case(f"nothing but samples at {address[:5]}", edited(away, "mdat", lambda _: b""), TORN)
    alias = box(b"alis", bytes(4), bytes(150), b"\0\2", struct.pack(">H", len(str(bait.film))), str(bait.film).encode())
    yield Case(
        "samples at an alias",
        edited(film, "moov/trak/mdia/minf/dinf/dref", partial(_with_reference, alias)),
        PLAYS | TORN,
    )
    follow = box(
        b"rmra", box(b"rmda", box(b"rdrf", bytes(4), b"url ", big(len(str(bait.film))), str(bait.film).encode()))
    )
    yield Case("a film that leads on", box(b"moov", follow), TORN)


def _with_reference(target: bytes, _old: bytes) -> bytes:
    return bytes(4) + big(1) + target


def _bombs(film: bytes) -> Iterator[Case]:
    squeezed = zlib.compress(bytes(256 * MIB), 9)
    packed = box(b"cmov", box(b"dcom", b"zlib"), box(b"cmvd", big(0x7FFFFFF0), squeezed))
    start = box(b"ftyp", dict(boxes(film))[b"ftyp"])
    yield Case("packed index", start + box(b"moov", packed), TORN)
    algorithm = ebml(0x5034, ebml(0x4254, b"\0"))
    yield Case("packed picture", matroska(algorithm, squeezed), BROKEN)
    text = b"TXXX" + struct.pack(">I", 0x0F000000) + b"\0\x09" + big(0x7FFFFFF0) + squeezed[:100_000]
    yield Case("packed tag", b"ID3\4\0\0\x0f\x7f\x7f\x7f" + text, BROKEN)


def _streams(folder: Path, bait: Bait) -> Iterator[Case]:
    secret = str(bait.text)
    recipes = {
        "magicyuv.avi": [*_PICTURE, "-c:v", "magicyuv", "-pix_fmt", "yuv420p"],
        "odd magicyuv.avi": [*_PICTURE, "-vf", "crop=63:33:exact=1", "-c:v", "magicyuv", "-pix_fmt", "yuv444p"],
        "before time.mkv": [*_PICTURE, *_X264, "-output_ts_offset", "-7200", "-avoid_negative_ts", "disabled"],
        "after time.ts": [*_PICTURE, *_X264, "-bsf:v", "setts=ts='if(eq(N,5),TS+4e9,TS)'"],
        "attached.mkv": [*_PICTURE, *_X264, "-attach", secret, "-metadata:s:t", "mimetype=text/plain",
                         "-metadata:s:t", "filename=../../../../attached"],
        "markup.mp4": [*_PICTURE, *_X264, "-metadata", "title=<script>", "-metadata", f"comment={secret}"],
        "language.mkv": [*_PICTURE, *_SOUND, *_X264, "-c:a", "aac", "-metadata:s:a:0",
                         f'language=en",URI="http://127.0.0.1:{bait.port}/'],
        "200 tracks.mka": [*_SOUND, *["-map", "0:a"] * 200, "-c:a", "pcm_s16le", "-ar", "8000", "-t", "0.1"],
        "tags.mkv": [*_PICTURE, *_X264, "-metadata", "title=ABCDEFGH"],
    }  # fmt: skip
    made = {name: _made(folder / name, arguments) for name, arguments in recipes.items()}
    made["tags.mkv"] = made["tags.mkv"].replace(b"ABCDEFGH", b"\xff\xfe\xff\xfeABCD")
    for name, content in made.items():
        yield Case(name, content, LATE if name == "after time.ts" else PLAYS, name)
    broken = made["magicyuv.avi"]
    place = broken.index(b"MAGY", broken.index(b"movi"))
    yield Case("broken magicyuv", broken[: place + 8] + b"\xff" * 200 + broken[place + 208 :], PLAYS | BROKEN)
    raw = bytearray(_made(folder / "raw.avi", [*_PICTURE, "-t", "0.2", "-c:v", "rawvideo", "-pix_fmt", "bgr24"]))
    place = raw.index(b"strf") + 12  # BITMAPINFOHEADER: biWidth, biHeight
    raw[place : place + 8] = struct.pack("<ii", 60_000, 60_000)
    yield Case("avi of 60000x60000", bytes(raw), TOO_BIG)
    sound = struct.pack("<HHIIHH", 1, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFF, 16)
    yield Case(
        "65535 channels", b"RIFF\xff\xff\0\0WAVEfmt \x10\0\0\0" + sound + b"data\xff\xff\xff\x7f" + bytes(999), BROKEN
    )


def _torn(folder: Path, film: bytes) -> Iterator[Case]:
    for share in (1, 2, 5, 30, 60, 90, 97, 99):
        yield Case(f"{share} % of an mp4", film[: max(32, len(film) * share // 100)], TORN)
    ahead = _made(folder / "ahead.mp4", ["-i", str(folder / "base.mp4"), "-c", "copy", "-movflags", "+faststart"])
    for share in (10, 50, 99):
        # What is cut off at the very end may be a bit of sound alone.
        ends = TORN | PLAYS if share == 99 else TORN
        yield Case(f"{share} % of an mp4 with its index first", ahead[: len(ahead) * share // 100], ends)
    for ending in ("mkv", "ts", "flv", "ogg"):
        codec = ["-c:v", "libtheora"] if ending == "ogg" else _X264
        whole = _made(folder / f"whole.{ending}", [*_PICTURE, *codec])
        yield Case(f"2 % of {ending}", whole[: max(400, len(whole) // 50)], BROKEN | TOO_BIG | PLAYS)
        yield Case(f"60 % of {ending}", whole[: len(whole) * 6 // 10], BROKEN | PLAYS)


def _two_at_once(film: bytes) -> Iterator[Case]:
    script = b"<html><script>alert(document.domain)</script></html>"
    yield Case("film and page", film + box(b"free", script), PLAYS, "page.html")
    yield Case("film, then page", film + script, PLAYS | TORN)
    yield Case("film, then zip", film + b"PK\3\4" + bytes(26) + b"PK\5\6" + bytes(18), PLAYS | TORN)
    yield Case("page, then film", script + film, DOOR, "page.mp4")
    yield Case("playlist, then film", b"#EXTM3U\n" + film, DOOR)
