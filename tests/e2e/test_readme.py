"""Every command of the README but `make test` works as it is pasted."""

import os
import re
import shutil
import subprocess
from typing import Final

from config.env import PROJECT_DIR
from tests.e2e.conftest import Product

README: Final = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
BLOCKS: Final = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


def test_the_pasted_session_publishes_a_post_and_plays_a_video(product: Product) -> None:
    session = next(block for block in BLOCKS if "TOKEN=" in block)
    variables = {**os.environ, "PORT": product.address.rsplit(":", 1)[1]}  # noqa: TID251 - inherited by the shell

    done = subprocess.run(
        ["/bin/bash", "-eu", "-o", "pipefail", "-c", session],
        cwd=PROJECT_DIR,
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "published" in done.stdout
    assert "<strong>works</strong>" in done.stdout
    assert "#EXT-X-STREAM-INF" in done.stdout


def test_the_commands_named_are_the_ones_that_exist() -> None:
    named = {line.split("#")[0].strip() for block in BLOCKS for line in block.splitlines()}

    assert {"flask db upgrade", "gunicorn wsgi:app", "celery -A workers worker"} <= named
    assert {"make run", "make test"} <= named
    makefile = (PROJECT_DIR / "Makefile").read_text(encoding="utf-8")
    for command in named:
        if command.startswith("make "):
            assert f"\n{command.split()[1]}:" in makefile
    assert shutil.which("make")
    assert len(README.splitlines()) <= 150
