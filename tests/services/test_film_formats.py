"""Whatever people upload becomes a film that begins at zero, keeps its times, and is what its master playlist says."""

import subprocess
from array import array
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import av
import pytest
from flask import Flask

from app.clients import ffmpeg
from app.media.probe import Unusable
from app.media.sniff import MATROSKA, demuxer_of
from tests.support import films, numbered_film
from tests.support.films import Film, Tag

pytestmark = [pytest.mark.usefixtures("committed_database"), pytest.mark.slow]

# Blue, with a red corner at the upper left that moves nowhere: what is turned or mirrored shows.
CORNER: Final = "drawbox=w=iw/4:h=ih/3:color=red:t=fill"
X264: Final = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 30"
X265: Final = "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=30"
AUDIBLE: Final = 0.01
AAC: Final = "-c:a aac -ac 2"


@dataclass(frozen=True)
class Kind:
    """How a clip is made from a moving picture and a tone, and what must come of it."""

    name: str
    encode: str
    size: tuple[int, int] = (160, 90)
    rate: str = "15"
    picture_s: float = 2.0
    sound_s: float | None = 2.0
    picture: str = "null"
    late_picture_s: float = 0.0
    late_sound_s: float = 0.0
    then: str | None = None
    shown: tuple[int, int] = (160, 90)
    fps: float = 15.0
    left_s: float | None = None
    corner: str = "upper left"
    issues: frozenset[str] = frozenset()


def kind(name: str, encode: str, **rest: object) -> Kind:
    issues = frozenset(str(rest.pop("issues", "")).split())
    return Kind(name, encode, issues=issues, **rest)  # type: ignore[arg-type]  # named as the fields are


