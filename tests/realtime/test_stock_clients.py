"""npm's socket.io-client with default options against plain gunicorn: four workers and nothing in front."""

import os
import signal
import subprocess
from collections.abc import Callable

import pytest

from tests.realtime.conftest import GONE_WITHIN_S, Live, Person
from tests.support.processes import is_alive, open_sockets
from tests.support.stock_clients import IS_THERE, StockClients, stock_clients
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(
    not IS_THERE, reason="Node or npm's socket.io-client is not installed (make test installs it where npm is)"
)
CLIENTS = 24


@pytest.fixture(scope="module")
def live_settings() -> dict[str, str]:
    """More than one sibling to pass a request on to."""
    return {"WEB_CONCURRENCY": "4"}


def all_connected(clients: StockClients) -> bool:
    return len(clients.said("connected")) >= CLIENTS


def all_heard(seq: int) -> Callable[[StockClients], bool]:
    """Whether every client has got the event."""
    return lambda clients: len({line["heard"] for line in clients.said("seq") if line["seq"] == seq}) == CLIENTS


def workers_of(live: Live) -> list[int]:
    parent = live.product.processes[0].pid
    command = ["/bin/ps", "-o", "pid=", "--ppid", str(parent)]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return [int(pid) for pid in found.split()]


def test_every_client_begins_by_polling_upgrades_and_gets_its_answers(live: Live, ada: Person) -> None:
    post = ada.draft()
    with stock_clients(live.address, [ada.token], clients=CLIENTS, topic=f"post:{post['id']}") as clients:
        clients.wait_until(lambda now: len(now.said("upgraded")) == CLIENTS and len(now.said("acked")) == CLIENTS)
        ada.draft()
        clients.wait_until(all_heard(2))
        summary = clients.finish()

    assert {line["transport"] for line in clients.said("opened")} == {"polling"}
    assert [client["transport"] for client in summary] == ["websocket"] * CLIENTS
    assert [(client["errors"], client["acks"], client["connects"]) for client in summary] == [(0, 1, 1)] * CLIENTS
    assert [client["seqs"] for client in summary] == [[2]] * CLIENTS


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_clients_of_one_transport_alone_are_served(live: Live, ada: Person, transport: str) -> None:
    options = {"transports": [transport]}
    with stock_clients(live.address, [ada.token], clients=CLIENTS, options=options) as clients:
        clients.wait_until(all_connected)
        ada.draft()
        clients.wait_until(all_heard(1))
        summary = clients.finish()

    assert [(client["transport"], client["errors"]) for client in summary] == [(transport, 0)] * CLIENTS
    assert [client["seqs"] for client in summary] == [[1]] * CLIENTS


@pytest.mark.slow
def test_a_killed_worker_s_clients_come_back_and_miss_nothing(live: Live, ada: Person) -> None:
    with stock_clients(live.address, [ada.token], clients=CLIENTS, auth={"after": 0}) as clients:
        clients.wait_until(all_connected)
        ada.draft()
        clients.wait_until(all_heard(1))
        killed = max(workers_of(live), key=open_sockets)  # one of them may have taken no client at all
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: not is_alive(killed))
        for _ in range(5):
            ada.draft()
        clients.wait_until(all_heard(6))
        summary = clients.finish()

    assert sum(len(client["disconnects"]) for client in summary) > 0
    assert [client["seqs"] for client in summary] == [[1, 2, 3, 4, 5, 6]] * CLIENTS
    assert all(client["connected"] for client in summary)


@pytest.mark.slow
def test_reloading_sends_every_client_to_the_new_workers(live: Live, ada: Person) -> None:
    before = set(workers_of(live))
    with stock_clients(live.address, [ada.token], clients=CLIENTS, auth={"after": 0}) as clients:
        clients.wait_until(all_connected)
        ada.draft()
        clients.wait_until(all_heard(1))
        live.product.processes[0].send_signal(signal.SIGHUP)
        clients.wait_until(lambda now: len(now.said("lost")) >= CLIENTS)
        ada.draft()
        clients.wait_until(all_heard(2))
        clients.wait_until(lambda _now: not before & set(workers_of(live)))
        summary = clients.finish()

    assert [client["seqs"] for client in summary] == [[1, 2]] * CLIENTS


def test_the_stock_client_does_not_come_back_once_its_session_has_ended(live: Live, ada: Person) -> None:
    with stock_clients(live.address, [ada.token], clients=CLIENTS) as clients:
        clients.wait_until(lambda now: len(now.said("upgraded")) == CLIENTS)
        live.execute("UPDATE sessions SET revoked_at = now() WHERE user_id = %s", ada.user_id)
        taken_s = clients.wait_until(lambda now: len(now.said("lost")) == CLIENTS)
        summary = clients.finish()

    assert taken_s < GONE_WITHIN_S
    assert [client["disconnects"] for client in summary] == [["io server disconnect"]] * CLIENTS
