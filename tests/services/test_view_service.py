"""Views: who counts, when, and only once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.database import db, transaction
from app.errors import NotFound
from app.models import Processing, Publication, Video, Viewing, Visibility
from app.permissions import ANONYMOUS, Actor
from app.services import view_service
from app.services.view_service import Viewer
from app.utils.ids import new_id
from tests.factories import make_user, make_video

SOMEBODY = Viewer("192.0.2.1", "A browser")


def film(**columns: Any) -> Video:
    """A published film of ten minutes."""
    shown: dict[str, Any] = {
        "publication": Publication.PUBLISHED,
        "visibility": Visibility.PUBLIC,
        "processing": Processing.READY,
    }
    return make_video(**{**shown, "duration_s": 600.0, **columns})


def watch(video: Video, *pauses_s: float, viewer: Viewer = SOMEBODY, actor: Actor = ANONYMOUS) -> int:
    """Heartbeats with these seconds between them, one more than there are; the views after the last."""
    view_service.beat(actor, video.id, viewer)
    for pause_s in pauses_s:
        age(pause_s)
        view_service.beat(actor, video.id, viewer)
    db.session.refresh(video)
    return video.views_count


def age(seconds: float) -> None:
    """Moves the last heartbeats into the past."""
    for viewing in db.session.query(Viewing):
        viewing.seen_at -= timedelta(seconds=seconds)
    db.session.flush()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("duration_s", "pauses_s", "views"),
    [
        (600.0, (10, 10), 0),
        (600.0, (10, 10, 10), 1),
        (20.0, (10,), 1),
        (20.0, (9,), 0),
        (600.0, (600, 0), 0),
        (600.0, (0,) * 50, 0),
        (600.0, (10,) * 40, 1),
        (600.0, (10, 10, 10, 1790, 10, 10, 10), 1),
        (600.0, (10, 10, 10, 1801, 10, 10, 10), 2),
    ],
    ids=str,
)
def test_a_viewer_counts_once_a_sitting_for_what_was_really_played(
    duration_s: float, pauses_s: tuple[float, ...], views: int
) -> None:
    assert watch(film(duration_s=duration_s), *pauses_s) == views


@pytest.mark.usefixtures("database")
def test_viewers_count_each_for_themselves() -> None:
    video, ada = film(), Actor(user_id=make_user().id)

    watch(video, 10, 10, 10)
    watch(video, 10, 10, 10, viewer=Viewer("192.0.2.1", "Another browser"))
    watch(video, 10, 10, 10, viewer=Viewer("192.0.2.2", "A browser"))
    watch(video, 10, 10, 10, actor=ada)

    beside = film()
    assert watch(video, 10, 10, 10, actor=ada, viewer=Viewer("192.0.2.9", "Her phone")) == 4
    db.session.refresh(beside)
    assert beside.views_count == 0


@pytest.mark.usefixtures("database")
def test_what_is_not_published_or_plays_not_yet_counts_nothing() -> None:
    owner = film().organization
    member = Actor(user_id=make_user().id, organization_id=owner.id)

    assert watch(film(processing=Processing.PROBING), 10, 10, 10) == 0
    with pytest.raises(NotFound):
        view_service.beat(member, film(organization=owner, publication=Publication.DRAFT).id, SOMEBODY)
    with pytest.raises(NotFound):
        view_service.beat(ANONYMOUS, new_id(), SOMEBODY)


@pytest.mark.usefixtures("database")
def test_a_view_neither_names_its_viewer_nor_changes_the_video() -> None:
    video = film()
    before = (video.revision, video.updated_at)

    watch(video, 10, 10, 10)

    assert (video.revision, video.updated_at) == before
    [viewing] = db.session.query(Viewing).all()
    assert SOMEBODY.address not in viewing.viewer
    assert len(viewing.viewer) == 32


def test_heartbeats_side_by_side_count_once(app: Flask, committed_database: object) -> None:
    del committed_database
    with transaction():
        video = film()
    view_service.beat(ANONYMOUS, video.id, SOMEBODY)
    with transaction():
        db.session.execute(update(Viewing).values(played_s=29.0))
        age(10)
    start = threading.Barrier(8)

    def beat() -> None:
        with app.app_context():
            start.wait()
            view_service.beat(ANONYMOUS, video.id, SOMEBODY)

    threads = [threading.Thread(target=beat) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.session.refresh(video)
    assert video.views_count == 1
    db.session.remove()
