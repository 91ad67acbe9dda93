"""Organizations: make, rename, hand over, leave, delete."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.database import db, transaction
from app.models import AuditEntry, Job, Membership, User
from app.permissions import Role
from app.utils.times import now
from config import settings
from tests.api.conftest import Person

Hire = Callable[[Person, Role], Person]


def path_of(owner: Person, rest: str = "") -> str:
    return f"/organizations/{owner.organization}{rest}"


def audited(owner: Person) -> list[str]:
    """The actions in an organization's log, oldest first."""
    lines: list[dict[str, Any]] = owner.get(path_of(owner, "/audit?limit=100")).json["data"]
    return [line["action"] for line in reversed(lines)]


def test_somebody_makes_an_organization_and_owns_it(ada: Person, bob: Person) -> None:
    answer = ada.post("/organizations", {"name": "The Gazette", "slug": "gazette"})

    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/v1/organizations/gazette"
    assert (answer.json["slug"], answer.json["name"], answer.json["role"]) == ("gazette", "The Gazette", "owner")
    listed = ada.get("/organizations").json["data"]
    assert [row["slug"] for row in listed] == ["gazette", ada.organization]
    assert bob.get("/organizations/gazette").json["role"] is None
    assert bob.get("/organizations").json["data"][0]["slug"] == bob.organization


def test_a_name_that_is_taken_gets_a_slug_of_its_own_and_a_slug_that_is_taken_is_refused(ada: Person) -> None:
    first = ada.post("/organizations", {"name": "The Gazette"}).json
    second = ada.post("/organizations", {"name": "The Gazette"})

    answer = ada.post("/organizations", {"name": "Another", "slug": first["slug"]})

    assert second.status_code == 201
    assert second.json["slug"].startswith("the-gazette-")
    assert (answer.status_code, answer.json["code"]) == (409, "slug_taken")


def test_where_the_operator_makes_organizations_nobody_else_does(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "personal_organizations", False)

    answer = ada.post("/organizations", {"name": "Mine"})

    assert (answer.status_code, answer.json["code"]) == (403, "organizations_closed")


def test_anybody_may_read_what_an_organization_says_of_itself(ada: Person, anonymous: Person) -> None:
    ada.send("PATCH", path_of(ada), {"description": "News of the day."})

    answer = anonymous.get(path_of(ada))

    assert answer.status_code == 200
    assert (answer.json["description"], answer.json["role"]) == ("News of the day.", None)
    assert anonymous.get("/organizations/no-such-thing").status_code == 404


def test_the_address_of_an_old_slug_leads_to_the_new_one_for_every_method(ada: Person, bob: Person) -> None:
    old = ada.organization
    ada.published("Before the move")

    answer = ada.send("PATCH", f"/organizations/{old}", {"slug": "daily-planet"})

    assert (answer.status_code, answer.json["slug"]) == (200, "daily-planet")
    moved = bob.get(f"/organizations/{old}")
    assert (moved.status_code, moved.headers["Location"]) == (308, "/api/v1/organizations/daily-planet")
    moved = ada.send("PATCH", f"/organizations/{old}", {"name": "Planet"})
    assert (moved.status_code, moved.headers["Location"]) == (308, "/api/v1/organizations/daily-planet")
    moved = ada.get(f"/organizations/{old}/team?limit=5")
    assert (moved.status_code, moved.headers["Location"]) == (308, "/api/v1/organizations/daily-planet/team?limit=5")
    assert len(bob.get(f"/posts?organization={old}").json["data"]) == 1


def test_nobody_takes_over_an_old_slug_and_its_owner_gets_it_back(ada: Person, bob: Person) -> None:
    old = ada.organization
    ada.send("PATCH", f"/organizations/{old}", {"slug": "daily-planet"})

    taken = bob.post("/organizations", {"name": "Mine", "slug": old})
    renamed = bob.send("PATCH", path_of(bob), {"slug": old})
    back = ada.send("PATCH", "/organizations/daily-planet", {"slug": old})

    assert (taken.status_code, renamed.status_code) == (409, 409)
    assert renamed.json["code"] == "slug_taken"
    assert (back.status_code, back.json["slug"]) == (200, old)
    assert bob.get("/organizations/daily-planet").headers["Location"] == f"/api/v1/organizations/{old}"


