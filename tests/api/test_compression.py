"""What goes out coded: as the client weighs the codings, with tags of its own, and never where it would harm."""

import zlib
from typing import Any, Final

import brotli
import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from app.clients.stores import storage
from app.database import transaction
from app.middlewares.compression import chosen
from app.models import Organization, Processing, Publication, Video, Visibility
from app.services.video_pipeline.material import video_prefix
from app.utils.times import now
from tests.api.conftest import Person
from tests.factories import make_organization, make_post, make_video

LONG: Final = "<p>" + "some words of a long text " * 2000 + "</p>"
LIST: Final = "/api/v1/posts?include=body_html"


@pytest.fixture
def gazette(database: object) -> Organization:
    del database
    owner = make_organization(name="Gazette", slug="gazette")
    make_post(owner, publication=Publication.PUBLISHED, body_html=LONG, slug="long")
    return owner


@pytest.fixture
def client(app: Flask) -> Client:
    """A client that knows nothing of the API document, which describes what is not coded."""
    return Client(app)


def fetch(client: Client, path: str = LIST, accept: str | None = "br, gzip", **headers: str) -> TestResponse:
    coded = {} if accept is None else {"Accept-Encoding": accept}
    method = headers.pop("method", "GET")
    return client.open(path, method=method, headers={**coded, **headers})


def decoded(answer: TestResponse) -> bytes:
    body = answer.get_data()
    coding = answer.headers.get("Content-Encoding")
    if coding == "br":
        return bytes(brotli.decompress(body))
    return zlib.decompress(body, 31) if coding == "gzip" else body


@pytest.mark.parametrize(
    ("accept", "coding", "is_must"),
    [
        ("", None, False),
        ("identity", None, False),
        ("deflate, zstd", None, False),
        ("gzip", "gzip", False),
        ("GZIP", "gzip", False),
        ("gzip, br", "br", False),
        ("gzip;q=1.0, br;q=0.9", "gzip", False),
        ("br;q=0, *", "gzip", False),
        ("*", "br", False),
        ("*;q=0", None, False),
        ("br;q=0, gzip;q=0", None, False),
        ("gzip;q=0.5, identity", None, False),
        ("gzip;q=0.5, identity;q=0.5", "gzip", False),
        ("gzip, identity;q=0", "gzip", True),
        ("br, *;q=0", "br", True),
        ("gzip;q=high", None, False),
        (";,;q=,", None, False),
    ],
)
def test_the_client_s_weights_decide(accept: str, coding: str | None, *, is_must: bool) -> None:
    found, refuses_plain = chosen(accept)

    assert found == coding
    assert refuses_plain is is_must or coding is None


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_coded_answer_is_the_plain_one_under_a_tag_of_its_own(
    coding: str, gazette: Organization, client: Client
) -> None:
    del gazette
    plain = fetch(client, accept=None)

    coded = fetch(client, accept=coding)

    assert coded.headers["Content-Encoding"] == coding
    assert decoded(coded) == plain.get_data()
    assert int(coded.headers["Content-Length"]) == len(coded.get_data()) < len(plain.get_data()) / 10
    assert coded.headers["ETag"] == f'{plain.headers["ETag"][:-1]}-{coding}"'
    for answer in (plain, coded):
        assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Content-Encoding" not in plain.headers


def test_a_head_says_what_the_get_would(gazette: Organization, client: Client) -> None:
    del gazette
    named = ("Content-Encoding", "Content-Length", "ETag", "Vary")

    get, head = (fetch(client, method=method) for method in ("GET", "HEAD"))

    assert [head.headers[name] for name in named] == [get.headers[name] for name in named]
    assert head.get_data() == b""


def test_the_tag_of_a_coded_answer_saves_it_too(gazette: Organization, client: Client) -> None:
    del gazette
    tag = fetch(client).headers["ETag"]
    weak = f"W/{tag}"

    for sent in (tag, weak, f'"other", {tag}'):
        answer = fetch(client, **{"If-None-Match": sent})

        assert (answer.status_code, answer.get_data()) == (304, b"")
        assert answer.headers["ETag"] == tag
        assert "Content-Encoding" not in answer.headers
    plain = tag.replace("-br", "")
    assert fetch(client, accept=None, **{"If-None-Match": plain}).headers["ETag"] == plain
    assert fetch(client, **{"If-None-Match": tag.replace("-br", "-gzip")}).status_code == 304
    assert fetch(client, **{"If-None-Match": tag.replace("-br", "-zstd")}).status_code == 200


