"""A pytest plugin: runs every test once, then for each mutation those that came by it, until one fails.

`-p tests.tools.mutation_loop` in a copy whose source is instrumented, in several processes that share the work.
Variables tell them: `MUTATION_FOLDER` holds what is to do and who does it, `MUTATION_REPORT` gets a line for each
outcome, `MUTATION_MAP` one for each test (what it comes by), `MUTATION_SHARE` (`0/2`) is which of how many this one is.
A mutation that `MUTATION_ENOUGH_S` of testing (of processor time) have not noticed has survived.
"""

import builtins
import functools
import json
import os
import re
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from _pytest.runner import runtestprotocol

if TYPE_CHECKING:
    from app.http.routing import Access, Route

SWITCH: Final = "mutation_is_made"
UNSOUND: Final = 75
TASKS: Final = "tasks.json"
_HANGS_AFTER_S: Final = 40.0
"""A mutated test that takes so much longer than it did hangs."""
_LOOK_S: Final = 0.2
_LONG_S: Final = 1.5
_MOST_LIKELY: Final = 4
_SOUNDS: Final = {
    "deleted_at": "delet|gone",
    "suspended_at": "suspend",
    "disabled_at": "disabl|worth",
    "expires_at": "expire|over|late|end|spent|worth",
    "revoked_at": "revok|end|worth|twice",
    "used_at": "once|twice|used|spent|reuse",
    "user_id": "else|other|own|foreign|somebody",
    "organization_id": "another|other|else|foreign|tenant",
    "api_key": "key|program",
    "is_anonymous": "anonymous|nobody|sign",
    "revision": "revision|late|before",
    "owned_by": "another|other|else|foreign|tenant",
    "visibility": "inside|unlisted|private|public",
    "publication": "draft|publish|private",
    "must(": "role|viewer|scope|may|only",
    "may(": "role|viewer|scope|may|only",
}
"""How tests call what a column or a call decides."""
_OF_ROUTES: Final = ("::test_what_anyone_may_call_is_known", "::test_what_an_api_key_may_call_is_known")


class _Hangs(Exception):
    """A test takes far longer than it did unmutated."""


class _State:
    """Which mutation is made now, and which tests come by which."""

    def __init__(self) -> None:
        self.made: str | None = None
        self.met: set[str] = set()
        self.passing: dict[str, dict[pytest.Item, float]] = defaultdict(dict)
        self.routes: dict[str, tuple[Route, Access]] = {}

    def ask(self, name: str) -> bool:
        """What the instrumented source calls at each place."""
        self.met.add(name)
        return name == self.made

    def declare(self, name: str, route: "Route", looser: "Access") -> "Route":
        """What the instrumented route tables call for each route."""
        self.routes[name] = route, looser
        return route

    @contextmanager
    def mutated(self, name: str) -> Iterator[None]:
        """Makes a mutation while it lasts."""
        _forget_statements()
        route, looser = self.routes.get(name, (None, None))
        access = route and route.access
        self.made = name
        if route is not None:
            object.__setattr__(route, "access", looser)
        yield
        if route is not None:
            object.__setattr__(route, "access", access)
        self.made = None
        _forget_statements()


_state: Final = _State()
setattr(builtins, SWITCH, _state.ask)
setattr(builtins, f"{SWITCH}_of_route", _state.declare)


def pytest_runtestloop(session: pytest.Session) -> bool:
    signal.signal(signal.SIGALRM, _interrupt)
    _record_share(session)
    _recall(session)
    for position, name in enumerate(json.loads((_path("FOLDER") / TASKS).read_text())):
        if name in _state.passing and _is_mine(position):
            _settle(name, _try(name, _ordered(name)))
    return True


def _path(what: str) -> Path:
    return Path(os.environ[f"MUTATION_{what}"])  # noqa: TID251 - from the script that starts it


