"""Posts and videos on their way to readers: schedules, addresses, previews."""

import os
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.database import db, transaction
from app.models import Job, JobState, Organization, Publication, Visibility
from app.services import job_attempt, post_previews
from app.utils.times import now, rfc3339
from tests.api.conftest import Person
from tests.factories import make_video, make_worker

SOON = timedelta(hours=1)


def in_an_hour() -> str:
    return str(rfc3339(now() + SOON))


def organization_of(person: Person) -> Organization:
    return db.session.scalars(select(Organization).where(Organization.slug == person.organization)).one()


def publishing_jobs(subject: str) -> list[Job]:
    query = select(Job).where(Job.subject == subject, Job.kind == "content.publish").order_by(Job.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def run(app: Flask, job: Job) -> None:
    """Does the job as a worker would whose clock says that it is time."""
    with transaction():
        worker = make_worker()
        job.run_at = now() - timedelta(seconds=1)
    job_attempt.run(job.id, worker_id=worker.id, process_id=os.getpid(), open_context=app.app_context)


def test_a_scheduled_post_is_published_when_its_time_comes(app: Flask, ada: Person, anonymous: Person) -> None:
    path = f"/posts/{ada.draft()['id']}"
    at = in_an_hour()

    scheduled = ada.post(f"{path}/schedule", {"publish_at": at})

    assert scheduled.status_code == 200
    assert (scheduled.json["publication"], scheduled.json["publish_at"]) == ("scheduled", at)
    assert anonymous.get(path).status_code == 404
    (job,) = publishing_jobs(f"post:{path.rsplit('/', maxsplit=1)[-1]}")
    assert rfc3339(job.run_at) == at
    run(app, job)
    published = anonymous.get(path)
    assert published.json["publication"] == "published"
    assert published.json["publish_at"] is None


def test_a_post_that_was_rescheduled_waits_for_its_new_time(ada: Person) -> None:
    post_id = ada.draft()["id"]
    ada.post(f"/posts/{post_id}/schedule", {"publish_at": in_an_hour()})
    later = ada.post(f"/posts/{post_id}/schedule", {"publish_at": in_an_hour()})

    first, second = publishing_jobs(f"post:{post_id}")

    assert first.state is JobState.CANCELLED
    assert rfc3339(second.run_at) == later.json["publish_at"]


@pytest.mark.parametrize("move", ["unpublish", "archive", "publish"])
def test_another_move_takes_a_schedule_back(move: str, ada: Person) -> None:
    post_id = ada.draft()["id"]
    ada.post(f"/posts/{post_id}/schedule", {"publish_at": in_an_hour()})

    moved = ada.post(f"/posts/{post_id}/{move}")

    assert moved.status_code == 200
    assert moved.json["publish_at"] is None
    assert [job.state for job in publishing_jobs(f"post:{post_id}")] == [JobState.CANCELLED]


def test_a_late_job_publishes_nothing_that_was_taken_back(app: Flask, ada: Person) -> None:
    """A job that was claimed in the very moment of the change asks the row again."""
    post_id = ada.draft()["id"]
    ada.post(f"/posts/{post_id}/schedule", {"publish_at": in_an_hour()})
    ada.post(f"/posts/{post_id}/unpublish")
    (job,) = publishing_jobs(f"post:{post_id}")
    with transaction():
        job.state, job.finished_at = JobState.QUEUED, None

    run(app, job)

    assert ada.get(f"/posts/{post_id}").json["publication"] == "draft"


@pytest.mark.parametrize(
    "publish_at", ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "tomorrow", "2026-12-01T10:00:00", 7, None]
)
def test_a_time_that_is_none_is_refused(publish_at: object, ada: Person) -> None:
    path = f"/posts/{ada.draft()['id']}"

    answer = ada.post(f"{path}/schedule", {"publish_at": publish_at})

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/publish_at"
    assert ada.get(path).json["publication"] == "draft"


def test_what_is_published_cannot_be_scheduled(ada: Person) -> None:
    answer = ada.post(f"/posts/{ada.published()['id']}/schedule", {"publish_at": in_an_hour()})

    assert (answer.status_code, answer.json["code"]) == (409, "already_published")


