"""Quotas: room is reserved before an upload, settled after it, given back in the end; never counted in a request.

Each step is one UPDATE whose condition holds the limit, so that any number of uploads at once stay below it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Update, case, delete, func, insert, or_, select, update

from app import dialect
from app.access import owned_by
from app.database import Record, db, read_connection, transaction
from app.errors import Conflict, InsufficientStorage, MarqueeError, NotFound, NotPermitted
from app.models import Image, Organization, QuotaReservation, QuotaUsage, Video
from app.permissions import Action, Actor
from app.services import audit_service, standing
from app.services.audit_service import Audited
from app.utils.times import now
from config import settings

RESERVED_FOR: Final = timedelta(hours=6)
"""How long an upload that is never settled nor released (its process was killed) holds its room."""
NO_LIMIT: Final = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What an organization may use; 0 is without limit, None the instance's own."""

    storage_bytes: int | None = None
    video_minutes: int | None = None
    uploads: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What it uses, and may use; a limit of None is none."""

    stored_bytes: int
    reserved_bytes: int
    open_uploads: int
    video_s: float
    limits: Limits


def open_account(organization_id: UUID) -> None:
    """Adds the row that all else works on, in the open transaction; again is fine."""
    fresh = dialect.insert_or_skip(db.session.connection(), QuotaUsage, ["organization_id"])
    empty = {"stored_bytes": 0, "reserved_bytes": 0, "open_uploads": 0, "video_s": 0.0}
    db.session.execute(fresh.values(organization_id=organization_id, **empty))


def reserve(
    organization_id: UUID, upload_id: UUID, size_bytes: int, *, until: datetime | None = None, is_film: bool = True
) -> None:
    """Holds room for an upload. `size_bytes` 0 where it is not known: then `settle` looks for all of it.

    Raises `InsufficientStorage` (`storage_quota`), `NotPermitted` (`video_minutes_quota`) or `Conflict`
    (`uploads_quota`).
    """
    within = (
        _within(QuotaUsage.limit_bytes, settings.quota_storage_bytes, _bytes_held() + size_bytes),
        _within(QuotaUsage.limit_uploads, settings.quota_uploads, QuotaUsage.open_uploads + 1),
    )
    # How long the film is shows only at the probe; who has used up their minutes stops here.
    minutes_used = QuotaUsage.video_s / 60
    left = _within(QuotaUsage.limit_video_minutes, settings.quota_video_minutes, minutes_used, strictly=True)
    with transaction():
        held = _change(organization_id).where(*within, *([left] if is_film else []))
        held = held.values(
            reserved_bytes=QuotaUsage.reserved_bytes + size_bytes, open_uploads=QuotaUsage.open_uploads + 1
        )
        if not _applied(organization_id, held):
            raise _refusal(_usage_of(organization_id), size_bytes)
        expires_at = until or now() + RESERVED_FOR
        fresh = {"upload_id": upload_id, "organization_id": organization_id, "size_bytes": size_bytes}
        db.session.execute(insert(QuotaReservation).values(**fresh, expires_at=expires_at))


def settle(organization_id: UUID, upload_id: UUID, size_bytes: int) -> None:
    """Turns a reservation into what the upload really takes, in the transaction that adds its video.

    Raises `InsufficientStorage` if it turned out larger than there is room for.
    """
    held = _end_reservation(upload_id)
    freed = held.size_bytes if held else 0
    room = _within(QuotaUsage.limit_bytes, settings.quota_storage_bytes, _bytes_held() + (size_bytes - freed))
    taken = _change(organization_id)
    if size_bytes > freed:
        taken = taken.where(room)
    if not _applied(organization_id, taken.values(stored_bytes=QuotaUsage.stored_bytes + size_bytes)):
        raise _refusal(_usage_of(organization_id), size_bytes)


def release(upload_id: UUID) -> None:
    """Gives the room of an upload that failed or was given up free again; again is fine."""
    with transaction():
        _end_reservation(upload_id)


def resize(upload_id: UUID, size_bytes: int, *, is_film: bool = True) -> None:
    """Holds room for an upload whose length became known only now; what `reserve` raises changes nothing."""
    with transaction():
        held = _end_reservation(upload_id)
        if held is not None:
            reserve(held.organization_id, upload_id, size_bytes, until=held.expires_at, is_film=is_film)


def prolong(upload_id: UUID, until: datetime) -> None:
    """Keeps the room of an upload that goes on."""
    with transaction():
        longer = update(QuotaReservation).where(QuotaReservation.upload_id == upload_id).values(expires_at=until)
        db.session.execute(longer.execution_options(synchronize_session=False))


def count_minutes(organization_id: UUID, *, before_s: float, after_s: float) -> None:
    """Takes a probed film's length into account, in the transaction that keeps it; `before_s` is what it counted as.

    Raises `NotPermitted` (`video_minutes_quota`).
    """
    more_s = after_s - before_s
    minutes = (QuotaUsage.video_s + more_s) / 60
    within = _within(QuotaUsage.limit_video_minutes, settings.quota_video_minutes, minutes)
    counted = _change(organization_id).where(or_(within, QuotaUsage.video_s >= QuotaUsage.video_s + more_s))
    if not _applied(organization_id, counted.values(video_s=QuotaUsage.video_s + more_s)):
        raise _minutes_used_up()


def give_back(organization_id: UUID, *, size_bytes: int, video_s: float) -> None:
    """Frees what a deleted video or image took, in the transaction that deletes it."""
    rest = {
        "stored_bytes": _at_least_zero(QuotaUsage.stored_bytes - size_bytes),
        "video_s": _at_least_zero(QuotaUsage.video_s - video_s),
    }
    db.session.execute(_change(organization_id).values(rest))


def charge(organization_id: UUID, *, before_bytes: int, after_bytes: int) -> None:
    """Counts what comes in the place of something, in the transaction that keeps it. Raises `InsufficientStorage`."""
    more = after_bytes - before_bytes
    charged = _change(organization_id)
    if more > 0:
        charged = charged.where(_within(QuotaUsage.limit_bytes, settings.quota_storage_bytes, _bytes_held() + more))
    if not _applied(organization_id, charged.values(stored_bytes=_at_least_zero(QuotaUsage.stored_bytes + more))):
        raise _refusal(_usage_of(organization_id), more)


def recharge(organization_id: UUID, *, before_bytes: int, after_bytes: int) -> None:
    """Counts a picture by what was made of it, in the transaction that keeps it: that is no reason to refuse it."""
    moved = _at_least_zero(QuotaUsage.stored_bytes + (after_bytes - before_bytes))
    db.session.execute(_change(organization_id).values(stored_bytes=moved))


def usage(actor: Actor, slug: str) -> Usage:
    """What the organization uses and may use."""
    member = standing.member_of(actor, slug)
    member.must(Action.SEE_USAGE)
    return _usage_of(standing.id_of(member))


def room_bytes(organization_id: UUID) -> int | None:
    """What may still be stored; None without a limit."""
    now_used = _usage_of(organization_id)
    limit = now_used.limits.storage_bytes
    return None if limit is None else max(0, limit - now_used.stored_bytes - now_used.reserved_bytes)


def set_limits(slug: str, limits: Limits) -> None:
    """The operator gives an organization limits of its own. Raises `NotFound`."""
    with transaction():
        organization_id = db.session.scalar(select(Organization.id).where(Organization.slug == slug))
        if organization_id is None:
            raise NotFound("There is no such organization.")
        open_account(organization_id)
        row = db.session.get_one(QuotaUsage, organization_id, populate_existing=True)
        row.limit_bytes, row.limit_video_minutes = limits.storage_bytes, limits.video_minutes
        row.limit_uploads = limits.uploads
        audit_service.record(
            Audited.QUOTA_CHANGED,
            actor_id=None,
            organization_id=organization_id,
            subject=f"organization:{organization_id}",
            after={"bytes": row.limit_bytes, "video_minutes": row.limit_video_minutes, "uploads": row.limit_uploads},
        )


def tidy() -> None:
    """Frees the room of uploads that nobody went on with."""
    query = select(QuotaReservation.upload_id).where(QuotaReservation.expires_at < now())
    with read_connection() as connection:
        abandoned = list(connection.execute(query).scalars())
    for upload_id in abandoned:
        release(upload_id)


def recount(check: Callable[[], None]) -> int:
    """Counts every organization anew and corrects its row; how many were wrong. Before each one `check` may raise."""
    with read_connection() as connection:
        organization_ids = list(connection.execute(select(Organization.id)).scalars())
    wrong = 0
    for organization_id in organization_ids:
        check()
        wrong += _recount(organization_id)
    return wrong


def _recount(organization_id: UUID) -> bool:
    with transaction():
        open_account(organization_id)
        # What is settled meanwhile waits for the row, and is then either in these sums or added after them.
        row = db.session.get_one(QuotaUsage, organization_id, with_for_update=True, populate_existing=True)
        kept = case((Video.original_removed_at.is_(None), Video.size_bytes), else_=0)
        sent = kept + Video.poster_bytes + Video.captions_bytes
        films = select(func.coalesce(func.sum(sent), 0), func.coalesce(func.sum(Video.duration_s), 0))
        held = select(func.coalesce(func.sum(QuotaReservation.size_bytes), 0), func.count())
        stored, video_s = db.session.execute(films.where(owned_by(organization_id, Video))).one()
        images = select(func.coalesce(func.sum(Image.size_bytes), 0)).where(owned_by(organization_id, Image))
        stored += db.session.scalar(images) or 0
        in_reserve = held.where(QuotaReservation.organization_id == organization_id)
        reserved, uploads = db.session.execute(in_reserve).one()
        counted = (int(stored), round(float(video_s or 0), 3), int(reserved), int(uploads))
        before = (row.stored_bytes, round(row.video_s, 3), row.reserved_bytes, row.open_uploads)
        row.stored_bytes, row.video_s, row.reserved_bytes, row.open_uploads = counted
        return counted != before


def _end_reservation(upload_id: UUID) -> Record | None:
    """Removes it and gives back what it held; None if there is none (any more)."""
    ended = delete(QuotaReservation).where(QuotaReservation.upload_id == upload_id)
    returned = ended.returning(*QuotaReservation.__table__.columns)
    row = db.session.execute(returned.execution_options(synchronize_session=False)).first()
    if row is None:
        return None
    freed = {
        "reserved_bytes": QuotaUsage.reserved_bytes - row.size_bytes,
        "open_uploads": QuotaUsage.open_uploads - 1,
    }
    db.session.execute(_change(row.organization_id).values(freed))
    return row


def _change(organization_id: UUID) -> Update:
    mine = update(QuotaUsage).where(QuotaUsage.organization_id == organization_id)
    return mine.execution_options(synchronize_session=False)


def _applied(organization_id: UUID, change: Update) -> bool:
    """Whether the update found the row within its limits; a row that is not there yet is made."""
    returned = change.returning(QuotaUsage.organization_id)
    if db.session.execute(returned).first() is not None:
        return True
    open_account(organization_id)
    return db.session.execute(returned).first() is not None


def _within(
    own_limit: Any,  # noqa: ANN401 - a mapped column
    default: int,
    use: Any,  # noqa: ANN401 - an SQL expression
    *,
    strictly: bool = False,
) -> ColumnElement[bool]:
    limit = func.coalesce(own_limit, default)
    return or_(limit == NO_LIMIT, use < limit if strictly else use <= limit)


def _bytes_held() -> Any:  # noqa: ANN401 - an SQL expression
    return QuotaUsage.stored_bytes + QuotaUsage.reserved_bytes


def _at_least_zero(value: Any) -> Any:  # noqa: ANN401 - an SQL expression
    return case((value < 0, 0), else_=value)


def _usage_of(organization_id: UUID) -> Usage:
    query = select(*QuotaUsage.__table__.columns).where(owned_by(organization_id, QuotaUsage))
    with read_connection() as connection:
        row = connection.execute(query).first()
    if row is None:
        return Usage(0, 0, 0, 0.0, _in_force(Limits()))
    limits = _in_force(Limits(row.limit_bytes, row.limit_video_minutes, row.limit_uploads))
    return Usage(row.stored_bytes, row.reserved_bytes, row.open_uploads, row.video_s, limits)


def _in_force(own: Limits) -> Limits:
    """None where there is no limit."""
    return Limits(
        _either(own.storage_bytes, settings.quota_storage_bytes),
        _either(own.video_minutes, settings.quota_video_minutes),
        _either(own.uploads, settings.quota_uploads),
    )


def _either(own: int | None, default: int) -> int | None:
    limit = default if own is None else own
    return None if limit == NO_LIMIT else limit


def _refusal(usage: Usage, size_bytes: int) -> MarqueeError:
    """Says which limit was in the way."""
    limits = usage.limits
    if (
        limits.storage_bytes is not None
        and usage.stored_bytes + usage.reserved_bytes + size_bytes > limits.storage_bytes
    ):
        return InsufficientStorage(
            "The organization has no room left for this upload.",
            code="storage_quota",
            limit_bytes=limits.storage_bytes,
            used_bytes=usage.stored_bytes,
            reserved_bytes=usage.reserved_bytes,
        )
    if limits.uploads is not None and usage.open_uploads >= limits.uploads:
        detail = f"The organization may have {limits.uploads} uploads at a time; wait for one to end."
        return Conflict(detail, code="uploads_quota", limit_uploads=limits.uploads)
    return _minutes_used_up()


def _minutes_used_up() -> NotPermitted:
    return NotPermitted("The organization has used up its minutes of video.", code="video_minutes_quota")
