"""Two who change a team at once: the organization's row decides, on a real PostgreSQL and on SQLite."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.database import db, transaction
from app.errors import Conflict, Gone, MarqueeError, NotFound, NotPermitted
from app.models import Membership, Organization, User
from app.permissions import Actor, Role
from app.services import invitation_service, organization_service, team_service, tokens
from tests.factories import make_invitation, make_membership, make_organization, make_user

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("committed_database")]
ROUNDS = 8


@pytest.fixture
def pair() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def at_once(app: Flask, pool: ThreadPoolExecutor, *actions: Callable[[], object]) -> list[type[MarqueeError] | None]:
    """Does them at the same moment; the error of each, or None."""
    barrier = Barrier(len(actions))

    def attempt(action: Callable[[], object]) -> type[MarqueeError] | None:
        with app.app_context():
            barrier.wait()
            try:
                action()
            except MarqueeError as error:
                return type(error)
            return None

    return list(pool.map(attempt, actions))


def two_owners() -> tuple[str, Actor, Actor]:
    with transaction():
        organization = make_organization()
        owners = [make_membership(organization=organization, role=Role.OWNER) for _ in range(2)]
        actors = [Actor(user_id=owner.user_id) for owner in owners]
        return organization.slug, actors[0], actors[1]


def owners_of(slug: str) -> int:
    query = select(func.count()).select_from(Membership).join(Organization)
    with transaction():
        return db.session.scalar(query.where(Organization.slug == slug, Membership.role == Role.OWNER)) or 0


def id_of(actor: Actor) -> UUID:
    assert actor.user_id is not None
    return actor.user_id


def test_two_owners_who_demote_each_other_leave_one(app: Flask, pair: ThreadPoolExecutor) -> None:
    for _ in range(ROUNDS):
        slug, first, second = two_owners()

        errors = at_once(
            app,
            pair,
            partial(team_service.change_role, first, slug, id_of(second), Role.VIEWER),
            partial(team_service.change_role, second, slug, id_of(first), Role.VIEWER),
        )

        assert sorted(errors, key=str) == sorted([NotPermitted, None], key=str)
        assert owners_of(slug) == 1


def test_two_owners_who_step_down_leave_one(app: Flask, pair: ThreadPoolExecutor) -> None:
    for _ in range(ROUNDS):
        slug, first, second = two_owners()

        errors = at_once(
            app,
            pair,
            partial(team_service.change_role, first, slug, id_of(first), Role.ADMIN),
            partial(team_service.leave, second, slug),
        )

        assert sorted(errors, key=str) == sorted([Conflict, None], key=str)
        assert owners_of(slug) == 1


def test_of_many_who_accept_one_invitation_at_once_one_does(app: Flask, pair: ThreadPoolExecutor) -> None:
    with transaction():
        organization = make_organization()
        user = make_user(email="guest@example.com")
        invitation = make_invitation(organization, email="guest@example.com")
        token = tokens.derived_token(invitation_service.PURPOSE, invitation.id)
        actor = Actor(user_id=user.id)

    errors = at_once(app, pair, *[partial(invitation_service.accept, actor, token)] * 6)

    assert errors.count(None) == 1
    assert set(errors) == {None, Gone}
    with transaction():
        assert db.session.scalar(select(func.count()).select_from(Membership)) == 1


def test_of_many_who_want_one_slug_at_once_one_gets_it(app: Flask, pair: ThreadPoolExecutor) -> None:
    with transaction():
        actors = [Actor(user_id=make_user().id) for _ in range(6)]

    errors = at_once(
        app,
        pair,
        *[partial(organization_service.create, actor, name="X", slug="wanted") for actor in actors],
    )

    assert errors.count(None) == 1
    assert set(errors) == {None, Conflict}


def test_people_of_one_name_who_sign_up_at_once_all_get_an_organization(app: Flask, pair: ThreadPoolExecutor) -> None:
    with transaction():
        actors = [Actor(user_id=make_user().id) for _ in range(6)]

    errors = at_once(
        app, pair, *[partial(organization_service.create, actor, name="Ada", slug=None) for actor in actors]
    )

    assert errors == [None] * 6
    with transaction():
        slugs = db.session.scalars(select(Organization.slug)).all()
    assert len(set(slugs)) == 6


def test_who_deletes_first_decides(app: Flask, pair: ThreadPoolExecutor) -> None:
    for _ in range(ROUNDS):
        slug, first, second = two_owners()

        errors = at_once(
            app,
            pair,
            partial(organization_service.delete, first, slug, expected_revision=None),
            partial(team_service.change_role, second, slug, id_of(first), Role.VIEWER),
        )

        assert errors in ([None, None], [None, NotFound], [NotPermitted, None])
        assert owners_of(slug) == (1 if errors[0] else 0)


def test_an_account_that_goes_takes_its_own_organization_and_leaves_the_others(app: Flask) -> None:
    del app
    with transaction():
        user = make_user()
        alone = make_membership(user, role=Role.OWNER).organization
        elsewhere = make_membership(user, role=Role.EDITOR).organization
        boss = make_membership(organization=elsewhere, role=Role.OWNER)

    with transaction():
        team_service.leave_all(user.id)

    with transaction():
        left = db.session.scalars(select(Membership.user_id)).all()
        assert left == [boss.user_id]
        assert db.session.get_one(Organization, alone.id, populate_existing=True).deleted_at is not None
        assert db.session.get_one(Organization, elsewhere.id, populate_existing=True).deleted_at is None


def test_an_account_that_others_depend_on_stays(app: Flask) -> None:
    del app
    with transaction():
        owner = make_membership(role=Role.OWNER)
        make_membership(organization=owner.organization, role=Role.EDITOR)
        user_id = owner.user_id

    with pytest.raises(Conflict) as refused, transaction():
        team_service.leave_all(user_id)

    assert refused.value.problem_code == "last_owner"
    with transaction():
        assert db.session.get(User, user_id) is not None
        assert db.session.scalar(select(func.count()).select_from(Membership)) == 2
