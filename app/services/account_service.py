"""Accounts: sign-up, sign-in, and one's own profile."""

from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.database import Record, db, read_connection, savepoint, transaction
from app.errors import Conflict, Invalid, NotAuthenticated, NotPermitted
from app.models import Membership, Organization, User
from app.permissions import Actor, Role
from app.services import audit_service, password_rules, passwords, verification_service
from app.services.audit_service import Audited
from app.services.session_service import Device, SignedIn, open_session
from app.utils.text import slug_of, with_random_suffix
from app.utils.times import now
from config import settings

_SLUG_TRIES: Final = 5
_RESERVED_SLUGS: Final = {"me"}
_WRONG: Final = "The e-mail address or the password is wrong."


def sign_up(*, email: str, password: str, name: str, organization_name: str | None, device: Device) -> SignedIn:
    """Makes an account, its organization where the instance gives everyone one, and a session.

    Raises `NotPermitted` unless sign-up is open, `Conflict` (`email_taken`), `Invalid` for a password that breaks the
    rules or an organization name where none can be made.
    """
    if settings.signup_mode != "open":
        raise NotPermitted("Accounts are made by invitation here.", code="signup_closed")
    if organization_name is not None and not settings.personal_organizations:
        raise Invalid("Organizations are made by the operator here; leave out organization_name.")
    password_rules.assert_allowed(password, context=(email, name))
    assert_free(email)
    password_hash = passwords.hash_password(password)  # tens of milliseconds: before the transaction
    with transaction():
        user = add_user(email=email, name=name, password_hash=password_hash)
        organization_id = None
        if settings.personal_organizations:
            organization_id = add_organization(user, organization_name or user.name).id
        verification_service.begin(user.id)
        _audit(Audited.SIGNED_UP, user.id)
        return open_session(user.id, organization_id, device)


def sign_in(*, email: str, password: str, device: Device) -> SignedIn:
    """Opens a session. An unknown address and a wrong password get the same answer in the same time."""
    query = select(User.id, User.password_hash, User.disabled_at).where(User.email == email.lower())
    with read_connection() as connection:
        user = connection.execute(query).first()
    fits = len(password.encode()) <= passwords.MAX_BYTES
    is_right = passwords.verify(password if fits else "", user.password_hash if user else None)
    if user is None or not is_right or not fits or user.disabled_at is not None:
        audit_service.record(
            Audited.SIGN_IN_REFUSED,
            actor_id=None,
            organization_id=None,
            subject=f"user:{user.id if user else 'unknown'}",
        )
        raise NotAuthenticated(_WRONG, code="wrong_credentials")
    with transaction():
        signed_in = open_session(user.id, _home_of(user.id), device)
        audit_service.record(
            Audited.SIGNED_IN, actor_id=user.id, organization_id=None, subject=f"session:{signed_in.session_id}"
        )
        return signed_in


def profile(user_id: UUID) -> Record:
    """A user's own account with the organization that a session of theirs acts in by default."""
    query = (
        select(
            User.id, User.email, User.name, User.slug, User.bio, User.avatar_url,
            User.email_verified_at, User.created_at, User.updated_at,
        )
        .where(User.id == user_id)
    )  # fmt: skip
    with read_connection() as connection:
        return connection.execute(query).one()


def organizations_of(user_id: UUID) -> list[Record]:
    """The organizations that a user works in, oldest membership first."""
    query = (
        select(Organization.id, Organization.slug, Organization.name, Membership.role)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.user_id == user_id, Membership.suspended_at.is_(None))
        .order_by(Membership.created_at, Membership.id)
    )
    with read_connection() as connection:
        return list(connection.execute(query))


def change_profile(actor: Actor, changes: dict[str, str | None]) -> Record:
    """Changes one's own name, bio or picture; only the fields given."""
    user_id = _own_id(actor)
    with transaction():
        if changes:
            db.session.execute(update(User).where(User.id == user_id).values(**changes, updated_at=now()))
            audit_service.record(
                Audited.PROFILE_CHANGED,
                actor_id=user_id,
                organization_id=None,
                subject=f"user:{user_id}",
                after={"fields": " ".join(sorted(changes))},
            )
        return profile(user_id)


def own_profile(actor: Actor) -> Record:
    """The actor's own account."""
    return profile(_own_id(actor))


def _audit(action: Audited, user_id: UUID) -> None:
    audit_service.record(action, actor_id=user_id, organization_id=None, subject=f"user:{user_id}")


def _own_id(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise NotAuthenticated("Sign in first.")
    return actor.user_id


def assert_free(email: str) -> None:
    """Raises `Conflict` if the address has an account; the unique constraint has the last word."""
    with read_connection() as connection:
        if connection.execute(select(User.id).where(User.email == email.lower())).first():
            raise _taken()


def _taken() -> Conflict:
    return Conflict("There is an account with this e-mail address.", code="email_taken")


def add_user(*, email: str, name: str, password_hash: str) -> User:
    """Adds a user in the open transaction; the slug is the name's, made unique. Raises `Conflict` (`email_taken`)."""
    slug = slug_of(name, fallback="user")
    if slug in _RESERVED_SLUGS:
        slug = with_random_suffix(slug)
    for attempt in range(_SLUG_TRIES):
        user = User(
            email=email.lower(),
            name=name,
            slug=slug if attempt == 0 else with_random_suffix(slug),
            password_hash=password_hash,
        )
        try:
            with savepoint():
                db.session.add(user)
        except IntegrityError:
            if db.session.scalar(select(User.id).where(User.email == email.lower())):
                raise _taken() from None
        else:
            return user
    raise Conflict("No free address could be found for this name; try again.")


def add_organization(user: User, title: str) -> Organization:
    slug = slug_of(title, fallback="organization")
    for attempt in range(_SLUG_TRIES):
        organization = Organization(name=title, slug=slug if attempt == 0 else with_random_suffix(slug))
        try:
            with savepoint():
                db.session.add(organization)
        except IntegrityError:
            continue
        db.session.add(Membership(user_id=user.id, organization_id=organization.id, role=Role.OWNER))
        return organization
    raise Conflict("No free address could be found for this organization; try again.")


def _home_of(user_id: UUID) -> UUID | None:
    """The organization that a new session acts in: the one joined first."""
    return db.session.scalar(
        select(Membership.organization_id)
        .where(Membership.user_id == user_id, Membership.suspended_at.is_(None))
        .order_by(Membership.created_at, Membership.id)
        .limit(1)
    )
