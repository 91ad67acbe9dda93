"""Single-use tokens for links in mails: issued as a row, derived when the mail is written, spent once."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select, update
from sqlalchemy.orm import aliased

from app.database import Record, db, read_connection
from app.errors import Gone
from app.models import OneTimeToken, Purpose, User
from app.services import tokens
from app.utils.times import now

LIFE: Final = {Purpose.VERIFY_EMAIL: timedelta(hours=24), Purpose.RESET_PASSWORD: timedelta(hours=1)}
QUIET: Final = timedelta(seconds=60)
"""Of each such span the first request for a purpose sends a letter, the others none."""


def issue(purpose: Purpose, user_id: UUID | None) -> UUID:
    """Adds a row in the open transaction. For nobody (an unknown address) it takes the same time."""
    row = OneTimeToken(purpose=purpose, user_id=user_id, expires_at=now() + LIFE[purpose])
    db.session.add(row)
    db.session.flush()
    return row.id


def addressee(row_id: UUID) -> Record | None:
    """Whom to write to about an open token: `email, name, expires_at`. None: used, over, nobody's, or just written."""
    query = select(User.email, User.name, OneTimeToken.expires_at, OneTimeToken.created_at)
    query = query.join(User, User.id == OneTimeToken.user_id).where(
        OneTimeToken.id == row_id,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > now(),
        User.disabled_at.is_(None),
    )
    with read_connection() as connection:
        row = connection.execute(query).first()
        if row is None or connection.execute(_earlier_since(row_id, _quiet_since(row.created_at))).first():
            return None
    return row


def _quiet_since(moment: datetime) -> datetime:
    """Where the moment's span of quiet began. Spans are fixed: asking again and again cannot stretch one for ever."""
    return moment - timedelta(seconds=moment.timestamp() % QUIET.total_seconds())


def _earlier_since(row_id: UUID, moment: datetime) -> Select[UUID]:
    earlier = aliased(OneTimeToken)
    return (
        select(earlier.id)
        .join(OneTimeToken, and_(earlier.user_id == OneTimeToken.user_id, earlier.purpose == OneTimeToken.purpose))
        .where(OneTimeToken.id == row_id, earlier.id < OneTimeToken.id, earlier.created_at >= moment)
    )


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
