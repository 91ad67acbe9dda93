"""FFmpeg's arguments for every step, as lists; the binary comes before them."""

import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

from app.media.ladder import SEGMENT_S, Chunk, Ladder, can_copy_audio, exact, frame_at, gop
from app.media.probe import Probe, VideoStream
from app.media.sniff import MATROSKA, MOV
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
# HDR10 and HLG are BT.2020 by definition; not every file says so, and zscale converts nothing that is unnamed.
_TONEMAP: Final = {
    number: f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc,"
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,"
    "zscale=t=bt709:m=bt709:r=tv,format=yuv420p"
    for number, transfer in ((16, "smpte2084"), (18, "arib-std-b67"))
}
# Times as the file has them, but from its beginning, which need not be zero.
_TRUE_TIMES: Final = ("-copyts", "-start_at_zero")
FIRST_FPS: Final = 30.0
POSTERS: Final = 8
_POSTER_WIDTH, _KEYS_A_POSTER, _FEW_KEYS, _LOOKED_AT_S = 1280, 3, 4, 10.0


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
    copy = ["-map", "0:V:0", "-c:v", "copy", *_ONLY]
    return [*_input(source, demuxer, *_TRUE_TIMES), *copy, *_JOINABLE, *_hls(folder, segment_s=SEGMENT_S)]


def audio(source: Path, probe: Probe, folder: Path, *, track: int = 0) -> list[str]:
    """The sound of the whole file, once: copied if it is AAC-LC, else encoded. Never in chunks: each would click."""
    if can_copy_audio(probe.audio[track]):
        codec = ["-c:a", "copy", "-bsf:a", "aac_adtstoasc"]  # MPEG-TS has its sound in ADTS, which MP4 can't hold
    else:
        codec = ["-c:a", "aac", "-b:a", _AUDIO_BITRATE, "-ac", "2", "-ar", "48000"]
        codec += ["-af", "aresample=async=1:first_pts=0"]
    select = ["-map", f"0:a:{track}", "-vn", *codec, *_ONLY, "-threads", "1"]
    return [*_input(source, probe.demuxer), *select, *_hls(folder, segment_s=SEGMENT_S)]


def first_rung(source: Path, probe: Probe, folder: Path, *, seconds: int) -> list[str]:
    """The first seconds, small and fast, in 2 s segments: what plays while the ladder is made."""
    video = _video_of(probe)
    fps = exact(min(video.steady_fps, FIRST_FPS))
    filters = f"[0:V:0]{_timed(video, fps, 0, frame_at(fps, seconds))}{_scaled(video, *first_size(video))}[out]"
    encoder = _x264("superfast", crf=26, cap=700_000, profile="main", gop=max(1, math.ceil(2 * fps)))
    outputs = ["-map", "[out]", *encoder, *_ONLY, *_JOINABLE, *_hls(folder, segment_s=2)]
    return [*_input(source, probe.demuxer, *_TRUE_TIMES), "-filter_complex", filters, *outputs]