def test_who_saves_an_older_revision_is_told_so(ada: Person) -> None:
    etag = ada.get(path_of(ada)).headers["ETag"]
    first = ada.send("PATCH", path_of(ada), {"name": "First"}, headers={"If-Match": etag})

    second = ada.send("PATCH", path_of(ada), {"name": "Second"}, headers={"If-Match": etag})

    assert first.status_code == 200
    assert second.status_code == 412
    assert ada.get(path_of(ada)).json["name"] == "First"


@pytest.mark.parametrize("body", [{"slug": "Not A Slug"}, {"role": "owner"}, {"id": "x"}, {"name": ""}])
def test_a_change_that_makes_no_sense_is_refused(ada: Person, body: dict[str, object]) -> None:
    assert ada.send("PATCH", path_of(ada), body).status_code == 422


def test_the_organization_changes_hands(ada: Person, hire: Hire) -> None:
    heir = hire(ada, Role.EDITOR)

    answer = ada.post(path_of(ada, "/transfer"), {"new_owner_id": heir.user_id})

    assert (answer.status_code, answer.json["role"]) == (200, "admin")
    assert heir.get(path_of(ada)).json["role"] == "owner"
    assert ada.post(path_of(ada, "/transfer"), {"new_owner_id": ada.user_id}).status_code == 403
    assert "organization.transferred" in audited(ada)


def test_only_somebody_of_the_team_can_become_the_owner(ada: Person, bob: Person, hire: Hire) -> None:
    suspended = hire(ada, Role.EDITOR)
    ada.post(path_of(ada, f"/team/{suspended.user_id}/suspend"))

    stranger = ada.post(path_of(ada, "/transfer"), {"new_owner_id": bob.user_id})
    herself = ada.post(path_of(ada, "/transfer"), {"new_owner_id": ada.user_id})
    locked_out = ada.post(path_of(ada, "/transfer"), {"new_owner_id": suspended.user_id})

    assert (stranger.status_code, herself.status_code, locked_out.status_code) == (404, 409, 409)
    assert ada.get(path_of(ada)).json["role"] == "owner"


def test_who_leaves_is_a_reader_like_any_other(ada: Person, hire: Hire) -> None:
    editor = hire(ada, Role.EDITOR)

    answer = editor.post(path_of(ada, "/leave"))

    assert (answer.status_code, answer.json["role"]) == (200, None)
    assert editor.get(path_of(ada, "/team")).status_code == 404
    assert editor.post(path_of(ada, "/leave")).status_code == 404
    assert "team.left" in audited(ada)


def test_the_last_owner_stays(ada: Person, hire: Hire) -> None:
    hire(ada, Role.ADMIN)

    left = ada.post(path_of(ada, "/leave"))
    demoted = ada.send("PATCH", path_of(ada, f"/team/{ada.user_id}"), {"role": "admin"})
    removed = ada.send("DELETE", path_of(ada, f"/team/{ada.user_id}"))

    assert [answer.status_code for answer in (left, demoted, removed)] == [409, 409, 409]
    assert {answer.json["code"] for answer in (left, demoted, removed)} == {"last_owner"}
    assert ada.get(path_of(ada)).json["role"] == "owner"


def test_a_session_that_acted_in_what_it_left_acts_at_home_again(ada: Person, hire: Hire) -> None:
    second = hire(ada, Role.OWNER)
    ada.post("/organizations", {"name": "The other one", "slug": "other-one"})

    ada.post(path_of(ada, "/leave"))

    assert second.get(path_of(ada)).json["role"] == "owner"
    assert ada.draft("Written at home")["organization"]["slug"] == "other-one"


