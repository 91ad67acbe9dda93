"""Lines of the audit log."""

from typing import Any

from app.models import AuditEntry, Organization
from tests.factories.rows import flushed


def make_audit_entry(organization: Organization | None = None, **columns: Any) -> AuditEntry:
    """Somebody changed the organization."""
    columns.setdefault("action", "organization.changed")
    columns.setdefault("subject", "organization:1")
    return flushed(AuditEntry(organization_id=organization.id if organization else None, **columns))
