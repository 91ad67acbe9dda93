"""Databases for tests: rolled back, or committed and emptied after; PostgreSQL, or SQLite where marked."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.pool import NullPool

from app import create_app, dialect
from app.clients import redis
from app.database import Base, db
from config import settings
from config.env import PROJECT_DIR
from config.settings import build_settings
from tests.support import keeper
from tests.support.cheap_passwords import hashed_cheaply
from tests.support.event_documents import assert_written_events
from tests.support.http import ApiClient
from tests.support.unordered_rows import reverse_unordered_rows
from tests.support.waiting import PATIENCE_S

_SEEDED = "relay_locks"  # its one row comes with the migrations


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs what is marked `both_databases` on each of them."""
    if metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("database_kind", ["postgresql", "sqlite"], indirect=True)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """The temporary folder that all processes of this run share."""
    return Path(os.environ["MARQUEE_TEST_RUN"])  # noqa: TID251 - set by tests/conftest.py


@pytest.fixture(scope="session")
def worker_name() -> str:
    """`gw0` …; `main` without xdist."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")  # noqa: TID251 - xdist tells it so


@pytest.fixture(scope="session")
def postgresql_server(run_folder: Path) -> str:
    """`TEST_DATABASE_URL`, else a PostgreSQL that this run starts once."""
    variables = os.environ  # noqa: TID251 - the tests' own variables
    given = variables.get("TEST_DATABASE_URL")
    root_pid = int(variables["MARQUEE_TEST_ROOT_PID"])
    return given or keeper.address_of("postgresql", folder=run_folder, serves_pid=root_pid)


@pytest.fixture(scope="session")
def redis_url(run_folder: Path, worker_name: str) -> str:
    """`TEST_REDIS_URL` with a database number of this worker's own, else a Valkey of its own."""
    given = os.environ.get("TEST_REDIS_URL")  # noqa: TID251 - the tests' own variable
    if given:
        number = 0 if worker_name == "main" else int(worker_name.removeprefix("gw"))
        return urlunsplit(urlsplit(given)._replace(path=f"/{number}"))
    folder = run_folder / worker_name
    return keeper.address_of("valkey", folder=folder, serves_pid=os.getpid())


@pytest.fixture
def patient_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For what is lost when Redis takes longer than a tenth of a second, as it does on a busy machine."""
    monkeypatch.setattr(redis, "_ANSWER_S", PATIENCE_S)
    monkeypatch.setattr(redis, "_ENOUGH_S", PATIENCE_S)
    redis.forget()
    yield
    redis.forget()


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: str, run_folder: Path, worker_name: str) -> Iterator[str]:
    """The migrated database of this worker alone."""
    template, name = f"{run_folder.name}-template", f"{run_folder.name}-{worker_name}"
    with (run_folder / "template.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if not lock.read():
            migrate(new_database(postgresql_server, template))
            lock.write("done")
    yield new_database(postgresql_server, name, template=template)
    drop_database(postgresql_server, name)
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        others = connection.execute(
            "SELECT 1 FROM pg_database WHERE starts_with(datname, %s) AND datname <> %s",
            (run_folder.name, template),
        ).fetchone()
    if not others:
        drop_database(postgresql_server, template)
        (run_folder / "template.lock").write_text("")


@pytest.fixture(scope="session")
def sqlite_template(run_folder: Path) -> Path:
    """A migrated, empty SQLite file to copy; the first of the run to ask makes it."""
    path = run_folder / "template.db"
    with (run_folder / "sqlite.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            migrate(f"sqlite:///{path.with_suffix('.part')}")
            path.with_suffix(".part").rename(path)
    return path


@pytest.fixture(scope="session")
def app(postgresql_url: str, redis_url: str) -> Iterator[Flask]:
    """The whole application on this worker's PostgreSQL and Valkey."""
    # The addresses are known only now; whoever asks the settings later must get them.
    settings.database_url = postgresql_url
    settings.redis_url = redis_url
    settings.database_pool_wait_s = PATIENCE_S
    application = create_app()
    application.test_client_class = ApiClient  # so that every answer in every test is checked
    reverse_unordered_rows()
    with hashed_cheaply():
        yield application
    close_engines(application)


def close_engines(application: Flask) -> None:
    """Closes what an application keeps open to its database."""
    with application.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """`postgresql`, or what the marker `both_databases` says."""
    return str(getattr(request, "param", "postgresql"))


