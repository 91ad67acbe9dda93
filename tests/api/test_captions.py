"""Captions: what is taken, how it plays, and who may."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from app.clients.stores import storage
from app.database import db
from app.models import Organization, Processing, Publication, Video, Visibility
from app.services import caption_service
from app.services.video_pipeline.material import video_prefix
from config import settings
from tests.api.conftest import Person
from tests.factories import make_video

VTT = "WEBVTT\n\n00:01.000 --> 00:02.500\nHello\n"
SRT = "1\n00:00:01,000 --> 00:00:02,500\nBonjour\n\n2\n00:00:03,000 --> 00:00:04,000\nÀ bientôt\n"
MASTER = '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.4d401e"\n360/playlist.m3u8\n'


@pytest.fixture
def video(ada: Person) -> Iterator[Video]:
    """A private one of Ada's that plays, with a master playlist."""
    made = make_video(organization_of(ada), processing=Processing.READY, duration_s=12.0)
    prefix = video_prefix(made.organization_id, made.id)
    storage().write_text(f"{prefix}/v1/master.m3u8", MASTER)
    yield made
    storage().delete_tree(prefix)


def organization_of(person: Person) -> Organization:
    return db.session.query(Organization).filter_by(slug=person.organization).one()


def put(person: Person, video: Video, lang: str, text: str | bytes, **options: object) -> TestResponse:
    kind = "text/vtt" if text[:6] in {"WEBVTT", b"WEBVTT"} else "application/x-subrip"
    return person.send("PUT", f"/videos/{video.id}/captions/{lang}", data=text, content_type=kind, **options)


def playback(person: Person, video: Video) -> dict[str, Any]:
    answer = person.get(f"/videos/{video.id}/playback")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.get_json()
    return document


def fetch(person: Person, url: object, **headers: str) -> TestResponse:
    """By the address alone, as a player does."""
    return person.client.get(urlsplit(str(url)).path, headers=headers)


def size_of(video: Video, name: str) -> int:
    return storage().stat(f"{video_prefix(video.organization_id, video.id)}/captions/{name}").size_bytes


def files_of(video: Video) -> list[str]:
    folder = storage().path_of(f"{video_prefix(video.organization_id, video.id)}/captions")
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_captions_count_in_the_quota(ada: Person, video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    def used() -> int:
        return int(ada.get(f"/organizations/{ada.organization}/usage").json["storage"]["used_bytes"])

    def stored() -> int:
        return sum(size_of(video, name) for name in files_of(video))

    put(ada, video, "en", VTT)
    put(ada, video, "fr", SRT)
    assert used() == stored() > 0
    put(ada, video, "fr", VTT)
    assert used() == stored()
    monkeypatch.setattr(settings, "quota_storage_bytes", used())
    refused = put(ada, video, "de", VTT)
    assert (refused.status_code, refused.json["code"]) == (507, "storage_quota")
    assert used() == stored()
    ada.send("DELETE", f"/videos/{video.id}/captions/en")
    assert used() == stored() > 0


def test_subrip_comes_out_as_webvtt_behind_the_film_s_own_token(ada: Person, video: Video) -> None:
    answer = put(ada, video, "FR-ca", SRT, query_string={"label": "Français"})

    assert answer.status_code == 200
    assert (answer.json["lang"], answer.json["label"]) == ("fr-CA", "Français")
    [listed] = playback(ada, video)["captions"]
    assert listed == answer.json
    served = fetch(ada, listed["url"])
    assert served.content_type == "text/vtt; charset=utf-8"
    assert served.headers["Cache-Control"] == "private, no-cache"
    assert served.get_data(as_text=True) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nBonjour\n\n00:00:03.000 --> 00:00:04.000\nÀ bientôt\n"
    )
    assert fetch(ada, listed["url"], **{"If-None-Match": served.headers["ETag"]}).status_code == 304


