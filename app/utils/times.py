"""Times: aware, UTC, and written as RFC 3339 with a `Z` or in words."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current time of this host, aware. Leases never use it: they live on the database's clock."""
    return datetime.now(UTC)


def for_people(moment: datetime) -> str:
    """`31 January 2026, 12:00 UTC`."""
    there = moment.astimezone(UTC)
    return f"{there.day} {there:%B %Y, %H:%M} UTC"


def rfc3339(moment: datetime | None) -> str | None:
    """`2026-01-31T12:00:00.123456Z`, or None."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def in_words(moment: datetime) -> str:
    """`31 January 2026, 12:00 UTC`, for letters."""
    return f"{moment.astimezone(UTC):%-d %B %Y, %H:%M} UTC"
