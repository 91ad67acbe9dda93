"""Media addresses: a token opens one video, for whoever's session it names, as long as that is in force."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final, cast
from uuid import UUID, uuid4

import jwt
import pytest
from sqlalchemy import delete, update

from app.clients.stores import storage
from app.database import Record, db
from app.models import ApiKey, Membership, Publication, Session, User, Video, Visibility
from app.permissions import Action, Actor
from app.services import keyring, playback_service
from app.services.video_pipeline.material import original_key, video_prefix
from app.utils import api_keys
from app.utils.times import now
from tests.matrix.conftest import Stage
from tests.matrix.world import Caller, Target

NAMES: Final = (
    *("master.m3u8", "video.mp4", "poster.jpg", "storyboard.vtt", "sheet-000.jpg", "source/init.mp4"),
    *(
        "first/s00000.m4s",
        "audio/playlist.m3u8",
        "240/playlist.m3u8",
        "audio-2/s00001.m4s",
        "240/iframes.m3u8",
        "1080/init.mp4",
        "1080/s00012.m4s",
    ),
)
"""One of each kind of file that an address may lead to."""
HIDDEN: Final = (
    *("original", "v1/original", "v1/../original", "v1/%2e%2e/original", "v1/240/../../original", "../original"),
    *("v1/.lock", "v1/240/.lock", "v1", "v1/240", "v1/master.m3u8.part", "v2/master.m3u8", "v1/master.m3u8%00"),
    *("v1/master.m3u8/", "v1//master.m3u8", "/etc/passwd", "v1/240/playlist.m3u8/../init.mp4", "v01x/video.mp4"),
)
"""What lies beside them, and detours: no token leads there."""
_LONG_AGO_S: Final = -30 * 86400.0


@dataclass(frozen=True)
class _Signable:
    """What a token is made from, as if the video were private. A film of negative length has ended already."""

    id: UUID
    duration_s: float = 60.0
    version: int = 1
    publication: Publication = Publication.DRAFT
    visibility: Visibility = Visibility.ORGANIZATION


@dataclass(frozen=True)
class _Holder:
    """Whoever has, or once had, a session or a key, and whose private videos it opens by the rows alone."""

    caller: Caller
    actor: Actor
    is_in_force: bool
    organization_ids: frozenset[UUID]

    @property
    def name(self) -> str:
        return self.caller.name

    def may_watch(self, video: Target) -> bool:
        """A session's user watches what is open like anybody; a key knows its own organization alone."""
        is_open = video.is_open and self.actor.api_key_id is None
        return self.is_in_force and (is_open or video.owner.id in self.organization_ids)


@pytest.fixture(scope="module")
def holders(stage: Stage) -> list[_Holder]:
    with stage.undone():
        callers = [caller for caller in stage.world.callers if "Authorization" in caller.headers]
        return [holder for caller in callers if (holder := _holder(caller)) is not None]


def _holder(caller: Caller) -> _Holder | None:
    credentials = caller.headers["Authorization"].removeprefix("Bearer ")
    key = api_keys.parse(credentials)
    if key is not None:
        return _key_holder(caller, db.session.get(ApiKey, key.id))
    return _session_holder(caller, credentials) if credentials.count(".") == 2 else None


def _key_holder(caller: Caller, key: ApiKey | None) -> _Holder | None:
    if key is None:
        return None
    is_expired = key.expires_at is not None and key.expires_at <= now()
    membership = db.session.query(Membership).filter_by(user_id=key.user_id, organization_id=key.organization_id).one()
    return _Holder(
        caller,
        Actor(user_id=key.user_id, api_key_id=key.id),
        is_in_force=not (is_expired or membership.suspended_at),
        organization_ids=frozenset({key.organization_id}),
    )


def _session_holder(caller: Caller, access_token: str) -> _Holder:
    claims = jwt.decode(access_token, options={"verify_signature": False})
    session = db.session.get_one(Session, UUID(claims["sid"]))
    user = db.session.get_one(User, session.user_id)
    memberships = db.session.query(Membership).filter_by(user_id=user.id)
    return _Holder(
        caller,
        Actor(user_id=user.id, session_id=session.id),
        is_in_force=not (session.revoked_at or session.expires_at <= now() or user.disabled_at),
        organization_ids=frozenset(one.organization_id for one in memberships if one.suspended_at is None),
    )


@pytest.fixture(scope="module")
def videos(stage: Stage) -> Iterator[list[Target]]:
    """Videos of both organizations with all their files; each file says whose it is."""
    videos = [target for target in stage.world.targets if target.parameter == "video_id"]
    stage.connection.execute(update(Video).values(ready_at=now(), mp4_used_at=now()))  # else there is no MP4
    for video in videos:
        storage().write_text(original_key(video.owner.id, UUID(video.id)), f"the original of {video.id}")
        for name in (*NAMES, ".lock", "240/.lock"):
            storage().write_text(f"{video_prefix(video.owner.id, UUID(video.id))}/v1/{name}", _content(video, name))
    yield videos
    for video in videos:
        storage().delete_tree(video_prefix(video.owner.id, UUID(video.id)))


