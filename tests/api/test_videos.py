"""Videos without a worker: uploads, reading, publishing, deleting, and who may."""

import io
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from app.clients.stores import storage
from app.database import db, transaction
from app.models import Organization, Processing, Visibility
from config import settings
from tests.api.conftest import Person
from tests.factories import make_video
from tests.support.media import stored_playlist

MP4_HEAD = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 200


def upload(person: Person, content: bytes = MP4_HEAD, name: str = "clip.mp4", **fields: str) -> TestResponse:
    return person.post("/videos", data={"file": (io.BytesIO(content), name), **fields})


def stored_files() -> list[Path]:
    folder = storage().path_of("videos")
    return [path for path in folder.rglob("*") if path.is_file()]


def test_an_upload_is_a_draft_for_its_own_people_with_a_job(ada: Person, anonymous: Person, bob: Person) -> None:
    answer = upload(ada, title="My clip")

    video = answer.json
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/videos/{video['id']}"
    assert video["title"] == "My clip"
    assert (video["publication"], video["visibility"]) == ("draft", "organization")
    assert video["processing"]["state"] == "waiting"
    assert video["size_bytes"] == len(MP4_HEAD)
    assert ada.get(f"/jobs/{video['job_id']}").json["kind"] == "video.process"
    assert anonymous.get(f"/videos/{video['id']}").status_code == 404
    assert bob.get(f"/videos/{video['id']}").status_code == 404
    assert bob.get(f"/jobs/{video['job_id']}").status_code == 404


def test_a_hostile_file_name_becomes_a_title_and_nothing_more(ada: Person) -> None:
    before = stored_files()

    answer = upload(ada, name="../../etc/pass\x00wd;$(id).mp4")

    assert answer.status_code == 201
    assert [path.name for path in stored_files() if path not in before] == ["original"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"just text", "not_a_video"),
    ],
)
def test_what_is_no_video_is_refused_and_leaves_nothing(ada: Person, content: bytes, code: str) -> None:
    before = stored_files()

    answer = upload(ada, content)

    assert answer.status_code == 422
    assert answer.json["code"] == code
    assert stored_files() == before


def test_a_body_that_ends_early_is_refused_and_leaves_nothing(ada: Person) -> None:
    before = stored_files()
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n' + MP4_HEAD

    answer = ada.post("/videos", data=body, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 400
    assert answer.json["code"] == "truncated_body"
    assert stored_files() == before


def test_an_upload_without_a_file_or_with_a_strange_field_is_refused(ada: Person) -> None:
    assert ada.post("/videos", data={"title": "x"}, content_type="multipart/form-data").json["code"] == "no_file"
    assert upload(ada, owner="me").json["code"] == "unexpected_field"
    assert ada.post("/videos", {"title": "x"}).status_code == 415


def test_an_upload_over_the_limit_is_refused_before_it_is_read(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "max_upload_bytes", 100)

    answer = upload(ada)

    assert answer.status_code == 413


def test_a_full_disk_is_507_at_both_doors_and_holds_no_room(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    before = stored_files()
    monkeypatch.setattr(storage(), "_reserve_bytes", 2**62)

    answers = [upload(ada), ada.post("/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "1000"})]

    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(507, "insufficient_storage")] * 2
    assert stored_files() == before
    usage = ada.get(f"/organizations/{ada.organization}/usage").json
    assert (usage["storage"]["reserved_bytes"], usage["uploads"]["used"]) == (0, 0)


def test_nobody_uploads_anonymously(anonymous: Person) -> None:
    assert upload(anonymous).status_code == 401


def test_playback_waits_for_the_first_segments(ada: Person) -> None:
    answer = ada.get(f"/videos/{upload(ada).json['id']}/playback")

    assert answer.status_code == 409
    assert answer.json["code"] == "not_playable"


def test_what_will_be_public_is_played_by_its_people_before(ada: Person, anonymous: Person) -> None:
    with transaction():
        own = db.session.get_one(Organization, UUID(ada.session["organization"]["id"]))
        make_video(own, processing=Processing.READY)
        video = make_video(own, processing=Processing.READY, visibility=Visibility.PUBLIC)

    link = urlsplit(ada.get(f"/videos/{video.id}/playback").json["hls_url"]).path

    with stored_playlist(video):
        assert anonymous.client.get(link).status_code == 200
        assert anonymous.client.get(f"/media/public/{link.split('/', 3)[3]}").status_code == 404


def test_publishing_keeps_the_visibility_that_was_chosen(ada: Person, anonymous: Person) -> None:
    video = upload(ada).json
    path = f"/videos/{video['id']}"
    ada.post(f"{path}/publish")
    assert anonymous.get(path).status_code == 404

    ada.send("PATCH", path, {"visibility": "public"})

    assert anonymous.get(path).status_code == 200
    assert [found["id"] for found in anonymous.get("/videos").json["data"]] == [video["id"]]


def test_a_deleted_video_is_gone_at_once_and_its_job_is_cancelled(ada: Person) -> None:
    video = upload(ada).json

    assert ada.send("DELETE", f"/videos/{video['id']}").status_code == 204

    assert ada.get(f"/videos/{video['id']}").status_code == 404
    assert ada.get(f"/jobs/{video['job_id']}").json["state"] == "cancelled"


def test_whatever_changes_who_may_play_is_written_down(ada: Person) -> None:
    where = f"/videos/{upload(ada).json['id']}"
    ada.send("PATCH", where, {"visibility": "public"})
    ada.post(f"{where}/publish")
    ada.post(f"{where}/unpublish")
    ada.send("DELETE", where)

    lines = ada.get(f"/organizations/{ada.organization}/audit").json["data"]

    assert [line["action"] for line in reversed(lines) if line["subject"].startswith("video:")] == [
        "video.changed",
        "video.published",
        "video.unpublished",
        "video.deleted",
    ]
