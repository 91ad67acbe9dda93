"""`python -m tests.tools.mutate_access`: takes away each single thing that keeps somebody out, and sees a test fail.

In a copy of the source each mutation stands behind a switch, so that one process tries them all, each on the tests that
come by it. What no test of that process comes by (routes, and what only the running server does) is made in the file
itself, one at a time. Each outcome is a line of the report, so that a run that was cut off goes on where it was; what
tests come by which mutation stands beside it, in a `.map`. Remove both after a change of the source.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.env import PROJECT_DIR
from tests.support import keeper
from tests.tools.mutation_loop import SWITCH
from tests.tools.mutations import Mutation, instrumented, mutated, mutations_of

LAYERS: Final = ("access.py", "permissions.py", "services", "middlewares", "routes", "realtime", "controllers")
NOT_ABOUT_ACCESS: Final = frozenset(
    {
        "relay_service",
        "job_run",
        "job_order",
        "job_service",
        "job_attempt",
        "maintenance_service",
        "idempotency_service",
        "audit_service",
    }
    | {"session_relay", "engine", "outgoing", "ticks", "docs_controller", "page_controller", "outbox_controller"}
)
IN_PROCESS: Final = (
    *("tests/architecture/test_routes.py", "tests/architecture/test_tenants.py", "tests/matrix/test_rest.py"),
    *("tests/matrix/test_media.py", "tests/api", "tests/services", "tests/middlewares"),
)
OF_ROUTES: Final = ("tests/architecture/test_routes.py", "tests/matrix/test_rest.py")
OF_THE_SERVER: Final = ("tests/matrix/test_realtime.py", "tests/realtime")
_COPIED: Final = ("app", "config", "workers", "migrations", "tests", "docs")
_UNSOUND: Final = 75
_TIMEOUT_S: Final = 600


@dataclass(frozen=True)
class Copy:
    """A copy of the source, and where the outcomes go."""

    folder: Path
    report: Path

    def outcomes(self) -> dict[str, str]:
        if not self.report.exists():
            return {}
        return dict(json.loads(line) for line in self.report.read_text().splitlines())

    def try_in_one_process(self, mutations: list[Mutation]) -> None:
        """Those that tests of one process come by; a process that a mutation has broken is followed by another."""
        if not mutations:
            return
        names = self.folder / "mutations.txt"
        names.write_text("".join(f"{mutation.name}\n" for mutation in mutations))
        for file in {mutation.file for mutation in mutations}:
            (self.folder / file).write_text(instrumented(PROJECT_DIR / file, PROJECT_DIR, SWITCH))
        variables = {
            "MUTATIONS": str(names),
            "MUTATION_REPORT": str(self.report),
            "MUTATION_MAP": str(self.report.with_suffix(".map")),
        }
        while self._pytest("-p", "tests.tools.mutation_loop", *IN_PROCESS, **variables) == _UNSOUND:
            continue
        for file in {mutation.file for mutation in mutations}:
            shutil.copy(PROJECT_DIR / file, self.folder / file)

    def try_alone(self, mutation: Mutation) -> None:
        """One, in the file itself, on the tests for its kind."""
        path = self.folder / mutation.file
        path.write_text(mutated(PROJECT_DIR / mutation.file, PROJECT_DIR, mutation.name))
        tests = OF_ROUTES if mutation.is_of_route else OF_THE_SERVER
        outcome = "survived alone" if self._pytest("-x", *tests) == 0 else "killed alone"
        shutil.copy(PROJECT_DIR / mutation.file, path)
        with self.report.open("a") as file:
            file.write(json.dumps([mutation.name, outcome]) + "\n")
        print(f"{outcome}: {mutation.name}", flush=True)

    def _pytest(self, *arguments: str, **variables: str) -> int:
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider", "-s"]
        environment = {**os.environ, **variables, "PYTHONDONTWRITEBYTECODE": "1"}  # noqa: TID251 - a stale .pyc would hide a mutation
        output = None if variables else subprocess.DEVNULL
        timeout_s = None if variables else _TIMEOUT_S
        try:
            return subprocess.run(
                [*command, *arguments],
                cwd=self.folder,
                env=environment,
                stdout=output,
                stderr=output,
                timeout=timeout_s,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            return 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, default=Path("mutations.jsonl"))
    parser.add_argument("--only", default="", help="part of a mutation's name")
    options = parser.parse_args()
    mutations = [one for one in _all() if options.only in one.name]
    with _copy(options.report.resolve()) as copy:
        copy.try_in_one_process([one for one in mutations if not one.is_of_route])
        for mutation in mutations:
            if mutation.name not in copy.outcomes():
                copy.try_alone(mutation)
        outcomes = copy.outcomes()
    _print_summary({one.name: outcomes[one.name] for one in mutations})


def _all() -> list[Mutation]:
    files = [path for layer in LAYERS for path in _files(PROJECT_DIR / "app" / layer)]
    return [one for path in files for one in mutations_of(path, PROJECT_DIR)]


def _files(place: Path) -> list[Path]:
    found = [place] if place.is_file() else sorted(place.glob("*.py"))
    return [path for path in found if path.stem not in NOT_ABOUT_ACCESS]


@contextmanager
def _copy(report: Path) -> Iterator[Copy]:
    """The source in a temporary folder, and one PostgreSQL for all test runs."""
    with tempfile.TemporaryDirectory(prefix="mutations-") as name:
        folder = Path(name)
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        for part in _COPIED:
            shutil.copytree(PROJECT_DIR / part, folder / part, ignore=ignored)
        for path in (*PROJECT_DIR.glob("*.py"), *PROJECT_DIR.glob("*.toml"), *PROJECT_DIR.glob(".env*")):
            shutil.copy(path, folder / path.name)
        address = keeper.address_of("postgresql", folder=folder, serves_pid=os.getpid())
        os.environ["TEST_DATABASE_URL"] = address  # noqa: TID251 - the tests' own variable
        yield Copy(folder, report)


def _print_summary(outcomes: dict[str, str]) -> None:
    survived = {name: outcome for name, outcome in outcomes.items() if outcome.startswith("survived")}
    for name, outcome in survived.items():
        print(f"{outcome}: {name}")
    killed = len(outcomes) - len(survived)
    print(f"{killed} of {len(outcomes)} mutations killed ({100 * killed / max(1, len(outcomes)):.1f} %)")


if __name__ == "__main__":
    main()
