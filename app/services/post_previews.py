"""Preview links: whoever holds one reads a post as it stands now, whatever its publication."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from itsdangerous import BadSignature

from app.database import Record
from app.errors import NotFound, NotPermitted
from app.permissions import Action, Actor
from app.services import keyring, post_reading
from app.utils.times import now

LIFE: Final = timedelta(days=7)
_SALT: Final = "preview"


def create(actor: Actor, post_id: UUID) -> tuple[str, datetime]:
    """A token for one of the organization's posts, and when it ends. Raises `NotFound`, `NotPermitted`."""
    post_reading.assert_own(actor, post_id)
    actor.must(Action.EDIT_CONTENT)
    expires_at = (now() + LIFE).replace(microsecond=0)
    return keyring.serializer(_SALT).dumps([post_id.hex, int(expires_at.timestamp())]), expires_at


def read(token: str) -> Record:
    """The post behind a token. Raises `NotFound`, or `NotPermitted` (`token_expired`) for one that ended."""
    try:
        post_id, ends_at = keyring.serializer(_SALT).loads(token)
        named = UUID(post_id)
    except (BadSignature, ValueError, TypeError):
        raise NotFound("There is no such preview.") from None
    if ends_at <= datetime.now(UTC).timestamp():
        raise NotPermitted("The preview has ended; ask for a new link.", code="token_expired")
    return post_reading.get_previewed(named)