def test_a_player_finds_the_captions_from_the_master_playlist(ada: Person, video: Video) -> None:
    put(ada, video, "en", VTT, query_string={"label": 'The "English" one'})
    put(ada, video, "fr", SRT)
    hls_url = str(playback(ada, video)["hls_url"])

    master = fetch(ada, hls_url).get_data(as_text=True)

    assert master.splitlines()[2] == (
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="The \'English\' one",LANGUAGE="en",'
        'DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="captions/en.m3u8"'
    )
    assert '#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.4d401e",SUBTITLES="subtitles"\n360/playlist.m3u8\n' in master
    english = urljoin(hls_url, re.findall(r'URI="(.+)"', master)[0])
    playlist = fetch(ada, english)
    assert playlist.content_type == "application/vnd.apple.mpegurl"
    assert playlist.headers["Cache-Control"] == "private, no-cache"
    assert "#EXT-X-TARGETDURATION:12\n" in playlist.get_data(as_text=True)
    assert playlist.get_data(as_text=True).endswith("#EXTINF:12.000000,\nen.vtt\n#EXT-X-ENDLIST\n")
    assert "Hello" in fetch(ada, urljoin(english, "en.vtt")).get_data(as_text=True)
    assert fetch(ada, english, **{"If-None-Match": playlist.headers["ETag"]}).status_code == 304


def test_tracks_of_one_label_keep_names_of_their_own(ada: Person, video: Video) -> None:
    for lang in ("en", "en-GB"):
        put(ada, video, lang, VTT, query_string={"label": "English"})

    master = fetch(ada, playback(ada, video)["hls_url"]).get_data(as_text=True)

    assert re.findall(r'NAME="([^"]*)"', master) == ["English (en)", "English (en-GB)"]


def test_a_master_playlist_without_captions_is_the_file_itself(ada: Person, video: Video) -> None:
    assert fetch(ada, playback(ada, video)["hls_url"]).get_data(as_text=True) == MASTER


def test_captions_of_a_private_film_need_its_token(ada: Person, bob: Person, video: Video) -> None:
    put(ada, video, "en", VTT)
    url = str(playback(ada, video)["captions"][0]["url"])
    token = urlsplit(url).path.split("/")[2]

    for name in ("captions/en.vtt", "captions/en.m3u8", "master.m3u8"):
        assert fetch(bob, url.replace(token, "public").replace("captions/en.vtt", name)).status_code == 404
    video.publication, video.visibility = Publication.PUBLISHED, Visibility.PUBLIC
    db.session.flush()
    assert fetch(bob, url.replace(token, "public")).headers["Cache-Control"] == "public, no-cache"


def test_new_captions_take_the_place_of_the_old_and_nothing_else_stays(ada: Person, video: Video) -> None:
    first = put(ada, video, "en", VTT)
    before = fetch(ada, first.json["url"])

    second = put(ada, video, "en", VTT.replace("Hello", "Goodbye"), query_string={"label": "English"})

    after = fetch(ada, second.json["url"])
    assert "Goodbye" in after.get_data(as_text=True)
    assert after.headers["ETag"] != before.headers["ETag"]
    assert [track["label"] for track in playback(ada, video)["captions"]] == ["English"]
    assert len(files_of(video)) == 1


def test_removed_captions_are_gone_at_once_with_their_file(ada: Person, video: Video) -> None:
    url = put(ada, video, "en", VTT).json["url"]

    assert ada.send("DELETE", f"/videos/{video.id}/captions/en").status_code == 204
    assert ada.send("DELETE", f"/videos/{video.id}/captions/en").status_code == 204

    assert fetch(ada, url).status_code == 404
    assert fetch(ada, url.replace(".vtt", ".m3u8")).status_code == 404
    assert playback(ada, video)["captions"] == []
    assert files_of(video) == []


def test_a_save_over_somebody_else_s_is_refused_and_leaves_no_file(ada: Person, video: Video) -> None:
    revision = ada.get(f"/videos/{video.id}").headers["ETag"]
    put(ada, video, "en", VTT, headers={"If-Match": revision})

    refused = put(ada, video, "en", VTT, headers={"If-Match": revision})

    assert refused.status_code == 412
    assert len(files_of(video)) == 1


