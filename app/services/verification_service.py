"""Proving that an e-mail address is one's own."""

from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from app.database import db, read_connection, transaction
from app.errors import NotAuthenticated
from app.models import Purpose, User
from app.permissions import Actor
from app.services import audit_service, mail_service, one_time_token_service, tokens
from app.services.audit_service import Audited
from app.services.mail_service import Letter, Message
from app.utils.times import for_people, now

_PURPOSE: Final = Purpose.VERIFY_EMAIL


def register() -> None:
    """Registers who writes the letter."""
    mail_service.composes(Letter.VERIFY_EMAIL, _compose)


def begin(user_id: UUID | None) -> None:
    """Queues the letter with the link, inside the open transaction; for nobody the same rows, but no letter."""
    mail_service.queue(Letter.VERIFY_EMAIL, one_time_token_service.issue(_PURPOSE, user_id))


def ask(actor: Actor, email: str | None) -> None:
    """Sends the letter again, to the address or else to the actor's own.

    Whether it is unknown, verified already or neither, the answer and the work are the same.
    """
    if email is None and actor.session_id is None:
        raise NotAuthenticated("Sign in, or say which address it is.")
    who = User.email == email.lower() if email is not None else User.id == actor.user_id
    query = select(User.id).where(who, User.email_verified_at.is_(None), User.disabled_at.is_(None))
    with read_connection() as connection:
        user_id: UUID | None = connection.execute(query).scalar()
    with transaction():
        begin(user_id)


def verify(token: str) -> None:
    """Marks the address as its owner's. Raises `Invalid` (`invalid_token`), `Gone` (`token_spent`)."""
    with transaction():
        user_id = one_time_token_service.spend(_PURPOSE, token)
        one_time_token_service.spend_all(_PURPOSE, user_id)
        verified = update(User).where(User.id == user_id, User.email_verified_at.is_(None))
        db.session.execute(verified.values(email_verified_at=now(), updated_at=now()))
        audit_service.record(Audited.EMAIL_VERIFIED, actor_id=user_id, organization_id=None, subject=f"user:{user_id}")


def _compose(token_id: UUID) -> Message | None:
    addressee = one_time_token_service.addressee(token_id)
    if addressee is None:
        return None
    link = mail_service.link("verify-email", tokens.derived_token(_PURPOSE, token_id))
    return Message(addressee.email, {"name": addressee.name, "until": for_people(addressee.expires_at), "link": link})
