"""A deleted organization: the job takes everything that it owned, files included, and nothing else."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.clients.stores import storage
from app.database import Base, db, transaction
from app.jobs import DELETE_FILES, DELETE_ORGANIZATION
from app.models import Job, JobState, Membership, Organization, Session, User
from app.permissions import Actor, Role
from app.services import organization_service, retention
from app.services.image_files import made_key
from app.services.video_pipeline.material import original_key
from tests import factories
from tests.factories import make_job, make_membership, make_post, make_session, make_video, make_worker
from tests.support.attempts import attempt


def fill(owner: Membership) -> None:
    """Some of everything that an organization can own, and a file."""
    organization = owner.organization
    post = make_post(organization)
    factories.make_post_slug(post)
    factories.make_post_revision(post, number=2)
    factories.make_post_tag(post)
    image = factories.make_post_image(post).image_id
    post.cover_image_id = image
    video = make_video(organization, author_id=owner.user_id)
    make_session(owner.user, organization)
    make_job(organization)
    factories.make_rendition(video)
    for make in (
        factories.make_audit_entry,
        factories.make_invitation,
        factories.make_upload,
        factories.make_api_key,
        factories.make_quota_usage,
        factories.make_quota_reservation,
    ):
        make(organization)
    factories.make_organization_slug(organization, f"old-{organization.slug}")
    for key in (original_key(organization.id, video.id), made_key(organization.id, image, "full.jpg")):
        with storage().sink(key) as file:
            file.write(b"a film or a picture")


def rows_by_table() -> dict[str, int]:
    with transaction():
        return {
            table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def is_there(model: type[Organization] | type[User], row_id: UUID) -> bool:
    return db.session.scalar(select(model.id).where(model.id == row_id)) is not None


def run(app: Flask, kind: str) -> None:
    """Does the jobs of the kind as a worker would."""
    with transaction():
        job_ids = db.session.scalars(select(Job.id).where(Job.kind == kind)).all()
        worker_id = make_worker().id
    assert job_ids
    for job_id in job_ids:
        attempt(app, job_id, worker_id)


@pytest.mark.both_databases
def test_all_that_it_owned_goes_and_nothing_of_anybody_else(
    app: Flask, committed_database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    del committed_database
    monkeypatch.setattr(retention, "BATCH", 2)
    with transaction():
        neighbour = make_membership(role=Role.OWNER)
        fill(neighbour)
        factories.make_event_counter(neighbour.organization, 3)
    before = rows_by_table()
    with transaction():
        owner = make_membership(role=Role.OWNER)
        fill(owner)
        for _ in range(5):
            make_post(owner.organization)
        organization_id, slug, user_id = owner.organization_id, owner.organization.slug, owner.user_id

    organization_service.delete(Actor(user_id=user_id), slug, expected_revision=None)
    run(app, DELETE_ORGANIZATION.name)
    run(app, DELETE_FILES.name)

    after = rows_by_table()
    with transaction():
        assert is_there(Organization, organization_id) is False
        assert is_there(User, user_id) is True
        sessions = db.session.scalars(select(Session).where(Session.user_id == user_id)).all()
        assert [session.organization_id for session in sessions] == [None]
        (line,) = db.session.execute(
            db.text("SELECT action, subject, organization_id FROM audit_entries WHERE action = 'organization.deleted'")
        ).all()
    assert tuple(line) == ("organization.deleted", f"organization:{organization_id}", None)
    grown = {table: after[table] - before[table] for table in after if after[table] != before[table]}
    # Accounts (two made by factories) and the session, the line, the three jobs and the workers that did them here.
    assert grown == {"users": 3, "sessions": 1, "audit_entries": 1, "jobs": 3, "workers": 2}
    for folder in (storage().path_of("videos"), storage().path_of("images")):
        assert not (folder / str(organization_id)).exists()
        assert (folder / str(neighbour.organization_id)).is_dir()


def test_a_removal_that_was_cut_off_goes_on(app: Flask, committed_database: object) -> None:
    del committed_database
    with transaction():
        owner = make_membership(role=Role.OWNER)
        fill(owner)
        organization_id, slug, user_id = owner.organization_id, owner.organization.slug, owner.user_id
        job_id = db.session.scalars(select(Job.id)).one()
    organization_service.delete(Actor(user_id=user_id), slug, expected_revision=None)
    with transaction():
        db.session.delete(db.session.get_one(Job, job_id))  # as far as the first attempt came

    run(app, DELETE_ORGANIZATION.name)

    with transaction():
        assert is_there(Organization, organization_id) is False


def test_its_jobs_stop_before_their_rows_go(app: Flask, committed_database: object) -> None:
    del committed_database
    with transaction():
        owner = make_membership(role=Role.OWNER)
        parent = make_job(owner.organization, state=JobState.RUNNING, children_left=1)
        make_job(owner.organization, parent_id=parent.id)
        slug, user_id = owner.organization.slug, owner.user_id
    organization_service.delete(Actor(user_id=user_id), slug, expected_revision=None)

    run(app, DELETE_ORGANIZATION.name)

    with transaction():
        kinds = db.session.execute(select(Job.kind, Job.state).order_by(Job.id)).all()
    assert [tuple(row) for row in kinds] == [
        (DELETE_ORGANIZATION.name, JobState.SUCCEEDED),
        *[(DELETE_FILES.name, JobState.QUEUED)] * 2,
    ]
