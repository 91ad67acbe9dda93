"""A password that is forgotten, reset or changed."""

from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update

from app.database import Record, db, read_connection, transaction
from app.errors import Conflict, Invalid, NotAuthenticated
from app.models import Purpose, User
from app.permissions import Actor
from app.services import (
    audit_service,
    mail_service,
    one_time_token_service,
    password_rules,
    passwords,
    session_service,
    tokens,
)
from app.services.audit_service import Audited
from app.services.mail_service import Letter, Message
from app.utils.times import for_people, now
from config import settings

_PURPOSE: Final = Purpose.RESET_PASSWORD


def register() -> None:
    """Registers who writes the letters."""
    mail_service.composes(Letter.RESET_PASSWORD, _compose_reset)
    mail_service.composes(Letter.PASSWORD_CHANGED, _compose_changed)


def forgot(email: str) -> None:
    """Sends a link to choose a new password. For an unknown address the same rows are written, but no letter."""
    query = select(User.id).where(User.email == email.lower(), User.disabled_at.is_(None))
    with read_connection() as connection:
        user_id: UUID | None = connection.execute(query).scalar()
    with transaction():
        token_id = one_time_token_service.issue(_PURPOSE, user_id)
        mail_service.queue(Letter.RESET_PASSWORD, token_id)
        audit_service.record(
            Audited.PASSWORD_RESET_ASKED, actor_id=None, organization_id=None, subject=f"user:{user_id or 'unknown'}"
        )


def reset(*, token: str, password: str) -> None:
    """Sets a new password by a link's token and ends every session; the letter has proved the address as well.

    Raises `Invalid` (`invalid_token`, or what is wrong with the password), `Gone` (`token_spent`). A password that is
    refused does not use the token up.
    """
    user = one_time_token_service.owner_of(_PURPOSE, token)
    password_rules.assert_allowed(password, context=(user.email, user.name))
    password_hash = passwords.hash_password(password)  # tens of milliseconds: before the transaction
    with transaction():
        user_id = one_time_token_service.spend(_PURPOSE, token)
        verified_at = func.coalesce(User.email_verified_at, now())
        changed = update(User).where(User.id == user_id)
        db.session.execute(changed.values(password_hash=password_hash, email_verified_at=verified_at, updated_at=now()))
        _has_changed(user_id, Audited.PASSWORD_RESET)


def change(actor: Actor, *, current_password: str, new_password: str) -> None:
    """Sets a new password and ends every other session, and the links to choose another.

    Raises `Invalid` (`wrong_password`, or what is wrong with the new one), `Conflict` when it changed meanwhile.
    """
    user = _own(actor)
    if not passwords.verify(current_password, user.password_hash):
        problem = "This is not your current password."
        raise Invalid(
            problem,
            code="wrong_password",
            errors=[{"pointer": "/current_password", "detail": problem, "code": "wrong_password"}],
        )
    password_rules.assert_allowed(new_password, context=(user.email, user.name), pointer="/new_password")
    password_hash = passwords.hash_password(new_password)
    with transaction():
        unchanged = update(User).where(User.id == user.id, User.password_hash == user.password_hash)
        values = {"password_hash": password_hash, "updated_at": now()}
        if db.session.execute(unchanged.values(values).returning(User.id)).first() is None:
            raise Conflict("The password has just been changed elsewhere.")
        _has_changed(user.id, Audited.PASSWORD_CHANGED, keep=actor.session_id)


def _has_changed(user_id: UUID, action: Audited, *, keep: UUID | None = None) -> None:
    one_time_token_service.spend_all(_PURPOSE, user_id)
    session_service.revoke_all_of(user_id, except_id=keep)
    audit_service.record(action, actor_id=user_id, organization_id=None, subject=f"user:{user_id}")
    mail_service.queue(Letter.PASSWORD_CHANGED, user_id)


def _own(actor: Actor) -> Record:
    query = select(User.id, User.email, User.name, User.password_hash).where(User.id == actor.user_id)
    with read_connection() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise NotAuthenticated("Sign in first.")
    return row


def _compose_reset(token_id: UUID) -> Message | None:
    addressee = one_time_token_service.addressee(token_id)
    if addressee is None:
        return None
    link = mail_service.link("reset-password", tokens.derived_token(_PURPOSE, token_id))
    values = {"name": addressee.name, "until": for_people(addressee.expires_at), "link": link}
    return Message(addressee.email, values)


def _compose_changed(user_id: UUID) -> Message | None:
    with read_connection() as connection:
        user = connection.execute(select(User.email, User.name).where(User.id == user_id)).first()
    if user is None:
        return None
    values = {
        "name": user.name,
        "changed": for_people(now()),  # the letter leaves seconds after the change
        "address": f"{settings.links_url}/forgot-password",
    }
    return Message(user.email, values)
