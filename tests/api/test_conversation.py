"""Comments and likes, the same on posts and videos."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.database import db, transaction
from app.models import CommentPolicy, Membership, Organization, Publication, Visibility
from app.permissions import Role, Scope
from tests.api.conftest import Person
from tests.factories import make_post, make_user, make_video
from tests.support.http import ApiClient, bearer_of_key


def organization_of(person: Person) -> Organization:
    return db.session.scalars(select(Organization).where(Organization.slug == person.organization)).one()


@pytest.fixture(params=["posts", "videos"])
def thing(request: pytest.FixtureRequest, ada: Person) -> str:
    """The path of something public of Ada's."""
    if request.param == "posts":
        return f"/posts/{ada.published()['id']}"
    with transaction():
        shown = {"publication": Publication.PUBLISHED, "visibility": Visibility.PUBLIC}
        return f"/videos/{make_video(organization_of(ada), **shown).id}"


def say(person: Person, path: str, body: str = "Well said.", **more: object) -> dict[str, Any]:
    answer = person.post(f"{path}/comments", {"body": body, **more})
    assert answer.status_code == 201, answer.json
    document: dict[str, Any] = answer.get_json()
    return document


def bodies(person: Person, path: str, **query: str) -> list[str]:
    answer = person.get(f"{path}/comments", query_string=query)
    assert answer.status_code == 200, answer.json
    return [comment["body"] for comment in answer.json["data"]]


def count(person: Person, path: str) -> int:
    return int(person.get(path).json["comments_count"])


def set_policy(person: Person, policy: CommentPolicy) -> None:
    answer = person.send("PATCH", f"/organizations/{person.organization}", {"comments": policy})
    assert answer.json["comments"] == policy


def test_readers_talk_in_threads_two_deep(ada: Person, bob: Person, anonymous: Person, thing: str) -> None:
    first = say(bob, thing, "First!")
    say(ada, thing, "Second.")
    reply = say(ada, thing, "A reply.", parent_id=first["id"])
    deeper = say(bob, thing, "A reply to it.", parent_id=reply["id"])

    assert bodies(anonymous, thing) == ["Second.", "First!"]
    assert deeper["parent_id"] == first["id"]
    assert bodies(anonymous, thing, parent_id=first["id"]) == ["A reply.", "A reply to it."]
    thread = anonymous.get(f"{thing}/comments").json["data"][1]
    assert thread["replies_count"] == 2
    assert [entry["body"] for entry in thread["replies"]] == ["A reply.", "A reply to it."]
    assert thread["author"]["id"] == bob.user_id
    assert count(anonymous, thing) == 4


def test_a_thread_shows_its_first_replies_and_pages_the_rest(ada: Person, anonymous: Person, thing: str) -> None:
    first = say(ada, thing)
    for number in range(5):
        say(ada, thing, str(number), parent_id=first["id"])

    shown = anonymous.get(f"{thing}/comments").json["data"][0]["replies"]

    assert [reply["body"] for reply in shown] == ["0", "1", "2"]
    page = anonymous.get(f"{thing}/comments", query_string={"parent_id": first["id"], "limit": 2}).json
    rest = bodies(anonymous, thing, parent_id=first["id"], cursor=page["page"]["next_cursor"])
    assert [reply["body"] for reply in page["data"]] + rest == ["0", "1", "2", "3", "4"]


def test_only_its_author_changes_a_comment_and_editors_take_it_off(
    ada: Person, bob: Person, anonymous: Person, thing: str
) -> None:
    comment = say(bob, thing)
    path = f"/comments/{comment['id']}"

    changed = bob.send("PATCH", path, {"body": "Better said."})
    meddled = ada.send("PATCH", path, {"body": "Taken over."})

    assert (changed.json["body"], changed.json["edited_at"] is not None) == ("Better said.", True)
    assert (meddled.status_code, meddled.json["code"]) == (403, "not_yours")
    assert anonymous.send("DELETE", path).status_code == 401
    assert ada.send("DELETE", path).status_code == 204
    assert bodies(anonymous, thing) == []
    assert count(anonymous, thing) == 0
    assert bob.send("PATCH", path, {"body": "Again."}).status_code == 404