def test_a_token_opens_every_file_of_its_video_to_whom_its_session_lets(
    stage: Stage, holders: list[_Holder], videos: list[Target], record_property: Callable[[str, object], None]
) -> None:
    cases = list(product(holders, videos, NAMES))
    wrong: list[str] = []
    for holder, video, name in cases:
        expected = 200 if holder.may_watch(video) else 404
        response = stage.client.get(_address(_token(holder, video), video, name))
        is_right = response.status_code == expected
        if not is_right or (expected == 200) != (response.get_data(as_text=True) == _content(video, name)):
            wrong.append(f"{holder.name} → {video.owner.name}'s {video.state} {name}: {response.status_code}")
    record_property("matrix_cases", len(cases))

    assert wrong == []
    assert {holder.name for holder, video, _ in cases if holder.may_watch(video) and not video.is_open}
    assert {holder.name for holder, video, _ in cases if not holder.may_watch(video)}


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("of another video", 404),
        ("long expired", 403),
        ("signed with another key", 404),
        ("signed for another purpose", 404),
        ("of no session", 404),
        ("of an unknown session", 404),
        ("with a changed letter", 404),
        ("cut off", 404),
        ("empty of claims", 404),
        ("an access token", 404),
    ],
)
def test_a_token_that_is_not_right_opens_nothing(
    fault: str,
    status: int,
    stage: Stage,
    holders: list[_Holder],
    videos: list[Target],
    record_property: Callable[[str, object], None],
) -> None:
    cases = list(product(holders, videos))
    answers: dict[int, int] = {}
    for holder, video in cases:
        response = stage.client.get(_address(_faulty(fault, holder, video, videos), video, "master.m3u8"))
        assert video.owner.name not in response.get_data(as_text=True)
        answers[response.status_code] = answers.get(response.status_code, 0) + 1
    record_property("matrix_cases", len(cases))

    assert answers == {status: len(cases)}


def test_without_a_token_only_what_is_published_for_everybody_plays(
    stage: Stage, videos: list[Target], record_property: Callable[[str, object], None]
) -> None:
    wrong: list[str] = []
    cases = list(product(stage.world.callers, videos, NAMES[:2]))
    for caller, video, name in cases:
        response = stage.client.get(_address("public", video, name), headers=caller.headers)
        allowed = {200} if video.is_open else {404}
        # Signed-in people are nobody in particular at this door; only credentials that are void are refused.
        allowed = {401} if caller.is_dead else {404} if caller.is_lost else allowed
        if response.status_code not in allowed:
            wrong.append(f"{caller.name} → {video.owner.name}'s {video.state} {name}: {response.status_code}")
    record_property("matrix_cases", len(cases))

    assert wrong == []


@pytest.mark.parametrize("name", HIDDEN)
def test_no_token_leads_to_what_lies_beside(
    name: str,
    stage: Stage,
    holders: list[_Holder],
    videos: list[Target],
    record_property: Callable[[str, object], None],
) -> None:
    owner = next(holder for holder in holders if holder.name == "owner")
    cases = [(token, video) for video in videos for token in ("public", _token(owner, video), "-")]
    for token, video in cases:
        response = stage.client.get(f"/media/{token}/{video.id}/{name}", follow_redirects=True)

        assert response.status_code == 404
        assert "original of" not in response.get_data(as_text=True)
    record_property("matrix_cases", len(cases))


def test_an_address_that_playback_gives_opens_to_its_own_people_and_ends_with_their_credentials(
    stage: Stage, holders: list[_Holder], videos: list[Target], record_property: Callable[[str, object], None]
) -> None:
    own = [(holder, video) for holder, video in product(holders, videos) if holder.caller.belongs_to(video.owner)]
    cases = [(holder, video) for holder, video in own if holder.caller.may(Action.READ_PRIVATE) or video.is_open]
    for holder, video in cases:
        playback = stage.client.get(f"/api/v1/videos/{video.id}/playback", headers=holder.caller.headers).get_json()
        with stage.undone():
            before = stage.client.get(playback["hls_url"]).status_code
            db.session.execute(delete(ApiKey))
            db.session.execute(update(Session).values(revoked_at=now()))
            db.session.commit()
            after = stage.client.get(playback["hls_url"]).status_code

        assert (before, after) == (200, 200 if video.is_open else 404), holder.name
    record_property("matrix_cases", len(cases) * 2)

    assert {video.is_open for _, video in cases} == {True, False}
    assert {holder.actor.api_key_id is None for holder, _ in cases} == {True, False}


def _token(holder: _Holder, video: Target, *, duration_s: float = 60.0) -> str:
    return _sign(holder.actor, video, duration_s)


def _sign(actor: Actor, video: Target, duration_s: float = 60.0) -> str:
    signable = cast("Record", _Signable(UUID(video.id), duration_s))
    return playback_service.media_path(actor, signable, "master.m3u8").split("/")[2]


def _faulty(fault: str, holder: _Holder, video: Target, videos: list[Target]) -> str:
    right = _token(holder, video)
    other = next(one for one in videos if one.id != video.id and one.owner is video.owner)
    return {
        "of another video": lambda: _token(holder, other),
        "long expired": lambda: _token(holder, video, duration_s=_LONG_AGO_S),
        "signed with another key": lambda: right[:-1] + ("A" if right[-1] != "A" else "Q"),
        "signed for another purpose": lambda: str(keyring.serializer("cursor").dumps([video.id, "", 2**40])),
        "of no session": lambda: _sign(Actor(), video),
        "of an unknown session": lambda: _sign(Actor(session_id=uuid4()), video),
        "with a changed letter": lambda: right[:5] + ("A" if right[5] != "A" else "B") + right[6:],
        "cut off": lambda: right.rsplit(".", 1)[0],
        "empty of claims": lambda: str(keyring.serializer("playback").dumps([])),
        "an access token": lambda: holder.caller.headers["Authorization"].removeprefix("Bearer "),
    }[fault]()


def _address(token: str, video: Target, name: str) -> str:
    return f"/media/{token}/{video.id}/v1/{name}"


def _content(video: Target, name: str) -> str:
    return f"{video.owner.name}: {name} of {video.id}"
