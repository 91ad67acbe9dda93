"""Organizations and what they use."""

from app.database import Record
from app.http.answers import NO_CONTENT, Answer, created
from app.http.links import feed_links
from app.http.pages import page_answer, position_of
from app.http.routing import API_PREFIX
from app.permissions import Actor
from app.schemas.listing_schemas import place_of
from app.schemas.organization_schemas import (
    OrganizationChange,
    OrganizationCreate,
    OrganizationListQuery,
    OwnershipTransfer,
    render,
    render_own,
    render_usage,
)
from app.services import organization_service, quota_service, standing, team_service


def list_own(actor: Actor, query: OrganizationListQuery) -> Answer:
    page = organization_service.list_own(actor, position_of(query))
    return page_answer(page, query, lambda row: render_own(row, feed_links(row.slug)), place_of)


def create(actor: Actor, body: OrganizationCreate) -> Answer:
    seen, row = organization_service.create(actor, name=body.name, slug=body.slug)
    return created(_document(seen, row), location=f"{API_PREFIX}/organizations/{row.slug}", revision=row.revision)


def get(actor: Actor, slug: str) -> Answer:
    return _answer(*standing.seen_by(actor, slug))


def change(actor: Actor, slug: str, body: OrganizationChange, expected_revision: int | None) -> Answer:
    return _answer(*organization_service.change(actor, slug, body.changes(), expected_revision=expected_revision))


def delete(actor: Actor, slug: str, expected_revision: int | None) -> Answer:
    organization_service.delete(actor, slug, expected_revision=expected_revision)
    return NO_CONTENT


def transfer(actor: Actor, slug: str, body: OwnershipTransfer) -> Answer:
    return _answer(*team_service.transfer(actor, slug, body.new_owner_id))


def leave(actor: Actor, slug: str) -> Answer:
    return _answer(*team_service.leave(actor, slug))


def usage(actor: Actor, slug: str) -> Answer:
    return Answer(render_usage(quota_service.usage(actor, slug)))


def _answer(actor: Actor, row: Record) -> Answer:
    return Answer(_document(actor, row), revision=row.revision)


def _document(actor: Actor, row: Record) -> dict[str, object]:
    return render(actor, row, feed_links(row.slug))
