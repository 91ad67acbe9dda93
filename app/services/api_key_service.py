"""API keys: made by a person, bound to one organization, never mightier than their maker is now."""

import hmac
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select, update

from app.access import owned_by
from app.database import Record, db, read_connection, transaction
from app.errors import Invalid, NotAuthenticated, NotFound, NotPermitted
from app.models import ApiKey, Membership, Organization, User
from app.permissions import GRANTS, SCOPE_GRANTS, Action, Actor, Role, Scope
from app.services import audit_service, standing, tokens
from app.services.audit_service import Audited
from app.services.pages import Page, Position, fetch_page
from app.utils import api_keys
from app.utils.ids import new_id
from app.utils.times import now
from config import settings

NOTED_EVERY_S: Final = 60
_NOTED_AT_MOST: Final = 10_000
_noted_at: dict[UUID, float] = {}
"""When this process last wrote down a key's use."""
_WRONG: Final = "The API key is not valid: unknown, expired, or its maker has left the organization."
_COLUMNS: Final = (
    *(ApiKey.id, ApiKey.name, ApiKey.scopes, ApiKey.user_id, ApiKey.created_at, ApiKey.expires_at),
    *(ApiKey.last_used_at, ApiKey.organization_id),
)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made; `key` is shown this once."""

    row: Record
    key: str = field(repr=False)


def create(actor: Actor, *, name: str, scopes: Collection[Scope], expires_at: datetime | None) -> NewKey:
    """Makes a key for the acting organization.

    Raises `NotPermitted` without an organization, for an unverified maker, or for a scope that allows more than
    their role; `Invalid` for an end that is past.
    """
    if actor.role is None or actor.organization_id is None or actor.user_id is None:
        raise NotPermitted("You act in no organization; a key needs one.")
    actor.must_be_verified()
    _assert_within(actor.role, scopes)
    if expires_at is not None and expires_at <= now():
        problem = "It must lie in the future."
        raise Invalid(problem, errors=[{"pointer": "/expires_at", "detail": problem, "code": "past"}])
    secret, key_id = api_keys.new_secret(), new_id()
    with transaction():
        db.session.add(
            ApiKey(
                id=key_id,
                organization_id=actor.organization_id,
                user_id=actor.user_id,
                name=name,
                secret_hash=tokens.hash_token(secret),
                scopes=" ".join(sorted(set(scopes))),
                expires_at=expires_at,
            )
        )
        db.session.flush()
        _audit(Audited.API_KEY_CREATED, actor, key_id, name)
        return NewKey(get(actor, key_id), api_keys.write(key_id, secret))


def get(actor: Actor, key_id: UUID) -> Record:
    """One of the keys that the actor sees. Raises `NotFound`."""
    with read_connection() as connection:
        row = connection.execute(_visible(actor).where(ApiKey.id == key_id)).first()
    if row is None:
        raise _unknown()
    return row


def _unknown() -> NotFound:
    return NotFound("There is no such API key.")


def list_(actor: Actor, position: Position) -> Page:
    """The actor's keys of the acting organization, newest first; for those who manage it, everybody's."""
    with read_connection() as connection:
        return fetch_page(
            connection, _visible(actor), position, key=(ApiKey.created_at.expression, ApiKey.id.expression)
        )


def revoke(actor: Actor, key_id: UUID) -> None:
    """Ends a key at once, through every door. Raises `NotFound` for one that the actor does not see."""
    with transaction():
        name = get(actor, key_id).name
        gone = delete(ApiKey).where(ApiKey.id == key_id).returning(ApiKey.id)
        if db.session.execute(gone.execution_options(synchronize_session=False)).first() is None:
            raise _unknown()  # somebody else has just revoked it
        _audit(Audited.API_KEY_REVOKED, actor, key_id, name)


def identify(key: str, *, organization_slug: str | None) -> Actor:
    """The actor behind a key, by one indexed query. Raises `NotAuthenticated`, or `NotFound` for another tenant."""
    parsed = api_keys.parse(key)
    row = _row(parsed.id) if parsed else None
    if parsed is None or row is None or not hmac.compare_digest(row.secret_hash, tokens.hash_token(parsed.secret)):
        raise NotAuthenticated(_WRONG, code="invalid_token")
    if organization_slug not in {None, row.slug} and standing.slug_now(organization_slug or "") != row.slug:
        raise NotFound("The API key belongs to no organization of that name.", code="no_such_organization")
    return Actor(
        user_id=row.user_id,
        organization_id=row.organization_id,
        organization_slug=row.slug,
        role=Role(row.role),
        api_key_id=parsed.id,
        scopes=frozenset(Scope(word) for word in row.scopes.split()),
        must_verify_email=settings.require_verified_email and row.email_verified_at is None,
    )


def alive_among(key_ids: Collection[UUID]) -> set[UUID]:
    """Those of the keys that are still in force: one query for all."""
    if not key_ids:
        return set()
    query = joined_with_maker(select(ApiKey.id)).where(ApiKey.id.in_(key_ids), *in_force())
    with read_connection() as connection:
        return set(connection.execute(query).scalars())


def is_note_due(key_id: UUID) -> bool:
    """Whether this process has not written down the key's use for a minute."""
    return time.monotonic() - _noted_at.get(key_id, float("-inf")) > NOTED_EVERY_S


def note_use(key_id: UUID) -> None:
    """Writes down when the key was used; at most once a minute, whichever process is first."""
    if len(_noted_at) > _NOTED_AT_MOST:
        _noted_at.clear()
    _noted_at[key_id] = time.monotonic()
    stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < now() - timedelta(seconds=NOTED_EVERY_S))
    noted = update(ApiKey).where(ApiKey.id == key_id, stale).values(last_used_at=now(), updated_at=ApiKey.updated_at)
    with transaction():
        db.session.execute(noted.execution_options(synchronize_session=False))


def in_force() -> tuple[ColumnElement[bool], ...]:
    """Neither expired nor made by somebody who is disabled or suspended."""
    unexpired = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now())
    return unexpired, User.disabled_at.is_(None), Membership.suspended_at.is_(None)


def joined_with_maker(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The query of keys, joined with the maker and their membership, without which a key is none."""
    is_maker = and_(Membership.user_id == ApiKey.user_id, Membership.organization_id == ApiKey.organization_id)
    return query.join(User, User.id == ApiKey.user_id).join(Membership, is_maker)


def _row(key_id: UUID) -> Record | None:
    columns = (ApiKey.secret_hash, ApiKey.user_id, ApiKey.organization_id, ApiKey.scopes)
    query = joined_with_maker(select(*columns, Organization.slug, Membership.role, User.email_verified_at))
    query = query.join(Organization, Organization.id == ApiKey.organization_id)
    with read_connection() as connection:
        return connection.execute(query.where(ApiKey.id == key_id, *in_force())).first()


def _visible(actor: Actor) -> Select[*tuple[Any, ...]]:
    query = select(*_COLUMNS).where(owned_by(actor.organization_id if actor.role else None, ApiKey))
    return query if actor.may(Action.MANAGE_SETTINGS) else query.where(ApiKey.user_id == actor.user_id)


def _assert_within(role: Role, scopes: Collection[Scope]) -> None:
    beyond = [scope for scope in scopes if not SCOPE_GRANTS[scope] <= GRANTS[role]]
    if beyond:
        raise NotPermitted(f"Your role ({role}) does not allow what {', '.join(beyond)} would.", code="scope_too_wide")


def _audit(action: Audited, actor: Actor, key_id: UUID, name: str) -> None:
    audit_service.record(
        action,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject=f"api_key:{key_id}",
        after={"name": name},
    )