def test_a_key_speaks_for_nobody(client: ApiClient, ada: Person, bob: Person) -> None:
    """It acts in its organization, as far as its scopes go: what its maker said elsewhere is none of its business."""
    thing = f"/posts/{ada.published()['id']}"
    set_policy(ada, CommentPolicy.MODERATED)
    waiting = say(bob, thing, "Waits.")
    bobs = db.session.scalars(select(Membership).where(Membership.user_id == UUID(bob.user_id))).one()
    key = client.with_headers(bearer_of_key(bobs, [Scope.READ_JOBS]))

    assert bodies(bob, thing) == ["Waits."]
    assert key.get(f"/api/v1{thing}/comments").json["data"] == []
    assert key.delete(f"/api/v1/comments/{waiting['id']}").status_code == 404
    assert ada.post(f"/comments/{waiting['id']}/approve").status_code == 200
    assert key.delete(f"/api/v1/comments/{waiting['id']}").json["code"] == "not_yours"
    assert bodies(bob, thing) == ["Waits."]


def test_a_reader_moderates_nothing(ada: Person, bob: Person, thing: str) -> None:
    comment = say(ada, thing)

    for answer in (bob.post(f"/comments/{comment['id']}/hide"), bob.send("DELETE", f"/comments/{comment['id']}")):
        assert (answer.status_code, answer.json["code"]) == (403, "not_yours")


def test_a_deleted_comment_keeps_its_place_above_its_replies(bob: Person, anonymous: Person, thing: str) -> None:
    first = say(bob, thing, "Regretted.")
    say(bob, thing, "Still here.", parent_id=first["id"])

    bob.send("DELETE", f"/comments/{first['id']}")

    left = anonymous.get(f"{thing}/comments").json["data"][0]
    assert (left["state"], left["body"], left["author"]) == ("deleted", "", None)
    assert [reply["body"] for reply in left["replies"]] == ["Still here."]
    assert count(anonymous, thing) == 1


def test_moderated_comments_wait_for_an_editor(ada: Person, bob: Person, anonymous: Person, thing: str) -> None:
    set_policy(ada, CommentPolicy.MODERATED)

    waiting = say(bob, thing)

    assert waiting["state"] == "pending"
    assert (bodies(anonymous, thing), bodies(bob, thing)) == ([], ["Well said."])
    queue = ada.get("/comments").json["data"]
    assert [entry["id"] for entry in queue] == [waiting["id"]]
    assert ada.post(f"/comments/{waiting['id']}/approve").json["state"] == "visible"
    assert (bodies(anonymous, thing), count(anonymous, thing)) == (["Well said."], 1)
    assert ada.post(f"/comments/{waiting['id']}/hide").json["state"] == "hidden"
    assert (bodies(anonymous, thing), count(anonymous, thing)) == ([], 0)
    assert say(ada, thing)["state"] == "visible"


def test_what_waits_is_seen_by_its_author_and_moderators_alone(
    ada: Person, bob: Person, newcomer: Callable[[], Person], hire: Callable[[Person, Role], Person], thing: str
) -> None:
    set_policy(ada, CommentPolicy.MODERATED)
    viewer, stranger, editor = hire(ada, Role.VIEWER), newcomer(), hire(ada, Role.EDITOR)
    acting = {"Marquee-Organization": ada.organization}
    waiting = say(bob, thing, "Waits.")

    def shown_to(person: Person, **options: object) -> list[str]:
        return [comment["body"] for comment in person.get(f"{thing}/comments", **options).json["data"]]

    assert (shown_to(bob), shown_to(ada), shown_to(editor, headers=acting)) == (["Waits."], ["Waits."], ["Waits."])
    assert (shown_to(stranger), shown_to(viewer, headers=acting)) == ([], [])
    for person, headers in ((stranger, {}), (viewer, acting)):
        path = f"/comments/{waiting['id']}"
        assert person.send("PATCH", path, {"body": "Mine."}, headers=headers).status_code == 404
        assert person.post(f"{path}/approve", headers=headers).status_code == 404
    viewers = viewer.post(f"{thing}/comments", {"body": "Me too."}, headers=acting)
    assert viewers.json["state"] == "pending"


def test_a_moderator_decides_at_home_and_lists_nothing_of_others(ada: Person, bob: Person, thing: str) -> None:
    for person in (ada, bob):
        set_policy(person, CommentPolicy.MODERATED)
    elsewhere = say(ada, f"/posts/{bob.published()['id']}", "At Bob's.")
    visible = say(ada, thing, "At home.")

    assert [comment["id"] for comment in bob.get("/comments").json["data"]] == [elsewhere["id"]]
    assert ada.get("/comments").json["data"] == []
    for method, action in (("POST", "/hide"), ("POST", "/approve"), ("DELETE", "")):
        answer = bob.send(method, f"/comments/{visible['id']}{action}")
        assert (answer.status_code, answer.json["code"]) == (403, "not_yours")


