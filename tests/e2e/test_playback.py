"""What is made of an upload, watched by hls.js in a real Chromium, and by those who may not."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin
from uuid import UUID

import jwt
import pytest
import requests
from itsdangerous import URLSafeSerializer

from app.media import fragments, playlists
from config.rules import DEVELOPMENT_SECRET
from tests.e2e.conftest import PASSWORD, Client, Product, fetched
from tests.support import numbered_film
from tests.support.browser_fixtures import PLAYER
from tests.support.numbered_film import CLOSED, ENDLESS_GOP, FPS

if TYPE_CHECKING:
    from playwright.sync_api import Page

LONG_S = 40
LATE_FRAMES = 5
CAPTIONS = "WEBVTT\n\n00:05.000 --> 00:07.000\nFive\n\n00:30.000 --> 00:33.000\nThirty\n"


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three sources: one that is copied, one that must be encoded, one that lies on its side."""
    folder = tmp_path_factory.mktemp("films")
    copied = numbered_film.make(folder / "copied.mp4", LONG_S, CLOSED, has_sound=True)
    short = numbered_film.make(folder / "short.mp4", 3, ENDLESS_GOP)
    return {
        "copied": copied,
        "encoded": numbered_film.make(folder / "encoded.mp4", LONG_S, ENDLESS_GOP),
        "turned": numbered_film.turned(short, folder / "turned.mov"),
    }


@pytest.fixture(scope="module")
def watched(product: Product, sign_up: Callable[[], Client], films: dict[str, Path]) -> tuple[Client, str]:
    """Somebody with a private video that is ready, 40 s long and captioned."""
    del product
    client = sign_up()
    video_id = str(client.upload(films["copied"])["id"])
    client.send("PUT", f"/videos/{video_id}/captions/en", data=CAPTIONS, headers={"Content-Type": "text/vtt"})
    client.wait_for(video_id, "ready")
    return client, video_id


@pytest.fixture
def player(browser_page: "Page", stock_client: Path, product: Product) -> "Page":
    """A page with hls.js, from the address of the product."""
    script = stock_client / "hls.js" / "dist" / "hls.js"
    browser_page.route("**/hls.js", lambda route: route.fulfill(path=script))
    browser_page.route("**/player.html", lambda route: route.fulfill(path=PLAYER))
    browser_page.goto(f"{product.address}/player.html")
    return browser_page


def playback(client: Client, video_id: str) -> dict[str, Any]:
    document: dict[str, Any] = client.send("GET", f"/videos/{video_id}/playback").json()
    return document


def assert_right_frames(player: "Page") -> None:
    """Every frame that was noticed is the one of its moment; while it plays, the next may stand there already."""
    late = [number - round(at_s * FPS) for at_s, number in player.evaluate("() => seen")]
    assert late
    assert set(late) <= set(range(LATE_FRAMES + 1))


def assert_no_hole(player: "Page") -> None:
    """What a busy machine or a jump makes, such as an aborted request, is no fault of the film."""
    faults = player.evaluate("() => faults")
    assert [fault for fault in faults if "fatal" in fault or "Hole" in fault or "Append" in fault] == []


@pytest.mark.browser
def test_a_private_film_plays_at_once_and_from_where_one_jumps_to(
    player: "Page", watched: tuple[Client, str], record_property: Callable[[str, object], None]
) -> None:
    client, video_id = watched
    url = playback(client, video_id)["hls_url"]

    first_frame_ms = player.evaluate("url => play(url)", url)
    jumped = player.evaluate("() => seek(32)")
    record_property("first_frame_ms", round(first_frame_ms))
    assert "/public/" not in url
    assert first_frame_ms < 15_000
    player.evaluate("() => playTo(33)")

    assert jumped == [32, 32 * FPS]
    assert_right_frames(player)
    assert_no_hole(player)


@pytest.mark.browser
def test_levels_change_both_ways_without_a_gap(player: "Page", watched: tuple[Client, str]) -> None:
    client, video_id = watched
    player.evaluate("url => play(url, {startLevel: 0})", playback(client, video_id)["hls_url"])
    player.evaluate("() => { player.playbackRate = 4 }")

    for height in (360, 240):
        player.evaluate("height => switchTo(height)", height)

    assert player.evaluate("() => levels")[-2:] == [360, 240]
    assert len(player.evaluate("() => ranges()")) == 1
    assert_right_frames(player)
    assert_no_hole(player)


