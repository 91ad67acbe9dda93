"""What organizations use and have reserved."""

from datetime import timedelta
from typing import Any

from app.models import Organization, QuotaReservation, QuotaUsage
from app.utils.ids import new_id
from app.utils.times import now
from tests.factories.rows import flushed


def make_quota_usage(organization: Organization, **columns: Any) -> QuotaUsage:
    """An organization that uses nothing yet."""
    return flushed(QuotaUsage(organization_id=organization.id, **columns))


def make_quota_reservation(organization: Organization, **columns: Any) -> QuotaReservation:
    """Room held for an upload; the usage row is the caller's."""
    columns.setdefault("upload_id", new_id())
    columns.setdefault("size_bytes", 1000)
    columns.setdefault("expires_at", now() + timedelta(hours=1))
    return flushed(QuotaReservation(organization_id=organization.id, **columns))
