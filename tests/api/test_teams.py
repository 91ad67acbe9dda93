"""Teams: who works in an organization, as what, and who may change that."""

from collections.abc import Callable

import pytest
from sqlalchemy import event, update

from app.database import db, transaction
from app.models import Membership
from app.permissions import Role
from app.utils.times import now
from tests.api.conftest import Person

Hire = Callable[[Person, Role], Person]


def team_of(owner: Person, rest: str = "") -> str:
    return f"/organizations/{owner.organization}/team{rest}"


def role_of(owner: Person, person: Person) -> str | None:
    roles = {member["id"]: member["role"] for member in owner.get(team_of(owner)).json["data"]}
    return roles.get(person.user_id)


def test_the_team_sees_itself_and_only_who_manages_people_sees_addresses(ada: Person, hire: Hire) -> None:
    viewer = hire(ada, Role.VIEWER)

    seen_by_owner = ada.get(team_of(ada)).json["data"]
    seen_by_viewer = viewer.get(team_of(ada)).json["data"]

    assert [(row["id"], row["role"]) for row in seen_by_owner] == [(viewer.user_id, "viewer"), (ada.user_id, "owner")]
    assert [row["email"] for row in seen_by_owner] == [
        viewer.session["user"]["email"],
        ada.session["user"]["email"],
    ]
    assert [row["email"] for row in seen_by_viewer] == [None, None]


def test_a_team_is_listed_page_by_page_with_a_constant_number_of_queries(ada: Person, hire: Hire) -> None:
    for _ in range(4):
        hire(ada, Role.VIEWER)
    with transaction():  # so that the id decides
        db.session.execute(update(Membership).values(created_at=now()))
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    pages = [ada.get(team_of(ada, "?limit=2")).json]
    of_a_page_of_two = len(statements)
    while cursor := pages[-1]["page"]["next_cursor"]:
        pages.append(ada.get(team_of(ada), query_string={"limit": 2, "cursor": cursor}).json)
    statements.clear()
    ada.get(team_of(ada, "?limit=100"))

    ids = [row["id"] for page in pages for row in page["data"]]
    assert (len(ids), len(set(ids))) == (5, 5)
    assert len(statements) == of_a_page_of_two


def test_people_may_act_by_a_former_slug_of_their_organization(ada: Person, bob: Person) -> None:
    former, key = ada.organization, ada.post("/api-keys", {"name": "importer", "scopes": ["content:write"]}).json["key"]
    here = {"Marquee-Organization": former}
    assert ada.send("PATCH", f"/organizations/{former}", {"slug": f"{former}-now"}).status_code == 200

    for token in (ada.token, key):
        post = Person(ada.client, token).post("/posts", {"title": "Mine"}, headers=here)
        assert (post.status_code, post.json["organization"]["slug"]) == (201, f"{former}-now")
    assert bob.post("/posts", {"title": "Foreign"}, headers=here).status_code == 404
    assert (
        ada.post("/posts", {"title": "Foreign"}, headers={"Marquee-Organization": bob.organization}).status_code == 404
    )


def test_an_owner_gives_roles_and_the_new_one_counts_at_once(ada: Person, hire: Hire) -> None:
    person = hire(ada, Role.VIEWER)
    here = {"Marquee-Organization": ada.organization}
    before = person.post("/posts", {"title": "Mine"}, headers=here)

    answer = ada.send("PATCH", team_of(ada, f"/{person.user_id}"), {"role": "editor"})

    assert (answer.status_code, answer.json["role"]) == (200, "editor")
    assert before.status_code == 403
    assert person.post("/posts", {"title": "Mine"}, headers=here).status_code == 201


@pytest.mark.parametrize("role", ["owner"])
def test_nobody_gives_a_role_above_their_own(ada: Person, hire: Hire, role: str) -> None:
    admin, editor = hire(ada, Role.ADMIN), hire(ada, Role.EDITOR)

    of_another = admin.send("PATCH", team_of(ada, f"/{editor.user_id}"), {"role": role})
    of_oneself = admin.send("PATCH", team_of(ada, f"/{admin.user_id}"), {"role": role})

    assert (of_another.status_code, of_oneself.status_code) == (403, 403)
    assert of_another.json["code"] == "above_own_role"
    assert (role_of(ada, editor), role_of(ada, admin)) == ("editor", "admin")