def test_a_change_is_moderated_again(ada: Person, bob: Person, anonymous: Person, thing: str) -> None:
    comment = say(bob, thing)
    set_policy(ada, CommentPolicy.MODERATED)

    assert bob.send("PATCH", f"/comments/{comment['id']}", {"body": "Spam."}).json["state"] == "pending"
    assert (bodies(anonymous, thing), count(anonymous, thing)) == ([], 0)


def test_where_comments_are_closed_nobody_adds_one(ada: Person, bob: Person, thing: str) -> None:
    set_policy(ada, CommentPolicy.CLOSED)

    answer = bob.post(f"{thing}/comments", {"body": "Too late."})

    assert (answer.status_code, answer.json["code"]) == (403, "comments_closed")


@pytest.mark.parametrize("body", ["", "   ", "x" * 5001, None, 7, {"a": 1}])
def test_a_comment_that_says_nothing_or_too_much_is_refused(body: object, bob: Person, ada: Person) -> None:
    path = f"/posts/{ada.published()['id']}"

    answer = bob.post(f"{path}/comments", {"body": body})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/body")
    assert count(bob, path) == 0


def test_a_reply_needs_a_comment_of_the_same_thing(ada: Person, bob: Person) -> None:
    here, elsewhere = (f"/posts/{ada.published()['id']}" for _ in range(2))
    comment = say(bob, elsewhere)

    answer = bob.post(f"{here}/comments", {"body": "?", "parent_id": comment["id"]})

    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "no_such_comment")


def test_what_one_cannot_read_one_cannot_comment_on_or_like(ada: Person, bob: Person, anonymous: Person) -> None:
    path = f"/posts/{ada.draft()['id']}"

    assert bob.get(f"{path}/comments").status_code == 404
    assert bob.post(f"{path}/comments", {"body": "Hello?"}).status_code == 404
    assert bob.send("PUT", f"{path}/like").status_code == 404
    assert anonymous.send("PUT", f"/posts/{ada.published()['id']}/like").status_code == 401


def test_everybody_likes_a_thing_once(ada: Person, bob: Person, thing: str) -> None:
    assert ada.send("PUT", f"{thing}/like").json == {"liked": True, "likes_count": 1}
    assert ada.send("PUT", f"{thing}/like").json == {"liked": True, "likes_count": 1}
    assert bob.send("PUT", f"{thing}/like").json == {"liked": True, "likes_count": 2}
    assert ada.send("DELETE", f"{thing}/like").json == {"liked": False, "likes_count": 1}
    assert ada.send("DELETE", f"{thing}/like").json == {"liked": False, "likes_count": 1}
    assert bob.send("DELETE", f"{thing}/like").json == {"liked": False, "likes_count": 0}


def test_likes_and_comments_disturb_no_editor(ada: Person, bob: Person) -> None:
    post = ada.published()
    path = f"/posts/{post['id']}"
    tag = ada.get(path).headers["ETag"]

    bob.send("PUT", f"{path}/like")
    say(bob, path)

    saved = ada.send("PATCH", path, {"title": "Still mine"}, headers={"If-Match": tag})
    assert saved.status_code == 200
    assert ada.get(path).headers["ETag"] != tag


@pytest.mark.both_databases
@pytest.mark.usefixtures("committed_database")
def test_a_crowd_at_once_is_counted_exactly(client: ApiClient) -> None:
    with transaction():
        post = make_post(publication=Publication.PUBLISHED)
        crowd = [client.acting_as(make_user()) for _ in range(6)]
    path = f"/api/v1/posts/{post.id}"

    with ThreadPoolExecutor(6) as pool:
        likes = list(pool.map(lambda person: person.put(f"{path}/like").status_code, crowd))
        said = list(pool.map(lambda person: person.post(f"{path}/comments", json={"body": "!"}).status_code, crowd))

    assert (set(likes), set(said)) == ({200}, {201})
    seen = client.get(path).get_json()
    assert (seen["likes_count"], seen["comments_count"]) == (6, 6)
