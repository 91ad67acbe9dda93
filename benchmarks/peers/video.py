"""The FFmpeg commands of MediaCMS and PeerTube, as read in their sources in 2026; the applications are not run.

MediaCMS: one process a profile, the source's own height always among them, a preview and sprites by full decode; its
HLS packaging (Bento4) comes on top and is not counted. PeerTube: a copy where the source allows it, else its own height
first; then one process a height.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

MEDIACMS_KBITS: Final = {144: 150, 240: 300, 360: 500, 480: 1000, 720: 2500, 1080: 4500}
PEERTUBE_BITS_PER_PIXEL: Final = {144: 0.19, 240: 0.17, 360: 0.15, 480: 0.12, 720: 0.11, 1080: 0.10}
Command = list[str]


def mediacms(source: Path, folder: Path, height: int) -> Command:
    """One profile."""
    rate = f"{MEDIACMS_KBITS[height] * 3 // 2}k"
    fit = f"scale=-2:{height}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=lanczos,fps=fps=30"
    return [
        *("-i", str(source), "-c:v", "libx264", "-filter:v", fit, "-pix_fmt", "yuv420p", "-crf", "23"),
        *("-c:a", "aac", "-b:a", "128k", "-ac", "2", "-maxrate", rate, "-bufsize", rate),
        *("-force_key_frames", "expr:gte(t,n_forced*4)", "-x264-params", "keyint=240:keyint_min=120"),
        *("-preset", "medium", "-profile:v", "main", "-level", "4.2", str(folder / f"mediacms-{height}.mp4")),
    ]


def mediacms_all(source: Path, folder: Path) -> list[Command]:
    """Everything, the smallest first."""
    preview = ["-ss", "3", "-i", str(source), "-vf", "scale=344:-1:flags=lanczos,fps=1", "-t", "25", "-f", "gif"]
    sprites = ["-i", str(source), "-vf", "fps=1/10,scale=160:90", str(folder / "sprite-%03d.jpg")]
    profiles = [mediacms(source, folder, height) for height in MEDIACMS_KBITS]
    return [*profiles, [*preview, str(folder / "preview.gif")], sprites]


def peertube(source: Path, folder: Path, height: int) -> Command:
    """One height as HLS."""
    width = height * 16 // 9
    rate = int(width * height * 30 * PEERTUBE_BITS_PER_PIXEL[height])
    return [
        *("-i", str(source), "-c:v", "libx264", "-vf", f"scale=w=-2:h={height}", "-preset", "veryfast"),
        *("-maxrate", str(rate), "-bufsize", str(2 * rate), "-b_strategy", "1", "-bf", "16", "-r", "30"),
        *("-g", "60", "-pix_fmt", "yuv420p", "-c:a", "aac"),
        *_hls(folder / f"peertube-{height}.m3u8"),
    ]


def peertube_copy(source: Path, folder: Path) -> list[Command]:
    """What makes a copyable film play."""
    quick = folder / "quick.mp4"
    return [
        ["-i", str(source), "-c", "copy", "-map_metadata", "-1", "-movflags", "faststart", str(quick)],
        ["-i", str(quick), "-c", "copy", *_hls(folder / "peertube-source.m3u8")],
    ]


def peertube_all(source: Path, folder: Path) -> list[Command]:
    """A copyable film of 1080p with every height below."""
    lower: Sequence[int] = [height for height in PEERTUBE_BITS_PER_PIXEL if height < max(PEERTUBE_BITS_PER_PIXEL)]
    return [*peertube_copy(source, folder), *(peertube(source, folder, height) for height in lower)]


def _hls(target: Path) -> Command:
    flags = ["-hls_segment_type", "fmp4", "-hls_flags", "single_file"]
    return ["-f", "hls", "-hls_time", "4", "-hls_list_size", "0", "-hls_playlist_type", "vod", *flags, str(target)]