def _is_mine(position: int) -> bool:
    """Whether no other process has taken the task."""
    try:
        (_path("FOLDER") / f"taken-{position}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _settle(name: str, outcome: str) -> None:
    with _path("REPORT").open("a") as file:
        file.write(json.dumps([name, outcome]) + "\n")
    print(f"{outcome}: {name}", flush=True)


def _record_share(session: pytest.Session) -> None:
    """Runs those tests of this process's share that nobody has run yet, unmutated; then waits for the others."""
    number, processes = (int(part) for part in os.environ["MUTATION_SHARE"].split("/"))  # noqa: TID251 - as above
    known = {line[0] for line in _lines(_path("MAP"))}
    for item in session.items[number::processes]:
        if item.nodeid not in known:
            began = time.monotonic()
            _state.met.clear()
            is_sound = _run(item, hangs_after_s=0)
            line = [item.nodeid, is_sound, round(time.monotonic() - began, 3), sorted(_state.met)]
            with _path("MAP").open("a") as file:
                file.write(json.dumps(line) + "\n")
    (_path("FOLDER") / f"recorded-{number}").touch()
    while len(list(_path("FOLDER").glob("recorded-*"))) < processes:
        time.sleep(_LOOK_S)


def _recall(session: pytest.Session) -> None:
    """Which sound tests come by which mutation."""
    items = {item.nodeid: item for item in session.items}
    times: dict[str, float] = {}
    for nodeid, is_sound, seconds, names in _lines(_path("MAP")):
        times[nodeid] = seconds
        for name in names if is_sound and nodeid in items else ():
            _state.passing[name][items[nodeid]] = seconds
    for name, (route, _looser) in _state.routes.items():
        wanted = f"[{route.method} {route.path}]"
        tests = [nodeid for nodeid in items if nodeid.endswith((wanted, *_OF_ROUTES))]
        _state.passing[name] = {items[nodeid]: times.get(nodeid, 0.0) for nodeid in tests}


def _lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def _ordered(name: str) -> list[pytest.Item]:
    """The tests that come by it: those that killed neighbours, that sound like it, the quick; the long ones last."""
    times = _state.passing[name]
    file, _, function = name.split(": ", maxsplit=1)[0].partition(":")
    kills: Counter[str] = Counter()
    for other, outcome in _lines(_path("REPORT")):
        if other.startswith(f"{file}:") and outcome.startswith("killed by "):
            kills[outcome.removeprefix("killed by ")] += 10 if other.startswith(f"{file}:{function}: ") else 1
    best = [nodeid for nodeid, _count in kills.most_common(_MOST_LIKELY)]
    words = [word for column, word in _SOUNDS.items() if column in name]
    nouns = set(Path(file).stem.split("_"))

    def place(item: pytest.Item) -> tuple[bool, int, int, float]:
        module, test = item.nodeid.split("::", maxsplit=1)
        likeness = 3 * any(re.search(word, test) for word in words) + any(noun in module for noun in nouns)
        likeness += any(noun in test for noun in nouns)
        rank = best.index(item.nodeid) if item.nodeid in best else len(best)
        return times[item] > _LONG_S, rank, -likeness, times[item]

    return sorted(times, key=place)


def _try(name: str, tests: list[pytest.Item]) -> str:
    deadline = time.process_time() + float(os.environ["MUTATION_ENOUGH_S"])  # noqa: TID251 - as above
    for position, item in enumerate(tests):
        allowance_s = _HANGS_AFTER_S + 10 * _state.passing[name][item]
        with _state.mutated(name):
            passes = _run(item, hangs_after_s=allowance_s)
        if not passes:
            # What a mutation has broken for good must not be counted against the next one.
            if not _run(item, hangs_after_s=allowance_s):
                _settle(name, f"killed by {item.nodeid}")
                pytest.exit("unsound", returncode=UNSOUND)
            return f"killed by {item.nodeid}"
        if time.process_time() > deadline:
            return f"survived {position + 1} of {len(tests)} tests"
    return f"survived {len(tests)} tests"


def _run(item: pytest.Item, *, hangs_after_s: float) -> bool:
    """Runs one test; what it shares with the one before stays up."""
    _forget_statements()
    signal.setitimer(signal.ITIMER_REAL, hangs_after_s)
    try:
        item.session._setupstate.teardown_exact(item)
        if isinstance(item, pytest.Function):
            item._initrequest()
        reports = runtestprotocol(item, log=False, nextitem=item.parent)  # type: ignore[arg-type]  # only its place counts
    except _Hangs:
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return all(report.passed or report.skipped for report in reports)


def _forget_statements() -> None:
    """Statements that are built once would neither ask for a mutation nor lose it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("app.services."):
            for value in vars(module).values():
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()


def _interrupt(_signal: int, _frame: object) -> None:
    raise _Hangs
