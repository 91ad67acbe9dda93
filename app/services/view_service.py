"""Views, by the heartbeats of players. Requests for media count nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from app import dialect
from app.access import readable_by
from app.database import Record, db, transaction
from app.errors import NotFound
from app.models import Publication, Video, Viewing
from app.permissions import Actor
from app.services import keyring
from app.utils.ids import new_id
from app.utils.times import now

ENOUGH_S: Final = 30.0
ENOUGH_PART: Final = 0.5
LONGEST_BEAT_S: Final = 15.0
"""More than that between two heartbeats is a pause; players send one every ten seconds while they play."""
SITTING_ENDS_AFTER: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody without an account: all that tells them from others."""

    address: str
    agent: str


def beat(actor: Actor, video_id: UUID, viewer: Viewer) -> None:
    """Takes a heartbeat: a viewer counts once a sitting, after 30 s or half of the film, whichever is shorter.

    The time is ours: from one heartbeat to the next, 15 s at most, so that nobody can claim to have watched, and
    heartbeats side by side add nothing. A sitting ends when none has come for half an hour. Drafts and archived
    films count nothing. The viewing's row is locked, so parallel heartbeats count once; `views_count` is moved by
    one UPDATE, and nothing is ever counted in rows. Raises `NotFound` for what the actor may not see.
    """
    with transaction():
        video = _watched(actor, video_id)
        if video.publication != Publication.PUBLISHED or video.playable_at is None:
            return
        moment = now()
        viewing = _locked(video_id, _key(actor, viewer))
        if viewing is not None and _has_seen_enough(viewing, video, moment):
            viewing.counted_at = moment
            # Who watches changes nothing of the video itself: neither its revision nor when it was last saved.
            more = update(Video).where(Video.id == video_id)
            more = more.values(views_count=Video.views_count + 1, updated_at=Video.updated_at)
            db.session.execute(more.execution_options(synchronize_session=False))


def _watched(actor: Actor, video_id: UUID) -> Record:
    """The video, held against deletion alone: whoever deletes it takes its row before those of its viewings, too."""
    query = select(Video.publication, Video.duration_s, Video.playable_at)
    query = query.where(Video.id == video_id, readable_by(actor, Video)).with_for_update(read=True, key_share=True)
    video = db.session.execute(query).first()
    if video is None:
        raise NotFound("There is no such video.")
    return video


def _locked(video_id: UUID, viewer: str) -> Viewing | None:
    """The viewing, locked; None for the first heartbeat of all, which only begins it."""
    begin = dialect.insert_or_skip(db.session.connection(), Viewing, ["video_id", "viewer"])
    values = {"id": new_id(), "video_id": video_id, "viewer": viewer, "played_s": 0.0, "seen_at": now()}
    if db.session.execute(begin.values(values).returning(Viewing.id)).first() is not None:
        return None
    wanted = select(Viewing).where(Viewing.video_id == video_id, Viewing.viewer == viewer).with_for_update()
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def _has_seen_enough(viewing: Viewing, video: Record, moment: datetime) -> bool:
    """Adds what was played since the last heartbeat; whether that makes it a view now."""
    passed = moment - viewing.seen_at
    if passed > SITTING_ENDS_AFTER:
        viewing.played_s, viewing.counted_at = 0.0, None
    else:
        viewing.played_s += max(0.0, min(passed.total_seconds(), LONGEST_BEAT_S))
    viewing.seen_at = max(viewing.seen_at, moment)
    enough_s = min(ENOUGH_S, (video.duration_s or 0.0) * ENOUGH_PART)
    return viewing.counted_at is None and viewing.played_s >= enough_s


def _key(actor: Actor, viewer: Viewer) -> str:
    """Names a viewer to us alone: the account, else the address with the browser."""
    named = str(actor.user_id) if actor.user_id else f"{viewer.address} {viewer.agent}"
    secret = keyring.signing_key().secret.encode()[:64]
    return blake2b(named.encode("utf-8", "replace"), key=secret, digest_size=16, person=b"marquee viewer").hexdigest()
