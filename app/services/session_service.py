"""Sessions: who acts, refresh with rotation, sign-out."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Uuid, and_, bindparam, select, update

from app.database import Prepared, Record, db, read, read_connection, transaction
from app.dialect import UTCDateTime
from app.errors import NotAuthenticated, NotFound
from app.models import Membership, Organization, RefreshToken, Session, User
from app.permissions import Actor, Role
from app.services import api_key_service, audit_service, standing, tokens
from app.services.audit_service import Audited
from app.services.pages import Page, Position, fetch_page
from app.utils import api_keys
from app.utils.times import now
from config import settings


@dataclass(frozen=True, slots=True)
class Device:
    """Where a session was opened, as the client said it."""

    user_agent: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The tokens of a session, for its client only."""

    user_id: UUID
    session_id: UUID
    access_token: str
    refresh_token: str

    def __repr__(self) -> str:
        return f"<SignedIn {self.session_id}>"


def open_session(user_id: UUID, organization_id: UUID | None, device: Device) -> SignedIn:
    """Begins a session inside the caller's transaction; `organization_id` is where it acts by default."""
    moment = now()
    session = Session(
        user_id=user_id,
        organization_id=organization_id,
        successor_key=secrets.token_bytes(32),
        user_agent=device.user_agent,
        address=device.address,
        last_used_at=moment,
        expires_at=moment + timedelta(seconds=settings.session_s),
    )
    db.session.add(session)
    db.session.flush()
    token = tokens.new_refresh_token()
    db.session.add(RefreshToken(token_hash=tokens.hash_token(token), session_id=session.id))
    return SignedIn(user_id, session.id, tokens.write_access_token(user_id, session.id), token)


def identify(credential: str, *, organization_slug: str | None = None) -> Actor:
    """The actor behind an access token or API key, by one indexed query: a revocation or a new role counts at once.

    An organization's former slugs serve too. Raises `NotAuthenticated`, or `NotFound` for an organization that the
    user does not belong to.
    """
    if credential.startswith(api_keys.PREFIX):
        return api_key_service.identify(credential, organization_slug=organization_slug)
    claims = tokens.read_access_token(credential)
    row = _session_row(claims, organization_slug)
    if row is None:
        raise NotAuthenticated("The session has ended; sign in again.", code="session_ended")
    if organization_slug is not None and row.role is None:
        present = standing.slug_now(organization_slug)
        if present not in {None, organization_slug}:
            return identify(credential, organization_slug=present)
        raise NotFound("You belong to no organization of that name.", code="no_such_organization")
    return Actor(
        user_id=claims.user_id,
        session_id=claims.session_id,
        organization_id=row.organization_id if row.role else None,
        organization_slug=row.slug if row.role else None,
        role=Role(row.role) if row.role else None,
        must_verify_email=settings.require_verified_email and row.email_verified_at is None,
    )


def still_here(actors: Collection[Actor]) -> set[Actor]:
    """Those whose session or key is in force and who still work where they act: two queries for all."""
    sessions = _places_of({actor.session_id for actor in actors if actor.session_id})
    keys = api_key_service.alive_among({actor.api_key_id for actor in actors if actor.api_key_id})
    return {
        actor
        for actor in actors
        if actor.api_key_id in keys
        or (actor.session_id in sessions and actor.organization_id in {None, *sessions[actor.session_id]})
    }


