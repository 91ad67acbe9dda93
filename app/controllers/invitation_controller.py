"""Invitations to an organization's team."""

from uuid import UUID

from app.http.answers import NO_CONTENT, Answer, created
from app.http.links import feed_links
from app.http.pages import page_answer, position_of
from app.http.routing import API_PREFIX
from app.permissions import Actor
from app.schemas.listing_schemas import place_of
from app.schemas.organization_schemas import render
from app.schemas.team_schemas import InvitationAccept, InvitationCreate, TeamListQuery, render_invitation
from app.services import invitation_service


def list_invitations(actor: Actor, slug: str, query: TeamListQuery) -> Answer:
    page = invitation_service.list_(actor, slug, position_of(query))
    return page_answer(page, query, render_invitation, place_of)


def invite(actor: Actor, slug: str, body: InvitationCreate) -> Answer:
    row = invitation_service.invite(actor, slug, email=body.email, role=body.as_role())
    return created(render_invitation(row), location=f"{API_PREFIX}/organizations/{slug}/invitations/{row.id}")


def revoke(actor: Actor, slug: str, invitation_id: UUID) -> Answer:
    invitation_service.revoke(actor, slug, invitation_id)
    return NO_CONTENT


def accept(actor: Actor, body: InvitationAccept) -> Answer:
    seen, row = invitation_service.accept(actor, body.token)
    return Answer(render(seen, row, feed_links(row.slug)), revision=row.revision)
