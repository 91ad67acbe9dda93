"""The audio tracks of a film as renditions: which are kept, and what players and people call them."""

from dataclasses import dataclass
from typing import Final

from app.media.ladder import can_copy_audio
from app.media.languages import name_of, tag_of
from app.media.probe import AudioStream, Probe

MAIN: Final = "audio"
MOST_TRACKS: Final = 8
_STEREO: Final = 2


@dataclass(frozen=True, slots=True)
class Track:
    """One track: its place among the source's audio tracks, the folder of its files, and how players show it."""

    index: int
    folder: str
    language: str | None
    label: str
    is_default: bool
    channels: int


def tracks(probe: Probe) -> list[Track]:
    """The tracks in the source's order. The one marked by its maker, else the first, plays unless chosen otherwise."""
    streams = probe.audio[:MOST_TRACKS]
    default = main_index(probe)
    labels = _labels(streams)
    return [
        Track(
            index=index,
            folder=MAIN if index == default else f"{MAIN}-{index}",
            language=tag_of(stream.language),
            label=labels[index],
            is_default=index == default,
            channels=stream.channels if can_copy_audio(stream) else _STEREO,
        )
        for index, stream in enumerate(streams)
        if stream.codec
    ]


def main_index(probe: Probe) -> int:
    """The place of the track that plays from the first second on."""
    known = [(index, stream) for index, stream in enumerate(probe.audio[:MOST_TRACKS]) if stream.codec]
    return next((index for index, stream in known if stream.is_default), known[0][0] if known else 0)


def _labels(streams: tuple[AudioStream, ...]) -> list[str]:
    """Names differ within a group (RFC 8216bis §4.4.6.1.1): the maker's title, else the language, else a number."""
    labels: list[str] = []
    for number, stream in enumerate(streams, 1):
        tag = tag_of(stream.language)
        unnamed = "Original" if len(streams) == 1 else f"Track {number}"
        label = stream.title or (name_of(tag) if tag else unnamed)
        labels.append(label if label not in labels else f"{label} ({number})")
    return labels