def test_an_editor_may_name_a_coded_copy(ada: Person) -> None:
    path = f"/posts/{ada.draft()['id']}"
    tag = ada.get(path).headers["ETag"]

    for coding in ("br", "gzip"):
        headers = {"If-Match": f'{tag[:-1]}-{coding}"'}
        answer = ada.send("PATCH", path, {"title": f"Now {coding}"}, headers=headers)
        assert answer.status_code == 200
        tag = answer.headers["ETag"]
    stale = ada.send("PATCH", path, {"title": "Late"}, headers={"If-Match": '"1.abc-br"'})
    assert stale.status_code == 412


def test_what_is_short_stays_as_it_is_unless_the_client_refuses_that(app: Flask, client: Client) -> None:
    del app

    assert "Content-Encoding" not in fetch(client, "/healthz").headers
    assert "Content-Encoding" not in fetch(client, "/api/v1/nowhere").headers
    must = fetch(client, "/healthz", accept="gzip, identity;q=0")
    assert decoded(must) == b'{"status":"ok"}'
    assert must.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("file", ["feed.xml", "atom.xml", "feed.json"])
def test_feeds_are_coded(file: str, gazette: Organization, client: Client) -> None:
    del gazette
    path = f"/api/v1/organizations/gazette/{file}"

    coded = fetch(client, path)

    assert coded.headers["Content-Encoding"] == "br"
    assert decoded(coded) == fetch(client, path, accept=None).get_data()
    assert fetch(client, path, **{"If-None-Match": coded.headers["ETag"]}).status_code == 304


def film_of(owner: Organization, **files: str) -> Video:
    columns: dict[str, Any] = {"processing": Processing.READY, "visibility": Visibility.PUBLIC, "ready_at": now()}
    video = make_video(owner, publication=Publication.PUBLISHED, **columns)
    for name, content in files.items():
        path = storage().path_of(f"{video_prefix(owner.id, video.id)}/v1/{name.replace('_', '.')}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return video


def test_playlists_and_subtitles_are_coded_and_films_are_not(gazette: Organization, client: Client) -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n\n" * 100
    video = film_of(gazette, storyboard_vtt=text, master_m3u8="#EXTM3U\n" * 500, video_mp4=text)
    folder = f"/media/public/{video.id}/v1"

    for name in ("storyboard.vtt", "master.m3u8"):
        plain, coded, head = (
            fetch(client, f"{folder}/{name}", accept=None),
            fetch(client, f"{folder}/{name}"),
            fetch(client, f"{folder}/{name}", method="HEAD"),
        )
        assert coded.headers["Content-Encoding"] == "br"
        assert decoded(coded) == plain.get_data()
        assert (head.headers["Content-Encoding"], head.headers["ETag"]) == ("br", coded.headers["ETag"])
        assert "Accept-Ranges" not in coded.headers
        assert plain.headers["Accept-Ranges"] == "bytes"
        known = fetch(client, f"{folder}/{name}", **{"If-None-Match": coded.headers["ETag"]})
        assert (known.status_code, known.headers["ETag"]) == (304, coded.headers["ETag"])
        assert "Accept-Encoding" in known.headers["Vary"]
    film = fetch(client, f"{folder}/video.mp4")
    assert "Content-Encoding" not in film.headers
    assert "Accept-Encoding" not in film.headers.get("Vary", "")


def test_a_part_is_of_the_plain_file_whatever_the_client_takes(gazette: Organization, client: Client) -> None:
    text = "WEBVTT\n\n" + "NOTE a line\n\n" * 500
    path = f"/media/public/{film_of(gazette, storyboard_vtt=text).id}/v1/storyboard.vtt"
    coded_tag = fetch(client, path).headers["ETag"]

    part = fetch(client, path, Range="bytes=0-5")
    mixed = fetch(client, path, Range="bytes=6-", **{"If-Range": coded_tag})

    assert (part.status_code, part.get_data()) == (206, b"WEBVTT")
    assert "Content-Encoding" not in part.headers
    # The rest of a coded copy is not the rest of the file.
    assert mixed.status_code == 200
    assert decoded(mixed) == text.encode()


def test_answers_that_hold_tokens_are_not_coded(ada: Person, client: Client) -> None:
    with transaction():
        make_post(make_organization(), publication=Publication.PUBLISHED, body_html=LONG)
    body = {"email": ada.session["user"]["email"], "password": "correct horse battery"}
    must = {"Accept-Encoding": "gzip, identity;q=0"}

    signed_in = client.post("/api/v1/auth/signin", json=body, headers=must)

    assert signed_in.status_code == 200
    assert "access_token" in signed_in.json
    assert "Content-Encoding" not in signed_in.headers


def test_the_page_and_the_document_are_coded(client: Client, app: Flask) -> None:
    del app
    document = fetch(client, "/openapi.json")

    assert document.headers["Content-Encoding"] == "br"
    assert decoded(document).startswith(b'{"openapi"')
    with fetch(client, "/docs/swagger-ui.css") as style:
        assert style.headers["Content-Encoding"] == "br"
        assert b".swagger-ui" in decoded(style)
