"""Languages and names of audio tracks, as playlists need them."""

import pytest

from app.media import sound
from app.media.languages import tag_of
from app.media.probe import AudioStream, Probe


@pytest.mark.parametrize(
    ("written", "tag"),
    [("ger", "de"), ("deu", "de"), ("EN", "en"), ("pt_br", "pt-BR"), ("gsw", "gsw"), ("qaa", "qaa")],
)
def test_a_language_is_told_by_its_shortest_tag(written: str, tag: str) -> None:
    assert tag_of(written) == tag


@pytest.mark.parametrize("written", [None, "", "und", "mul", "mis", "x", '"', "english"])
def test_what_names_no_language_is_left_out(written: str | None) -> None:
    assert tag_of(written) is None


def test_names_differ_and_one_track_is_the_default() -> None:
    streams = tuple(AudioStream("aac", "LC", 2, 48000, None, language) for language in ("eng", "eng", None))

    tracks = sound.tracks(Probe(1, 1, 3, None, streams, "mov"))

    assert [track.label for track in tracks] == ["English", "English (2)", "Track 3"]
    assert [track.is_default for track in tracks] == [True, False, False]
    assert [track.folder for track in tracks] == ["audio", "audio-1", "audio-2"]
