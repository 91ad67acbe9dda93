"""Five reloads and a change of the master under 16 keep-alive clients: how many requests fail, how long they take."""

import os
import signal
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.support.keep_alive import Asked, asking
from tests.support.processes import Running, new_master_of, web_alone

CLIENTS: Final = 16
RELOADS: Final = 5
REQUESTS: Final = 20_000
LIMIT_S: Final = 170
PATH: Final = "/api/v1/posts"


def main() -> None:
    """Prints what came of all requests, over the reloads and over the change of the master."""
    with tempfile.TemporaryDirectory(prefix="marquee-web-") as folder, web_alone(Path(folder), redis_url="") as web:
        with asking(web.address, PATH, pause_s=0, clients=CLIENTS) as asked:
            for number in range(RELOADS):
                _wait_for(asked, REQUESTS * number // RELOADS)
                _reload(web)
            _wait_for(asked, REQUESTS)
        _print(f"HUP x{RELOADS}", asked)
        with asking(web.address, PATH, pause_s=0, clients=CLIENTS) as asked:
            new_master = _change_master(web)
            _wait_for(asked, 2000)
        _print("USR2, then TERM to the old master", asked)
        os.kill(new_master, signal.SIGTERM)


def _wait_for(asked: Asked, requests: int) -> None:
    deadline = time.monotonic() + LIMIT_S
    while len(asked.durations_s) < requests and time.monotonic() < deadline:
        time.sleep(0.05)


def _reload(web: Running) -> None:
    before = web.serving()
    web.processes[0].send_signal(signal.SIGHUP)
    web.wait_until(lambda: len(web.serving() - before) == len(before) and not web.serving() & before)


def _change_master(web: Running) -> int:
    """Starts a second master, ends the first; the second one's process id."""
    old, workers = web.processes[0], web.serving()
    old.send_signal(signal.SIGUSR2)
    web.wait_until(lambda: len(web.serving() - workers) == len(workers))
    new_master = new_master_of(old.pid)
    old.terminate()
    old.wait(40)
    return new_master


def _print(what: str, asked: Asked) -> None:
    ordered = sorted(asked.durations_s)
    p50, p99, worst = (1000 * seconds for seconds in (statistics.median(ordered), _p99(ordered), ordered[-1]))
    print(
        f"{what}: {len(asked.failed)} failed of {len(ordered)}, "
        f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {worst:.0f} ms, {asked.announced_ends} connections told to end"
    )
    for line in asked.failed[:10]:
        print(f"  {line}")


def _p99(ordered: list[float]) -> float:
    return ordered[int(len(ordered) * 0.99)]


if __name__ == "__main__":
    main()
