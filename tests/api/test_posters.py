"""Posters that somebody sends: what is taken, what is shown when, and what goes back."""

import io
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.clients.stores import storage
from app.database import db, transaction
from app.jobs import DELETE_FILES, MAKE_POSTER
from app.models import Event, Job, JobState, Membership, Processing, Video
from app.permissions import Role
from app.services import quota_service
from app.services.video_pipeline.material import video_prefix
from config import settings
from tests.factories import make_membership, make_video
from tests.pictures import from_a_phone, plain, png_that_says
from tests.support.attempts import attempt_all
from tests.support.http import ApiClient

pytestmark = pytest.mark.usefixtures("committed_database")
Work = Callable[..., None]


@pytest.fixture
def editor(committed_database: object) -> Membership:
    del committed_database
    with transaction():
        return make_membership(role=Role.OWNER)


@pytest.fixture
def ada(client: ApiClient, editor: Membership) -> ApiClient:
    return client.acting_as(editor)


@pytest.fixture
def video(editor: Membership) -> Video:
    """One that is still being worked on, with an automatic poster."""
    with transaction():
        make_video(editor.organization)  # beside it
        return make_video(editor.organization, processing=Processing.PLAYABLE, has_poster=True)


@pytest.fixture
def work(app: Flask) -> Work:
    """Does the queued jobs of a kind, as a worker would."""
    return partial(attempt_all, app)


def put(client: ApiClient, video: Video, content: bytes, **headers: str) -> TestResponse:
    body = {"file": (io.BytesIO(content), "holiday.svg")}
    return client.put(f"/api/v1/videos/{video.id}/poster", data=body, headers=headers)


def delete(client: ApiClient, video: Video, **headers: str) -> TestResponse:
    return client.delete(f"/api/v1/videos/{video.id}/poster", headers=headers)


def let_files_go(work: Work) -> None:
    """What was deleted waits for a while."""
    with transaction():
        db.session.query(Job).filter_by(kind=DELETE_FILES.name).update({"run_at": Job.created_at})
    work(DELETE_FILES)


def poster_url(client: ApiClient, video: Video) -> str:
    document = client.get(f"/api/v1/videos/{video.id}").get_json()
    assert urlsplit(client.get(f"/api/v1/videos/{video.id}/playback").get_json()["poster_url"]).path.endswith(
        document["poster_url"].rpartition("/")[2]
    )
    return str(document["poster_url"])


def stored(video: Video) -> list[str]:
    folder = storage().path_of(f"{video_prefix(video.organization_id, video.id)}/posters")
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def name_of(url: str) -> str:
    return url.rpartition("/")[2]


def test_a_poster_replaces_the_automatic_one_and_goes_again(
    client: ApiClient, ada: ApiClient, video: Video, work: Work
) -> None:
    automatic = poster_url(ada, video)
    taken = put(ada, video, from_a_phone((600, 900)))
    assert (taken.status_code, taken.get_json()["poster_url"]) == (202, automatic)
    assert client.get(taken.headers["Location"]).status_code == 401
    assert ada.get(taken.headers["Location"]).get_json()["kind"] == "video.poster"

    work(MAKE_POSTER)
    first = poster_url(ada, video)
    fetched = client.get(urlsplit(first).path)
    put(ada, video, plain("PNG", (320, 180)))
    work(MAKE_POSTER)
    second = poster_url(ada, video)
    assert (fetched.status_code, fetched.content_type) == (200, "image/jpeg")
    assert "immutable" in fetched.headers["Cache-Control"]
    shown = Image.open(io.BytesIO(fetched.get_data()))
    assert shown.size == (600, 900)
    assert b"Secretive" not in fetched.get_data()
    assert len({name_of(url) for url in (automatic, first, second)}) == 3
    assert client.get(urlsplit(first).path).status_code == 404
    assert client.get(urlsplit(second).path).content_type == "image/png"
    assert client.get(urlsplit(second.replace(second.split("/")[4], "public")).path).status_code == 404

    assert delete(ada, video).status_code == 204
    assert delete(ada, video).status_code == 204
    assert name_of(poster_url(ada, video)) == "poster.jpg"
    assert client.get(urlsplit(second).path).status_code == 404
    let_files_go(work)
    assert stored(video) == []


