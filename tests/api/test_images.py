"""Images without a worker: what is taken and what is refused, finding, describing, covers, and who may."""

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from app.clients.stores import storage
from app.database import db, transaction
from app.models import Image as ImageRow
from app.models import ImageState
from app.permissions import Role
from config import settings
from tests.api.conftest import Person
from tests.pictures import encoded, moving, plain, png_that_says


def upload(person: Person, content: bytes | None = None, name: str = "a.jpg", **fields: str) -> TestResponse:
    return person.post("/images", data={"file": (io.BytesIO(content or plain()), name), **fields})


def image_of(person: Person, content: bytes | None = None, name: str = "a.jpg", **fields: str) -> dict[str, Any]:
    answer = upload(person, content, name, **fields)
    assert answer.status_code == 201, answer.json
    document: dict[str, Any] = answer.get_json()
    return document


def set_state(image: dict[str, Any], state: ImageState) -> None:
    with transaction():
        row = db.session.get_one(ImageRow, image["id"])
        row.state, row.widths = state, [320]


def stored_files() -> list[Path]:
    return [path for path in storage().path_of("images").rglob("*") if path.is_file()]


def used_bytes(person: Person) -> int:
    return int(person.get(f"/organizations/{person.organization}/usage").json["storage"]["used_bytes"])


def test_an_upload_has_its_address_at_once_and_a_job(ada: Person, bob: Person, anonymous: Person) -> None:
    answer = upload(ada, plain("PNG", (3000, 1500)), "holiday.jpg", alt="The sea")

    image = answer.json
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/images/{image['id']}"
    assert (image["state"], image["alt"], image["filename"]) == ("processing", "The sea", "holiday.jpg")
    assert (image["width"], image["height"], image["variants"]) == (2560, 1280, [])
    assert image["url"].endswith("/full.png"), "by what it is, not by its name"
    assert image["id"] not in image["url"]
    assert ada.get(f"/jobs/{image['job_id']}").json["kind"] == "image.process"
    assert ada.get(f"/images/{image['id']}").json == image
    assert bob.get(f"/images/{image['id']}").status_code == 404
    fetched = anonymous.client.get(image["url"])
    assert (fetched.status_code, fetched.json["code"]) == (404, "not_ready")
    assert fetched.headers["Cache-Control"] == "private, no-store"


def jpeg_that_says(width: int, height: int) -> bytes:
    return b"\xff\xd8\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + bytes(20)


