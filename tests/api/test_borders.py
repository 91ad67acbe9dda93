"""Where one organization ends: in lists, for keys, and between one's own rows and others'."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.clients.stores import storage
from app.database import db
from app.models import ApiKey, Membership, Organization, Post, Processing, Publication, Video, Visibility
from app.permissions import Role, Scope
from app.services.video_pipeline.material import video_prefix
from app.utils.times import now
from tests.factories import (
    make_api_key,
    make_membership,
    make_organization,
    make_post,
    make_upload,
    make_user,
    make_video,
)
from tests.support.http import ApiClient, bearer_of_key

MAKERS: dict[str, Callable[..., Post | Video]] = {"posts": make_post, "videos": make_video}


@pytest.fixture
def other() -> Organization:
    return make_organization()


def publish(noun: str, owner: Organization, visibility: Visibility) -> str:
    return str(MAKERS[noun](owner, publication=Publication.PUBLISHED, visibility=visibility).id)


def listed(client: ApiClient, noun: str, organization: Organization) -> set[str]:
    answer = client.get(f"/api/v1/{noun}?organization={organization.slug}")
    assert answer.status_code == 200
    return {row["id"] for row in answer.json["data"]}


@pytest.mark.parametrize("noun", MAKERS)
@pytest.mark.parametrize("who", [None, "reader", *Role])
def test_an_organization_s_list_shows_outsiders_what_is_public_there_and_nothing_else(
    noun: str, who: str | None, client: ApiClient, other: Organization
) -> None:
    organization = make_organization()
    public = publish(noun, organization, Visibility.PUBLIC)
    publish(noun, organization, Visibility.UNLISTED)
    publish(noun, organization, Visibility.ORGANIZATION)
    publish(noun, other, Visibility.PUBLIC)
    if who is not None:
        outsider = make_user() if who == "reader" else make_membership(organization=other, role=Role(who))
        client = client.acting_as(outsider)

    assert listed(client, noun, organization) == {public}


@pytest.mark.parametrize("noun", MAKERS)
@pytest.mark.parametrize("role", Role)
def test_an_organization_s_list_shows_its_people_all_of_theirs_and_nobody_else_s(
    noun: str, role: Role, client: ApiClient, other: Organization
) -> None:
    member = make_membership(role=role)
    own = {publish(noun, member.organization, visibility) for visibility in Visibility}
    draft = str(MAKERS[noun](member.organization).id)
    publish(noun, other, Visibility.PUBLIC)

    assert listed(client.acting_as(member), noun, member.organization) == {*own, draft}


@pytest.mark.parametrize("noun", MAKERS)
def test_the_public_list_shows_everybody_s_public_things_to_everybody(
    noun: str, client: ApiClient, other: Organization
) -> None:
    member = make_membership()
    public = {publish(noun, owner, Visibility.PUBLIC) for owner in (member.organization, other)}
    publish(noun, member.organization, Visibility.UNLISTED)
    publish(noun, member.organization, Visibility.ORGANIZATION)

    for reader in (client, client.acting_as(member)):
        assert {row["id"] for row in reader.get(f"/api/v1/{noun}").json["data"]} == public


def test_a_key_has_its_maker_s_role_of_its_own_organization(client: ApiClient, other: Organization) -> None:
    """The maker owns another organization as well, and was there first."""
    maker = make_user()
    make_membership(maker, other, Role.OWNER, created_at=now() - timedelta(days=9))
    viewer = make_membership(maker, role=Role.VIEWER)

    answer = client.with_headers(bearer_of_key(viewer, set(Scope))).post("/api/v1/posts", json={"title": "Mine?"})

    assert answer.status_code == 403


def test_a_key_dies_with_its_maker_s_suspension_there_although_they_work_elsewhere(
    client: ApiClient, other: Organization
) -> None:
    maker = make_user()
    make_membership(maker, other, Role.OWNER)
    suspended = make_membership(maker, suspended_at=now())

    answer = client.with_headers(bearer_of_key(suspended, set(Scope))).get("/api/v1/posts")

    assert answer.status_code == 401


def test_using_a_key_is_noted_of_that_key_alone(client: ApiClient) -> None:
    maker: Membership = make_membership()
    unused = make_api_key(maker).id

    client.with_headers(bearer_of_key(maker, set(Scope))).get("/api/v1/posts").close()

    used = {key.id for key in db.session.query(ApiKey).populate_existing() if key.last_used_at is not None}
    assert len(used) == 1
    assert unused not in used


def test_a_draft_that_will_be_public_plays_for_its_own_people_and_for_nobody_else(client: ApiClient) -> None:
    member = make_membership()
    video = make_video(member.organization, visibility=Visibility.PUBLIC, processing=Processing.READY)
    key = f"{video_prefix(member.organization_id, video.id)}/v1/master.m3u8"
    storage().write_text(key, "#EXTM3U")

    playback = client.acting_as(member).get(f"/api/v1/videos/{video.id}/playback").json

    assert client.get(playback["hls_url"]).status_code == 200
    assert client.get(f"/media/public/{video.id}/v1/master.m3u8").status_code == 404
    assert client.get(f"/api/v1/videos/{video.id}/playback").status_code == 404
    storage().delete_tree(video_prefix(member.organization_id, video.id))


def test_who_may_no_longer_edit_does_not_go_on_with_an_upload_nor_end_it(client: ApiClient) -> None:
    member = make_membership(role=Role.EDITOR)
    upload = make_upload(member.organization, member.user)
    member.role = Role.VIEWER
    viewer = client.acting_as(member).with_headers({"Tus-Resumable": "1.0.0"})
    piece = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}

    going_on = viewer.patch(f"/api/v1/uploads/{upload.id}", data=b"x", headers=piece)
    ending = viewer.delete(f"/api/v1/uploads/{upload.id}")

    assert (going_on.status_code, ending.status_code) == (403, 403)


def test_an_upload_belongs_to_the_organization_that_it_was_begun_in(client: ApiClient, other: Organization) -> None:
    member = make_membership(role=Role.EDITOR)
    elsewhere = make_membership(member.user, other, Role.OWNER)
    path = f"/api/v1/uploads/{make_upload(member.organization, member.user).id}"

    answers = [client.acting_as(one).get(path).status_code for one in (member, elsewhere)]

    assert answers == [200, 404]


def test_a_key_that_reads_no_content_sees_no_upload(client: ApiClient) -> None:
    member = make_membership(role=Role.EDITOR)
    path = f"/api/v1/uploads/{make_upload(member.organization, member.user).id}"
    keys = [bearer_of_key(member, {scope}) for scope in (Scope.READ_CONTENT, Scope.READ_JOBS)]

    assert [client.with_headers(key).get(path).status_code for key in keys] == [200, 404]
