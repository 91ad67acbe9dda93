"""200 stock clients over four workers, one of which is killed: errors, the way back, and missed events."""

import os
import signal
import time
from typing import Final

from benchmarks.realtime.ground import Ground, ground, load_average
from tests.support.stock_clients import StockClients, stock_clients

CLIENTS: Final = 200
EVENTS_BEFORE: Final = 30
EVENTS_AFTER: Final = 70
PAUSE_S: Final = 0.1
CONNECTED_WITHIN_S: Final = 60
BACK_WITHIN_S: Final = 30


def main() -> None:
    """Prints what became of the clients."""
    with (
        ground(REALTIME_USER_CONNECTIONS=str(CLIENTS)) as live,
        stock_clients(live.web.address, [live.first["access_token"]], clients=CLIENTS, auth={"after": 0}) as clients,
    ):
        taken_s = clients.wait_until(lambda now: _count(now, "upgraded") == CLIENTS, CONNECTED_WITHIN_S)
        print(f"{load_average()}: {CLIENTS} stock clients connected and upgraded in {taken_s:.1f} s")
        _happen(live, EVENTS_BEFORE)
        before = len(clients.lines)
        print(f"  {_failed(clients, 0, before)} errors while {EVENTS_BEFORE} events went out")
        os.kill(live.workers[0], signal.SIGKILL)
        killed_at = time.time()
        _happen(live, EVENTS_AFTER)
        clients.wait_until(_are_back, BACK_WITHIN_S)
        back_s = max(line["at"] for line in clients.said("connected")) - killed_at
        print(
            f"  one worker killed: {_count(clients, 'lost')} clients lost it, all back after "
            f"{back_s:.1f} s; {_failed(clients, before, None)} failed attempts on the way"
        )
        _print_missed(clients)


def _happen(live: Ground, count: int) -> None:
    for _ in range(count):
        live.happen()
        time.sleep(PAUSE_S)


def _count(clients: StockClients, key: str) -> int:
    return len(clients.said(key))


def _failed(clients: StockClients, first: int, last: int | None) -> int:
    return sum("failed" in line or "refused" in line for line in clients.lines[first:last])


def _are_back(clients: StockClients) -> bool:
    return len(_connected(clients)) == CLIENTS


def _connected(clients: StockClients) -> set[int]:
    """The clients that are connected now, by what they said last about it."""
    found: set[int] = set()
    for line in clients.lines:
        found |= {line["connected"]} if "connected" in line else set()
        found -= {line["lost"]} if "lost" in line else set()
    return found


def _print_missed(clients: StockClients) -> None:
    wanted = list(range(1, EVENTS_BEFORE + EVENTS_AFTER + 1))
    time.sleep(2)
    heard = [client["seqs"] for client in clients.finish()]
    missed = sum(len(set(wanted) - set(seqs)) for seqs in heard)
    doubled = sum(len(seqs) - len(set(seqs)) for seqs in heard)
    unordered = sum(seqs != sorted(seqs) for seqs in heard)
    print(
        f"  {len(wanted)} events to each of {len(heard)}: {missed} missed, {doubled} doubled, "
        f"{unordered} clients out of order"
    )