@pytest.fixture
def database(app: Flask, database_kind: str, request: pytest.FixtureRequest) -> Iterator[Connection | Engine]:
    """For most tests: everything happens in one transaction that is rolled back.

    On SQLite it is a file of the test's own, since nobody can share its one writer.
    """
    with app.app_context():
        if database_kind == "sqlite":
            with _sqlite(request.getfixturevalue("sqlite_template")) as engine:
                yield engine
            return
        with db.engine.connect() as connection:
            outer = connection.begin()
            # A test may think for longer than a request may.
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            db.session.remove()
            db.session.configure(join_transaction_mode="create_savepoint")
            with _bound_to(connection):
                yield connection
            try:
                assert_written_events(connection)
            finally:
                outer.rollback()


@pytest.fixture
def committed_database(app: Flask, database_kind: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """For claims, locks, threads and processes: commits are real, and the tables are emptied after."""
    with app.app_context():
        if database_kind == "sqlite":
            with _sqlite(request.getfixturevalue("sqlite_template")) as engine:
                yield engine
            return
        is_patient = not request.node.get_closest_marker("product_deadlines")
        with _patient(db.engine) if is_patient else nullcontext():
            yield db.engine
        db.session.remove()
        try:
            with db.engine.connect() as connection:
                assert_written_events(connection)
        finally:
            _empty_tables(db.engine)


@pytest.fixture
def sqlite_database(app: Flask, sqlite_template: Path) -> Iterator[Engine]:
    """A SQLite file of the test's own, where the embedded default would lie."""
    with app.app_context(), _sqlite(sqlite_template) as engine:
        yield engine


def migrate(url: str, revision: str = "head") -> None:
    """Brings a database to a revision; the same migrations on each kind."""
    engine = new_engine(url)
    with engine.connect() as connection:
        command.upgrade(alembic_config(connection), revision)
    engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration on an open connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(PROJECT_DIR / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def new_engine(url: str) -> Engine:
    """An engine as the application would make it, without a pool."""
    url = build_settings({"APP_ENV": "test", "DATABASE_URL": url}).sqlalchemy_url
    options = dialect.engine_options(url, pool_size=1, pool_wait_s=5, behind_pgbouncer=False)
    engine = create_engine(url, connect_args=options["connect_args"], poolclass=NullPool)
    dialect.prepare_engine(engine, engine.url)
    return engine


def new_database(server_url: str, name: str, *, template: str = "template1") -> str:
    """Makes a database on the server; its URL."""
    drop_database(server_url, name)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


def drop_database(server_url: str, name: str) -> None:
    """Removes a database with whoever still uses it."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


@contextmanager
def _patient(engine: Engine) -> Iterator[None]:
    """Lets transactions wait for each other as long as a test waits: seconds of the product's may be too few there."""
    event.listen(engine, "begin", _wait_longer)
    try:
        yield
    finally:
        event.remove(engine, "begin", _wait_longer)


def _wait_longer(connection: Connection) -> None:
    deadline = f"'{PATIENCE_S:.0f}s'"
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {deadline}; SET LOCAL statement_timeout = {deadline}")


@contextmanager
def _bound_to(bind: Connection | Engine) -> Iterator[None]:
    """Sends every session and read of the current app to another place."""
    engines = cast("dict[str | None, Connection | Engine]", db.engines)  # typed as read-only
    original = dict(engines)
    engines.clear()
    engines[None] = bind
    try:
        yield
    finally:
        db.session.remove()
        engines.update(original)


@contextmanager
def _sqlite(template: Path) -> Iterator[Engine]:
    """A fresh file at the embedded default's place, so that child processes find it there."""
    path, configured = settings.data_dir / "marquee.db", settings.database_url
    shutil.copyfile(template, path)
    settings.database_url = None
    options = dialect.engine_options(
        settings.sqlalchemy_url, pool_size=10, pool_wait_s=PATIENCE_S, behind_pgbouncer=False
    )
    engine = create_engine(settings.sqlalchemy_url, **options)
    dialect.prepare_engine(engine, engine.url)
    try:
        with _bound_to(engine):
            yield engine
        with engine.connect() as connection:
            assert_written_events(connection)
    finally:
        engine.dispose()
        settings.database_url = configured
        for file in settings.data_dir.glob("marquee.db*"):
            file.unlink()


def _empty_tables(engine: Engine) -> None:
    tables = ", ".join(table for table in Base.metadata.tables if table != _SEEDED)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} CASCADE"))
