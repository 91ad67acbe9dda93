"""`flask organizations`: operators give an organization limits of its own."""

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.database import db
from app.models import AuditEntry, Organization
from app.services import quota_service
from app.services.quota_service import Limits
from tests.factories import make_organization

pytestmark = pytest.mark.usefixtures("database")


def quota(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["organizations", "quota", *arguments])


def limits_of(organization: Organization) -> Limits:
    return quota_service._usage_of(organization.id).limits


def test_an_organization_gets_limits_of_its_own_and_loses_them_again(app: Flask) -> None:
    organization = make_organization(slug="gazette")
    instance_s = limits_of(organization)

    given = quota(app, "gazette", "--storage-bytes", "1000", "--video-minutes", "0")
    own = limits_of(organization)
    taken = quota(app, "gazette")

    assert (given.exit_code, taken.exit_code) == (0, 0)
    assert (own.storage_bytes, own.video_minutes, own.uploads) == (1000, None, instance_s.uploads)
    assert limits_of(organization) == instance_s
    lines = db.session.scalars(select(AuditEntry.after).where(AuditEntry.action == "organization.quota_changed"))
    assert {"bytes": 1000, "video_minutes": 0, "uploads": None} in lines.all()


def test_an_organization_that_is_not_there_or_a_limit_below_nothing_is_said(app: Flask) -> None:
    unknown = quota(app, "nobody", "--uploads", "3")
    negative = quota(app, "nobody", "--uploads", "-1")

    assert (unknown.exit_code, unknown.stderr) == (1, "There is no such organization.\n")
    assert negative.exit_code == 2