KINDS: Final = [
    kind("rotated-90.mp4", f"{X264} {AAC}", then="-display_rotation 90", shown=(90, 160), corner="lower left",
         issues="rotated"),
    kind("rotated-180.mp4", f"{X264} {AAC}", then="-display_rotation 180", corner="lower right",
         issues="rotated"),
    kind("rotated-270.mov", f"{X265} {AAC}", then="-display_rotation 270", shown=(90, 160), corner="upper right",
         issues="rotated codec"),
    kind("odd.mp4", f"{X264} {AAC} -pix_fmt yuv444p", size=(161, 91), shown=(160, 90), issues="codec"),
    kind("ten-bit.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p10le -c:a libopus", issues="codec"),
    kind("hdr10.mp4", f"{X265} -pix_fmt yuv420p10le", sound_s=None, issues="codec hdr",
         picture="setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc"),
    kind("hlg.mov", f"{X265} -pix_fmt yuv420p10le", sound_s=None, issues="codec hdr",
         picture="setparams=color_trc=arib-std-b67"),
    kind("interlaced.mp4", "-c:v libx264 -preset ultrafast -flags +ildct+ilme -x264-params tff=1"
         " -pix_fmt yuv420p", size=(160, 96), shown=(160, 96), picture="setfield=tff", sound_s=None,
         issues="interlaced"),
    kind("anamorphic.mp4", f"{X264} {AAC}", size=(120, 96), picture="setsar=16/11", shown=(176, 96),
         issues="aspect"),
    kind("long-sound.mp4", f"{X264} {AAC}", sound_s=4.0, issues="picture_ends_early"),
    kind("long-picture.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus", picture_s=3.0, sound_s=1.0,
         issues="codec"),
    kind("late-surround.mp4", f"{X264} -c:a aac -ac 6", late_sound_s=0.6, issues="downmixed"),
    kind("late-picture.mp4", f"{X264} {AAC}", late_picture_s=0.6, issues="late_picture"),
    kind("edited.mp4", f"-c:v libx264 -preset veryfast -bf 2 -pix_fmt yuv420p -g 60 {AAC}", then="-ss 0.7",
         left_s=1.3, issues="edit_list"),
    kind("broadcast.ts", f"{X264} {AAC}"),
    kind("divx.avi", "-c:v mpeg4 -q:v 4 -c:a libmp3lame", issues="codec"),
    kind("motion-jpeg.avi", "-c:v mjpeg -q:v 4 -pix_fmt yuvj422p -c:a pcm_s16le", issues="codec"),
    kind("flash.flv", "-c:v flv1 -q:v 4 -c:a libmp3lame -ar 44100", issues="codec"),
    kind("phone.3gp", "-c:v h263 -q:v 4 -c:a aac", size=(176, 144), shown=(176, 144), issues="codec"),
    kind("prores.mov", "-c:v prores_ks -profile:v 0 -c:a pcm_s16le", issues="codec"),
    kind("theora.ogg", "-c:v libtheora -q:v 5 -c:a libvorbis", issues="codec"),
    kind("one-frame.mp4", X264, picture_s=1 / 15, sound_s=None),
    kind("tiny.mp4", f"{X264} -pix_fmt yuv444p", size=(16, 16), shown=(16, 16), sound_s=None, issues="codec"),
    kind("ntsc.mp4", f"{X264} {AAC} -pix_fmt yuv422p", rate="60000/1001", fps=60000 / 1001 / 2, issues="codec"),
    kind("sport.mp4", X264, rate="120", fps=30.0, sound_s=None, issues="level"),
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_becomes_what_its_master_says(app: Flask, tmp_path: Path, kind: Kind) -> None:
    film = films.processed(app, made(tmp_path, kind))

    assert film.video.processing == "ready", film.video.errors
    found = {issue["code"] for issue in film.video.input_issues}
    assert found == kind.issues, film.video.input_issues
    assert all(issue["detail"] and issue["hint"] for issue in film.video.input_issues)
    sound_peak = check_sound(film, kind, tmp_path)
    variants = film.master("EXT-X-STREAM-INF")
    assert variants
    for tag in variants:
        check_picture(film, tag, kind, tmp_path, sound_peak)


def made(folder: Path, kind: Kind) -> Path:
    """The clip, as FFmpeg makes it from a picture that moves below a still red corner."""
    width, height = kind.size
    moving = f"color=blue:size={width}x{height}:rate={kind.rate}:duration={kind.picture_s},noise=alls=8:allf=t,{CORNER}"
    inputs = ["-itsoffset", str(kind.late_picture_s), "-f", "lavfi", "-i", f"{moving},{kind.picture}"]
    if kind.sound_s is not None:
        inputs += ["-itsoffset", str(kind.late_sound_s), "-f", "lavfi", "-i", f"sine=440:duration={kind.sound_s}"]
    target = folder / kind.name
    first = folder / f"first-{kind.name}" if kind.then else target
    maps = [part for index in range(len(inputs) // 6) for part in ("-map", str(index))]
    run([*inputs, *maps, *kind.encode.split(), str(first)])
    if kind.then:
        run([*kind.then.split(), "-i", str(first), "-c", "copy", str(target)])
    return target


def run(arguments: list[str]) -> None:
    subprocess.run([ffmpeg.binary(), "-nostdin", "-v", "error", "-y", *arguments], check=True, timeout=60)


def check_picture(film: Film, tag: Tag, kind: Kind, folder: Path, sound_peak: int) -> None:
    """The variant is the source upright, in square pixels, 8 bits and BT.709-safe colours, on an even grid of times."""
    frames = films.frames(film.opened(tag.uri, folder))
    first = frames[0]
    assert (first.width, first.height) == kind.shown == tuple(map(int, tag.attributes["RESOLUTION"].split("x")))
    assert first.format.name == "yuv420p"
    assert colour(first, kind.corner) == "red"
    assert {colour(first, corner) for corner in CORNERS if corner != kind.corner} == {"blue"}
    steps = [after.time - before.time for before, after in pairwise(frames)]
    assert all(step == pytest.approx(1 / kind.fps, abs=1e-4) for step in steps)
    assert float(tag.attributes["FRAME-RATE"]) == pytest.approx(kind.fps, abs=0.001)
    picture_s = kind.left_s or kind.late_picture_s + kind.picture_s
    assert frames[0].time == pytest.approx(
        0, abs=2.1 / kind.fps
    )  # FFmpeg shows a reordering delay that the file hasn't
    assert len(frames) / kind.fps == pytest.approx(picture_s, abs=2.1 / kind.fps)
    if "hdr" in kind.issues:
        assert (int(first.color_trc), int(first.color_primaries), int(first.colorspace)) == (1, 1, 1)
    peak, average = rates(film, tag.uri)
    assert int(tag.attributes["BANDWIDTH"]) == pytest.approx(peak + sound_peak, abs=3)
    assert int(tag.attributes["AVERAGE-BANDWIDTH"]) <= int(tag.attributes["BANDWIDTH"])
    assert int(tag.attributes["AVERAGE-BANDWIDTH"]) >= average
    check_codecs(film, tag, folder)


CORNERS: Final = ("upper left", "upper right", "lower left", "lower right")


def colour(frame: av.VideoFrame, corner: str) -> str:
    """What shows near a corner."""
    plane = frame.reformat(format="rgb24").planes[0]
    y = frame.height // 16 if "upper" in corner else frame.height - 1 - frame.height // 16
    x = frame.width // 16 if "left" in corner else frame.width - 1 - frame.width // 16
    place = y * plane.line_size + 3 * x
    red, _green, blue = bytes(plane)[place : place + 3]
    return "red" if red > 2 * blue else "blue" if blue > 2 * red else f"{red} {blue}"


def check_codecs(film: Film, tag: Tag, folder: Path) -> None:
    """The names are those of profile and level in the decoder's own settings (RFC 6381 §3.3)."""
    with av.open(str(film.opened(tag.uri, folder))) as container:
        extradata = container.streams.video[0].codec_context.extradata
    assert extradata is not None
    expected = f"avc1.{extradata[1:4].hex()}"
    assert tag.attributes["CODECS"].split(",")[0] == expected
    assert ("mp4a.40.2" in tag.attributes["CODECS"]) == bool(film.master("EXT-X-MEDIA"))


def rates(film: Film, uri: str) -> tuple[float, float]:
    """Peak and average of a media playlist by its files and its own lengths."""
    lines = (film.folder / uri).read_text().splitlines()
    lengths = [float(line[8:-1]) for line in lines if line.startswith("#EXTINF")]
    names = [line for line in lines if line and not line.startswith("#")]
    sizes = [(film.folder / uri).parent.joinpath(name).stat().st_size * 8 for name in names]
    return max(size / length for size, length in zip(sizes, lengths, strict=True)), sum(sizes) / sum(lengths)


def check_sound(film: Film, kind: Kind, folder: Path) -> int:
    """The sound begins with the film, late sound by silence, and the peak of its rate."""
    tracks = film.master("EXT-X-MEDIA")
    assert len(tracks) == (kind.sound_s is not None)
    if not tracks or kind.sound_s is None:
        return 0
    with av.open(str(film.opened(tracks[0].uri, folder))) as container:
        loud = [frame.time for frame in container.decode(audio=0) if max(array("f", bytes(frame.planes[0]))) > AUDIBLE]
    begins_s = kind.late_sound_s
    assert loud[0] == pytest.approx(begins_s, abs=0.1)
    ends_s = kind.left_s or begins_s + kind.sound_s
    assert loud[-1] == pytest.approx(ends_s, abs=0.15)
    return int(rates(film, tracks[0].uri)[0])


def test_what_is_too_small_to_show_or_a_moving_picture_of_another_kind_is_refused(tmp_path: Path) -> None:
    picture = ["-f", "lavfi", "-i", "color=red:size=1x1:duration=1"]
    run([*picture, "-c:v", "ffv1", str(tmp_path / "dot.mkv")])
    run([*picture, str(tmp_path / "dot.gif")])

    with pytest.raises(Unusable, match="1x1") as refusal:
        ffmpeg.probe(tmp_path / "dot.mkv", MATROSKA)

    assert refusal.value.code == "bad_dimensions"
    assert demuxer_of((tmp_path / "dot.gif").read_bytes()) is None


SMALL: Final = "scale=160:90:flags=neighbor"
JOINED: Final = {
    "paused.mp4": f"-t 36 -vf {SMALL},select='lt(t,13)+gt(t,21)' -fps_mode vfr {X264} -g 9999 -sc_threshold 0",
    "mpeg2.ts": f"-t 36 -vf {SMALL} -c:v mpeg2video -q:v 3 -g 12 -bf 2 -r 25",
    "ntsc.mov": f"-vf {SMALL} {X264} -pix_fmt yuv422p -g 300",
}


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """110 s of ten numbered pictures a second."""
    target = tmp_path_factory.mktemp("numbered") / "whole.mkv"
    return numbered_film.make(target, 110, ["-c:v", "mpeg4", "-q:v", "3", "-g", "12"])


@pytest.mark.parametrize("name", JOINED)
def test_every_picture_stands_at_its_time_over_all_joins(app: Flask, tmp_path: Path, numbered: Path, name: str) -> None:
    rate = ["-r", "30000/1001"] if name == "ntsc.mov" else []
    run([*rate, "-i", str(numbered), *JOINED[name].split(), str(tmp_path / name)])

    film = films.processed(app, tmp_path / name)

    assert film.video.processing == "ready", film.video.errors
    shown = list(numbered_film.numbers_in(film.joined("90/playlist.m3u8"), 160, 90))
    if name == "paused.mp4":
        assert "variable_frame_rate" in {issue["code"] for issue in film.video.input_issues}
        assert shown == [*range(130), *[129] * 81, *range(211, 360)]
    elif name == "mpeg2.ts":
        assert [shown[round(2.5 * number + 1)] for number in range(358)] == list(range(358))
    else:
        assert shown == list(range(1100))


@pytest.mark.parametrize("encode", ["-g 10", "-g 9999 -keyint_min 9999 -sc_threshold 0"])
def test_a_poster_is_not_the_black_that_a_film_fades_in_from(app: Flask, tmp_path: Path, encode: str) -> None:
    fading = "testsrc2=size=160x90:rate=15:duration=6,fade=in:st=1:d=2"
    run(["-f", "lavfi", "-i", fading, *X264.split(), *encode.split(), str(tmp_path / "fading.mp4")])

    film = films.processed(app, tmp_path / "fading.mp4")

    (poster,) = films.frames(film.folder / "poster.jpg")
    luma = bytes(poster.reformat(format="gray").planes[0])
    assert sum(luma) / len(luma) > 60
    assert (poster.width, poster.height) == (160, 90)
