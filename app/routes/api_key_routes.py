"""API keys."""

from app.controllers import api_key_controller
from app.http import limits
from app.http.routing import Access, Route
from app.schemas.api_key_schemas import ApiKeyCreate, ApiKeyList, ApiKeyListQuery, ApiKeyOut, NewApiKeyOut

IN_PERSON = Access.IN_PERSON

ROUTES = [
    Route("GET", "/api-keys", IN_PERSON, api_key_controller.list_keys, "List API keys", query=ApiKeyListQuery, answers={200: ApiKeyList, 304: None}, name="listApiKeys"),
    Route("POST", "/api-keys", IN_PERSON, api_key_controller.create, "Make an API key", ApiKeyCreate, answers={201: NewApiKeyOut}, idempotency=False, limit=limits.API_KEYS),
    Route("GET", "/api-keys/{api_key_id}", IN_PERSON, api_key_controller.get, "Read an API key", answers={200: ApiKeyOut, 304: None}),
    Route("DELETE", "/api-keys/{api_key_id}", IN_PERSON, api_key_controller.revoke, "Revoke an API key", answers={204: None}),
]  # fmt: skip
