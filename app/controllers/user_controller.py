"""One's own account."""

from app.http.answers import NO_CONTENT, Answer
from app.http.cookies import clear_refresh_cookie
from app.permissions import Actor
from app.schemas.account_schemas import ProfileChange, render_membership, render_user
from app.services import account_service


def me(actor: Actor) -> Answer:
    return _answer(actor)


def change_me(actor: Actor, body: ProfileChange) -> Answer:
    account_service.change_profile(actor, body.model_dump(mode="json", exclude_unset=True))
    return _answer(actor)


def delete_me(actor: Actor) -> Answer:
    account_service.delete(actor)
    return clear_refresh_cookie(NO_CONTENT)


def _answer(actor: Actor) -> Answer:
    row = account_service.own_profile(actor)
    memberships = [render_membership(membership) for membership in account_service.organizations_of(row.id)]
    return Answer(render_user(row) | {"organizations": memberships})