def test_nobody_touches_who_stands_above_them(ada: Person, hire: Hire) -> None:
    admin = hire(ada, Role.ADMIN)
    hire(ada, Role.OWNER)  # so that it is not the last owner who is protected here

    answers = [
        admin.send("PATCH", team_of(ada, f"/{ada.user_id}"), {"role": "viewer"}),
        admin.send("DELETE", team_of(ada, f"/{ada.user_id}")),
        admin.post(team_of(ada, f"/{ada.user_id}/suspend")),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert role_of(ada, ada) == "owner"


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_people_are_managed_by_admins_and_owners_only(ada: Person, hire: Hire, role: Role) -> None:
    somebody, victim = hire(ada, role), hire(ada, Role.VIEWER)

    answers = [
        somebody.send("PATCH", team_of(ada, f"/{victim.user_id}"), {"role": "editor"}),
        somebody.send("DELETE", team_of(ada, f"/{victim.user_id}")),
        somebody.post(team_of(ada, f"/{victim.user_id}/suspend")),
        somebody.post(team_of(ada, f"/{victim.user_id}/unsuspend")),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 403]


def test_who_is_removed_is_out_at_once_and_what_they_wrote_stays(ada: Person, hire: Hire) -> None:
    editor = hire(ada, Role.EDITOR)
    here = {"Marquee-Organization": ada.organization}
    post = editor.post("/posts", {"title": "By me"}, headers=here).json

    answer = ada.send("DELETE", team_of(ada, f"/{editor.user_id}"))

    assert answer.status_code == 204
    assert editor.get(f"/posts/{post['id']}", headers=here).status_code == 404
    assert ada.get(f"/posts/{post['id']}").json["authors"][0]["id"] == editor.user_id


def test_a_suspension_takes_everything_and_gives_it_back(ada: Person, hire: Hire) -> None:
    editor = hire(ada, Role.EDITOR)
    here = {"Marquee-Organization": ada.organization}

    suspended = ada.post(team_of(ada, f"/{editor.user_id}/suspend"))
    while_suspended = editor.post("/posts", {"title": "Mine"}, headers=here)
    again = ada.post(team_of(ada, f"/{editor.user_id}/suspend"))
    ended = ada.post(team_of(ada, f"/{editor.user_id}/unsuspend"))

    assert suspended.json["suspended_at"] is not None
    assert while_suspended.status_code == 404
    assert again.json["suspended_at"] == suspended.json["suspended_at"]
    assert ended.json["suspended_at"] is None
    assert editor.post("/posts", {"title": "Mine"}, headers=here).status_code == 201


def test_nobody_suspends_themselves(ada: Person, hire: Hire) -> None:
    hire(ada, Role.OWNER)

    answer = ada.post(team_of(ada, f"/{ada.user_id}/suspend"))

    assert (answer.status_code, answer.json["code"]) == (409, "yourself")


def test_an_owner_who_is_suspended_does_not_count_as_one(ada: Person, hire: Hire) -> None:
    other = hire(ada, Role.OWNER)
    ada.post(team_of(ada, f"/{other.user_id}/suspend"))

    answer = ada.post(f"/organizations/{ada.organization}/leave")

    assert (answer.status_code, answer.json["code"]) == (409, "last_owner")


def test_every_change_of_a_team_is_told_and_written_down(ada: Person, hire: Hire) -> None:
    person = hire(ada, Role.VIEWER)
    where = team_of(ada, f"/{person.user_id}")
    ada.send("PATCH", where, {"role": "editor"})
    ada.post(f"{where}/suspend")
    ada.post(f"{where}/unsuspend")
    ada.send("DELETE", where)

    lines = ada.get(f"/organizations/{ada.organization}/audit?subject=user:{person.user_id}").json["data"]
    told = db.session.execute(
        db.text("SELECT data->>'state' FROM events WHERE type = 'team.changed' ORDER BY seq")
    ).scalars()

    assert [line["action"] for line in reversed(lines)] == [
        "team.role_changed",
        "team.suspended",
        "team.unsuspended",
        "team.removed",
    ]
    assert list(told) == ["active", "suspended", "active", "removed"]
