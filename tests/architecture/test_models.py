"""Tables, migrations and the rules that every table follows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Constraint,
    Engine,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    inspect,
)

from app.database import Base
from app.models import RelayLock
from tests import factories
from tests.support.database_fixtures import (
    alembic_config,
    drop_database,
    migrate,
    new_database,
    new_engine,
)

TABLES = list(Base.metadata.tables.values())
every_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


@pytest.fixture
def bare_engine(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path, worker_name: str
) -> Iterator[Engine]:
    """An empty database without tables."""
    if database_kind == "sqlite":
        engine = new_engine(f"sqlite:///{tmp_path}/bare.db")
        yield engine
        engine.dispose()
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"{tmp_path.parent.name}-{worker_name}-bare"
    engine = new_engine(new_database(server, name))
    yield engine
    engine.dispose()
    drop_database(server, name)


def not_search(_item: object, name: str | None, _kind: str, *_rest: object) -> bool:
    """Full-text search is no part of the models: the migration makes it by hand, and tests of searching prove it."""
    return name != "search" and "_search" not in (name or "")


def test_the_migrations_have_one_head() -> None:
    engine = new_engine("sqlite:///:memory:")
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))

    assert len(script.get_heads()) == 1


@pytest.mark.both_databases
def test_models_and_migrations_agree(bare_engine: Engine) -> None:
    with bare_engine.connect() as connection:
        command.upgrade(alembic_config(connection), "head")
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": not_search})

        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.both_databases
def test_migrations_go_up_down_and_up_again(bare_engine: Engine) -> None:
    with bare_engine.connect() as connection:
        command.upgrade(alembic_config(connection), "head")
    with bare_engine.connect() as connection:
        command.downgrade(alembic_config(connection), "base")
        left_after_down = inspect(connection).get_table_names()
    with bare_engine.connect() as connection:
        command.upgrade(alembic_config(connection), "head")
        tables = inspect(connection).get_table_names()

    assert left_after_down == ["alembic_version"]
    assert {name for name in tables if "_search" not in name} == {"alembic_version", *Base.metadata.tables}


@every_table
def test_every_foreign_key_has_an_index(table: Table) -> None:
    keyed = (UniqueConstraint, PrimaryKeyConstraint)
    unique = [constraint for constraint in table.constraints if isinstance(constraint, keyed)]
    leading = [[column.name for column in item.columns] for item in (*table.indexes, *unique)]

    for key in table.foreign_key_constraints:
        names = [column.name for column in key.columns]
        assert any(columns[: len(names)] == names for columns in leading), f"{table.name}: {names}"


@every_table
def test_every_reference_says_what_happens_when_its_target_goes(table: Table) -> None:
    silent = [key.column_keys for key in table.foreign_key_constraints if key.ondelete is None]

    assert silent == []


@every_table
def test_an_organization_id_is_a_reference_to_an_organization(table: Table) -> None:
    if "organization_id" not in table.columns:
        return
    targets = [key.referred_table.name for key in _references(table) if key.column_keys == ["organization_id"]]

    assert targets == ["organizations"]


@every_table
def test_every_constraint_and_index_has_a_name(table: Table) -> None:
    named: list[Constraint | Index] = [*table.constraints, *table.indexes]
    unnamed = [item for item in named if item.name is None]

    assert unnamed == []


def test_every_model_has_a_factory() -> None:
    without_one = {RelayLock.__name__}  # its one row comes with the migrations
    named = {mapper.class_.__name__ for mapper in Base.registry.mappers} - without_one

    made = {name.removeprefix("make_").replace("_", "") for name in factories.__all__}

    assert {name.lower() for name in named} == made


def test_every_relationship_must_be_asked_for() -> None:
    eager = [
        str(relationship)
        for mapper in Base.registry.mappers
        for relationship in mapper.relationships
        if relationship.lazy != "raise"
    ]

    assert eager == []


def test_a_migrated_sqlite_file_needs_no_server(tmp_path: Path) -> None:
    path = tmp_path / "embedded.db"

    migrate(f"sqlite:///{path}")

    engine = new_engine(f"sqlite:///{path}")
    assert "posts" in inspect(engine).get_table_names()


def _references(table: Table) -> set[ForeignKeyConstraint]:
    return table.foreign_key_constraints
