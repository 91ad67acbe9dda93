"""API keys."""

from uuid import UUID

from app.http.answers import NO_CONTENT, Answer, created
from app.http.pages import page_answer, position_of
from app.http.routing import API_PREFIX
from app.permissions import Actor
from app.schemas.api_key_schemas import ApiKeyCreate, ApiKeyListQuery, place_of, render
from app.services import api_key_service


def list_keys(actor: Actor, query: ApiKeyListQuery) -> Answer:
    return page_answer(api_key_service.list_(actor, position_of(query)), query, render, place_of)


def create(actor: Actor, body: ApiKeyCreate) -> Answer:
    made = api_key_service.create(actor, name=body.name, scopes=body.scopes, expires_at=body.expires_at)
    return created(render(made.row) | {"key": made.key}, location=f"{API_PREFIX}/api-keys/{made.row.id}")


def get(actor: Actor, api_key_id: UUID) -> Answer:
    return Answer(render(api_key_service.get(actor, api_key_id)))


def revoke(actor: Actor, api_key_id: UUID) -> Answer:
    api_key_service.revoke(actor, api_key_id)
    return NO_CONTENT