@pytest.mark.parametrize("lang", ["e", "english-language", "12", "en_US", "en-", "en--US", "..", "s\u0301r"])
def test_what_names_no_language_is_refused(lang: str, ada: Person, video: Video) -> None:
    answer = put(ada, video, lang, VTT)

    assert (answer.status_code, answer.json["code"]) in {(422, "invalid_language"), (404, "not_found")}
    assert files_of(video) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("WEBVTT\n", 1),
        ("WEBVTT\n00:01.000 --> 00:02.000\nHello\n", 1),
        ("WEBVTT\n\n00:01.000 --> 00:02,000\nHello\n", 3),
        ("WEBVTT\n\n00:02.000 --> 00:02.000\nHello\n", 3),
        ("WEBVTT\n\n00:61.000 --> 01:02.000\nHello\n", 3),
        ("WEBVTT\n\nname\n", 3),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n00:02.000 --> 00:03.000\nYou\n", 4),
        ("1\n00:00:01,000 --> 00:00:02,000\nHello\n\njust words\n", 5),
        (b"1\n00:00:01,000 --> 00:00:02,000\n\xff\xfe\n", 3),
        ("1\n00:00:01,000 --> 00:00:02,000\nA\x00B\n", 3),
        ("1\n00:00:01,000 --> 00:00:02,000\n" + "x" * 2001, 1),
    ],
)
def test_what_is_no_caption_file_is_refused_with_its_line(
    text: str | bytes, line: int, ada: Person, video: Video
) -> None:
    answer = put(ada, video, "en", text)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_captions")
    assert answer.json["line"] == line
    assert files_of(video) == []


def test_captions_have_bounds(ada: Person, video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caption_service, "MOST_TRACKS", 1)
    put(ada, video, "en", VTT)

    assert put(ada, video, "fr", VTT).json["code"] == "too_many_captions"
    assert put(ada, video, "en", VTT).status_code == 200
    assert put(ada, video, "en", VTT + "\n" * 1_000_000).status_code == 413
    assert put(ada, video, "en", "WEBVTT" + "\n\n00:01.000 --> 00:02.000\nx" * 20_001).status_code == 422
    assert len(files_of(video)) == 1


def test_only_caption_types_are_taken(ada: Person, video: Video) -> None:
    path = f"/videos/{video.id}/captions/en"

    assert ada.send("PUT", path, {"text": VTT}).status_code == 415


def test_a_foreign_video_is_404_before_its_captions_are_looked_at(bob: Person, video: Video) -> None:
    assert put(bob, video, "en", "no captions").status_code == 404
    assert bob.send("DELETE", f"/videos/{UUID(str(video.id))}/captions/en").status_code == 404


Shown = Callable[[str], str]


@pytest.fixture
def shown(ada: Person, video: Video) -> Shown:
    """What becomes of the text of a caption."""

    def show(text: str) -> str:
        served = fetch(ada, put(ada, video, "en", text).json["url"]).get_data(as_text=True)
        return served.split("\n\n", 1)[1].strip()

    return show


def test_marks_that_webvtt_knows_stay_and_all_others_become_text(shown: Shown) -> None:
    cue = "WEBVTT\n\n00:01.000 --> 00:02.000\n"

    assert shown(f"{cue}<v Ada><i>Hi</i> &amp; <c.yellow>bye</c>").endswith("<v Ada><i>Hi</i> &amp; <c.yellow>bye</c>")
    assert shown(f"{cue}<img src=x onerror=alert(1)>").endswith("\n&lt;img src=x onerror=alert(1)&gt;")
    assert shown(f"{cue}<b onclick=x>").endswith("\n&lt;b onclick=x&gt;")
    assert shown(f"{cue}<v onclick=alert(1)>").endswith("\n&lt;v onclick=alert(1)&gt;")
    assert shown(f"{cue}1 < 2 & 3 > 2").endswith("\n1 &lt; 2 &amp; 3 &gt; 2")


def test_styles_regions_notes_and_unknown_settings_are_left_out(shown: Shown) -> None:
    text = (
        "WEBVTT kind\nLanguage: en\n\nSTYLE\n::cue { background: url(https://example.org/x) }\n\nREGION\nid:a\n\n"
        "NOTE hi\nthere\n\nfirst\n00:03.000 --> 00:04.000 line:0 region:a align:start\nLater\n\n"
        "00:01.000 --> 00:02.000\nFirst\n"
    )

    assert shown(text) == (
        "00:00:01.000 --> 00:00:02.000\nFirst\n\n00:00:03.000 --> 00:00:04.000 line:0 align:start\nLater"
    )


def test_subrip_loses_its_fonts_and_places(shown: Shown) -> None:
    text = '\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}<font color="red">Red</font> <i>sky</i>\r\n'

    assert shown(text) == "00:00:01.000 --> 00:00:02.000\nRed <i>sky</i>"
