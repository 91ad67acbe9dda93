"""`python -m tests.tools.mutate_access`: takes away each single thing that keeps somebody out, and sees a test fail.

In a copy of the source each mutation stands behind a switch, so that one process tries many, each on the tests that
come by it, those first that are likely to notice. What no test of such a process comes by (what only the running server
does) is made in the file itself, one at a time. Each outcome is a line of the report and each test a line of the
`.map` beside it, so that a run that was cut off goes on where it was: after new tests `--again` tries what survived.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.env import PROJECT_DIR
from tests.support import keeper
from tests.tools.equivalent_mutations import EQUIVALENT, NOT_ABOUT_ACCESS
from tests.tools.mutation_loop import SWITCH, TASKS, UNSOUND
from tests.tools.mutations import Mutation, instrumented, mutated, mutations_of

LAYERS: Final = (
    *("access.py", "permissions.py", "services", "middlewares", "middlewares/edge_cache", "routes", "realtime"),
    *("controllers", "http/cookies.py", "schemas"),
)
IN_PROCESS: Final = (
    *("tests/architecture/test_routes.py", "tests/architecture/test_tenants.py", "tests/matrix/test_rest.py"),
    *("tests/matrix/test_media.py", "tests/api", "tests/services", "tests/middlewares"),
    *("tests/commands/test_users_command.py", "tests/commands/test_storage_command.py"),
)
_ASKS_NOTHING_OF_US: Final = (
    *("api/test_edge.py", "api/test_mass_assignment.py", "api/test_token_attacks.py", "api/test_borders.py"),
    *("api/test_compression.py", "api/test_file_names.py", "api/test_hostile_texts.py", "api/test_image_making.py"),
    *("services/test_film_formats.py", "services/test_film_tracks.py", "services/test_ladders.py"),
    *("services/test_low_storage.py", "services/test_schedule.py", "services/test_stopping.py"),
)
"""Tests of other things, which would only take time."""
OF_THE_SERVER: Final = ("tests/matrix/test_realtime.py", "tests/realtime")
_COPIED: Final = ("app", "config", "workers", "migrations", "tests", "docs")
_TIMEOUT_S: Final = 600
_ALONE: Final = "alone"


@dataclass(frozen=True)
class Copy:
    """A copy of the source, and where the outcomes go."""

    folder: Path
    report: Path
    processes: int
    enough_s: float

    @property
    def map(self) -> Path:
        """What each test comes by."""
        return self.report.with_suffix(".map")

    def outcomes(self) -> dict[str, str]:
        return dict(_lines(self.report))

    def try_in_processes(self, mutations: list[Mutation]) -> None:
        """Those that tests of one process come by; a process that a mutation has broken is followed by another."""
        for file in {mutation.file for mutation in mutations}:
            (self.folder / file).write_text(instrumented(PROJECT_DIR / file, PROJECT_DIR, SWITCH))
        tried = self.outcomes()
        self._share_out([one.name for one in mutations if one.name not in tried])
        for file in {mutation.file for mutation in mutations}:
            shutil.copy(PROJECT_DIR / file, self.folder / file)

    def _share_out(self, names: list[str]) -> None:
        with tempfile.TemporaryDirectory(dir=self.folder) as tasks:
            Path(tasks, TASKS).write_text(json.dumps(names))
            with ThreadPoolExecutor(self.processes) as pool:
                list(pool.map(lambda number: self._take_part(Path(tasks), number), range(self.processes)))

    def _take_part(self, tasks: Path, number: int) -> None:
        variables = {
            "MUTATION_FOLDER": str(tasks),
            "MUTATION_REPORT": str(self.report),
            "MUTATION_MAP": str(self.map),
            "MUTATION_SHARE": f"{number}/{self.processes}",
            "MUTATION_ENOUGH_S": str(self.enough_s),
        }
        tests = (*IN_PROCESS, *(f"--ignore=tests/{file}" for file in _ASKS_NOTHING_OF_US))
        while self._pytest("-p", "tests.tools.mutation_loop", *tests, folder=self.folder, **variables) == UNSOUND:
            continue
        (tasks / f"recorded-{number}").touch()  # nobody waits for a process that has died

    def try_alone(self, mutations: list[Mutation]) -> None:
        """Each in the file itself, on the tests for its kind."""
        with ThreadPoolExecutor(self.processes) as pool:
            list(pool.map(self._try_alone, mutations))

    def _try_alone(self, mutation: Mutation) -> None:
        with tempfile.TemporaryDirectory(prefix="mutation-") as name:
            folder = Path(name)
            _copy_source(folder)
            (folder / mutation.file).write_text(mutated(PROJECT_DIR / mutation.file, PROJECT_DIR, mutation.name))
            is_killed = self._pytest("-x", *self._tests_for(mutation), folder=folder) != 0
        outcome = f"{'killed' if is_killed else 'survived'} {_ALONE}"
        with self.report.open("a") as file:
            file.write(json.dumps([mutation.name, outcome]) + "\n")
        print(f"{outcome}: {mutation.name}", flush=True)

    def _tests_for(self, mutation: Mutation) -> tuple[str, ...]:
        """The files of tests that come by others of its file, where there are any."""
        near = {
            str(nodeid).split("::")[0]
            for nodeid, _is_sound, _seconds, names in _lines(self.map)
            if any(str(name).startswith(f"{mutation.file}:") for name in names)
        }
        return (*sorted(near)[:4], *OF_THE_SERVER)

    def _pytest(self, *arguments: str, folder: Path, **variables: str) -> int:
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider", "-s"]
        environment = {**os.environ, **variables, "PYTHONDONTWRITEBYTECODE": "1"}  # noqa: TID251 - a stale .pyc would hide a mutation
        output = None if variables else subprocess.DEVNULL
        try:
            return subprocess.run(
                [*command, *arguments],
                cwd=folder,
                env=environment,
                stdout=output,
                stderr=output,
                timeout=None if variables else _TIMEOUT_S,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            return 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, default=Path("mutations.jsonl"))
    parser.add_argument("--only", default="", help="part of a mutation's name")
    parser.add_argument("--again", action="store_true", help="try once more what survived")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--enough-s", type=float, default=20.0, help="of processor time for each mutation")
    parser.add_argument("--count", action="store_true", help="only print what stands in the report")
    options = parser.parse_args()
    mutations = [one for one in _all() if options.only in one.name and one.name not in EQUIVALENT]
    if options.again:
        _forget_survivors(options.report, {one.name for one in mutations})
    if not options.count:
        with _copied() as folder:
            _try(Copy(folder, options.report.resolve(), options.processes, options.enough_s), mutations)
    outcomes = dict(_lines(options.report))
    _print_summary({one.name: outcomes[one.name] for one in mutations if one.name in outcomes})


def _try(copy: Copy, mutations: list[Mutation]) -> None:
    tried = copy.outcomes()
    if any(one.name not in tried for one in mutations):
        copy.try_in_processes(mutations)
        tried = copy.outcomes()
    copy.try_alone([one for one in mutations if one.name not in tried])


def _all() -> list[Mutation]:
    files = [path for layer in LAYERS for path in _files(PROJECT_DIR / "app" / layer)]
    return [one for path in files for one in mutations_of(path, PROJECT_DIR)]


def _files(place: Path) -> list[Path]:
    found = [place] if place.is_file() else sorted(place.glob("*.py"))
    return [path for path in found if path.stem not in NOT_ABOUT_ACCESS]


def _lines(file: Path) -> list[list[str]]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def _forget_survivors(report: Path, names: set[str]) -> None:
    kept = [line for line in _lines(report) if not (line[0] in names and line[1].startswith("survived"))]
    report.write_text("".join(json.dumps(line) + "\n" for line in kept))


def _copy_source(folder: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "node_modules")
    for part in _COPIED:
        shutil.copytree(PROJECT_DIR / part, folder / part, ignore=ignored)
    for path in (*PROJECT_DIR.glob("*.py"), *PROJECT_DIR.glob("*.toml"), *PROJECT_DIR.glob(".env*")):
        shutil.copy(path, folder / path.name)


@contextmanager
def _copied() -> Iterator[Path]:
    """The source in a temporary folder, and one PostgreSQL for all test runs."""
    with tempfile.TemporaryDirectory(prefix="mutations-") as name:
        folder = Path(name)
        _copy_source(folder)
        address = keeper.address_of("postgresql", folder=folder, serves_pid=os.getpid())
        os.environ["TEST_DATABASE_URL"] = address  # noqa: TID251 - the tests' own variable
        yield folder


def _print_summary(outcomes: dict[str, str]) -> None:
    survived = {name: outcome for name, outcome in outcomes.items() if outcome.startswith("survived")}
    for name, outcome in survived.items():
        print(f"{outcome}: {name}")
    killed = len(outcomes) - len(survived)
    print(f"{killed} of {len(outcomes)} mutations killed ({100 * killed / max(1, len(outcomes)):.1f} %)")


if __name__ == "__main__":
    main()
