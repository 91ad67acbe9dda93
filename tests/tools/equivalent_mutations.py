"""What `mutate_access` leaves out, and why."""

from typing import Final

NOT_ABOUT_ACCESS: Final = frozenset(
    {
        *("relay_service", "job_run", "job_order", "job_service", "job_attempt", "maintenance_service"),
        *("idempotency_service", "audit_service", "session_relay", "engine", "outgoing", "ticks"),
        *("docs_controller", "page_controller", "outbox_controller", "compression", "markdown", "image_files"),
        *("seed_service", "seed_posts", "seed_people"),
    }
)
"""Modules that decide nothing about who gets in."""

EQUIVALENT: Final[dict[str, str]] = {}
"""Mutations that nobody can tell from the original, by their names."""
