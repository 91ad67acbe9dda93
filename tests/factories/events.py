"""Events and their counters."""

from typing import Any

from app.models import Event, EventCounter, Organization
from app.utils.times import now
from tests.factories.rows import flushed


def make_event(organization: Organization, seq: int, **columns: Any) -> Event:
    """An organization's event of that number; its counter is the caller's."""
    columns.setdefault("type", "test.happened")
    columns.setdefault("subject", "post:1")
    columns.setdefault("data", {})
    columns.setdefault("occurred_at", now())
    return flushed(Event(scope_id=organization.id, organization_id=organization.id, seq=seq, **columns))


def make_event_counter(organization: Organization, seq: int) -> EventCounter:
    """The last number that an organization has given."""
    return flushed(EventCounter(scope_id=organization.id, seq=seq))
