"""Who works in an organization."""

from functools import partial
from uuid import UUID

from app.http.answers import NO_CONTENT, Answer
from app.http.pages import page_answer, position_of
from app.permissions import Actor
from app.schemas.listing_schemas import place_of
from app.schemas.team_schemas import RoleChange, TeamListQuery, render_member
from app.services import team_service


def list_team(actor: Actor, slug: str, query: TeamListQuery) -> Answer:
    member, page = team_service.list_(actor, slug, position_of(query))
    return page_answer(page, query, partial(render_member, member), place_of)


def change_role(actor: Actor, slug: str, user_id: UUID, body: RoleChange) -> Answer:
    return Answer(render_member(*team_service.change_role(actor, slug, user_id, body.as_role())))


def suspend(actor: Actor, slug: str, user_id: UUID) -> Answer:
    return Answer(render_member(*team_service.suspend(actor, slug, user_id)))


def unsuspend(actor: Actor, slug: str, user_id: UUID) -> Answer:
    return Answer(render_member(*team_service.unsuspend(actor, slug, user_id)))


def remove(actor: Actor, slug: str, user_id: UUID) -> Answer:
    team_service.remove(actor, slug, user_id)
    return NO_CONTENT
