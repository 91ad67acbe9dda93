"""FFmpeg's arguments for every step, as lists; the binary comes before them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from app.media.ladder import SEGMENT_S, Chunk, Rung, can_copy_audio
from app.media.probe import Probe, VideoStream
from app.media.storyboard import COLUMNS, interval_s

PLAYLIST: Final = "playlist.m3u8"
FIRST_SIDE: Final = 360
_QUIET: Final = ["-nostdin", "-hide_banner", "-loglevel", "error", "-y"]
_ONLY: Final = ["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"]
# This set makes chunks joinable: init files equal byte for byte, tfdt the true time, no edit list.
_JOINABLE: Final = [
    *("-avoid_negative_ts", "disabled", "-use_editlist", "0"),
    *("-hls_segment_options", "movflags=+frag_discont+negative_cts_offsets:use_editlist=0"),
]
_AUDIO_BITRATE: Final = "128k"
_TONEMAP: Final = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,"
    "zscale=t=bt709:m=bt709:r=tv,format=yuv420p"
)


def _input(source: Path, demuxer: str, *before: str) -> list[str]:
    """The only way a file is opened: forced demuxer, nothing but files, nothing nested."""
    name = demuxer.split(",", 1)[0]
    safe = ["-protocol_whitelist", "file", "-format_whitelist", demuxer, "-f", name]
    return [*_QUIET, *before, *safe, "-max_streams", "64", "-probesize", "32M", "-i", str(source)]


def _hls(folder: Path, *, segment_s: float, start_number: int = 0) -> list[str]:
    return [
        *("-f", "hls", "-hls_time", str(segment_s), "-hls_playlist_type", "event"),
        *("-hls_segment_type", "fmp4", "-hls_flags", "independent_segments+temp_file"),
        *("-start_number", str(start_number), "-hls_fmp4_init_filename", "init.mp4"),
        *("-hls_segment_filename", str(folder / "s%05d.m4s"), str(folder / PLAYLIST)),
    ]


def copy_video(source: Path, demuxer: str, folder: Path) -> list[str]:
    """Copies the picture into growing HLS segments cut at its own key frames."""
    copy = ["-map", "0:v:0", "-c:v", "copy", *_ONLY]
    return [*_input(source, demuxer, "-copyts"), *copy, *_JOINABLE, *_hls(folder, segment_s=SEGMENT_S)]


def audio(source: Path, probe: Probe, folder: Path, *, track: int = 0) -> list[str]:
    """The sound of the whole file, once: copied if it is AAC-LC, else encoded. Never in chunks: each would click."""
    codec = (
        ["-c:a", "copy"] if can_copy_audio(probe.audio[track]) else ["-c:a", "aac", "-b:a", _AUDIO_BITRATE, "-ac", "2"]
    )
    rate = [] if can_copy_audio(probe.audio[track]) else ["-ar", "48000", "-af", "aresample=async=1:first_pts=0"]
    select = ["-map", f"0:a:{track}", "-vn", *codec, *rate, *_ONLY, "-threads", "1"]
    return [*_input(source, probe.demuxer), *select, *_hls(folder, segment_s=SEGMENT_S)]


def first_rung(source: Path, probe: Probe, folder: Path, *, seconds: int) -> list[str]:
    """The first seconds, small and fast, in 2 s segments: what plays while the ladder is made."""
    video = _video_of(probe)
    width, height = first_size(video)
    chain = _upright(video, fps=min(video.fps or 30.0, 30.0))
    filters = f"[0:v:0]{chain}scale={width}:{height}:flags=bicubic,setsar=1[out]"
    encoder = _x264("superfast", crf=26, cap=700_000, profile="main", gop=60)
    outputs = ["-map", "[out]", *encoder, *_ONLY, *_JOINABLE, *_hls(folder, segment_s=2)]
    return [
        *_input(source, probe.demuxer, "-copyts", "-t", str(seconds)),
        "-filter_complex",
        filters,
        *outputs,
    ]


def first_size(video: VideoStream) -> tuple[int, int]:
    """The size of the first rung: short side 360, or the source's own."""
    width, height = video.shown_size
    scale = min(1.0, FIRST_SIDE / min(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def encode_chunk(source: Path, probe: Probe, rungs: Sequence[Rung], chunk: Chunk, folder: Path) -> list[str]:
    """All rungs of one chunk from one decode, each scaled from the next larger; one thread is the cheapest."""
    video = _video_of(probe)
    inputs = _input(
        source,
        probe.demuxer,
        "-copyts",
        "-threads",
        "1",
        "-ss",
        str(chunk.start_s),
        "-t",
        f"{chunk.duration_s:.6f}",
    )
    argv = [*inputs, "-filter_complex_threads", "1", "-filter_complex", _cascade(video, rungs)]
    for rung in rungs:
        gop = max(1, round(rung.fps * SEGMENT_S))
        target = folder / rung.name
        argv += ["-map", f"[out{rung.name}]"]
        argv += _x264("veryfast", crf=21, cap=rung.cap, profile=rung.profile, gop=gop)
        argv += [*_ONLY, "-threads", "1", *_JOINABLE]
        argv += _hls(target, segment_s=SEGMENT_S, start_number=chunk.start_s // SEGMENT_S)
    return argv


def _cascade(video: VideoStream, rungs: Sequence[Rung]) -> str:
    """One graph: upright and at a constant rate, then each rung from the one above."""
    steps: list[str] = []
    source = f"[0:v:0]{_upright(video, fps=rungs[0].fps)}"
    for index, rung in enumerate(rungs):
        rate = "" if index == 0 or rung.fps == rungs[0].fps else f",fps={rung.fps:g}"
        scaled = f"{source}scale={rung.width}:{rung.height}:flags=bicubic,setsar=1,format=yuv420p"
        if index == len(rungs) - 1:
            steps.append(f"{scaled}{rate}[out{rung.name}]")
        else:
            steps.append(f"{scaled},split=2[keep{rung.name}][next{rung.name}]")
            steps.append(f"[keep{rung.name}]null{rate}[out{rung.name}]")
        source = f"[next{rung.name}]"
    return ";".join(steps)


def _upright(video: VideoStream, *, fps: float) -> str:
    """Filters before scaling, each ending in a comma: deinterlacing, tone mapping, a constant rate."""
    chain = "yadif," if video.is_interlaced else ""
    chain += f"{_TONEMAP}," if video.is_hdr else ""
    return f"{chain}fps={fps:g},"


def _x264(preset: str, *, crf: int, cap: int, profile: str, gop: int) -> list[str]:
    return [
        *(
            "-c:v",
            "libx264",
            "-preset",
            preset,
            "-crf",
            str(crf),
            "-profile:v",
            profile,
            "-pix_fmt",
            "yuv420p",
        ),
        *("-maxrate", str(round(cap * 1.5)), "-bufsize", str(cap * 2)),
        *("-g", str(gop), "-keyint_min", str(gop), "-sc_threshold", "0", "-flags", "+cgop"),
    ]


def poster(source: Path, probe: Probe, target: Path) -> list[str]:
    """The most typical of up to 60 key frames, at most 1280 wide."""
    video = _video_of(probe)
    select = "scale=w='min(1280,iw)':h=-2:flags=bicubic,setsar=1,thumbnail=12"
    tone = f"{_TONEMAP}," if video.is_hdr else ""
    inputs = _input(source, probe.demuxer, "-skip_frame", "nokey", "-threads", "1")
    return [
        *inputs,
        "-map",
        "0:v:0",
        "-vf",
        tone + select,
        "-frames:v",
        "1",
        "-q:v",
        "3",
        "-update",
        "1",
        *_ONLY,
        str(target),
    ]


def storyboard(source: Path, duration_s: float, tile: tuple[int, int], folder: Path) -> list[str]:
    """Sheets of 36 small pictures from a finished rung, one every `interval_s`."""
    width, height = tile
    filters = f"fps=1/{interval_s(duration_s):g}:round=up,scale={width}:{height},tile={COLUMNS}x{COLUMNS}"
    select = ["-map", "0:v:0", "-vf", filters, "-q:v", "5", "-start_number", "0", *_ONLY]
    return [
        *_input(source, "mov,mp4,m4a,3gp,3g2,mj2", "-threads", "1"),
        *select,
        str(folder / "sheet-%03d.jpg"),
    ]


def remux_mp4(video: Path | None, sound: Path | None, target: Path) -> list[str]:
    """One progressive MP4 from finished renditions, its index first."""
    files = [path for path in (video, sound) if path is not None]
    argv = list(_QUIET)
    for path in files:
        argv += [
            "-protocol_whitelist",
            "file",
            "-format_whitelist",
            "mov,mp4,m4a,3gp,3g2,mj2",
            "-f",
            "mov",
            "-i",
            str(path),
        ]
    for index, _ in enumerate(files):
        argv += ["-map", f"{index}:0"]
    return [*argv, "-c", "copy", "-movflags", "+faststart", "-f", "mp4", *_ONLY, str(target)]


def check_decodes(source: Path) -> list[str]:
    """Decodes a file made of an init file and a segment, into nothing."""
    opened = _input(source, "mov,mp4,m4a,3gp,3g2,mj2", "-threads", "1", "-xerror")
    return [*opened, "-map", "0:v:0", "-f", "null", "-"]


def _video_of(probe: Probe) -> VideoStream:
    if probe.video is None:
        raise ValueError("There is no picture in it.")
    return probe.video