@pytest.mark.browser
def test_a_rung_of_several_chunks_is_one_piece_without_a_lost_frame(
    player: "Page", watched: tuple[Client, str]
) -> None:
    client, video_id = watched
    url = urljoin(playback(client, video_id)["hls_url"], "240/playlist.m3u8")
    segments, init = segments_of(url)
    content = [requests.get(address, timeout=60).content for address in segments]

    starts = [fragments.decode_time(segment) for segment in content]
    frames = [fragments.frame_count(segment) for segment in content]
    numbers = list(numbered_film.numbers_in(init + b"".join(content), 426, 240))
    player.evaluate("url => play(url)", url)
    player.wait_for_function("() => player.buffered.length && player.buffered.end(0) > 39.9")

    assert numbers == list(range(LONG_S * FPS))
    step = (starts[1] - starts[0]) // frames[0]
    assert starts == [sum(frames[:index]) * step for index in range(len(frames))]
    [(start_s, end_s)] = player.evaluate("() => ranges()")
    assert (start_s, round(end_s, 2)) == (0, LONG_S)
    assert player.evaluate("() => player.duration") == pytest.approx(LONG_S, abs=0.1)


def segments_of(url: str) -> tuple[list[str], bytes]:
    """The addresses of a media playlist's segments, and its init file."""
    listed = playlists.read_segments(requests.get(url, timeout=60).text)
    init = requests.get(urljoin(url, playlists.INIT), timeout=60).content
    return [urljoin(url, segment.uri) for segment in listed], init


@pytest.mark.browser
def test_a_film_that_is_being_encoded_plays_on_over_the_join(
    player: "Page", sign_up: Callable[[], Client], films: dict[str, Path]
) -> None:
    client = sign_up()
    video_id = str(client.upload(films["encoded"])["id"])
    client.wait_for(video_id, "playable")
    url = playback(client, video_id)["hls_url"]

    player.evaluate("url => play(url)", url)
    was_growing = player.evaluate("() => hls.levels[0].details.live")
    player.wait_for_function("() => !hls.levels[0].details.live", timeout=60_000)
    player.evaluate("() => seek(30)")
    player.evaluate("() => playTo(34, 2)")

    text = requests.get(urljoin(url, "first/playlist.m3u8"), timeout=60).text
    assert was_growing
    assert [part.init for part in playlists.read_parts(text)] == ["init.mp4", "../360/init.mp4"]
    assert player.evaluate("() => player.duration") == pytest.approx(LONG_S, abs=0.1)
    # A busy browser leaves most frames out.
    assert {at_s < 32 for at_s, _ in player.evaluate("() => seen") if at_s >= 30} == {True, False}
    assert_right_frames(player)
    start_s, end_s = player.evaluate("() => ranges()")[-1]
    assert (start_s <= 30, end_s) == (True, pytest.approx(LONG_S, abs=0.1))
    assert_no_hole(player)


@pytest.mark.browser
def test_a_film_on_its_side_is_shown_upright(
    player: "Page", sign_up: Callable[[], Client], films: dict[str, Path]
) -> None:
    client = sign_up()
    video_id = str(client.upload(films["turned"])["id"])
    client.wait_for(video_id, "ready")

    player.evaluate("url => play(url)", playback(client, video_id)["hls_url"])
    player.evaluate("() => playTo(1)")

    assert player.evaluate("() => player.videoWidth > player.videoHeight")
    assert_right_frames(player)


@pytest.mark.browser
def test_captions_are_a_text_track_with_each_cue_at_its_time(player: "Page", watched: tuple[Client, str]) -> None:
    client, video_id = watched
    player.evaluate("url => play(url)", playback(client, video_id)["hls_url"])

    cues = player.evaluate("() => cues('en')")

    assert cues == [[5, 7, "Five"], [30, 33, "Thirty"]]
    assert player.evaluate("() => shownAt(6)") == ["Five"]
    assert player.evaluate("() => shownAt(20)") == []
    assert player.evaluate("() => shownAt(31)") == ["Thirty"]


LISTS: Final = ("application/vnd.apple.mpegurl", "text/vtt")


