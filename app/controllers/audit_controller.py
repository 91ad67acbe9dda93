"""An organization's audit log."""

from app.http.answers import Answer
from app.http.pages import page_answer, position_of
from app.permissions import Actor
from app.schemas.listing_schemas import place_of
from app.schemas.team_schemas import AuditListQuery, render_audit_entry
from app.services import audit_service


def list_entries(actor: Actor, slug: str, query: AuditListQuery) -> Answer:
    page = audit_service.list_(actor, slug, query.filters(), position_of(query))
    return page_answer(page, query, render_audit_entry, place_of)
