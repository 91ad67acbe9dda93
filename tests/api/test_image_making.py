"""Images from their bytes to their files: what the job makes, drops and refuses, and what happens at once."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.clients.stores import storage
from app.database import db, transaction
from app.jobs import DELETE_FILES, PROCESS_IMAGE, RENDER_POSTS, JobKind
from app.models import Event, ImageState, Job, Membership, Post, QuotaUsage
from app.models import Image as ImageRow
from app.permissions import Role
from app.services import image_uses
from app.services.image_files import image_prefix
from tests.factories import make_membership, make_post
from tests.pictures import BLUE, RED, encoded, from_a_phone, moving, plain
from tests.support.attempts import attempt_all
from tests.support.http import ApiClient

pytestmark = pytest.mark.usefixtures("committed_database")
Work = Callable[[JobKind], None]


@pytest.fixture
def editor(committed_database: object) -> Membership:
    del committed_database
    with transaction():
        return make_membership(role=Role.OWNER)


@pytest.fixture
def ada(client: ApiClient, editor: Membership) -> ApiClient:
    return client.acting_as(editor)


@pytest.fixture
def work(app: Flask) -> Work:
    """Does the queued jobs of a kind, as a worker would."""
    return partial(attempt_all, app)


def upload(client: ApiClient, content: bytes) -> dict[str, Any]:
    answer = client.post("/api/v1/images", data={"file": (io.BytesIO(content), "a.jpg")})
    assert answer.status_code == 201, answer.json
    document: dict[str, Any] = answer.get_json()
    return document


def read(client: ApiClient, image: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = client.get(f"/api/v1/images/{image['id']}").get_json()
    return document


def picture(response: TestResponse) -> Image.Image:
    image = Image.open(io.BytesIO(response.get_data()))
    image.load()
    return image


def is_about(image: Image.Image, place: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    found = image.convert("RGB").getpixel(place)
    assert isinstance(found, tuple)
    return all(abs(one - other) < 40 for one, other in zip(found, colour, strict=True))


@pytest.mark.both_databases
def test_a_photo_is_made_upright_in_every_width_and_says_nothing_of_its_place(
    client: ApiClient, ada: ApiClient, editor: Membership, work: Work
) -> None:
    sent = from_a_phone((1000, 1400))
    assert b"Secretive" in sent
    image = upload(ada, sent)

    work(PROCESS_IMAGE)

    made = read(ada, image)
    stem = image["url"].removesuffix("full.jpg")
    assert (made["state"], made["errors"], made["url"]) == ("ready", [], image["url"])
    assert (image["width"], image["height"]) == (made["width"], made["height"]) == (1000, 1400)
    assert made["variants"] == [{"url": f"{stem}{width}.webp", "width": width} for width in (320, 640, 960)]
    files = [client.get(url) for url in (made["url"], *(variant["url"] for variant in made["variants"]))]
    for response, width in zip(files, (1000, 320, 640, 960), strict=True):
        shown = picture(response)
        assert shown.width == width
        assert is_about(shown, (width // 2, 20), RED)
        assert is_about(shown, (width // 2, shown.height - 20), BLUE)
        assert dict(shown.getexif()) == {}
        assert not any(word in response.get_data() for word in (b"Exif", b"Secretive", b"ICC_PROFILE"))
    assert made["size_bytes"] == sum(len(response.get_data()) for response in files)
    with transaction():
        usage = db.session.get_one(QuotaUsage, editor.organization_id)
        assert (usage.stored_bytes, usage.reserved_bytes) == (made["size_bytes"], 0)
        of_image = select(Event.type).where(Event.subject == f"image:{image['id']}").order_by(Event.seq)
        types = db.session.scalars(of_image).all()
    assert list(types) == ["image.created", "image.ready"]
    kept = storage().path_of(image_prefix(editor.organization_id, UUID(image["id"])))
    _due_now(DELETE_FILES)
    work(DELETE_FILES)
    assert sorted(path.name for path in kept.rglob("*")) == sorted(
        ["made", "full.jpg", "320.webp", "640.webp", "960.webp"]
    )


def _due_now(kind: JobKind) -> None:
    with transaction():
        for job in db.session.scalars(select(Job).where(Job.kind == kind.name)):
            job.run_at = job.created_at


def test_files_are_for_everybody_and_for_ever(client: ApiClient, ada: ApiClient, work: Work) -> None:
    image = upload(ada, plain("PNG", (400, 300)))
    work(PROCESS_IMAGE)

    response = client.get(image["url"])

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    tag = response.headers["ETag"]
    assert client.get(image["url"], headers={"If-None-Match": tag}).status_code == 304
    part = client.get(image["url"], headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.get_data()) == (206, b"PNG")
    stem = image["url"].removesuffix("full.png")
    narrow = client.get(f"{stem}320.webp")
    assert (narrow.status_code, narrow.headers["Content-Type"]) == (200, "image/webp")
    for name in ("640.webp", "full.jpg", "320.png", "original", "sent", "..%2fsent%2foriginal", "full.png.part"):
        assert client.get(stem + name).status_code == 404, name
    other = image["url"].replace("/media/images/", "/media/images/0")
    assert client.get(other).status_code == 404


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"GIF89a\x10\x00\x10\x00<html><script>alert(1)</script>" + bytes(50), "not_an_image"),
        (plain("JPEG", (300, 300))[:-900], "damaged_image"),
        (encoded(Image.effect_noise((300, 300), 90), "PNG")[:20_000], "damaged_image"),
    ],
    ids=["html in a gif", "half a jpeg", "half a png"],
)
def test_what_turns_out_to_be_no_picture_fails_with_a_reason(
    client: ApiClient, ada: ApiClient, work: Work, content: bytes, code: str
) -> None:
    image = upload(ada, content)

    work(PROCESS_IMAGE)

    failed = read(ada, image)
    (error,) = failed["errors"]
    assert failed["state"] == "failed"
    assert (error["class"], error["code"]) == ("input", code)
    assert error["detail"].endswith(".")
    assert error["hint"]
    assert client.get(image["url"]).status_code == 404
    retried = ada.post(f"/api/v1/jobs/{image['job_id']}/retry")
    assert (retried.status_code, read(ada, image)["state"]) == (200, "processing")


def test_what_hides_behind_a_picture_is_gone(client: ApiClient, ada: ApiClient, work: Work) -> None:
    archive = b"PK\x03\x04" + b"<script>alert(1)</script>" * 20 + b"PK\x05\x06" + bytes(18)
    jpeg = plain("JPEG", comment=b"<?php system($_GET[0]); ?>") + archive
    image = upload(ada, jpeg)

    work(PROCESS_IMAGE)

    served = client.get(image["url"]).get_data()
    assert picture(client.get(image["url"])).size == (64, 48)
    assert not any(word in served for word in (b"PK\x03\x04", b"script", b"php"))


def test_what_moves_keeps_moving_at_its_pace(client: ApiClient, ada: ApiClient, work: Work) -> None:
    image = upload(ada, moving(3, (400, 300)))

    work(PROCESS_IMAGE)

    made = read(ada, image)
    shown = picture(client.get(made["url"]))
    assert (made["state"], made["variants"], made["width"]) == ("ready", [], 400)
    assert (shown.format, shown.n_frames, shown.info["loop"]) == ("WEBP", 3, 0)  # type: ignore[attr-defined]  # of those that move
    assert shown.info["duration"] == 70


def test_transparency_survives(client: ApiClient, ada: ApiClient, work: Work) -> None:
    half = Image.new("RGBA", (400, 300), (10, 200, 30, 128)).quantize()
    image = upload(ada, encoded(half, "PNG"))

    work(PROCESS_IMAGE)

    narrow = picture(client.get(read(ada, image)["variants"][0]["url"]))
    assert narrow.mode == "RGBA"
    assert abs(narrow.getchannel("A").getextrema()[0] - 128) < 4


def test_a_text_that_was_there_before_its_image_gets_the_widths_when_they_are_made(ada: ApiClient, work: Work) -> None:
    image = upload(ada, plain("JPEG", (700, 350)))
    body = {"title": "A", "body_markdown": f"![sea]({image['url']})"}
    post = ada.post("/api/v1/posts", json=body).get_json()
    other = ada.post("/api/v1/posts", json={"title": "B", "body_markdown": "No picture."}).get_json()
    assert 'width="700" height="350"' in post["body_html"]
    assert "srcset" not in post["body_html"]

    work(PROCESS_IMAGE)
    work(RENDER_POSTS)

    after = ada.get(f"/api/v1/posts/{post['id']}").get_json()
    assert "/320.webp 320w, " in after["body_html"]
    assert after["revision"] == post["revision"], "editors are not disturbed"
    assert after["updated_at"] > post["updated_at"], "feeds bring it"
    assert ada.get(f"/api/v1/posts/{other['id']}").get_json() == other


def test_a_deleted_image_is_gone_for_every_reader_with_its_files(
    client: ApiClient, ada: ApiClient, editor: Membership, work: Work
) -> None:
    image = upload(ada, plain())
    work(PROCESS_IMAGE)
    assert client.get(image["url"]).status_code == 200

    assert ada.delete(f"/api/v1/images/{image['id']}").status_code == 204

    assert client.get(image["url"]).status_code == 404
    _due_now(DELETE_FILES)
    work(DELETE_FILES)
    assert not storage().path_of(image_prefix(editor.organization_id, UUID(image["id"]))).exists()
    with transaction():
        assert db.session.get_one(QuotaUsage, editor.organization_id).stored_bytes == 0


@pytest.mark.both_databases
def test_an_image_that_is_deleted_while_it_becomes_a_cover_is_one_or_the_other(ada: ApiClient) -> None:
    images = [upload(ada, plain()) for _ in range(4)]
    posts = [ada.post("/api/v1/posts", json={"title": "A"}).get_json() for _ in images]

    def choose(index: int) -> int:
        url = images[index]["url"]
        change = {"cover_image": images[index]["id"], "body_markdown": f"![]({url})"}
        return ada.patch(f"/api/v1/posts/{posts[index]['id']}", json=change).status_code

    def delete(index: int) -> int:
        return ada.delete(f"/api/v1/images/{images[index]['id']}").status_code

    with ThreadPoolExecutor(8) as pool:
        chosen = [pool.submit(choose, index) for index in range(4)]
        deleted = [pool.submit(delete, index) for index in range(4)]
        outcomes = {(one.result(), other.result()) for one, other in zip(chosen, deleted, strict=True)}

    assert outcomes <= {(200, 409), (422, 204)}
    with transaction():
        covers = db.session.scalars(select(Post.cover_image_id).order_by(Post.id)).all()
    kept = [UUID(image["id"]) if read(ada, image).get("id") else None for image in images]
    assert list(covers) == kept


@pytest.mark.both_databases
def test_of_two_who_delete_an_image_at_once_one_does(ada: ApiClient, editor: Membership) -> None:
    image = upload(ada, plain())

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(lambda _: ada.delete(f"/api/v1/images/{image['id']}").status_code, range(2)))

    assert sorted(statuses) == [204, 404]
    with transaction():
        assert db.session.get_one(QuotaUsage, editor.organization_id).stored_bytes == 0
        assert len(db.session.scalars(select(Job).where(Job.kind == DELETE_FILES.name)).all()) == 1


def test_an_image_that_gets_ready_while_a_text_is_saved_is_not_forgotten(ada: ApiClient, editor: Membership) -> None:
    image = upload(ada, plain())
    seen = image_uses.in_text(editor.organization_id, f"![]({image['url']})")
    assert list(seen) == [image["url"].split("/")[-2]]

    with transaction():
        db.session.get_one(ImageRow, UUID(image["id"])).state = ImageState.READY
        image_uses.keep(make_post(editor.organization), seen)

    with transaction():
        rendering = db.session.scalars(select(Job).where(Job.kind == RENDER_POSTS.name)).one()
    assert rendering.arguments == {"image_id": image["id"]}
