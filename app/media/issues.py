"""What of a source was changed or left out, in words for its owner."""

from app.media import ladder
from app.media.ladder import InputIssue
from app.media.probe import Probe
from app.media.sound import MOST_TRACKS, Track


def input_issues(probe: Probe) -> list[InputIssue]:
    """Everything that the probe lets us foresee: why the picture is not copied, and what else will differ."""
    return [*ladder.copy_issues(probe), *_left_out(probe)]


def _left_out(probe: Probe) -> list[InputIssue]:
    issues = []
    if probe.audio_streams > MOST_TRACKS:
        detail = f"Of its {probe.audio_streams} audio tracks the first {MOST_TRACKS} are kept."
        hint = f"Put the languages that matter among the first {MOST_TRACKS}."
        issues.append(InputIssue("audio_tracks_dropped", detail, hint))
    return issues


def unreadable_track(track: Track) -> InputIssue:
    """A track that could not be decoded to its end."""
    detail = f"The audio track {track.index + 1} ({track.label}) can't be decoded and is left out."
    return InputIssue("audio_track_unreadable", detail, "Export this track again, for example as AAC.")
