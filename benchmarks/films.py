"""Sources for the measurements of video, generated: textures that pan, something that moves, a little grain."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from app.clients import ffmpeg

RATE: Final = 30
H264: Final = ["-c:v", "libx264", "-preset", "veryfast", "-b:v", "6M", "-maxrate", "8M", "-bufsize", "12M"]
CAMERA: Final = [*H264, "-g", "60", "-keyint_min", "60", "-sc_threshold", "0", "-pix_fmt", "yuv420p"]
AAC: Final = ["-c:a", "aac", "-ac", "2"]
MPEG4: Final = ["-c:v", "mpeg4", "-q:v", "4", "-g", "300", "-pix_fmt", "yuv420p"]
VP9: Final = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1", "-b:v", "4M"]
HEVC: Final = ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=none"]
_GRAPH: Final = (
    "[0:v]crop={w}:{h}:x='(iw-ow)/2*(1+sin(t/3))':y='(ih-oh)/2*(1+cos(t/2))',format=yuv420p[back];"
    "[back][1:v]overlay=x='W/3+W/4*sin(t)':y='H/3+H/4*cos(t*0.7)':shortest=1,noise=alls=3:allf=t[film]"
)


def run(arguments: Sequence[str], target: Path) -> Path:
    """FFmpeg, once: what stands there already is kept."""
    if not target.exists():
        part = target.with_name(f"part-{target.name}")
        subprocess.run([ffmpeg.binary(), "-nostdin", "-v", "error", "-y", *arguments, str(part)], check=True)
        part.replace(target)
    return target


def film(target: Path, seconds: float, encoder: Sequence[str], *, size: tuple[int, int] = (1920, 1080)) -> Path:
    """A film of its own with sound."""
    width, height = size
    perlin = "perlin=size=1200x675:rate=1:octaves=8:persistence=0.6:xscale=12:yscale=12"
    one = ["-frames:v", "1", "-pix_fmt", "gray", "-vf", f"scale={width * 5 // 4}:{height * 5 // 4}:flags=bicubic"]
    texture = target.with_name(f"texture-{width}.png")
    still = run(["-f", "lavfi", "-i", f"{perlin}:random_mode=seed:random_seed=7", *one], texture)
    inputs = ["-loop", "1", "-framerate", str(RATE), "-i", str(still)]
    inputs += ["-f", "lavfi", "-i", f"testsrc2=size={width // 3}x{height // 3}:rate={RATE}"]
    inputs += ["-f", "lavfi", "-i", "sine=440"]
    graph = ["-filter_complex", _GRAPH.format(w=width, h=height), "-map", "[film]", "-map", "2:a"]
    return run([*inputs, *graph, "-t", str(seconds), *encoder, *AAC], target)


def repeated(source: Path, target: Path, times: int) -> Path:
    """The film again and again, without encoding it again."""
    return run(["-stream_loop", str(times - 1), "-i", str(source), "-c", "copy"], target)
