"""Whether the time of an answer tells if an address has an account: sign-in, forgot and verification, interleaved."""

import math
import statistics
import time
from collections.abc import Callable, Sequence

import requests

from benchmarks.product import Measured, running

ROUNDS = 200
WARM_UP = 10
KNOWN = "ada.known@example.org"
PASSWORD = "correct horse battery"
Ask = Callable[[str], requests.Response]


def main() -> None:
    """Prints both medians with the middle 80 % of each, their ratio, and the median of the paired differences."""
    with running() as product, requests.Session() as session:
        _sign_up(product, session)
        for name, ask in _questions(product, session).items():
            known, unknown = _measure(ask)
            print(_line(name, known, unknown))


def _sign_up(product: Measured, session: requests.Session) -> None:
    body = {"email": KNOWN, "password": PASSWORD, "name": "Ada"}
    answer = session.post(f"{product.address}/api/v1/auth/signup", json=body, timeout=30)
    if answer.status_code != 201:
        raise RuntimeError(answer.text)
    session.cookies.clear()


def _questions(product: Measured, session: requests.Session) -> dict[str, Ask]:
    def post(path: str, **more: str) -> Ask:
        url = f"{product.address}/api/v1/auth/{path}"
        return lambda email: session.post(url, json={"email": email, **more}, timeout=30)

    return {
        "sign-in": post("signin", password="a wrong pass phrase"),
        "forgot": post("password/forgot"),
        "verification": post("email/verification"),
    }


def _measure(ask: Ask) -> tuple[list[float], list[float]]:
    """Milliseconds for the known address and for others as long, each round in the other order."""
    known: list[float] = []
    unknown: list[float] = []
    statuses: set[int] = set()
    for round_ in range(-WARM_UP, ROUNDS):
        pair = [(KNOWN, known), (f"bob{abs(round_):05}@example.org", unknown)]
        for email, taken in pair if round_ % 2 else reversed(pair):
            started = time.perf_counter()
            statuses.add(ask(email).status_code)
            if round_ >= 0:
                taken.append((time.perf_counter() - started) * 1000)
    if len(statuses) != 1:
        raise RuntimeError(f"The status tells it already: {statuses}")
    return known, unknown


def _line(name: str, known: Sequence[float], unknown: Sequence[float]) -> str:
    first, second = statistics.median(known), statistics.median(unknown)
    return (
        f"{name:13} known {first:6.2f} ms ({_middle(known)})  unknown {second:6.2f} ms ({_middle(unknown)})  "
        f"ratio {first / second:.3f}  {_paired(known, unknown)}  ({len(known)} rounds)"
    )


def _paired(known: Sequence[float], unknown: Sequence[float]) -> str:
    """The median difference of neighbours in time, and its 95 % interval (by order statistics, for any spread)."""
    differences = sorted(first - second for first, second in zip(known, unknown, strict=True))
    middle, reach = len(differences) / 2, 0.98 * math.sqrt(len(differences))
    low, high = differences[int(middle - reach)], differences[min(int(middle + reach), len(differences) - 1)]
    return f"paired {statistics.median(differences):+.2f} ms (95 %: {low:+.2f} to {high:+.2f})"


def _middle(taken: Sequence[float]) -> str:
    tenths = statistics.quantiles(taken, n=10)
    return f"{tenths[0]:.2f}-{tenths[-1]:.2f}"


if __name__ == "__main__":
    main()
