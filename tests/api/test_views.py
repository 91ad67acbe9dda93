"""The heartbeat of a player, over HTTP."""

from app.database import db
from app.models import Processing, Publication, Viewing, Visibility
from tests.api.conftest import Person
from tests.factories import make_video


def test_anybody_s_player_may_say_that_a_published_video_plays(anonymous: Person, ada: Person) -> None:
    video = make_video(
        publication=Publication.PUBLISHED, visibility=Visibility.PUBLIC, processing=Processing.READY, duration_s=60.0
    )

    assert anonymous.post(f"/videos/{video.id}/views").status_code == 204
    assert anonymous.post(f"/videos/{video.id}/views").status_code == 204
    assert ada.post(f"/videos/{video.id}/views").status_code == 204

    assert db.session.query(Viewing).count() == 2
    assert anonymous.get(f"/videos/{video.id}").json["views_count"] == 0


def test_a_private_video_has_no_views_for_others(anonymous: Person) -> None:
    assert anonymous.post(f"/videos/{make_video(processing=Processing.READY).id}/views").status_code == 404
