"""A pytest plugin: runs every test once, then for each mutation those that came by it, until one fails.

`-p tests.tools.mutation_loop` in a copy whose source is instrumented; `MUTATIONS` names the file with the mutations'
names, `MUTATION_REPORT` the one that gets a line for each outcome, `MUTATION_MAP` the one that says who comes by what.
"""

import builtins
import json
import os
import signal
import time
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest
from _pytest.runner import runtestprotocol

SWITCH: Final = "mutation_is_made"
_ENOUGH_S: Final = 45.0
"""A mutation that so much testing has not noticed has survived."""


_HANGS_AFTER_S: Final = 40.0


class _Hangs(Exception):
    """A test takes far longer than it did unmutated."""


class _State:
    """Which mutation is made now, and which tests came by which."""

    def __init__(self) -> None:
        self.made: str | None = None
        self.current: pytest.Item | None = None
        self.passing: dict[str, dict[pytest.Item, float]] = defaultdict(dict)

    def ask(self, name: str) -> bool:
        """What the instrumented source calls at each place."""
        if self.current is not None:
            self.passing[name].setdefault(self.current, 0.0)
        return name == self.made


_state: Final = _State()
setattr(builtins, SWITCH, _state.ask)


def pytest_runtestloop(session: pytest.Session) -> bool:
    signal.signal(signal.SIGALRM, _interrupt)
    report = Path(os.environ["MUTATION_REPORT"])  # noqa: TID251 - from the script that starts it
    known = [json.loads(line)[0] for line in report.read_text().splitlines()] if report.exists() else []
    _recall_or_record(session, Path(os.environ["MUTATION_MAP"]))  # noqa: TID251 - likewise
    for name in Path(os.environ["MUTATIONS"]).read_text().splitlines():  # noqa: TID251 - likewise
        if name in known or name not in _state.passing:
            continue
        outcome = _try(name, _ordered(name))
        with report.open("a") as file:
            file.write(json.dumps([name, outcome]) + "\n")
        print(f"{outcome}: {name}", flush=True)
    return True


def _recall_or_record(session: pytest.Session, map_file: Path) -> None:
    """Which sound tests come by which mutation: from an earlier process of the same run, or by running all once."""
    if map_file.exists():
        items = {item.nodeid: item for item in session.items}
        for name, tests in json.loads(map_file.read_text()).items():
            _state.passing[name] = {items[nodeid]: seconds for nodeid, seconds in tests.items() if nodeid in items}
        return
    sound = {item for item in session.items if _record(item)}
    print(f"{len(sound)} of {len(session.items)} tests pass unmutated", flush=True)
    for name, tests in _state.passing.items():
        _state.passing[name] = {item: seconds for item, seconds in tests.items() if item in sound}
    noted = {name: {item.nodeid: seconds for item, seconds in tests.items()} for name, tests in _state.passing.items()}
    map_file.write_text(json.dumps(noted))


def _record(item: pytest.Item) -> bool:
    """Runs a test with nothing mutated, and notes what it comes by and how long it takes. Whether it passes."""
    _state.current = item
    began = time.monotonic()
    passes = _run(item)
    _state.current = None
    for tests in _state.passing.values():
        if item in tests:
            tests[item] = time.monotonic() - began
    return passes


def _ordered(name: str) -> list[pytest.Item]:
    """The tests that come by a mutation: modules with many quick ones first, the quickest of each first."""
    by_module: dict[str, list[tuple[float, pytest.Item]]] = defaultdict(list)
    for item, seconds in _state.passing[name].items():
        by_module[item.location[0]].append((seconds, item))
    for tests in by_module.values():
        tests.sort(key=lambda one: one[0])
    modules = sorted(by_module.values(), key=lambda tests: sum(seconds for seconds, _ in tests[:5]))
    first = [item for tests in modules for _, item in tests[:15]]
    return [*first, *(item for tests in modules for _, item in tests[15:])]


def _try(name: str, tests: list[pytest.Item]) -> str:
    deadline = time.monotonic() + _ENOUGH_S
    for position, item in enumerate(tests):
        _state.made = name
        passes = _run(item)
        _state.made = None
        if not passes:
            # What a mutation has broken for good must not be counted against the next one.
            return f"killed by {item.nodeid}" if _run(item) else _give_up(name)
        if time.monotonic() > deadline:
            return f"survived {position + 1} of {len(tests)} tests"
    return f"survived {len(tests)} tests"


def _run(item: pytest.Item) -> bool:
    """Runs one test; what it shares with the one before stays up."""
    signal.setitimer(signal.ITIMER_REAL, _HANGS_AFTER_S)
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


def _interrupt(_signal: int, _frame: object) -> None:
    raise _Hangs


def _give_up(name: str) -> str:
    """The process is no longer sound: the next one goes on after this mutation, which is killed."""
    with Path(os.environ["MUTATION_REPORT"]).open("a") as file:  # noqa: TID251 - as above
        file.write(json.dumps([name, "killed for good"]) + "\n")
    pytest.exit("unsound", returncode=75)
