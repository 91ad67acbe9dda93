"""The databases that tests stand on keep what they promise."""

import pytest
from sqlalchemy import func, select

from app.database import db, read_connection, transaction
from app.models import Organization, RelayLock
from app.permissions import Role
from tests.factories import make_membership, make_organization
from tests.support.http import ApiClient


def _organizations() -> int:
    with read_connection() as connection:
        return connection.execute(select(func.count()).select_from(Organization)).scalar_one()


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.usefixtures("database")
def test_what_a_test_commits_is_gone_in_the_next(turn: int) -> None:
    with transaction():
        make_organization(slug="acme", name=f"Turn {turn}")

    assert _organizations() == 1


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.usefixtures("committed_database")
@pytest.mark.both_databases
def test_what_is_really_committed_is_emptied_after(turn: int) -> None:
    with transaction():
        make_organization(slug="acme", name=f"Turn {turn}")

    assert _organizations() == 1


@pytest.mark.usefixtures("committed_database")
@pytest.mark.both_databases
def test_what_comes_with_the_migrations_stays() -> None:
    assert db.session.scalars(select(RelayLock.name)).all() == ["relay"]


@pytest.mark.usefixtures("database")
@pytest.mark.both_databases
def test_a_failed_transaction_takes_nothing_else_along() -> None:
    make_organization(slug="before")

    def fail() -> None:
        with transaction():
            make_organization(slug="inside")
            db.session.execute(select(func.no_such_function()))

    with pytest.raises(Exception, match="no_such_function"):
        fail()
    assert _organizations() == 1


@pytest.mark.both_databases
def test_requests_see_what_the_test_has_made_and_the_test_sees_what_they_do(client: ApiClient) -> None:
    owner = make_membership(role=Role.OWNER)

    response = client.acting_as(owner).post("/api/v1/posts", json={"title": "Hello"})

    assert response.status_code == 201
    assert client.acting_as(owner).get(response.headers["Location"]).get_json()["title"] == "Hello"
