"""Quotas: reserved before an upload, settled after it, never exceeded however many come at once."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.database import db, transaction
from app.errors import Conflict, InsufficientStorage, NotPermitted
from app.models import Organization, QuotaReservation, QuotaUsage
from app.permissions import Role
from app.services import quota_service
from app.services.quota_service import Limits
from app.utils.ids import new_id
from app.utils.times import now
from config import settings
from tests.api.test_videos import MP4_HEAD
from tests.factories import (
    make_image,
    make_membership,
    make_organization,
    make_quota_reservation,
    make_quota_usage,
    make_video,
)
from tests.support.http import ApiClient

UNLIMITED = 0


@pytest.fixture
def organization(database: object) -> Organization:
    del database
    return make_organization()


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def limit(*, storage_bytes: int = UNLIMITED, video_minutes: int = UNLIMITED, uploads: int = UNLIMITED) -> None:
        monkeypatch.setattr(settings, "quota_storage_bytes", storage_bytes)
        monkeypatch.setattr(settings, "quota_video_minutes", video_minutes)
        monkeypatch.setattr(settings, "quota_uploads", uploads)

    return limit


def use_of(organization: Organization) -> tuple[int, int, int]:
    """Stored and reserved bytes, and open uploads."""
    columns = (QuotaUsage.stored_bytes, QuotaUsage.reserved_bytes, QuotaUsage.open_uploads)
    query = select(*columns).where(QuotaUsage.organization_id == organization.id)
    row = db.session.execute(query).one()
    return row[0], row[1], row[2]


def test_room_is_held_then_taken(organization: Organization) -> None:
    upload_id, neighbour = new_id(), make_organization()
    quota_service.open_account(neighbour.id)

    quota_service.reserve(organization.id, upload_id, 1000)
    held = use_of(organization)
    with transaction():
        quota_service.settle(organization.id, upload_id, 900)

    assert held == (0, 1000, 1)
    assert use_of(organization) == (900, 0, 0)
    assert use_of(neighbour) == (0, 0, 0)


def test_room_that_is_given_up_is_free_again_and_only_once(organization: Organization) -> None:
    upload_id = new_id()
    quota_service.reserve(organization.id, upload_id, 1000)

    quota_service.release(upload_id)
    quota_service.release(upload_id)

    assert use_of(organization) == (0, 0, 0)


def test_what_is_reserved_counts_against_the_limit(organization: Organization, limits: Callable[..., None]) -> None:
    limits(storage_bytes=1000)
    quota_service.reserve(organization.id, new_id(), 600)

    with pytest.raises(InsufficientStorage) as refused:
        quota_service.reserve(organization.id, new_id(), 401)

    quota_service.reserve(organization.id, new_id(), 400)
    assert refused.value.problem_code == "storage_quota"
    assert refused.value.extra == {"limit_bytes": 1000, "used_bytes": 0, "reserved_bytes": 600}
    assert use_of(organization) == (0, 1000, 2)


def test_an_upload_that_turns_out_larger_than_there_is_room_is_refused(
    organization: Organization, limits: Callable[..., None]
) -> None:
    limits(storage_bytes=1000)
    upload_id = new_id()
    quota_service.reserve(organization.id, upload_id, 0)

    with pytest.raises(InsufficientStorage), transaction():
        quota_service.settle(organization.id, upload_id, 1001)

    assert use_of(organization) == (0, 0, 1)


def test_uploads_at_a_time_and_minutes_have_limits_of_their_own(
    organization: Organization, limits: Callable[..., None]
) -> None:
    limits(uploads=1, video_minutes=1)
    quota_service.reserve(organization.id, new_id(), 1)

    with pytest.raises(Conflict) as one_too_many:
        quota_service.reserve(organization.id, new_id(), 1)
    with pytest.raises(NotPermitted) as too_long, transaction():
        quota_service.count_minutes(organization.id, before_s=0, after_s=60.5)
    with transaction():
        quota_service.count_minutes(organization.id, before_s=0, after_s=60)

    assert one_too_many.value.problem_code == "uploads_quota"
    assert too_long.value.problem_code == "video_minutes_quota"
    limits(uploads=5, video_minutes=1)
    with pytest.raises(NotPermitted):
        quota_service.reserve(organization.id, new_id(), 1)


def test_a_film_that_is_probed_again_counts_once(organization: Organization, limits: Callable[..., None]) -> None:
    limits(video_minutes=1)
    with transaction():
        quota_service.count_minutes(organization.id, before_s=0, after_s=50)
        quota_service.count_minutes(organization.id, before_s=50, after_s=50)

    assert db.session.get_one(QuotaUsage, organization.id, populate_existing=True).video_s == 50


def test_the_operator_s_limits_win_over_the_instance_s(organization: Organization, limits: Callable[..., None]) -> None:
    limits(storage_bytes=1000)
    quota_service.set_limits(organization.slug, Limits(storage_bytes=5000, video_minutes=UNLIMITED, uploads=1))

    quota_service.reserve(organization.id, new_id(), 5000)

    quota_service.set_limits(organization.slug, Limits())
    with pytest.raises(InsufficientStorage):
        quota_service.reserve(organization.id, new_id(), 1)


def test_uploads_that_nobody_went_on_with_lose_their_room(organization: Organization) -> None:
    make_quota_usage(organization, reserved_bytes=3000, open_uploads=2)
    make_quota_reservation(organization, size_bytes=1000, expires_at=now() - timedelta(seconds=1))
    make_quota_reservation(organization, size_bytes=2000)

    quota_service.tidy()

    assert use_of(organization) == (0, 2000, 1)


def test_an_upload_that_goes_on_keeps_its_room(organization: Organization) -> None:
    upload_id = new_id()
    quota_service.reserve(organization.id, upload_id, 1000, until=now() - timedelta(seconds=1))

    quota_service.prolong(upload_id, now() + timedelta(hours=1))
    quota_service.tidy()

    assert use_of(organization) == (0, 1000, 1)


def test_counting_anew_corrects_what_has_drifted(organization: Organization) -> None:
    make_quota_usage(organization, stored_bytes=7, reserved_bytes=7, open_uploads=7, video_s=7)
    make_video(organization, size_bytes=1000, duration_s=12.5, poster_bytes=40)
    make_video(organization, size_bytes=500, duration_s=None, captions_bytes=2)
    make_image(organization, size_bytes=250)
    make_quota_reservation(organization, size_bytes=300)

    neighbour = make_organization()
    make_video(neighbour, size_bytes=7, duration_s=7.0)
    make_image(neighbour, size_bytes=7)
    make_quota_reservation(neighbour, size_bytes=7)
    quota_service.recount(lambda: None)
    db.session.get_one(QuotaUsage, organization.id).stored_bytes = 5
    db.session.flush()

    wrong, wrong_after = [quota_service.recount(lambda: None) for _ in range(2)]

    assert (wrong, wrong_after) == (1, 0)
    assert use_of(organization) == (1792, 300, 1)
    assert db.session.get_one(QuotaUsage, organization.id, populate_existing=True).video_s == 12.5


def upload(client: ApiClient) -> tuple[int, str | None]:
    answer = client.post("/api/v1/videos", data={"file": (io.BytesIO(MP4_HEAD.ljust(5000, b"\0")), "a.mp4")})
    return answer.status_code, answer.get_json().get("code")


def test_an_upload_takes_room_and_its_deletion_gives_it_back(
    client: ApiClient, limits: Callable[..., None], database: object
) -> None:
    del database
    limits(storage_bytes=8000)
    membership = make_membership(role=Role.OWNER)
    owner = client.acting_as(membership)
    path = f"/api/v1/organizations/{membership.organization.slug}/usage"

    first = upload(owner)
    used = owner.get(path).get_json()
    refused = upload(owner)
    video_id = owner.get(f"/api/v1/videos?organization={membership.organization.slug}").get_json()["data"][0]["id"]
    owner.delete(f"/api/v1/videos/{video_id}")

    assert first == (201, None)
    assert used["storage"]["used_bytes"] == 5000
    assert used["uploads"]["used"] == 0
    assert refused == (507, "storage_quota")
    assert owner.get(path).get_json()["storage"] == {
        "used_bytes": 0,
        "reserved_bytes": 0,
        "limit_bytes": 8000,
    }


def test_an_upload_that_fails_holds_nothing(client: ApiClient, database: object) -> None:
    del database
    membership = make_membership(role=Role.OWNER)
    owner = client.acting_as(membership)

    answer = owner.post("/api/v1/videos", data={"file": (io.BytesIO(b"no film"), "a.mp4")})

    assert answer.status_code == 422
    assert use_of(membership.organization) == (0, 0, 0)


@pytest.fixture
def crowd() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


def test_many_uploads_at_once_never_exceed_the_limit(
    app: Flask, committed_database: object, limits: Callable[..., None], crowd: ThreadPoolExecutor
) -> None:
    del committed_database
    limits(storage_bytes=10_000)
    with transaction():
        organization_id = make_organization().id

    def reserve(_number: int) -> bool:
        with app.app_context():
            try:
                quota_service.reserve(organization_id, new_id(), 1000)
            except InsufficientStorage:
                return False
            return True

    granted = list(crowd.map(reserve, range(40)))

    held = db.session.scalars(select(QuotaReservation.size_bytes)).all()
    usage = db.session.get_one(QuotaUsage, organization_id)
    assert sum(granted) == 10
    assert (len(held), usage.reserved_bytes, usage.open_uploads) == (10, 10_000, 10)


def test_many_who_settle_and_give_up_at_once_end_where_they_should(
    app: Flask, committed_database: object, limits: Callable[..., None], crowd: ThreadPoolExecutor
) -> None:
    del committed_database
    limits()
    with transaction():
        organization_id = make_organization().id
    uploads = [new_id() for _ in range(20)]

    def go_through(numbered: tuple[int, UUID]) -> None:
        number, upload_id = numbered
        with app.app_context():
            quota_service.reserve(organization_id, upload_id, 1000)
            if number % 2:
                quota_service.release(upload_id)
                return
            with transaction():
                quota_service.settle(organization_id, upload_id, 1000)

    list(crowd.map(go_through, enumerate(uploads)))

    usage = db.session.get_one(QuotaUsage, organization_id)
    assert (usage.stored_bytes, usage.reserved_bytes, usage.open_uploads) == (10_000, 0, 0)
