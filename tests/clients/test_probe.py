"""What the jailed probe says of a file, and what follows from it."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.clients import ffmpeg
from app.media import ladder
from app.media.probe import MAX_DURATION_S, Probe
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


def test_the_longest_film_that_is_taken_makes_a_bounded_number_of_jobs() -> None:
    assert len(ladder.chunks(MAX_DURATION_S)) <= 5400


@pytest.mark.parametrize(
    ("times", "steps"),
    [
        ("N*3", (False, 3, 3)),
        ("N*3+if(gt(N,50),60,0)", (True, 3, 63)),
        ("N*2+floor(N/2)", (True, 2, 3)),
        ("N*3-eq(mod(N,5),3)", (True, 3, 4)),
    ],
    ids=["even", "a pause", "two lengths in turn", "one in five early"],
)
@pytest.mark.parametrize("container", ["mp4", "ts"])
def test_how_long_pictures_stay_is_seen_in_an_index_as_in_packets(
    times: str, steps: tuple[bool, int, int], container: str, tmp_path: Path
) -> None:
    uneven = ["-vf", f"settb=1/90,setpts='{times}'", "-fps_mode", "passthrough", "-enc_time_base", "1:90"]
    clip = make(
        tmp_path / f"clip.{container}",
        ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=30:duration=4", *uneven, *X264, "-g", "20"],
    )

    video = probed(clip).video

    assert video is not None
    assert (video.frames, video.keys, video.all_idr) == (120, 6, True)
    is_variable, usual, longest = steps
    assert video.variable_rate is is_variable
    assert video.usual_frame_s == pytest.approx(usual / 90)
    assert video.longest_frame_s == pytest.approx(longest / 90)
