"""Single-use tokens for links in mails: issued as a row, derived when the mail is written, spent once."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import aliased

from app.database import Record, db, read_connection
from app.errors import Gone
from app.models import OneTimeToken, Purpose, User
from app.services import tokens
from app.utils.times import now

LIFE: Final = {Purpose.VERIFY_EMAIL: timedelta(hours=24), Purpose.RESET_PASSWORD: timedelta(hours=1)}
QUIET: Final = timedelta(seconds=60)
"""Nobody gets two letters for one purpose within this time."""


def issue(purpose: Purpose, user_id: UUID | None) -> UUID:
    """Adds a row in the open transaction. For nobody (an unknown address) it takes the same time."""
    row = OneTimeToken(purpose=purpose, user_id=user_id, expires_at=now() + LIFE[purpose])
    db.session.add(row)
    db.session.flush()
    return row.id


def addressee(row_id: UUID) -> Record | None:
    """Whom to write to about an open token: `email, name, expires_at`. None: used, over, nobody's, or just written."""
    earlier = aliased(OneTimeToken)
    just_written = exists().where(
        earlier.user_id == OneTimeToken.user_id,
        earlier.purpose == OneTimeToken.purpose,
        earlier.id < OneTimeToken.id,
        earlier.created_at > now() - QUIET,
    )
    query = select(User.email, User.name, OneTimeToken.expires_at)
    query = query.join(User, User.id == OneTimeToken.user_id).where(
        OneTimeToken.id == row_id,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > now(),
        User.disabled_at.is_(None),
        ~just_written,
    )
    with read_connection() as connection:
        return connection.execute(query).first()


def owner_of(purpose: Purpose, token: str) -> Record:
    """The user (`email, name`) of a token that could be spent now. Raises like `spend`, and changes nothing."""
    query = select(User.email, User.name).join(OneTimeToken, OneTimeToken.user_id == User.id)
    with read_connection() as connection:
        row = connection.execute(query.where(*_open(purpose, tokens.row_of_token(purpose, token)))).first()
    if row is None:
        raise _spent()
    return row


def spend(purpose: Purpose, token: str) -> UUID:
    """Uses a token up in the open transaction; one statement decides between any number of tries. The user's id.

    Raises `Invalid` (`invalid_token`) for what is not ours, `Gone` (`token_spent`) for what was used or is over.
    """
    unspent = update(OneTimeToken).where(*_open(purpose, tokens.row_of_token(purpose, token)))
    spent = unspent.values(used_at=now()).returning(OneTimeToken.user_id)
    user_id: UUID | None = db.session.execute(spent.execution_options(synchronize_session=False)).scalar()
    if user_id is None:
        raise _spent()
    return user_id


def _open(purpose: Purpose, row_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeToken.id == row_id,
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > now(),
    )


def _spent() -> Gone:
    return Gone("The link was used before, or its time is over; ask for a new one.", code="token_spent")


def spend_all(purpose: Purpose, user_id: UUID) -> None:
    """Ends every other open token of a user for a purpose, in the open transaction."""
    others = update(OneTimeToken).where(
        OneTimeToken.user_id == user_id, OneTimeToken.purpose == purpose, OneTimeToken.used_at.is_(None)
    )
    db.session.execute(others.values(used_at=now()).execution_options(synchronize_session=False))