def first_size(video: VideoStream) -> tuple[int, int]:
    """The size of the first rung: short side 360, or the source's own."""
    width, height = video.shown_size
    scale = min(1.0, FIRST_SIDE / min(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def encode_chunk(source: Path, probe: Probe, rungs: Ladder, chunk: Chunk, folder: Path) -> list[str]:
    """The wanted rungs of one chunk from one decode, each scaled from the next larger; one thread is the cheapest."""
    begin = ["-noaccurate_seek", "-ss", f"{_seek_s(probe, chunk):g}"] if chunk.start_s else []
    inputs = _input(source, probe.demuxer, *_TRUE_TIMES, "-threads", "1", *begin)
    argv = [*inputs, "-filter_complex_threads", "1", "-filter_complex", _cascade(_video_of(probe), rungs, chunk)]
    for rung in rungs.wanted:
        target = folder / rung.name
        argv += ["-map", f"[out{rung.name}]"]
        argv += _x264("veryfast", crf=21, cap=rung.cap, profile=rung.profile, gop=gop(rungs.rungs, rung))
        argv += [*_ONLY, "-threads", "1", *_JOINABLE]
        argv += _hls(target, segment_s=SEGMENT_S, start_number=chunk.start_s // SEGMENT_S)
    return argv


def _seek_s(probe: Probe, chunk: Chunk) -> float:
    """Where reading begins: at the key frame before the chunk, which containers without an index may overshoot."""
    if probe.demuxer in {MOV, MATROSKA}:
        return chunk.start_s
    return max(0.0, chunk.start_s - _video_of(probe).largest_gap_s - 1)


def _cascade(video: VideoStream, ladder: Ladder, chunk: Chunk) -> str:
    """One graph: upright and at a constant rate, then each rung from the one above, as far down as one is wanted."""
    steps: list[str] = []
    rungs = ladder.rungs[: 1 + max(ladder.rungs.index(rung) for rung in ladder.wanted)]
    fps = exact(rungs[0].fps)
    first, end = frame_at(fps, chunk.start_s), frame_at(fps, chunk.start_s + chunk.duration_s)
    source = f"[0:V:0]{_timed(video, fps, first, max(end, first + 1))}"
    for index, rung in enumerate(rungs):
        rate = "" if index == 0 or rung.fps == rungs[0].fps else f",fps={exact(rung.fps)}"
        if index == 0:
            scaled = f"{source}{_scaled(video, rung.width, rung.height)}"
        else:
            scaled = f"{source}scale={rung.width}:{rung.height}:flags=bicubic,setsar=1"
        if index == len(rungs) - 1:
            steps.append(f"{scaled}{rate}[out{rung.name}]")
        elif rung not in ladder.wanted:
            steps.append(f"{scaled}[next{rung.name}]")
        else:
            steps.append(f"{scaled},split=2[keep{rung.name}][next{rung.name}]")
            steps.append(f"[keep{rung.name}]null{rate}[out{rung.name}]")
        source = f"[next{rung.name}]"
    return ";".join(steps)


def _timed(video: VideoStream, fps: Fraction, first: int, end: int) -> str:
    """Filters that make exactly the pictures `first` to `end` of the film's one grid of times, each ending in a comma.

    A picture stands until the next one comes, over the borders of chunks too: what shows at a chunk's beginning may
    have come long before it, and at its end no next one may be in sight for as long as the longest pause lasts.
    """
    chain = "yadif," if video.is_interlaced else ""
    pause_s = max(video.longest_frame_s, float(1 / fps))
    grid = f"fps={fps}:start_time={float(first / fps):.6f}"
    return f"{chain}{grid},tpad=stop_mode=clone:stop_duration={pause_s:.6f},trim=end_frame={end - first},"


def _scaled(video: VideoStream, width: int, height: int) -> str:
    """Filters to a size in square pixels, 8 bits, limited range, and colours that every screen shows."""
    size = f"scale={width}:{height}:flags=bicubic:out_range=tv,setsar=1"
    return f"{size},{_TONEMAP[video.color_transfer]}" if video.is_hdr else f"{size},format=yuv420p"


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


def posters(source: Path, probe: Probe, folder: Path) -> list[str]:
    """Up to eight pictures to choose a poster from, at most 1280 wide.

    The typical ones among the first key frames; where there are hardly any, pictures of the first ten seconds, since a
    lone key frame is often the black that a film fades in from.
    """
    video = _video_of(probe)
    if video.keys >= _FEW_KEYS:
        batch = min(_KEYS_A_POSTER, video.keys // POSTERS)
        before = ["-skip_frame", "nokey"]
        choose = f",thumbnail={batch}" if batch > 1 else ""
    else:
        seconds = min(max(probe.picture_s, 0.1), _LOOKED_AT_S)
        before, choose = ["-t", f"{seconds:g}"], ""
    spread = "" if video.keys >= _FEW_KEYS else f"fps={POSTERS / min(max(probe.picture_s, 0.1), _LOOKED_AT_S):g},"
    filters = f"{spread}{_scaled(video, *_poster_size(video))}{choose},scale=out_range=pc,format=yuvj420p"
    output = ["-map", "0:V:0", "-vf", filters, "-frames:v", str(POSTERS), "-fps_mode", "passthrough", "-q:v", "3"]
    return [*_input(source, probe.demuxer, *before, "-threads", "1"), *output, *_ONLY, str(folder / "poster-%d.jpg")]


def _poster_size(video: VideoStream) -> tuple[int, int]:
    width, height = video.shown_size
    scale = min(1.0, _POSTER_WIDTH / width)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


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


def remux_mp4(files: Sequence[Path], target: Path) -> list[str]:
    """One progressive MP4 of the only track of each finished rendition, its index first."""
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
