"""What operators do to accounts from the command line: make, disable, enable, set a password."""

from uuid import UUID

from sqlalchemy import select, update

from app.database import db, read_connection, transaction
from app.errors import NotFound
from app.models import Purpose, User
from app.services import (
    account_service,
    audit_service,
    mail_service,
    one_time_token_service,
    organization_service,
    password_rules,
    passwords,
    session_service,
)
from app.services.audit_service import Audited
from app.services.mail_service import Letter
from app.utils.times import now


def create(*, email: str, name: str, password: str, organization_name: str | None) -> tuple[UUID, str | None]:
    """Makes a verified account, whatever the sign-up mode, and if wanted an organization that it owns.

    The account's id and the organization's slug. Raises `Conflict` (`email_taken`), `Invalid` for the password.
    """
    password_rules.assert_allowed(password, context=(email, name))
    account_service.assert_free(email)
    password_hash = passwords.hash_password(password)
    with transaction():
        user = account_service.add_user(email=email, name=name, password_hash=password_hash)
        user.email_verified_at = now()
        slug = organization_service.add(user.id, name=organization_name).slug if organization_name else None
        _audit(Audited.SIGNED_UP, user.id)
        return user.id, slug


def disable(email: str) -> None:
    """Takes every right from an account and ends its sessions; its API keys stop as long. Twice changes nothing."""
    with transaction():
        user = _locked(email)
        if user.disabled_at is None:
            user.disabled_at = now()
            session_service.revoke_all_of(user.id, by_operator=True)
            _audit(Audited.ACCOUNT_DISABLED, user.id)


def enable(email: str) -> None:
    """Gives an account back; its people sign in again. Twice changes nothing."""
    with transaction():
        user = _locked(email)
        if user.disabled_at is not None:
            user.disabled_at = None
            _audit(Audited.ACCOUNT_ENABLED, user.id)


def set_password(email: str, password: str) -> None:
    """Sets an account's password, ends its sessions and reset links, and tells it by mail.

    Raises `Invalid` for the password.
    """
    query = select(User.id, User.email, User.name).where(User.email == email.lower())
    with read_connection() as connection:
        user = connection.execute(query).first()
    if user is None:
        raise _unknown(email)
    password_rules.assert_allowed(password, context=(user.email, user.name))
    password_hash = passwords.hash_password(password)
    with transaction():
        changed = update(User).where(User.id == user.id)
        db.session.execute(changed.values(password_hash=password_hash, updated_at=now()))
        one_time_token_service.spend_all(Purpose.RESET_PASSWORD, user.id)
        session_service.revoke_all_of(user.id, by_operator=True)
        _audit(Audited.PASSWORD_CHANGED, user.id)
        mail_service.queue(Letter.PASSWORD_CHANGED, user.id)


def _locked(email: str) -> User:
    user = db.session.scalar(select(User).where(User.email == email.lower()).with_for_update())
    if user is None:
        raise _unknown(email)
    return user


def _unknown(email: str) -> NotFound:
    return NotFound(f"There is no account with the address {email}.")


def _audit(action: Audited, user_id: UUID) -> None:
    audit_service.record(action, actor_id=None, organization_id=None, subject=f"user:{user_id}")