def test_a_former_slug_leads_to_the_post_for_those_who_may_read_it(ada: Person, anonymous: Person, bob: Person) -> None:
    for title, new in (("Of Bob", "elsewhere"), ("First words", "mine")):
        bobs = bob.published(title)
        bob.send("PATCH", f"/posts/{bobs['id']}", {"slug": new})
    post = ada.draft("First words")
    address = f"/organizations/{ada.organization}/posts"
    ada.send("PATCH", f"/posts/{post['id']}", {"slug": "second"})
    theirs = anonymous.get(f"/organizations/{bob.organization}/posts/first-words")
    assert theirs.headers["Location"].endswith(f"{bob.organization}/posts/mine")
    for slug in ("first-words", "second", "of-bob"):
        assert anonymous.get(f"{address}/{slug}").status_code == 404
        assert bob.get(f"{address}/{slug}").status_code == 404
    ada.post(f"/posts/{post['id']}/publish")

    moved = anonymous.get(f"{address}/first-words")

    assert moved.status_code == 308
    assert moved.headers["Location"] == f"/api/v1{address}/second"
    assert anonymous.get(f"{address}/second").json["id"] == post["id"]
    assert anonymous.get(f"{address}/third").status_code == 404


def test_a_slug_that_somebody_takes_over_is_theirs(ada: Person) -> None:
    first = ada.draft("Words")
    ada.send("PATCH", f"/posts/{first['id']}", {"slug": "other"})
    second = ada.draft("Words")
    assert second["slug"] == "words"

    found = ada.get(f"/organizations/{ada.organization}/posts/words")
    back = ada.send("PATCH", f"/posts/{first['id']}", {"slug": "words"})

    assert found.json["id"] == second["id"]
    assert (back.status_code, back.json["code"]) == (409, "slug_taken")


def test_a_preview_shows_a_draft_to_whoever_holds_the_link(ada: Person, anonymous: Person) -> None:
    draft = ada.draft(body="Not *yet*.")

    made = ada.post(f"/posts/{draft['id']}/preview")
    path = made.json["url"].split("/api/v1", 1)[1]
    seen = anonymous.get(path)

    assert seen.status_code == 200
    assert seen.json["body_html"] == "<p>Not <em>yet</em>.</p>\n"
    assert seen.headers["Cache-Control"] == "private, no-store"
    assert seen.headers["X-Robots-Tag"] == "noindex"
    assert anonymous.get(f"{path[:-2]}xx").status_code == 404
    ada.send("DELETE", f"/posts/{draft['id']}")
    assert anonymous.get(path).status_code == 404


def test_a_preview_ends(ada: Person, anonymous: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post_previews, "LIFE", timedelta(seconds=-1))
    path = ada.post(f"/posts/{ada.draft()['id']}/preview").json["url"].split("/api/v1", 1)[1]

    late = anonymous.get(path)

    assert (late.status_code, late.json["code"]) == (403, "token_expired")


def test_a_scheduled_video_is_published_by_its_job(app: Flask, ada: Person, anonymous: Person) -> None:
    with transaction():
        video = make_video(organization_of(ada), visibility=Visibility.PUBLIC)
    ada.post(f"/videos/{video.id}/schedule", {"publish_at": in_an_hour()})
    (job,) = publishing_jobs(f"video:{video.id}")

    run(app, job)

    assert anonymous.get(f"/videos/{video.id}").json["publication"] == "published"
    archived = ada.post(f"/videos/{video.id}/archive")
    assert archived.json["publication"] == "archived"
    assert anonymous.get(f"/videos/{video.id}").status_code == 404


def test_a_reader_makes_no_preview(ada: Person, anonymous: Person) -> None:
    draft = ada.draft()

    assert anonymous.post(f"/posts/{draft['id']}/preview").status_code == 401


def test_a_text_shows_the_videos_of_its_organization_only(ada: Person, anonymous: Person, bob: Person) -> None:
    with transaction():
        own = make_video(organization_of(ada))
        shown = {"publication": Publication.PUBLISHED, "visibility": Visibility.PUBLIC}
        foreign = make_video(organization_of(bob), **shown)
    body = f"Look:\n\n::video[{own.id}]\n\n::video[{foreign.id}]\n\n    ::video[{own.id}]\n"

    post = ada.draft(body=body)

    assert f'<figure data-marquee-video="{own.id}"></figure>' in post["body_html"]
    assert [(entry["type"], entry["id"]) for entry in post["media"]] == [("video", str(own.id))]
    assert post["media"][0]["playback"] is None
    ada.post(f"/posts/{post['id']}/publish")
    assert anonymous.get(f"/posts/{post['id']}").json["media"] == []
