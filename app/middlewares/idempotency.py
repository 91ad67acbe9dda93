"""Idempotency-Key on JSON POSTs: the same key and body get the stored answer, and the work is done once."""

import re
from hashlib import sha256
from typing import Final

from flask import Response, request

from app.errors import BadRequest
from app.http.answers import Answer, to_response
from app.http.routing import Call, Handler
from app.services import idempotency_service
from app.services.idempotency_service import StoredAnswer

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_STORED_HEADERS: Final = ("Content-Type", "Location", "ETag")


def replay_answer(call: Call, following: Handler) -> Answer:
    """Stores a 2xx answer in the transaction of its effect, and replays it for 24 h."""
    key = request.headers.get("Idempotency-Key")
    if key is None or not call.route.takes_idempotency_key:
        return following(call)
    if not _KEY.fullmatch(key):
        raise BadRequest("Idempotency-Key must be 1 to 255 printable ASCII characters.", code="invalid_header")
    with idempotency_service.once(_scope(call, key), sha256(call.raw_body).hexdigest()) as once:
        if once.stored is None:
            response = to_response(following(call))
            headers = {name: response.headers[name] for name in _STORED_HEADERS if name in response.headers}
            once.store(StoredAnswer(response.status_code, headers, response.get_data()))
            return Answer(response=response)
        stored = once.stored
    return Answer(response=Response(stored.body, stored.status, {**stored.headers, "Idempotent-Replayed": "true"}))


def _scope(call: Call, key: str) -> str:
    actor = call.actor
    principal = actor.api_key_id or actor.user_id or request.remote_addr
    parts = (str(principal), str(actor.organization_id), request.method, request.full_path, key)
    return sha256("\x00".join(parts).encode()).hexdigest()
