"""Runs it: `python -m benchmarks.api [--rounds 3] [--seconds 3] [--posts 50000] [--only fastify hono]`."""

import argparse
import os
import shutil
import statistics
import sys
from collections import defaultdict
from typing import Final

import psycopg

from benchmarks.api import limit, slices
from benchmarks.api.ground import Ground, ground
from benchmarks.api.operations import CREATE, OPERATIONS, Questions, prepare
from benchmarks.api.peers import CACHED, MARQUEE, REFERENCE, Peer, started
from benchmarks.api.slices import Slice

Seen = dict[tuple[str, str], list[Slice]]
_TARGETS: Final = {
    (MARQUEE, REFERENCE): {"list of 20": 0.75, "one post": 0.6, "create": 1.0},
    (MARQUEE, "Express + Prisma"): dict.fromkeys(OPERATIONS, 1.5),
    (MARQUEE, "FastAPI + SQLAlchemy"): dict.fromkeys(OPERATIONS, 2.5),
    (CACHED[0], REFERENCE): {"list of 20": 2.0, "one post": 2.0},
}
_WARM_UP_S: Final = 2


def main() -> None:
    options = _options()
    for program in ("wrk", "taskset", "node", "npm"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed: this benchmark needs wrk, taskset, node and npm.")
    with ground(posts=options.posts, users=options.users) as base, started(base, options.only) as peers:
        questions = prepare(base, peers)
        print(f"{len(peers)} servers give the same answers; load average {os.getloadavg()[0]:.1f}")
        seen = _rounds(base, peers, questions, options)
        for operation, per_s in limit.measure(base, seconds=2).items():
            print(f"pgbench, {operation}: {per_s:,.0f} a second on PostgreSQL's two cores")
    _print(seen, [peer.name for peer in peers])
    print(f"load average at the end {os.getloadavg()[0]:.1f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--users", type=int, default=2_000)
    parser.add_argument("--only", nargs="*", default=[], metavar="WORD", help="besides Marquee and Express + pg")
    parser.add_argument("--operations", nargs="*", default=list(OPERATIONS))
    return parser.parse_args()


def _rounds(base: Ground, peers: list[Peer], questions: Questions, options: argparse.Namespace) -> Seen:
    """Server after server in every round, so that what disturbs one disturbs all."""
    seen: Seen = defaultdict(list)
    for number in range(options.rounds + 1):  # the first warms up and does not count
        for operation in options.operations:
            for peer in peers:
                if operation == CREATE and (peer.is_cached or peer.is_floor):
                    continue
                seconds = options.seconds if number else _WARM_UP_S
                one = slices.measure(base, peer, operation, questions, seconds=seconds, seed=number)
                if number:
                    seen[operation, peer.name].append(one)
                if operation == CREATE:
                    _forget_drafts(base)
    return seen


def _forget_drafts(base: Ground) -> None:
    """Every slice of writes begins with the same tables."""
    with psycopg.connect(base.database_url) as connection:
        connection.execute("DELETE FROM posts WHERE publication = 'draft' AND created_at > now() - interval '1 hour'")
        connection.execute("DELETE FROM events WHERE type = 'post.created'")


def _print(seen: Seen, names: list[str]) -> None:
    columns = (
        "operation",
        "server",
        "requests/s (range)",
        "ratio to Express + pg",
        "p50",
        "p99",
        "CPU each",
        "foreign",
    )
    print(f"\n| {' | '.join(columns)} |")
    print("|---|---|---|---|---|---|---|---|")
    for operation in OPERATIONS:
        for name in names:
            if (operation, name) in seen:
                print(_line(operation, name, seen))
    print()
    for (ours, theirs), wanted in _TARGETS.items():
        for operation, target in wanted.items():
            if (operation, ours) in seen and (operation, theirs) in seen:
                ratios = _ratios(seen, operation, ours, theirs)
                verdict = "met" if statistics.median(ratios) >= target else "MISSED"
                print(f"{operation}: {ours} / {theirs} = {_spread(ratios)}, target {target}: {verdict}")


def _line(operation: str, name: str, seen: Seen) -> str:
    slices_seen = seen[operation, name]
    columns = [
        operation,
        name,
        _spread([one.per_s for one in slices_seen], "{:,.0f}"),
        _spread(_ratios(seen, operation, name, REFERENCE)),
        f"{statistics.median(one.p50_ms for one in slices_seen):.1f} ms",
        f"{statistics.median(one.p99_ms for one in slices_seen):.1f} ms",
        f"{statistics.median(one.cpu_us for one in slices_seen):.0f} us",
        f"{max(one.foreign for one in slices_seen):.0%}",
    ]
    return f"| {' | '.join(columns)} |"


def _ratios(seen: Seen, operation: str, name: str, reference: str) -> list[float]:
    """Each round's own, since what disturbs a round disturbs both."""
    pairs = zip(seen[operation, name], seen[operation, reference], strict=True)
    return [one.per_s / other.per_s for one, other in pairs]


def _spread(values: list[float], form: str = "{:.2f}") -> str:
    return f"{form.format(statistics.median(values))} ({form.format(min(values))}-{form.format(max(values))})"


if __name__ == "__main__":
    main()