REFUSED: Final[list[tuple[bytes, str]]] = [
    (b"just text", "not_an_image"),
    (b"<html><script>alert(1)</script>", "not_an_image"),
    (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(200), "not_an_image"),
    (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + bytes(200), "not_an_image"),
    (b"%PDF-1.7\n", "not_an_image"),
    (b"BM" + bytes(60), "not_an_image"),
    (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "svg_not_supported"),
    (png_that_says(20_000, 20_000), "too_many_pixels"),
    (png_that_says(60_000, 60_000), "too_many_pixels"),
    (png_that_says(2**31, 2**31), "too_many_pixels"),
    (png_that_says(40_000, 1), "too_many_pixels"),
    (jpeg_that_says(65_000, 65_000), "too_many_pixels"),
    (b"GIF89a/*<script>*/" + bytes(100), "too_many_pixels"),
    (png_that_says(0, 5), "damaged_image"),
    (b"\xff\xd8\xff\xe0", "damaged_image"),
    (b"\xff\xd8" + b"\xff" * 300_000, "damaged_image"),
    (b"RIFF\x00\x00\x00\x00WEBPJUNK" + bytes(50), "damaged_image"),
    (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00avifmif1" + bytes(200), "damaged_image"),
]


def test_what_is_no_picture_is_refused_by_its_head_and_leaves_nothing(ada: Person) -> None:
    before = stored_files()

    answers = [upload(ada, content, "picture.png") for content, _code in REFUSED]

    assert {answer.status_code for answer in answers} == {422}
    assert [answer.json["code"] for answer in answers] == [code for _content, code in REFUSED]
    assert stored_files() == before
    assert used_bytes(ada) == 0
    assert ada.get("/jobs").json["data"] == []


def test_an_empty_file_is_refused(ada: Person) -> None:
    answer = ada.post("/images", data={"file": (io.BytesIO(b""), "a.png")})

    assert (answer.status_code, answer.json["code"]) == (422, "empty_file")


def test_every_format_is_known_by_its_content(ada: Person) -> None:
    made = {
        "jpeg": plain("JPEG", (30, 20)),
        "png": plain("PNG", (30, 20)),
        "webp": plain("WEBP", (30, 20)),
        "webp lossless": plain("WEBP", (30, 20), lossless=True),
        "webp with alpha": encoded(Image.new("RGBA", (30, 20), (1, 2, 3, 4)), "WEBP"),
        "gif": moving(2, (30, 20)),
        "avif": plain("AVIF", (30, 20)),
    }

    images = {name: image_of(ada, content, "../../etc/passwd\x00.exe") for name, content in made.items()}

    assert {name: image["url"].rpartition("/")[2] for name, image in images.items()} == {
        "jpeg": "full.jpg",
        "png": "full.png",
        **dict.fromkeys(("webp", "webp lossless", "webp with alpha", "gif", "avif"), "full.webp"),
    }
    assert {(image["width"], image["height"]) for image in images.values()} == {(30, 20)}
    ids = {image["id"] for image in images.values()}
    assert [path.name for path in stored_files() if ids & {*path.parts}] == ["original"] * len(made)


def test_a_body_that_ends_early_is_refused_and_leaves_nothing(ada: Person) -> None:
    before = stored_files()
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + plain("PNG")

    answer = ada.post("/images", data=body, content_type="multipart/form-data; boundary=x")

    assert (answer.status_code, answer.json["code"]) == (400, "truncated_body")
    assert stored_files() == before


def test_a_file_past_the_limit_is_refused_while_it_arrives(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    content = plain("PNG") + bytes(50_000)
    monkeypatch.setattr(settings, "max_image_bytes", len(content))
    assert upload(ada, content).status_code == 201
    before = stored_files()

    monkeypatch.setattr(settings, "max_image_bytes", len(content) - 1)
    answer = upload(ada, content)

    assert answer.status_code == 413
    assert upload(ada, bytes(300_000)).status_code == 413
    assert stored_files() == before


def test_images_count_against_the_quota_of_storage_and_no_other(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    content = plain("PNG")
    monkeypatch.setattr(settings, "quota_video_minutes", 1)
    monkeypatch.setattr(settings, "quota_storage_bytes", 1000)
    image = image_of(ada, content)
    assert used_bytes(ada) == len(content)

    refused = upload(ada, content + bytes(1000))

    assert (refused.status_code, refused.json["code"]) == (507, "storage_quota")
    assert used_bytes(ada) == len(content)
    assert ada.send("DELETE", f"/images/{image['id']}").status_code == 204
    assert used_bytes(ada) == 0


def test_images_are_found_again_by_page_and_by_word(ada: Person, bob: Person) -> None:
    names = [("sea.jpg", "Waves"), ("50%_off.jpg", ""), ("hill.png", "A SEAgull on a hill")]
    ids = [image_of(ada, name=name, alt=alt)["id"] for name, alt in names]
    image_of(bob, name="sea.jpg")

    first = ada.get("/images?limit=2").json
    second = ada.get(f"/images?limit=2&cursor={first['page']['next_cursor']}").json

    assert [image["id"] for image in first["data"] + second["data"]] == ids[::-1]
    assert [image["id"] for image in ada.get("/images?q=sea").json["data"]] == [ids[2], ids[0]]
    assert [image["id"] for image in ada.get("/images?q=%25_").json["data"]] == [ids[1]]


def test_a_description_can_be_changed_and_taken_away(ada: Person) -> None:
    path = f"/images/{image_of(ada, alt='Old')['id']}"

    assert ada.send("PATCH", path, {"alt": " New "}).json["alt"] == "New"
    assert ada.send("PATCH", path, {}).json["alt"] == "New"
    assert ada.send("PATCH", path, {"alt": None}).json["alt"] == ""
    assert ada.send("PATCH", path, {"alt": "x" * 1001}).status_code == 422
    too_long = upload(ada, alt="x" * 1001)
    assert (too_long.status_code, too_long.json["errors"][0]["pointer"]) == (422, "/alt")


def test_readers_of_the_team_see_images_and_change_nothing(
    ada: Person, give_role: Callable[[Person, Role], None]
) -> None:
    path = f"/images/{image_of(ada)['id']}"
    give_role(ada, Role.VIEWER)

    assert ada.get(path).status_code == 200
    assert [upload(ada).status_code, ada.send("DELETE", path).status_code] == [403, 403]


def test_a_post_shows_its_cover_everywhere(ada: Person, anonymous: Person) -> None:
    image = image_of(ada, plain("JPEG", (800, 400)), alt="The sea")
    set_state(image, ImageState.READY)
    created = ada.post("/posts", {"title": "A", "cover_image": image["id"]})
    path = f"/posts/{created.json['id']}"
    ada.post(f"{path}/publish")

    post = anonymous.get(path).json

    stem = image["url"].removesuffix("full.jpg")
    shown = {
        **{name: image[name] for name in ("id", "url", "alt", "width", "height")},
        "state": "ready",
        "variants": [{"url": f"{stem}320.webp", "width": 320}],
    }
    assert created.json["cover_image"] == shown
    assert post["cover_image"] == shown
    assert anonymous.get("/posts").json["data"][0]["cover_image"] == shown
    graph = {entry["property"]: entry["content"] for entry in post["seo"]["open_graph"]}
    assert graph["og:image"] == graph["twitter:image"] == image["url"]
    assert (graph["og:image:width"], graph["og:image:alt"]) == ("800", "The sea")
    assert graph["twitter:card"] == "summary_large_image"
    chosen = ada.send("PATCH", path, {"seo": {"og_image_url": "https://example.org/a.png"}}).json
    graph = {entry["property"]: entry["content"] for entry in chosen["seo"]["open_graph"]}
    assert graph["og:image"] == "https://example.org/a.png"
    assert "og:image:width" not in graph


def test_a_cover_comes_goes_and_is_restored_with_its_revision(ada: Person) -> None:
    image = image_of(ada)
    post = ada.draft()
    path = f"/posts/{post['id']}"

    assert ada.send("PATCH", path, {"cover_image": image["id"]}).json["cover_image"]["id"] == image["id"]
    assert ada.send("PATCH", path, {"title": "Another"}).json["cover_image"]["id"] == image["id"]
    assert ada.get(f"{path}/revisions/2").json["content"]["cover_image"] == image["id"]
    assert ada.send("PATCH", path, {"cover_image": None}).json["cover_image"] is None
    assert ada.post(f"{path}/revisions/2/restore").json["cover_image"]["id"] == image["id"]
    assert ada.post(f"{path}/revisions/1/restore").json["cover_image"] is None
    assert ada.send("DELETE", f"/images/{image['id']}").status_code == 204
    assert ada.post(f"{path}/revisions/2/restore").json["cover_image"] is None


def test_another_organization_s_image_is_no_cover_as_if_it_did_not_exist(ada: Person, bob: Person) -> None:
    post = ada.draft()
    foreign, failed = image_of(bob), image_of(ada)
    set_state(failed, ImageState.FAILED)

    def refusal(image_id: str) -> dict[str, Any]:
        created = ada.post("/posts", {"title": "A", "cover_image": image_id})
        changed = ada.send("PATCH", f"/posts/{post['id']}", {"cover_image": image_id})
        assert (created.status_code, changed.status_code) == (422, 422)
        assert created.json["errors"] == changed.json["errors"]
        (problem,) = changed.json["errors"]
        return dict(problem)

    assert refusal(foreign["id"]) == refusal("019a8f6e-7c3b-7d10-8f3e-2b1c9d4e5f60")
    assert refusal(foreign["id"])["pointer"] == "/cover_image"
    assert refusal(failed["id"])["code"] == "failed_image"
    assert ada.get(f"/posts/{post['id']}").json["revision"] == 1


@pytest.mark.parametrize("place", ["cover", "text"])
def test_an_image_that_a_post_shows_stays_until_the_post_lets_go_of_it(ada: Person, place: str) -> None:
    image = image_of(ada)
    uses = {"cover_image": image["id"]} if place == "cover" else {"body_markdown": f"![sea]({image['url']})"}
    post = ada.post("/posts", {"title": "Holiday", **uses}).json

    refused = ada.send("DELETE", f"/images/{image['id']}")

    assert (refused.status_code, refused.json["code"]) == (409, "image_in_use")
    assert refused.json["posts"] == [{"id": post["id"], "title": "Holiday"}]
    assert ada.get(f"/jobs/{image['job_id']}").json["state"] == "queued", "nothing was cancelled"
    ada.send("PATCH", f"/posts/{post['id']}", {"cover_image": None, "body_markdown": "No more."})
    assert ada.send("DELETE", f"/images/{image['id']}").status_code == 204
    assert ada.get(f"/images/{image['id']}").status_code == 404
    assert ada.get(f"/jobs/{image['job_id']}").json["state"] == "cancelled"


def test_our_images_in_a_text_get_their_size_and_widths_and_others_stay_as_they_are(ada: Person, bob: Person) -> None:
    image, foreign = image_of(ada, plain("JPEG", (800, 400))), image_of(bob)
    set_state(image, ImageState.READY)
    stem = image["url"].removesuffix("full.jpg")
    hostile = f'<img src="x" srcset="javascript:alert(1) 1x, {stem}320.webp 320w" sizes="1px">'
    text = f"![sea]({image['url']})\n\n![theirs]({foreign['url']})\n\n![far](https://example.org/a.png)\n\n{hostile}"

    html = ada.draft(body=text)["body_html"]

    ours, theirs, far, raw = [line for line in html.splitlines() if "<img" in line]
    assert 'width="800" height="400"' in ours
    assert f'srcset="{stem}320.webp 320w, {image["url"]} 800w"' in ours
    assert 'loading="lazy"' in ours
    assert 'sizes="auto, ' in ours
    assert not any("srcset" in line or "width=" in line or "sizes" in line for line in (theirs, far, raw))