def reachable(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every address that playback leads to, through playlists and tracks, with the type of what is there."""
    left = [url for url in document.values() if isinstance(url, str) and url.startswith("http")]
    left += [caption["url"] for caption in document["captions"]]
    known = set(left)
    while left:
        url = left.pop()
        answer = fetched(url)
        assert answer.status_code == 200, url
        kind = answer.headers["Content-Type"].partition(";")[0]
        yield url, kind
        found = set(children_of(url, answer.text)) - known if kind in LISTS else set()
        known |= found
        left += found


def children_of(url: str, text: str) -> Iterator[str]:
    """What a playlist names, or a track of pictures."""
    for line in text.splitlines():
        if 'URI="' in line:
            yield urljoin(url, line.split('URI="')[1].split('"')[0])
        elif line.endswith((".m3u8", ".m4s", ".vtt")) or ".jpg#" in line:
            yield urljoin(url, line.partition("#")[0])


def statuses(addresses: list[str], token: str, other: str) -> set[int]:
    """What the addresses answer with another token in place of theirs; no answer may hold a file."""
    found: set[int] = set()
    with requests.Session() as session:
        for url in addresses:
            answer = session.get(url.replace(token, other), timeout=60)
            found.add(answer.status_code)
            assert answer.headers["Content-Type"] == "application/problem+json", url
    return found


def session_of(client: Client) -> str:
    return UUID(jwt.decode(client.token, options={"verify_signature": False})["sid"]).hex


def signed(video_id: str, session: str, *, for_s: int = 3600) -> str:
    """A token as the product makes them, with its own key."""
    serializer = URLSafeSerializer([DEVELOPMENT_SECRET], salt="playback")
    return str(serializer.dumps([UUID(video_id).hex, session, int(time.time()) + for_s, False]))


def test_nothing_of_a_private_film_is_there_without_its_own_token(
    watched: tuple[Client, str], sign_up: Callable[[], Client]
) -> None:
    client, video_id = watched
    document = playback(client, video_id)
    token = document["hls_url"].split("/")[4]
    found = dict(reachable(document))
    addresses, stranger, own = list(found), sign_up(), session_of(client)

    kinds = set(found.values())
    assert kinds >= {*LISTS, "video/mp4", "image/jpeg"}
    assert {url.rsplit(".", 1)[-1] for url in addresses} >= {"m3u8", "m4s", "mp4", "jpg", "vtt"}
    assert len(addresses) >= 3 * LONG_S / 4  # two pictures and the sound
    assert requests.get(addresses[0].replace(token, signed(video_id, own)), timeout=60).status_code == 200
    assert statuses(addresses, token, "public") == {404}
    assert statuses(addresses, f"/{token}/", "/") == {404}
    assert statuses(addresses, token, token[:-2] + ("aa" if token[-2:] != "aa" else "bb")) == {404}
    assert statuses(addresses, token, signed(video_id, own, for_s=-1)) == {403}
    assert statuses(addresses, token, signed(str(UUID(int=7)), own)) == {404}
    assert statuses(addresses, token, signed(video_id, session_of(stranger))) == {404}
    assert stranger.send("GET", f"/videos/{video_id}/playback").status_code == 404


def test_the_end_of_a_session_ends_every_address_it_was_given(watched: tuple[Client, str]) -> None:
    client, video_id = watched
    body = {"email": client.send("GET", "/users/me").json()["email"], "password": PASSWORD}
    second = Client(
        client.address,
        requests.post(f"{client.address}/api/v1/auth/signin", json=body, timeout=30).json()["access_token"],
    )
    document = playback(second, video_id)
    token = document["hls_url"].split("/")[4]
    addresses = [url for url, _ in reachable(document)]

    assert second.send("POST", "/auth/signout", json={}).status_code == 204

    assert statuses(addresses, token, token) == {404}
    assert requests.get(playback(client, video_id)["hls_url"], timeout=60).status_code == 200


@pytest.mark.browser
@pytest.mark.parametrize("name", ["film.mkv", "radio.mka"])
def test_languages_can_be_chosen_while_it_plays(
    player: "Page", sign_up: Callable[[], Client], films: dict[str, Path], tmp_path: Path, name: str
) -> None:
    picture = ["-map", "0:v", "-c:v", "copy"] if name == "film.mkv" else ["-vn"]
    sounds = [part for pitch in (220, 440) for part in ("-f", "lavfi", "-i", f"sine={pitch}:duration=6")]
    named = ["-metadata:s:a:0", "language=ger", "-metadata:s:a:1", "language=eng", "-c:a", "aac", "-t", "6"]
    maps = [*picture, "-map", "1", "-map", "2"]
    numbered_film.run(["-i", str(films["copied"]), *sounds, *maps, *named, str(tmp_path / name)])
    client = sign_up()
    video_id = str(client.upload(tmp_path / name)["id"])
    client.wait_for(video_id, "ready")

    chosen = player.evaluate("url => listen(url, 'en')", playback(client, video_id)["hls_url"])

    assert chosen["tracks"] == [["de", "German"], ["en", "English"]]
    assert (chosen["before"], chosen["after"]) == ("de", "en")
    assert [track["label"] for track in playback(client, video_id)["audio_tracks"]] == ["German", "English"]
    player.evaluate("() => playTo(5)")
    assert_no_hole(player)