def test_a_deleted_organization_is_gone_for_everybody_at_once(ada: Person, anonymous: Person, hire: Hire) -> None:
    editor = hire(ada, Role.EDITOR)
    post = ada.published("The last words")
    ada.send("PATCH", f"/posts/{post['id']}", {"tags": ["Farewell"]})
    assert [tag["slug"] for tag in anonymous.get("/tags").json["data"]] == ["farewell"]

    late = ada.send("DELETE", path_of(ada), headers={"If-Match": '"999"'})
    answer = ada.send("DELETE", path_of(ada))

    assert (late.status_code, answer.status_code) == (412, 204)
    assert anonymous.get(f"/posts/{post['id']}").status_code == 404
    assert anonymous.get("/posts").json["data"] == []
    assert anonymous.get("/tags").json["data"] == []
    assert anonymous.get(path_of(ada)).status_code == 404
    assert editor.get(path_of(ada, "/team")).status_code == 404
    assert ada.get(f"/posts/{post['id']}").status_code == 404
    assert ada.post("/posts", {"title": "Too late"}).status_code == 403
    assert ada.get("/organizations").json["data"] == []
    (job,) = db.session.query(Job).filter_by(kind="organization.delete")
    assert job.arguments == {"organization_id": ada.session["organization"]["id"]}
    (line,) = db.session.query(AuditEntry).filter_by(action="organization.deleted")
    assert (str(line.actor_id), line.before) == (ada.user_id, {"name": "Ada Lovelace", "slug": ada.organization})


def test_who_is_disabled_or_suspended_owns_nothing(ada: Person, hire: Hire) -> None:
    heir = hire(ada, Role.ADMIN)
    with transaction():
        db.session.execute(update(User).where(User.id == UUID(heir.user_id)).values(disabled_at=now()))

    answer = ada.post(path_of(ada, "/transfer"), {"new_owner_id": heir.user_id})
    with transaction():
        db.session.execute(update(Membership).where(Membership.user_id == UUID(heir.user_id)).values(role=Role.OWNER))
    left = ada.post(path_of(ada, "/leave"))
    with transaction():
        db.session.execute(update(User).values(disabled_at=None))
        suspended = update(Membership).where(Membership.user_id == UUID(heir.user_id))
        db.session.execute(suspended.values(suspended_at=now()))
    again = ada.post(path_of(ada, "/leave"))

    assert [(each.status_code, each.json["code"]) for each in (answer, left, again)] == [(409, "last_owner")] * 3


def test_an_admin_cannot_delete_or_hand_over(ada: Person, hire: Hire) -> None:
    admin = hire(ada, Role.ADMIN)

    deleted = admin.send("DELETE", path_of(ada))
    transferred = admin.post(path_of(ada, "/transfer"), {"new_owner_id": admin.user_id})

    assert (deleted.status_code, transferred.status_code) == (403, 403)


def test_usage_is_for_those_who_upload(ada: Person, hire: Hire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "quota_uploads", 0)
    viewer, editor = hire(ada, Role.VIEWER), hire(ada, Role.EDITOR)

    answer = editor.get(path_of(ada, "/usage"))

    assert answer.status_code == 200
    assert answer.json == {
        "storage": {"used_bytes": 0, "reserved_bytes": 0, "limit_bytes": 100 * 1024**3},
        "video": {"used_s": 0.0, "limit_s": 6000 * 60},
        "uploads": {"used": 0, "limit": None},
    }
    assert viewer.get(path_of(ada, "/usage")).status_code == 403


