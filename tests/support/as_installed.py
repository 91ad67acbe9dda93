"""Hides from the product's processes what is installed for its development alone: their user does not have it."""

import os
from pathlib import Path
from typing import Final

_FOR_DEVELOPMENT: Final = ("aiohttp", "requests", "rich", "websocket")
"""What engineio and structlog load where it is there: a third of all modules, and of the time that a start takes."""


def python_path() -> str:
    """`PYTHONPATH` for a process of the product; outside of a test run, as in benchmarks, nothing is hidden."""
    run_folder = os.environ.get("MARQUEE_TEST_RUN")  # noqa: TID251 - set by tests/conftest.py
    if run_folder is None:
        return ""
    folder = Path(run_folder) / "as-installed"
    folder.mkdir(exist_ok=True)
    for name in _FOR_DEVELOPMENT:
        module = folder / f"{name}.py"
        if not module.exists():
            part = folder / f"{name}.{os.getpid()}"
            part.write_text('raise ImportError("not installed where the product is")\n')
            part.rename(module)
    return str(folder)
