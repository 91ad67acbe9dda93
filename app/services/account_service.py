"""Accounts: sign-up, sign-in, and one's own profile."""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import delete as delete_from
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.database import Record, db, read_connection, savepoint, transaction
from app.errors import Conflict, Invalid, NotAuthenticated, NotPermitted
from app.models import Membership, Organization, User
from app.permissions import Actor
from app.services import (
    audit_service,
    homes,
    invitation_service,
    organization_service,
    password_rules,
    passwords,
    team_service,
    upload_service,
    verification_service,
)
from app.services.audit_service import Audited
from app.services.session_service import Device, SignedIn, open_session
from app.utils.text import slug_of, with_random_suffix
from app.utils.times import now
from config import settings

_SLUG_TRIES: Final = 5
_RESERVED_SLUGS: Final = {"me"}


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who wants an account; `invitation_token` from a letter joins the team that invited."""

    email: str
    password: str = field(repr=False)
    name: str
    organization_name: str | None = None
    invitation_token: str | None = field(default=None, repr=False)


def sign_up(applicant: Applicant, device: Device) -> SignedIn:
    """Makes an account, its place to work (the team that invited, else one's own where there is such), and a session.

    Raises `NotPermitted` where sign-up is closed or by invitation only, `Conflict` (`email_taken`), `Invalid` for a
    password that breaks the rules or an organization name where none can be made, and what `invitation_service.redeem`
    raises.
    """
    _assert_admitted(applicant)
    password_rules.assert_allowed(applicant.password, context=(applicant.email, applicant.name))
    assert_free(applicant.email)
    password_hash = passwords.hash_password(applicant.password)  # tens of milliseconds: before the transaction
    with transaction():
        user = add_user(email=applicant.email, name=applicant.name, password_hash=password_hash)
        _audit(Audited.SIGNED_UP, user.id)
        _find_place(user, applicant)
        return open_session(user.id, homes.home_of(user.id), device)


def _assert_admitted(applicant: Applicant) -> None:
    is_invited = applicant.invitation_token is not None
    if settings.signup_mode == "closed" or (settings.signup_mode == "invite" and not is_invited):
        how = "by invitation" if settings.signup_mode == "invite" else "by the operator"
        raise NotPermitted(f"Accounts are made {how} here.", code="signup_closed")
    if applicant.organization_name is not None and not settings.personal_organizations:
        problem = "Organizations are made by the operator here; leave this out."
        raise Invalid(problem, errors=[{"pointer": "/organization_name", "detail": problem, "code": "not_here"}])
    if applicant.invitation_token is not None:
        invitation_service.assert_genuine(applicant.invitation_token)


def _find_place(user: User, applicant: Applicant) -> None:
    """The letter that brought an invitation reached the address; any other address is asked by one."""
    if applicant.invitation_token is not None:
        invitation_service.redeem(user.id, applicant.invitation_token)
    else:
        verification_service.begin(user.id)
    is_place_wanted = applicant.invitation_token is None or applicant.organization_name is not None
    if settings.personal_organizations and is_place_wanted:
        organization_service.add(user.id, name=applicant.organization_name or user.name)


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
        raise _wrong()
    with transaction():
        if not _is_unchanged(user):
            raise _wrong()
        signed_in = open_session(user.id, homes.home_of(user.id), device)
        audit_service.record(
            Audited.SIGNED_IN, actor_id=user.id, organization_id=None, subject=f"session:{signed_in.session_id}"
        )
        return signed_in


def _is_unchanged(user: Record) -> bool:
    """Whether the password that was checked is still the user's, and stays it until the open transaction ends.

    Whoever changes it meanwhile ends all sessions: one that begins beside that would outlive it.
    """
    same = select(User.id).where(User.id == user.id, User.password_hash == user.password_hash)
    return db.session.scalar(same.where(User.disabled_at.is_(None)).with_for_update(read=True)) is not None


def _wrong() -> NotAuthenticated:
    return NotAuthenticated("The e-mail address or the password is wrong.", code="wrong_credentials")


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


def delete(actor: Actor) -> None:
    """Ends one's own account at once, through every door, with its unfinished uploads and the organizations that have
    nobody else.

    What it wrote for others stays theirs, without its name. Raises `Conflict` (`last_owner`) where people would be
    left without an owner.
    """
    user_id = _own_id(actor)
    with transaction():
        team_service.leave_all(user_id)
        upload_service.abandon_all(user_id)
        _audit(Audited.ACCOUNT_DELETED, user_id)
        db.session.execute(delete_from(User).where(User.id == user_id))


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