def test_the_audit_log_tells_who_did_what_from_where_and_pages_by_key(ada: Person, hire: Hire) -> None:
    editor = hire(ada, Role.EDITOR)
    for role in ("viewer", "admin", "editor"):
        ada.send("PATCH", path_of(ada, f"/team/{editor.user_id}"), {"role": role}, headers={"User-Agent": "curl/8"})

    first = ada.get(path_of(ada, "/audit?limit=2&action=team.role_changed")).json
    second = ada.get(
        path_of(ada, "/audit"),
        query_string={"limit": 2, "action": "team.role_changed", "cursor": first["page"]["next_cursor"]},
    ).json

    newest = first["data"][0]
    assert newest["actor"] == {"id": ada.user_id, "slug": ada.session["user"]["slug"], "name": "Ada Lovelace"}
    assert (newest["subject"], newest["before"], newest["after"]) == (
        f"user:{editor.user_id}",
        {"role": "admin"},
        {"role": "editor"},
    )
    assert (newest["address"], newest["user_agent"]) == ("127.0.0.1", "curl/8")
    assert [line["after"]["role"] for line in [*first["data"], *second["data"]]] == ["editor", "admin", "viewer"]
    assert second["page"]["next_cursor"] is None
    assert editor.get(path_of(ada, "/audit")).status_code == 403


def test_a_line_outlives_the_account_that_it_speaks_of(ada: Person, hire: Hire) -> None:
    admin = hire(ada, Role.ADMIN)
    admin.send("PATCH", path_of(ada), {"name": "Renamed"})
    with transaction():
        db.session.execute(db.text("DELETE FROM users WHERE id = :id"), {"id": admin.user_id})

    lines = ada.get(path_of(ada, "/audit?action=organization.changed")).json["data"]

    assert [line["actor"] for line in lines] == [{"id": admin.user_id, "slug": None, "name": None}]


def test_whatever_changes_who_may_read_is_written_down(ada: Person) -> None:
    post = ada.draft("The scoop")
    where = f"/posts/{post['id']}"
    ada.send("PATCH", where, {"title": "A scoop"})
    ada.send("PATCH", where, {"visibility": "unlisted"})
    ada.post(f"{where}/publish")
    ada.post(f"{where}/publish")
    ada.post(f"{where}/unpublish")
    ada.post(f"{where}/archive")
    ada.send("DELETE", where)

    lines = ada.get(path_of(ada, f"/audit?subject=post:{post['id']}")).json["data"]

    assert [line["action"] for line in reversed(lines)] == [
        "post.changed",
        "post.published",
        "post.unpublished",
        "post.archived",
        "post.deleted",
    ]
    assert (lines[-1]["before"], lines[-1]["after"]) == (
        {"publication": "draft", "visibility": "public"},
        {"publication": "draft", "visibility": "unlisted"},
    )
    assert lines[0]["before"] == {"title": "A scoop"}


def test_what_becomes_of_uploaded_videos_is_a_setting(ada: Person, hire: Hire) -> None:
    before = ada.get(path_of(ada))
    saved = ada.send("PATCH", path_of(ada), {"video": {"rungs": ["360p", "720"], "keep_original": False}})
    stale = ada.send("PATCH", path_of(ada), {"video": {"rungs": ["240"]}}, headers={"If-Match": before.headers["ETag"]})
    kept = ada.send("PATCH", path_of(ada), {"video": {"rungs": None}})

    everything = ["1080", "720", "480", "360", "240"]
    assert before.json["video"] == {"rungs": everything, "keep_original": True}
    assert saved.json["video"] == {"rungs": ["720", "360"], "keep_original": False}
    assert stale.status_code == 412
    assert kept.json["video"] == {"rungs": everything, "keep_original": False}
    [line, _] = [row for row in ada.get(path_of(ada, "/audit")).json["data"] if row["action"] == "organization.changed"]
    assert line["before"] == {"video_rungs": "720 360"}
    assert hire(ada, Role.EDITOR).send("PATCH", path_of(ada), {"video": {"keep_original": True}}).status_code == 403


@pytest.mark.parametrize("video", [{"rungs": []}, {"rungs": ["144"]}, {"rungs": "720"}, {"keep_original": 1}, {"x": 1}])
def test_a_ladder_that_cannot_be_is_refused(ada: Person, video: object) -> None:
    assert ada.send("PATCH", path_of(ada), {"video": video}).status_code == 422
