"""Clients that send work all through the storm, and try again until they are answered."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Final

import requests

CLIENTS: Final = 8
_GIVE_UP_AFTER_S: Final = 90.0
_PAUSE_S: Final = 0.3
Deed = Callable[[], None]


@dataclass
class Client:
    """Sends requests until one is answered; what is not acknowledged is sent again."""

    address: str
    headers: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0
    given_up: int = 0
    taken: list[tuple[float, float]] = field(default_factory=list)
    """Of each answer: when it was asked for, and seconds until it came."""

    def send(self, method: str, path: str, make: Callable[[], dict[str, Any]] = dict) -> requests.Response | None:
        """The first answer that is no error of the server's; `make` makes the request's options anew each time."""
        deadline = time.monotonic() + _GIVE_UP_AFTER_S
        while time.monotonic() < deadline:
            response = self._once(method, path, make())
            if response is not None and response.status_code < 500:
                return response
            time.sleep(_PAUSE_S)
        self.given_up += 1
        return None

    def _once(self, method: str, path: str, options: dict[str, Any]) -> requests.Response | None:
        began_at = time.monotonic()
        options["headers"] = {**self.headers, **options.get("headers", {})}
        try:
            response = requests.request(method, self.address + path, timeout=30, **options)
        except requests.RequestException:
            self.unanswered += 1
            return None
        self.taken.append((began_at, time.monotonic() - began_at))
        self.statuses[response.status_code] += 1
        return response

    def describe(self) -> str:
        """How it was answered, in a line."""
        took = sorted(seconds for _, seconds in self.taken) or [0.0]
        median_ms, p99_s = took[len(took) // 2] * 1000, took[len(took) * 99 // 100]
        spread = f"median {median_ms:.0f} ms, p99 {p99_s:.2f} s, longest {took[-1]:.2f} s"
        return f"{dict(self.statuses)}, connection lost {self.unanswered}, given up {self.given_up}; {spread}"


def work_off(deeds: Sequence[Deed], *, within_s: float) -> list[threading.Thread]:
    """Does the deeds one after the other, evenly over the time, by so many clients at once."""
    queue: SimpleQueue[tuple[float, Deed]] = SimpleQueue()
    began_at = time.monotonic()
    for index, deed in enumerate(deeds):
        queue.put((began_at + within_s * index / len(deeds), deed))

    def work() -> None:
        while True:
            try:
                at, deed = queue.get_nowait()
            except Empty:
                return
            time.sleep(max(0.0, at - time.monotonic()))
            deed()

    threads = [threading.Thread(target=work, name=f"client-{number}") for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    return threads