def test_of_two_the_last_one_sent_wins_whichever_is_made_first(ada: ApiClient, video: Video, work: Work) -> None:
    put(ada, video, plain("JPEG"))
    put(ada, video, plain("PNG"))

    work(MAKE_POSTER, last_first=True)

    assert poster_url(ada, video).endswith(".png")
    with transaction():
        states = db.session.scalars(select(Job.state).where(Job.kind == MAKE_POSTER.name)).all()
        events = db.session.scalars(select(Event.type).where(Event.subject == f"video:{video.id}")).all()
    assert states == [JobState.SUCCEEDED, JobState.SUCCEEDED]
    assert events == ["video.updated"] * 3


def test_what_cannot_be_made_changes_nothing_that_is_shown(ada: ApiClient, video: Video, work: Work) -> None:
    put(ada, video, plain("JPEG"))
    work(MAKE_POSTER)
    before = poster_url(ada, video)
    answer = put(ada, video, plain("PNG", (300, 300))[:200])

    work(MAKE_POSTER)

    job = ada.get(answer.headers["Location"]).get_json()
    assert (job["state"], job["error"]["code"]) == ("failed", "damaged_image")
    assert poster_url(ada, video) == before
    with transaction():
        row = db.session.get_one(Video, video.id, populate_existing=True)
        assert row.poster_wanted == row.poster
    retried = ada.post(f"{answer.headers['Location']}/retry")
    assert (retried.status_code, retried.get_json()["code"]) == (409, "not_retriable")


def test_a_poster_counts_in_the_quota_until_another_takes_its_place_or_it_goes(
    ada: ApiClient, editor: Membership, video: Video, work: Work
) -> None:
    def use() -> tuple[int, int]:
        quotas = ada.get(f"/api/v1/organizations/{editor.organization.slug}/usage").get_json()
        return quotas["storage"]["used_bytes"] - films_bytes, quotas["storage"]["reserved_bytes"]

    def made() -> int:
        folder = storage().path_of(f"{video_prefix(video.organization_id, video.id)}/posters")
        [path] = [path for path in folder.rglob("*") if path.is_file()]
        return path.stat().st_size

    films_bytes = 0
    quota_service.recount(lambda: None)
    films_bytes, _ = use()
    put(ada, video, plain("JPEG", (800, 800)))
    assert use()[0] == 0
    assert use()[1] > 0
    work(MAKE_POSTER)
    let_files_go(work)
    assert use() == (made(), 0)
    put(ada, video, plain("JPEG", (200, 200)))
    work(MAKE_POSTER)
    let_files_go(work)
    assert use() == (made(), 0)
    assert quota_service.recount(lambda: None) == 0
    delete(ada, video)
    assert use() == (0, 0)
    put(ada, video, plain("JPEG")[:-20])
    work(MAKE_POSTER)
    assert use() == (0, 0)


def test_bombs_strangers_and_what_has_no_room_are_refused_by_the_head_and_leave_nothing(
    ada: ApiClient, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = [put(ada, video, content) for content in (png_that_says(40_000, 40_000), b"<svg onload=alert(1)>", b"")]
    monkeypatch.setattr(settings, "quota_storage_bytes", 1000)
    full = put(ada, video, plain("JPEG", (800, 800)) + bytes(2000))

    codes = [(answer.status_code, answer.get_json()["code"]) for answer in (*refused, full)]
    assert codes == [
        (422, "too_many_pixels"),
        (422, "svg_not_supported"),
        (422, "empty_file"),
        (507, "storage_quota"),
    ]
    assert stored(video) == []
    with transaction():
        assert db.session.scalars(select(Job.id).where(Job.kind == MAKE_POSTER.name)).all() == []


def test_only_its_people_change_a_poster_and_only_what_they_saw(
    client: ApiClient, ada: ApiClient, editor: Membership, video: Video
) -> None:
    with transaction():
        reader = client.acting_as(make_membership(organization=editor.organization, role=Role.VIEWER))
        stranger = client.acting_as(make_membership(role=Role.OWNER))

    assert [put(one, video, plain()).status_code for one in (reader, stranger, client)] == [403, 404, 401]
    assert [delete(one, video).status_code for one in (reader, stranger, client)] == [403, 404, 401]
    assert put(ada, video, plain(), **{"If-Match": '"7"'}).status_code == 412
    assert stored(video) == []
    assert put(ada, video, plain(), **{"If-Match": '"1"'}).status_code == 202
    assert delete(ada, video, **{"If-Match": '"1"'}).status_code == 412
    assert delete(ada, video, **{"If-Match": '"2"'}).status_code == 204
