"""One slice of load on one server, by wrk on its own core."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.api.ground import DATABASE_CORES, LOAD_CORE, SERVER_CORE, Ground, busy_s, cpu_s, pinned
from benchmarks.api.operations import BODY, CREATE, Questions
from benchmarks.api.peers import Peer

CONNECTIONS: Final = 32
_SCRIPT: Final = Path(__file__).with_name("ask.lua")


@dataclass(frozen=True)
class Slice:
    """What was seen. `cpu_us`: of the server for each request; `foreign`: what others took of its core."""

    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    foreign: float
    database_busy: float


def measure(ground: Ground, peer: Peer, operation: str, questions: Questions, *, seconds: float, seed: int) -> Slice:
    """Raises for a single answer that is no 2xx, or a connection that broke."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(_SCRIPT), peer.address]
    variables = {"PATH": os.environ["PATH"], "SEED": str(seed), **_inputs(ground, peer, operation, questions)}  # noqa: TID251 - the child's
    before, began = (cpu_s(peer.pid), busy_s(SERVER_CORE), sum(map(busy_s, DATABASE_CORES))), time.monotonic()
    output = subprocess.run(
        pinned(LOAD_CORE, command), env=variables, check=True, capture_output=True, text=True
    ).stdout
    took_s = time.monotonic() - began
    cpu, busy, database = cpu_s(peer.pid) - before[0], busy_s(SERVER_CORE) - before[1], sum(map(busy_s, DATABASE_CORES))
    seen = json.loads(output.strip().splitlines()[-1])
    if seen["refused"] or seen["broken"] or not seen["requests"]:
        raise AssertionError(f"{peer.name}, {operation}: {seen}")
    return Slice(
        per_s=seen["requests"] / (seen["duration_us"] / 1e6),
        p50_ms=seen["p50_us"] / 1000,
        p99_ms=seen["p99_us"] / 1000,
        cpu_us=1e6 * cpu / seen["requests"],
        foreign=max(0.0, (busy - cpu) / took_s),
        database_busy=(database - before[2]) / took_s,
    )


def _inputs(ground: Ground, peer: Peer, operation: str, questions: Questions) -> dict[str, str]:
    if operation == CREATE:
        body = ground.folder / "body.json"
        body.write_text(json.dumps({"title": "TITLE", "body_markdown": BODY}))
        return {"BODY": str(body), "TOKEN": questions.token}
    paths = ground.folder / "paths.txt"
    paths.write_text("\n".join(questions.paths(peer, operation)) + "\n")
    return {"PATHS": str(paths)}
