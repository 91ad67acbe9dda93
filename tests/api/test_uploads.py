"""Resumable uploads over tus 1.0.0: offsets, the end, and everything that can go wrong on the way."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.clients.stores import storage
from app.database import db, transaction
from app.models import Upload, UploadState, Video
from app.permissions import Role, Scope
from app.services import upload_service
from app.utils.times import now
from config import settings
from tests.api.conftest import Person

MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"0123456789" * 30
PIECE_TYPE = "application/offset+octet-stream"
VERSION = {"Tus-Resumable": "1.0.0"}


def metadata(**values: str) -> str:
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in values.items())


def begin(person: Person, size_bytes: int = len(MP4), **headers: str) -> TestResponse:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return person.post("/uploads", headers={**VERSION, "Upload-Length": str(size_bytes), **names})


def begun(person: Person, size_bytes: int = len(MP4)) -> str:
    """The path of a new upload."""
    answer = begin(person, size_bytes, Upload_Metadata=metadata(filename="clip.mp4"))
    assert answer.status_code == 201, answer.json
    return answer.headers["Location"].removeprefix("/api/v1")


def send(person: Person, path: str, piece: bytes, offset: int, **options: Any) -> TestResponse:
    headers = {**VERSION, "Upload-Offset": str(offset), **options.pop("headers", {})}
    options.setdefault("content_type", PIECE_TYPE)
    return person.send("PATCH", path, data=piece, headers=headers, **options)


def head(person: Person, path: str) -> TestResponse:
    return person.send("HEAD", path, headers=VERSION)


def files() -> list[Path]:
    return [path for path in storage().path_of("videos").rglob("*") if path.is_file()]


def test_a_file_in_pieces_becomes_a_video_with_its_last_byte(ada: Person) -> None:
    path = begun(ada)

    first = send(ada, path, MP4[:100], 0)
    between = head(ada, path)
    last = send(ada, path, MP4[100:], 100)

    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "100")
    assert "Upload-Expires" in first.headers
    assert (between.headers["Upload-Offset"], between.headers["Upload-Length"]) == ("100", str(len(MP4)))
    assert between.headers["Cache-Control"] == "no-store"
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(MP4)))
    video = ada.get(f"/videos/{last.headers['Marquee-Video-Id']}").json
    assert (video["title"], video["size_bytes"], video["processing"]["state"]) == ("clip", len(MP4), "waiting")
    assert ada.get(f"/jobs/{video['job_id']}").json["kind"] == "video.process"
    assert head(ada, path).headers["Marquee-Video-Id"] == video["id"]
    assert ada.get(path).json["video_id"] == video["id"]


def test_what_is_offered_can_be_asked_by_anybody(anonymous: Person) -> None:
    answer = anonymous.send("OPTIONS", "/uploads")

    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Max-Size"] == str(settings.max_upload_bytes)
    assert "creation-defer-length" in answer.headers["Tus-Extension"]
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256,md5"


def test_the_creating_request_may_carry_the_first_bytes_or_all(ada: Person) -> None:
    part = ada.post(
        "/uploads", data=MP4[:50], content_type=PIECE_TYPE, headers={**VERSION, "Upload-Length": str(len(MP4))}
    )
    whole = ada.post("/uploads", data=MP4, content_type=PIECE_TYPE, headers={**VERSION, "Upload-Length": str(len(MP4))})

    assert (part.status_code, part.headers["Upload-Offset"]) == (201, "50")
    assert (whole.status_code, whole.headers["Upload-Offset"]) == (201, str(len(MP4)))
    assert ada.get(f"/videos/{whole.headers['Marquee-Video-Id']}").status_code == 200


def test_a_length_may_be_told_later_and_only_once(ada: Person) -> None:
    created = ada.post("/uploads", headers={**VERSION, "Upload-Defer-Length": "1"})
    path = created.headers["Location"].removeprefix("/api/v1")

    send(ada, path, MP4[:10], 0)
    assert head(ada, path).headers["Upload-Defer-Length"] == "1"
    told = send(ada, path, MP4[10:20], 10, headers={"Upload-Length": str(len(MP4))})
    again = send(ada, path, MP4[20:], 20, headers={"Upload-Length": "1000"})
    last = send(ada, path, MP4[20:], 20)

    assert told.headers["Upload-Length"] == str(len(MP4))
    assert (again.status_code, again.json["code"]) == (409, "length_is_set")
    assert "Marquee-Video-Id" in last.headers


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 400, "invalid_header"),
        ({"Upload-Length": "-1"}, 400, "invalid_header"),
        ({"Upload-Length": "1e3"}, 400, "invalid_header"),
        ({"Upload-Length": "9" * 30}, 400, "invalid_header"),
        ({"Upload-Length": "10", "Upload-Defer-Length": "1"}, 400, "invalid_header"),
        ({"Upload-Defer-Length": "2"}, 400, "invalid_header"),
        ({"Upload-Length": "0"}, 422, "empty_file"),
        ({"Upload-Length": str(10**14)}, 413, "too_large"),
        ({"Upload-Length": "10", "Upload-Metadata": "filename ***"}, 400, "invalid_header"),
        ({"Upload-Length": "10", "Upload-Metadata": "a YQ==,a Yg=="}, 400, "invalid_header"),
        ({"Upload-Length": "10", "Upload-Metadata": "a " + "A" * 5000}, 400, "invalid_header"),
    ],
)
def test_an_upload_that_makes_no_sense_is_refused(ada: Person, headers: dict[str, str], status: int, code: str) -> None:
    before = files()

    answer = ada.post("/uploads", headers={**VERSION, **headers})

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert files() == before


def test_another_version_of_the_protocol_is_refused_with_ours(ada: Person) -> None:
    answer = ada.post("/uploads", headers={"Tus-Resumable": "0.2.2", "Upload-Length": "5"})

    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


def test_a_piece_that_begins_elsewhere_is_refused_and_changes_nothing(ada: Person) -> None:
    path = begun(ada)
    send(ada, path, MP4[:100], 0)

    answer = send(ada, path, MP4[50:], 50)

    assert (answer.status_code, answer.json["code"]) == (409, "offset_mismatch")
    assert answer.headers["Upload-Offset"] == "100"
    assert head(ada, path).headers["Upload-Offset"] == "100"


def test_a_piece_of_another_type_or_without_an_offset_is_refused(ada: Person) -> None:
    path = begun(ada)

    wrong_type = send(ada, path, MP4, 0, content_type="application/json")
    no_offset = ada.send("PATCH", path, data=MP4, content_type=PIECE_TYPE, headers=VERSION)

    assert wrong_type.status_code == 415
    assert no_offset.status_code == 400
    assert head(ada, path).headers["Upload-Offset"] == "0"


def test_more_than_was_announced_is_refused_and_nothing_of_it_stays(ada: Person) -> None:
    path = begun(ada, 20)

    answer = send(ada, path, MP4[:21], 0)

    assert answer.status_code == 413
    assert head(ada, path).headers["Upload-Offset"] == "0"


def test_what_arrived_before_the_connection_broke_stays(ada: Person) -> None:
    path = begun(ada)

    broken = send(ada, path, MP4[:70], 0, environ_overrides={"CONTENT_LENGTH": "200"})

    assert (broken.status_code, broken.json["code"]) == (400, "truncated_body")
    assert head(ada, path).headers["Upload-Offset"] == "70"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_checksum_decides_whether_a_piece_is_kept(ada: Person, algorithm: str) -> None:
    path = begun(ada)
    right = b64encode(hashlib.new(algorithm, MP4[:80]).digest()).decode()

    wrong = send(ada, path, MP4[1:81], 0, headers={"Upload-Checksum": f"{algorithm} {right}"})
    good = send(ada, path, MP4[:80], 0, headers={"Upload-Checksum": f"{algorithm} {right}"})

    assert (wrong.status_code, wrong.json["code"]) == (460, "checksum_mismatch")
    assert (good.status_code, good.headers["Upload-Offset"]) == (204, "80")


@pytest.mark.parametrize("header", ["crc32 AAAA", "sha1", "sha1 ???", ""])
def test_a_checksum_that_cannot_be_checked_is_refused(ada: Person, header: str) -> None:
    path = begun(ada)

    answer = send(ada, path, MP4[:80], 0, headers={"Upload-Checksum": header})

    assert answer.status_code in {400, 460}
    assert head(ada, path).headers["Upload-Offset"] == "0"


def test_a_broken_piece_with_a_checksum_leaves_nothing(ada: Person) -> None:
    path = begun(ada)
    digest = b64encode(hashlib.sha1(MP4[:200], usedforsecurity=False).digest()).decode()

    promised = {"Upload-Checksum": f"sha1 {digest}"}
    broken = send(ada, path, MP4[:70], 0, headers=promised, environ_overrides={"CONTENT_LENGTH": "200"})

    assert broken.status_code == 400
    assert head(ada, path).headers["Upload-Offset"] == "0"


def test_what_is_no_video_fails_with_its_last_byte_and_leaves_no_file(ada: Person) -> None:
    before = files()
    path = begun(ada, 9)

    answer = send(ada, path, b"some text", 0)

    assert (answer.status_code, answer.json["code"]) == (422, "not_a_video")
    assert head(ada, path).status_code == 410
    assert files() == before


def test_an_upload_that_is_given_up_is_gone_with_its_bytes(ada: Person) -> None:
    before = files()
    path = begun(ada)
    send(ada, path, MP4[:100], 0)

    assert ada.send("DELETE", path, headers=VERSION).status_code == 204

    assert (head(ada, path).status_code, send(ada, path, MP4[100:], 100).status_code) == (410, 410)
    assert files() == before


def test_a_finished_upload_takes_no_more_and_cannot_be_given_up(ada: Person) -> None:
    path = begun(ada)
    video_id = send(ada, path, MP4, 0).headers["Marquee-Video-Id"]

    again = send(ada, path, b"x", len(MP4))
    removed = ada.send("DELETE", path, headers=VERSION)

    assert (again.status_code, removed.status_code) == (409, 409)
    assert ada.get(f"/videos/{video_id}").status_code == 200


def test_ones_unfinished_uploads_are_listed_and_only_ones_own(ada: Person, bob: Person) -> None:
    path, other = begun(ada), begun(ada, 500)
    send(ada, other, MP4[:40], 0)
    begun(bob)
    send(ada, begun(ada), MP4, 0)

    listed = ada.get("/uploads").json["data"]

    assert {entry["id"]: entry["offset_bytes"] for entry in listed} == {
        path.rsplit("/", 1)[1]: 0,
        other.rsplit("/", 1)[1]: 40,
    }


def test_an_upload_is_its_authors_alone(ada: Person, bob: Person, anonymous: Person) -> None:
    path = begun(ada)

    for person, status in ((bob, 404), (anonymous, 401)):
        assert head(person, path).status_code == status
        assert send(person, path, MP4, 0).status_code == status
        assert person.send("DELETE", path, headers=VERSION).status_code == status
    assert head(ada, path).headers["Upload-Offset"] == "0"


def test_a_viewer_may_not_upload(ada: Person, give_role: Callable[[Person, Role], None]) -> None:
    path = begun(ada)
    give_role(ada, Role.VIEWER)

    assert begin(ada).status_code == 403
    assert send(ada, path, MP4, 0).status_code == 403
    assert ada.send("DELETE", path, headers=VERSION).status_code == 403


def test_an_upload_is_seen_where_it_belongs_and_with_a_scope_for_content(
    app: Flask, ada: Person, hire: Callable[[Person, Role], Person]
) -> None:
    editor = hire(ada, Role.EDITOR)
    path = begun(editor)
    key = Person(app.test_client(), editor.post("/api-keys", {"name": "k", "scopes": [Scope.READ_JOBS]}).json["key"])

    for seen, of in ((200, editor.organization), (404, ada.organization)):
        assert editor.get(path, headers={"Marquee-Organization": of}).status_code == seen
    assert key.get(path).status_code == 404


def test_an_account_that_goes_takes_its_own_uploads_only(ada: Person, bob: Person) -> None:
    path = begun(bob)

    assert ada.send("DELETE", "/users/me").status_code == 204

    assert head(bob, path).headers["Upload-Offset"] == "0"


def test_an_expired_upload_is_gone_and_swept_with_its_file(ada: Person, bob: Person) -> None:
    begun(bob)
    before = files()
    path = begun(ada)
    with transaction():
        expired = update(Upload).where(Upload.author_id == UUID(ada.user_id))
        db.session.execute(expired.values(expires_at=now() - timedelta(seconds=1)))

    assert head(ada, path).status_code == 410
    upload_service.sweep()

    assert files() == before
    states = db.session.execute(select(Upload.state).order_by(Upload.id)).scalars().all()
    assert states == [UploadState.CREATED, UploadState.EXPIRED]


def test_an_upload_that_a_crash_left_whole_becomes_its_video_once(ada: Person) -> None:
    path = begun(ada)
    row = db.session.query(Upload).one()
    key = f"videos/{row.organization_id}/{row.video_id}/original"
    storage().path_of(key).write_bytes(MP4)  # the process died between the last byte and its transaction

    asked = head(ada, path)
    upload_service.sweep()

    assert asked.headers["Marquee-Video-Id"] == str(row.video_id)
    assert db.session.query(Video).count() == 1


def test_a_received_upload_that_nobody_asks_for_is_swept_into_a_video(ada: Person) -> None:
    begun(ada)
    row = db.session.query(Upload).one()
    storage().path_of(f"videos/{row.organization_id}/{row.video_id}/original").write_bytes(MP4)
    with transaction():
        db.session.execute(update(Upload).values(state=UploadState.RECEIVED))

    upload_service.sweep()
    upload_service.sweep()

    assert db.session.query(Video).count() == 1


def use_of(person: Person) -> tuple[int, int, int]:
    """Stored and reserved bytes, and uploads under way."""
    usage = person.get(f"/organizations/{person.organization}/usage").json
    return usage["storage"]["used_bytes"], usage["storage"]["reserved_bytes"], usage["uploads"]["used"]


def test_an_upload_holds_its_room_until_it_is_a_video(ada: Person) -> None:
    path = begun(ada)
    held = use_of(ada)
    send(ada, path, MP4[:100], 0)
    send(ada, path, MP4[100:], 100)

    assert held == (0, len(MP4), 1)
    assert use_of(ada) == (len(MP4), 0, 0)


def test_an_upload_that_is_given_up_or_is_no_video_frees_its_room(ada: Person) -> None:
    given_up, no_video = begun(ada), begun(ada)

    ada.send("DELETE", given_up, headers=VERSION)
    send(ada, no_video, b"x" * len(MP4), 0)

    assert use_of(ada) == (0, 0, 0)


def test_an_upload_that_expires_frees_its_room(ada: Person) -> None:
    begun(ada)
    with transaction():
        db.session.execute(update(Upload).values(expires_at=now() - timedelta(seconds=1)))

    upload_service.sweep()

    assert use_of(ada) == (0, 0, 0)


def test_an_upload_for_which_there_is_no_room_is_refused_at_its_beginning(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "quota_storage_bytes", len(MP4) + 10)
    begun(ada)
    before = files()

    answer = begin(ada)

    assert (answer.status_code, answer.json["code"]) == (507, "storage_quota")
    assert (files(), use_of(ada)) == (before, (0, len(MP4), 1))


def test_a_length_that_is_named_late_counts_as_bytes_come(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "quota_storage_bytes", 150)
    answer = ada.post("/uploads", headers={**VERSION, "Upload-Defer-Length": "1"})
    path = answer.headers["Location"].removeprefix("/api/v1")
    send(ada, path, MP4[:100], 0)

    too_long = send(ada, path, b"", 100, headers={"Upload-Length": str(len(MP4))})
    too_much = send(ada, path, MP4[100:], 100)

    assert (too_long.status_code, too_long.json["code"]) == (507, "storage_quota")
    assert too_much.status_code == 413
    assert use_of(ada)[1] <= 150


def test_what_happens_to_an_upload_happens_to_no_other(ada: Person) -> None:
    """Two of the same person: no state, length or expiry of one follows the other's."""
    other = begun(ada)
    deferred = ada.post("/uploads", headers={**VERSION, "Upload-Defer-Length": "1"})
    before = db.session.execute(select(Upload.__table__).where(Upload.id == UUID(other.split("/")[-1]))).one()

    path = deferred.headers["Location"].removeprefix("/api/v1")
    assert send(ada, path, MP4[:50], 0, headers={"Upload-Length": "500"}).status_code == 204
    send(ada, begun(ada), MP4, 0)
    given_up = begun(ada)
    send(ada, given_up, MP4[:50], 0)
    ada.send("DELETE", given_up, headers=VERSION)

    after = db.session.execute(select(Upload.__table__).where(Upload.id == before.id)).one()
    assert after == before
    assert head(ada, other).headers["Upload-Offset"] == "0"
