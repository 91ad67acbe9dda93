"""What the playlists of a finished film offer: its languages, and its key frames for scrubbing."""

from pathlib import Path

import pytest
from flask import Flask

from tests import clips
from tests.support import films
from tests.support.films import Film

pytestmark = pytest.mark.usefixtures("committed_database")


@pytest.fixture
def film(app: Flask, tmp_path: Path) -> Film:
    """A film with English sound that its maker chose, German sound, and one track that says nothing."""
    return films.processed(app, clips.make(tmp_path, "three_languages.mkv"))


def test_every_language_is_a_rendition_and_each_list_of_key_frames_decodes(film: Film, tmp_path: Path) -> None:
    assert film.video.processing == "ready", film.video.errors
    _check_languages(film, tmp_path)
    _check_key_frames(film, tmp_path)


def _check_languages(film: Film, tmp_path: Path) -> None:
    tracks = [tag.attributes for tag in film.master("EXT-X-MEDIA")]
    assert [
        (one["NAME"], one.get("LANGUAGE"), one["DEFAULT"], one["AUTOSELECT"], one["CHANNELS"]) for one in tracks
    ] == [
        ("German", "de", "NO", "YES", "1"),
        ("Director 'X'", "en", "YES", "YES", "2"),
        ("Track 3", None, "NO", "YES", "1"),
    ]
    assert film.video.audio_tracks == [
        {"language": "de", "label": "German", "default": False},
        {"language": "en", "label": "Director 'X'", "default": True},
        {"language": None, "label": "Track 3", "default": False},
    ]
    assert {one["GROUP-ID"] for one in tracks} == {"audio"}
    for one in tracks:
        (stream,) = films.streams(film.opened(one["URI"], tmp_path))
        assert (stream["type"], stream["codec"], str(stream["channels"])) == ("audio", "aac", one["CHANNELS"])
    assert {tag.attributes["AUDIO"] for tag in film.master("EXT-X-STREAM-INF")} == {"audio"}


def _check_key_frames(film: Film, tmp_path: Path) -> None:
    lists = film.master("EXT-X-I-FRAME-STREAM-INF")
    pictures = {tag.uri.split("/")[0]: tag.attributes for tag in film.master("EXT-X-STREAM-INF")}
    assert {tag.uri.split("/")[0] for tag in lists} == set(pictures)
    for tag in lists:
        name = tag.uri.split("/")[0]
        lines = (film.folder / tag.uri).read_text().splitlines()
        assert {"#EXT-X-I-FRAMES-ONLY", "#EXT-X-VERSION:7", '#EXT-X-MAP:URI="init.mp4"', "#EXT-X-ENDLIST"} <= set(lines)
        ranges = [line.split(":")[1] for line in lines if line.startswith("#EXT-X-BYTERANGE")]
        names = [line for line in lines if line and not line.startswith("#")]
        lengths = [float(line[8:-1]) for line in lines if line.startswith("#EXTINF")]
        init = (film.folder / name / "init.mp4").read_bytes()
        rates = []
        for listed, segment, length_s in zip(ranges, names, lengths, strict=True):
            size, offset = map(int, listed.split("@"))
            cut = (film.folder / name / segment).read_bytes()[offset : offset + size]
            assert films.boxes(cut) == ["moof", "mdat"]
            sample = tmp_path / "key.mp4"
            sample.write_bytes(init + cut)
            frame = films.frames(sample)[0]
            assert frame.key_frame
            assert f"{frame.width}x{frame.height}" == tag.attributes["RESOLUTION"] == pictures[name]["RESOLUTION"]
            rates.append(size * 8 / length_s)
        assert len(names) == 2
        assert 0 <= int(tag.attributes["BANDWIDTH"]) - max(rates) < 1
        assert tag.attributes["CODECS"] == pictures[name]["CODECS"].split(",")[0]
