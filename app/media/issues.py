"""What of a source was changed or left out, in words for its owner."""

from typing import Final

from app.media import ladder
from app.media.ladder import InputIssue
from app.media.probe import Probe
from app.media.sound import MOST_TRACKS, Track

_UNEVEN_S: Final = 1.0
_STEREO: Final = 2


def input_issues(probe: Probe) -> list[InputIssue]:
    """Everything that the probe lets us foresee: why the picture is not copied, and what else will differ."""
    return [*ladder.copy_issues(probe), *_uneven(probe), *_mixed(probe), *_left_out(probe)]


def _uneven(probe: Probe) -> list[InputIssue]:
    issues, video = [], probe.video
    if video is not None and video.variable_rate:
        detail = "Its frame rate is variable."
        hint = (
            f"The ladder has a constant {ladder.rung_fps(video, min(video.shown_size)):g} frames a second; times stay."
        )
        issues.append(InputIssue("variable_frame_rate", detail, hint))
    if video is not None and probe.picture_s < probe.duration_s - _UNEVEN_S:
        detail = f"The picture ends {probe.duration_s - probe.picture_s:.1f} s before the sound."
        issues.append(InputIssue("picture_ends_early", detail, "Check that the export is whole."))
    return issues


def _mixed(probe: Probe) -> list[InputIssue]:
    channels = max((stream.channels for stream in probe.audio), default=0)
    if channels <= _STEREO:
        return []
    return [InputIssue("downmixed", f"Its sound has {channels} channels.", "It is mixed down to stereo.")]


def _left_out(probe: Probe) -> list[InputIssue]:
    issues = []
    if probe.audio_streams > MOST_TRACKS:
        detail = f"Of its {probe.audio_streams} audio tracks the first {MOST_TRACKS} are kept."
        hint = f"Put the languages that matter among the first {MOST_TRACKS}."
        issues.append(InputIssue("audio_tracks_dropped", detail, hint))
    if probe.other_pictures:
        detail = f"It has {probe.other_pictures + 1} video tracks; the first is kept."
        issues.append(InputIssue("video_tracks_dropped", detail, "Upload each as a video of its own."))
    if probe.subtitles:
        detail = f"Its subtitle tracks ({probe.subtitles}) are not taken over."
        issues.append(InputIssue("subtitles_dropped", detail, "Upload them as captions, WebVTT or SubRip."))
    return issues


def unreadable_track(track: Track) -> InputIssue:
    """A track that could not be decoded to its end."""
    detail = f"The audio track {track.index + 1} ({track.label}) can't be decoded and is left out."
    return InputIssue("audio_track_unreadable", detail, "Export this track again, for example as AAC.")
