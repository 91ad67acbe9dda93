"""Watches Redis while the product runs, and reads whatever it has kept anywhere."""

import base64
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import psycopg
from redis import Redis
from redis.exceptions import RedisError

_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{16,}")
_LINK_TOKEN: Final = re.compile(r"#token=(\S+)")
_LARGE_BYTES: Final = 5_000_000


@contextmanager
def everything_told_to(redis_url: str) -> Iterator[list[str]]:
    """Every command that Redis gets meanwhile, messages and values included."""
    told: list[str] = []
    client = Redis.from_url(redis_url, socket_timeout=None)  # nothing may come while the product starts
    with client.monitor() as monitor:  # type: ignore[no-untyped-call]  # the library has no annotation there

        def listen() -> None:
            with suppress(RedisError, OSError, ValueError):
                told.extend(str(command["command"]) for command in monitor.listen())

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield told
        Redis.from_url(redis_url).echo("the end")
        thread.join(5)
        monitor.connection.disconnect()


def kept_in_redis(redis_url: str) -> Iterator[str]:
    """Every key with its value, as one text each."""
    client = Redis.from_url(redis_url)
    for key in client.scan_iter():
        kind = client.type(key).decode()  # type: ignore[union-attr]  # never a coroutine with this client
        yield f"{key!r} {_readers(client)[kind](key)!r}"


def _readers(client: Redis) -> dict[str, Callable[[bytes], object]]:
    return {
        "string": client.get,
        "hash": client.hgetall,
        "set": client.smembers,
        "list": lambda key: client.lrange(key, 0, -1),
        "zset": lambda key: client.zrange(key, 0, -1),
        "stream": client.xrange,
    }


def rows(database_url: str) -> list[tuple[str, str]]:
    """Every row of every table as (table, text); bytes as hexadecimal digits."""
    found: list[tuple[str, str]] = []
    with psycopg.connect(database_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            every_row = f'SELECT row_to_json(t)::text FROM "{table}" t'  # noqa: S608 - the database's own names
            found += [(str(table), str(text)) for (text,) in connection.execute(every_row.encode())]
    return found


def files(folder: Path, *, without: str) -> Iterator[tuple[str, str]]:
    """Every small file below as (name, text), but for one folder."""
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        if path.is_file() and relative.parts[0] != without and path.stat().st_size < _LARGE_BYTES:
            yield str(relative), path.read_text(encoding="latin-1")


def tokens_of_letters(outbox: Path) -> set[str]:
    """The tokens of all links in kept letters."""
    found: set[str] = set()
    for path in outbox.glob("*.eml"):
        body = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",))
        found |= set(_LINK_TOKEN.findall(body.get_content())) if isinstance(body, EmailMessage) else set()
    return found


def found_in(text: str, secrets: Iterable[str]) -> list[str]:
    """Which of the secrets stand in a text: as they are, as hexadecimal digits, or inside of base64."""
    decoded = [base64.b64decode(part[: len(part) // 4 * 4]) for part in _BASE64.findall(text)]
    layers = "\n".join([text, *(part.decode("latin-1") for part in decoded)])
    return [secret for secret in secrets if secret in layers or secret.encode().hex() in layers]
