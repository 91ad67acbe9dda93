"""Which errors of a database pass by themselves, so that clients hear 503 and jobs are tried again."""

import socket

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from app import dialect


def test_a_server_that_takes_connections_and_says_nothing_passes_by_itself() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"postgresql+psycopg://ada@127.0.0.1:{silent.getsockname()[1]}/marquee?connect_timeout=1&sslmode=disable"
        with pytest.raises(OperationalError) as caught:
            create_engine(url).connect()

    assert dialect.is_passing(caught.value)


def test_a_file_that_the_server_misses_does_not_pass(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection, pytest.raises(OperationalError) as caught:
        connection.exec_driver_sql("SELECT pg_read_file('/nowhere')")
    engine.dispose()

    assert not dialect.is_passing(caught.value)
