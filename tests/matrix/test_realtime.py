"""Events: everybody hears their own organization, and nobody another's, through SSE and Socket.IO alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, update

from app.database import db, transaction
from app.models import ApiKey, Session
from app.permissions import Action
from app.services import event_service
from app.utils.times import now
from config import settings
from tests.factories.rows import unique
from tests.matrix.listeners import Door, SocketDoor, SseDoor, happens
from tests.matrix.world import Caller, Side, Target, World, build_outsiders, build_side
from tests.support.processes import Running, running

HEARD_WITHIN_S: Final = 60.0
CLOSED_WITHIN_S: Final = 30.0
DOORS: Final[tuple[Callable[[str, Caller], Door], ...]] = (SseDoor, SocketDoor)
KINDS: Final = ("replayed", "live", "tick")


@dataclass(frozen=True)
class Scene:
    """Everybody at both doors, the words by which each organization's events are known, and what came of it.

    `acknowledged`: who subscribed to which video, and whether that was granted. `outlived`: connections that were
    still there after their session had ended.
    """

    world: World
    doors: list[Door]
    admitted: list[Door]
    words: dict[tuple[str, str], str]
    acknowledged: list[tuple[Caller, Target, bool]] = field(default_factory=list)
    outlived: list[str] = field(default_factory=list)

    def may_follow(self, caller: Caller) -> bool:
        return caller.role is not None and caller.may(Action.FOLLOW_EVENTS) and not (caller.is_dead or caller.is_lost)


@pytest.fixture
def server(committed_database: Engine, redis_url: str, tmp_path: Path) -> Iterator[Running]:
    url = committed_database.url.render_as_string(hide_password=False)
    configured = settings.public_url
    with running(tmp_path / "data", database_url=url, redis_url=redis_url, workers=0) as product:
        settings.public_url = product.address  # tokens name it
        yield product
        settings.public_url = configured


@pytest.fixture
def scene(server: Running) -> Iterator[Scene]:
    world = _world()
    words = {(side.name, kind): unique(f"canary-{kind}") for side in world.sides for kind in KINDS}
    for side in world.sides:
        side.canaries |= {words[side.name, kind] for kind in KINDS}
        _happen(side, words[side.name, "replayed"])
    callers = [*world.callers, *world.sides[1].callers]
    doors: list[Door] = [kind(server.address, caller) for caller in callers for kind in DOORS]
    for door in doors:
        door.connect()
    scene = Scene(world, doors, [door for door in doors if door.is_open], words)
    for side in world.sides:
        _happen(side, words[side.name, "live"])
    happens(lambda: _is_all_heard(scene), within_s=HEARD_WITHIN_S)
    scene.acknowledged.extend(_subscribe(scene))
    scene.outlived.extend(_end_sessions(scene))
    yield scene
    for door in doors:
        door.close()


@pytest.mark.slow
def test_everybody_hears_their_own_organization_and_nobody_another_one(
    scene: Scene, record_property: Callable[[str, object], None]
) -> None:
    """One test, because the scene takes seconds to set: each door, caller and kind of message is a case."""
    record_property("matrix_cases", len(scene.doors) * (2 + len(KINDS)) + len(scene.acknowledged))
    members = {_name(door) for door in scene.doors if scene.may_follow(door.caller)}
    strangers = {_name(door) for door in scene.doors if _is_refused(door.caller)}
    admitted = {_name(door) for door in scene.admitted}

    faults = {
        "refused members": sorted(members - admitted),
        "admitted strangers": sorted(strangers & admitted),
        "unheard": _missing(scene),
        "leaks": _leaks(scene),
        "wrongly subscribed": _wrongly_subscribed(scene),
        "outlived their session": scene.outlived,
    }

    assert faults == {kind: [] for kind in faults}
    assert {type(door) for door in scene.admitted} == set(DOORS)
    assert {is_granted for _, _, is_granted in scene.acknowledged} == {True, False}


def _world() -> World:
    with transaction():
        north, south = build_side("north"), build_side("south")
        world = World([north, south], build_outsiders(north, south))
    for side in world.sides:
        db.session.refresh(side.organization)
    db.session.expunge_all()
    return world


def _happen(side: Side, word: str) -> None:
    """An event of the organization, and one of each of its things."""
    with transaction():
        for target in [target for target in side.targets if target.parameter != "job_id"]:
            noun = target.parameter.removesuffix("_id")
            _record(side, f"{noun}:{target.id}", word)


def _record(side: Side, subject: str, word: str) -> None:
    organization_id = side.organization.id
    event_service.record(
        "test.happened", subject=subject, scope=organization_id, organization_id=organization_id, data={"word": word}
    )


def _is_all_heard(scene: Scene) -> bool:
    """Tells a video's progress on each side, again and again, for it may be lost; whether all have heard all."""
    for side in scene.world.sides:
        progress = {"percent": 1, "word": scene.words[side.name, "tick"]}
        subject, organization_id = f"video:{UUID(int=1)}", side.organization.id
        event_service.tick("video.progress", subject=subject, organization_id=organization_id, data=progress)
    return not _missing(scene)


def _subscribe(scene: Scene) -> Iterator[tuple[Caller, Target, bool]]:
    videos = [target for target in scene.world.targets if target.parameter == "video_id"]
    for door, video in product(scene.doors, videos):
        if isinstance(door, SocketDoor) and door.is_open:
            yield door.caller, video, door.subscribe(f"video:{video.id}")


def _end_sessions(scene: Scene) -> list[str]:
    with transaction():
        db.session.execute(update(Session).values(revoked_at=now()))
        db.session.execute(delete(ApiKey))
    happens(lambda: not any(door.is_open for door in scene.doors), within_s=CLOSED_WITHIN_S)
    return [_name(door) for door in scene.doors if door.is_open]


def _is_refused(caller: Caller) -> bool:
    return caller.is_anonymous or caller.is_dead or caller.is_lost


def _missing(scene: Scene) -> list[str]:
    """What somebody should have heard and has not."""
    return [
        f"{_name(door)}: {kind}"
        for door, kind, side in product(scene.doors, KINDS, scene.world.sides)
        if scene.may_follow(door.caller) and door.caller.belongs_to(side.organization)
        if scene.words[side.name, kind] not in "\n".join(door.heard)
    ]


def _leaks(scene: Scene) -> list[str]:
    return [
        f"{_name(door)}: {word}"
        for door in scene.doors
        for word in scene.world.forbidden_words(door.caller)
        if word in "\n".join(door.heard)
    ]


def _wrongly_subscribed(scene: Scene) -> list[str]:
    return [
        f"{caller.name} → {video.owner.name}'s {video.state}: {is_granted}"
        for caller, video, is_granted in scene.acknowledged
        if is_granted is not caller.belongs_to(video.owner)
    ]


def _name(door: Door) -> str:
    where = door.caller.organization.name if door.caller.organization else "nowhere"
    return f"{where}: {door.caller.name} at {type(door).__name__}"
