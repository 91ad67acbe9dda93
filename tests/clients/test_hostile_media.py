"""Files made to harm, through the real probe in its jail: refused with a reason, or harmless, in bounded time."""

import struct
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.clients import ffmpeg
from app.media import ladder
from app.media.probe import MAX_DURATION_S, Probe, Unusable
from app.media.sniff import HEAD_BYTES, demuxer_of

PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=10:duration=1"]
SOUND = ["-f", "lavfi", "-i", "sine=440:duration=1"]
X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]


def make(target: Path, arguments: Sequence[str]) -> Path:
    subprocess.run([ffmpeg.binary(), "-nostdin", "-v", "error", "-y", *arguments, str(target)], check=True)
    return target


def probed(path: Path) -> Probe:
    """What the product's own way makes of the file: sniffed, then probed."""
    with path.open("rb") as file:
        demuxer = demuxer_of(file.read(HEAD_BYTES))
    assert demuxer is not None, "the sniffer refused it already"
    return ffmpeg.probe(path, demuxer)


def test_a_language_that_would_break_out_of_a_playlist_is_dropped(tmp_path: Path) -> None:
    language = 'en",URI="http://198.51.100.1/'
    clip = make(
        tmp_path / "clip.mkv", [*PICTURE, *SOUND, *X264, "-c:a", "aac", "-metadata:s:a:0", f"language={language}"]
    )

    assert probed(clip).audio[0].language is None


def test_a_language_that_is_one_is_kept(tmp_path: Path) -> None:
    clip = make(tmp_path / "clip.mkv", [*PICTURE, *SOUND, *X264, "-c:a", "aac", "-metadata:s:a:0", "language=ger"])

    assert probed(clip).audio[0].language == "ger"


def test_a_length_of_years_is_refused_before_it_becomes_millions_of_jobs(tmp_path: Path) -> None:
    clip = make(tmp_path / "clip.mp4", [*PICTURE, *X264])
    content = bytearray(clip.read_bytes())
    # The duration of the film, of its track, of the track's media and of the edit, and how long each picture lasts.
    for box, offset in ((b"mvhd", 20), (b"tkhd", 24), (b"mdhd", 20), (b"elst", 12), (b"stts", 16)):
        place = content.index(box) + offset
        content[place : place + 4] = struct.pack(">I", 0x7FFFFFF0)
    clip.write_bytes(content)

    with pytest.raises(Unusable) as refused:
        probed(clip)

    assert refused.value.code == "too_long"


def test_the_longest_film_that_is_taken_makes_a_bounded_number_of_jobs() -> None:
    assert len(ladder.chunks(MAX_DURATION_S)) <= 5400


def test_pictures_of_gigantic_size_are_refused_unread(tmp_path: Path) -> None:
    clip = make(tmp_path / "clip.avi", [*PICTURE, "-c:v", "rawvideo", "-pix_fmt", "bgr24"])
    content = bytearray(clip.read_bytes())
    place = content.index(b"strf") + 12  # BITMAPINFOHEADER: biWidth, biHeight
    content[place : place + 8] = struct.pack("<ii", 60_000, 60_000)
    clip.write_bytes(content)
    started = time.monotonic()

    with pytest.raises(Unusable) as refused:
        probed(clip)

    assert refused.value.code in {"bad_dimensions", "corrupt"}
    assert time.monotonic() - started < 10


def test_hundreds_of_streams_are_refused_or_left_unread(tmp_path: Path) -> None:
    many = [part for _ in range(200) for part in ("-map", "0:a")]
    clip = make(tmp_path / "clip.mka", [*SOUND, *many, "-c:a", "pcm_s16le", "-ar", "8000", "-t", "0.1"])

    try:
        found = probed(clip)
    except Unusable as refused:
        assert refused.code == "corrupt"  # noqa: PT017 - either answer is right, and each has its own sign
    else:
        assert len(found.audio) <= 8


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts", "flv", "ogg"])
def test_a_torn_file_ends_in_a_probe_or_a_reason(tmp_path: Path, ending: str, share: float) -> None:
    codec = ["-c:v", "libtheora"] if ending == "ogg" else X264
    clip = make(tmp_path / f"clip.{ending}", [*PICTURE, *codec])
    content = clip.read_bytes()
    clip.write_bytes(content[: max(400, int(len(content) * share))])

    try:
        found = probed(clip)
    except Unusable as refused:
        assert refused.detail  # noqa: PT017 - a whole start may still play
    else:
        assert found.duration_s <= 2


def test_a_file_of_noise_behind_a_good_head_is_refused_in_time(tmp_path: Path) -> None:
    clip = make(tmp_path / "clip.mp4", [*PICTURE, *X264])
    noise = bytes((index * 7919 + 13) % 251 for index in range(200_000))
    clip.write_bytes(clip.read_bytes()[:48] + noise)

    with pytest.raises(Unusable) as refused:
        probed(clip)

    assert refused.value.code in {"corrupt", "not_a_video"}


def test_a_film_whose_tags_are_not_utf_8_is_still_a_film(tmp_path: Path) -> None:
    clip = make(tmp_path / "clip.mkv", [*PICTURE, *X264, "-metadata", "title=ABCDEFGH"])
    clip.write_bytes(clip.read_bytes().replace(b"ABCDEFGH", b"\xff\xfe\xff\xfeABCD"))

    assert probed(clip).video is not None
