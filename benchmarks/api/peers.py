"""The servers that are compared: each installed on demand, started on the servers' core, and stopped again."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests

from benchmarks.api.ground import SERVER_CORE, Ground, pinned
from config.env import PROJECT_DIR
from tests.support.servers import free_port

PEERS: Final = PROJECT_DIR / "benchmarks" / "peers"
REFERENCE: Final = "Express + pg"
MARQUEE: Final = "Marquee"
CACHED: Final = ("Marquee, edge cache", "Express + pg + cache")
FLOOR: Final = "gunicorn + Flask + psycopg"
"""Rows as they are, nothing else: what nobody on these three can be faster than."""
_START_WITHIN_S: Final = 40.0
_POOL_SIZE: Final = 10
_MEMORY_BYTES: Final = 256 * 1024**2


@dataclass(frozen=True)
class Peer:
    """A running server."""

    name: str
    address: str
    pid: int

    @property
    def is_cached(self) -> bool:
        return self.name in CACHED

    @property
    def is_floor(self) -> bool:
        return self.name == FLOOR


@dataclass(frozen=True)
class _Recipe:
    command: Callable[[int], list[str]]
    folder: Path
    variables: dict[str, str]
    install: Callable[[], None]


@contextmanager
def started(ground: Ground, only: list[str]) -> Iterator[list[Peer]]:
    """All of them, or those whose name holds one of the words; who cannot be installed is named and left out."""
    with ExitStack() as stack:
        running = []
        for name, recipe in _recipes().items():
            if only and not any(word.lower() in name.lower() for word in only) and name not in {MARQUEE, REFERENCE}:
                continue
            try:
                recipe.install()
            except (subprocess.CalledProcessError, OSError) as error:
                print(f"{name} is left out: it could not be installed ({error})")
                continue
            running.append(stack.enter_context(_started(name, recipe, ground)))
        yield running


def _recipes() -> dict[str, _Recipe]:
    api, prisma, fastapi = PEERS / "api", PEERS / "prisma", PEERS / "fastapi"
    gunicorn = [sys.executable, "-m", "gunicorn", "wsgi:app"]
    ours = {"WEB_CONCURRENCY": "1", "DATABASE_POOL_SIZE": str(_POOL_SIZE)}
    marquee = _Recipe(lambda _port: gunicorn, PROJECT_DIR, ours, lambda: None)
    uvicorn = [str(fastapi / ".venv" / "bin" / "uvicorn"), "server:app", "--no-access-log", "--log-level", "warning"]
    cached = {**ours, "EDGE_CACHE_BYTES": str(_MEMORY_BYTES)}
    return {
        MARQUEE: marquee,
        CACHED[0]: _Recipe(marquee.command, PROJECT_DIR, cached, lambda: None),
        REFERENCE: _Recipe(_node("express.mjs"), api, {}, _install_node),
        CACHED[1]: _Recipe(_node("express.mjs"), api, {"CACHE": "1"}, _install_node),
        "Express + Prisma": _Recipe(_node("server.mjs"), prisma, {}, _install_prisma),
        FLOOR: _Recipe(_stock_gevent, PEERS / "flask", {}, lambda: None),
        "Fastify + pg": _Recipe(_node("fastify.mjs"), api, {}, _install_node),
        "Hono + pg": _Recipe(_node("hono.mjs"), api, {}, _install_node),
        "FastAPI + SQLAlchemy": _Recipe(lambda port: [*uvicorn, "--port", str(port)], fastapi, {}, _install_fastapi),
    }


def _node(script: str) -> Callable[[int], list[str]]:
    return lambda _port: ["node", script]


def _stock_gevent(port: int) -> list[str]:
    return [sys.executable, "-m", "gunicorn", "-k", "gevent", "-w", "1", "-b", f"127.0.0.1:{port}", "server:app"]


def _install_node() -> None:
    if not (PEERS / "node_modules" / "fastify").is_dir():
        _run(["npm", "ci", "--ignore-scripts", "--silent"], PEERS)


def _install_prisma() -> None:
    """Prisma's client needs no engine any more, but its generator looks for one: any program does."""
    folder = PEERS / "prisma"
    _install_node()
    if not (folder / "node_modules").is_dir():
        _run(["npm", "ci", "--ignore-scripts", "--silent"], folder)
    if not (folder / "generated").is_dir():
        _run(["npx", "prisma", "generate"], folder, PRISMA_SCHEMA_ENGINE_BINARY=shutil.which("true") or "")


def _install_fastapi() -> None:
    folder, uv = PEERS / "fastapi", str(Path(sys.executable).with_name("uv"))
    if not (folder / ".venv" / "bin" / "uvicorn").exists():
        _run([uv, "venv", "--quiet", "--clear", ".venv"], folder)
        install = [uv, "pip", "install", "--system-certs", "--quiet", "--require-hashes", "-r", "requirements.lock"]
        _run(install, folder, VIRTUAL_ENV=".venv")


def _run(command: list[str], folder: Path, **variables: str) -> None:
    environment = {**os.environ, **variables}  # noqa: TID251 - inherited by the child
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _started(name: str, recipe: _Recipe, ground: Ground) -> Iterator[Peer]:
    port, slug = free_port(), name.lower().replace(" ", "-").replace(",", "").replace("+", "and")
    home = ground.folder / slug
    home.mkdir()
    variables = {**ground.variables, "PORT": str(port), "HOST": "127.0.0.1", "DATA_DIR": str(home), **recipe.variables}
    with (home / "output.log").open("wb") as log:
        process = subprocess.Popen(
            pinned(SERVER_CORE, recipe.command(port)),
            cwd=recipe.folder,
            env=variables,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api/v1/posts?limit=1", process, home / "output.log")
        yield Peer(name, address, process.pid)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(requests.ConnectionError, requests.Timeout, json.JSONDecodeError):
            if requests.get(url, timeout=5).status_code == requests.codes.ok:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} does not answer:\n{log.read_text(errors='replace')[-3000:]}")