def _places_of(session_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The sessions in force, and the organizations in which their users work."""
    places: dict[UUID, set[UUID]] = {}
    if not session_ids:
        return places
    is_member = and_(Membership.user_id == Session.user_id, Membership.suspended_at.is_(None))
    query = select(Session.id, Membership.organization_id).join(User, User.id == Session.user_id)
    query = query.outerjoin(Membership, is_member).where(Session.id.in_(session_ids), *in_force())
    with read_connection() as connection:
        for session_id, organization_id in connection.execute(query):
            places.setdefault(session_id, set()).add(organization_id)
    return places


def in_force(at: BindParameter[datetime] | None = None) -> tuple[ColumnElement[bool], ...]:
    """Neither revoked nor over, nor of somebody who is disabled; now, or at a time that is a parameter."""
    return Session.revoked_at.is_(None), Session.expires_at > (now() if at is None else at), User.disabled_at.is_(None)


def _session_row(claims: tokens.Claims, organization_slug: str | None) -> Record | None:
    parameters = {"session_id": claims.session_id, "user_id": claims.user_id, "moment": now()}
    statement = _session_statement(is_elsewhere=organization_slug is not None)
    rows = read(statement, {**parameters, "organization_slug": organization_slug})
    return rows[0] if rows else None


@cache
def _session_statement(*, is_elsewhere: bool) -> Prepared:
    """Built once: every request with a token asks it. `is_elsewhere`: acting in the organization of a slug."""
    acting_in = Organization.id == Session.organization_id
    if is_elsewhere:
        acting_in = Organization.slug == bindparam("organization_slug")
    is_member = and_(
        Membership.user_id == Session.user_id,
        Membership.organization_id == Organization.id,
        Membership.suspended_at.is_(None),
    )
    session_id, user_id = bindparam("session_id", type_=Uuid()), bindparam("user_id", type_=Uuid())
    columns = (Organization.id.label("organization_id"), Organization.slug, Membership.role, User.email_verified_at)
    joined = select(*columns).select_from(Session).join(User, User.id == Session.user_id)
    joined = joined.outerjoin(Organization, acting_in).outerjoin(Membership, is_member)
    valid = in_force(bindparam("moment", type_=UTCDateTime()))
    return Prepared(joined.where(Session.id == session_id, Session.user_id == user_id, *valid))


def refresh(refresh_token: str) -> SignedIn:
    """Rotates a refresh token. The row update decides between parallel calls; all get the one successor.

    Raises `NotAuthenticated`; a token used again after 10 s revokes the whole session.
    """
    presented = tokens.hash_token(refresh_token)
    with transaction():
        token = db.session.get(RefreshToken, presented)
        session = db.session.get(Session, token.session_id) if token else None
        if session is None or not _usable(session):
            raise NotAuthenticated("The refresh token is not valid; sign in again.", code="invalid_token")
        successor = tokens.successor_of(refresh_token, session.successor_key)
        is_reused = not _rotate(presented, successor, session)
        if is_reused:
            session.revoked_at = now()
            _audit(Audited.TOKEN_REUSED, session.user_id, f"session:{session.id}")
    if is_reused:
        raise NotAuthenticated("The refresh token was used before; sign in again.", code="token_reused")
    access_token = tokens.write_access_token(session.user_id, session.id)
    return SignedIn(session.user_id, session.id, access_token, successor)


def _usable(session: Session) -> bool:
    user = db.session.get_one(User, session.user_id)
    return session.revoked_at is None and session.expires_at > now() and user.disabled_at is None


def _rotate(presented: bytes, successor: str, session: Session) -> bool:
    """Marks the token as used and adds its successor. False if it was used too long ago."""
    moment = now()
    rotated = db.session.execute(
        update(RefreshToken)
        .where(RefreshToken.token_hash == presented, RefreshToken.rotated_at.is_(None))
        .values(rotated_at=moment)
        .returning(RefreshToken.session_id)
    ).first()
    if rotated is not None:
        db.session.add(RefreshToken(token_hash=tokens.hash_token(successor), session_id=session.id))
        session.last_used_at = moment
        return True
    # A rival was first: read the time that it wrote, not the one this session may have cached.
    used_at = db.session.scalar(select(RefreshToken.rotated_at).where(RefreshToken.token_hash == presented))
    return _is_recent(used_at, moment)


def _is_recent(used_at: datetime | None, moment: datetime) -> bool:
    return used_at is not None and moment - used_at <= timedelta(seconds=settings.refresh_replay_s)


def sign_out(refresh_token: str | None, actor: Actor) -> None:
    """Ends the session of the token, or the actor's; nothing to end is fine."""
    with transaction():
        session_id = actor.session_id
        if refresh_token is not None:
            token = db.session.get(RefreshToken, tokens.hash_token(refresh_token))
            session_id = token.session_id if token else session_id
        if session_id is not None:
            ended = update(Session).where(Session.id == session_id, Session.revoked_at.is_(None))
            user_id = db.session.scalar(ended.values(revoked_at=now()).returning(Session.user_id))
            if user_id is not None:
                _audit(Audited.SIGNED_OUT, user_id, f"session:{session_id}")


def list_(actor: Actor, position: Position) -> Page:
    """The person's sessions in force, newest first."""
    columns = (Session.id, Session.user_agent, Session.address, Session.created_at, Session.last_used_at)
    query = select(*columns, Session.expires_at, (Session.id == actor.session_id).label("is_current"))
    query = query.join(User, User.id == Session.user_id).where(Session.user_id == actor.user_id, *in_force())
    with read_connection() as connection:
        return fetch_page(connection, query, position, key=(Session.created_at.expression, Session.id.expression))


def revoke(actor: Actor, session_id: UUID) -> None:
    """Ends one of the person's sessions at once, through every door. Raises `NotFound` for any other."""
    with transaction():
        ended = update(Session).where(Session.id == session_id, Session.user_id == actor.user_id)
        ended = ended.where(Session.revoked_at.is_(None)).values(revoked_at=now()).returning(Session.id)
        if db.session.execute(ended).first() is None:
            raise NotFound("There is no such session.")
        _audit(Audited.SESSION_REVOKED, actor.user_id, f"session:{session_id}")


def revoke_own(actor: Actor, *, keep_current: bool) -> None:
    """Ends all of the person's sessions, or all but the one that asks."""
    with transaction():
        revoke_all_of(actor.user_id, except_id=actor.session_id if keep_current else None)


def revoke_all_of(user_id: UUID | None, *, except_id: UUID | None = None, by_operator: bool = False) -> None:
    """Ends a user's sessions inside the open transaction."""
    ended = update(Session).where(Session.user_id == user_id, Session.revoked_at.is_(None))
    if except_id is not None:
        ended = ended.where(Session.id != except_id)
    db.session.execute(ended.values(revoked_at=now()))
    _audit(Audited.SESSION_REVOKED, None if by_operator else user_id, f"user:{user_id}")


def _audit(action: Audited, user_id: UUID | None, subject: str) -> None:
    audit_service.record(action, actor_id=user_id, organization_id=None, subject=subject)
