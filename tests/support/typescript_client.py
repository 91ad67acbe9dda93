"""The TypeScript package: where it lies, what it was made from, and how it is made again."""

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Final

from config.env import PROJECT_DIR

FOLDER: Final = PROJECT_DIR / "packages" / "client"
GENERATED: Final = FOLDER / "src" / "generated"
DOCUMENT: Final = PROJECT_DIR / "docs" / "openapi.json"
NODE: Final = shutil.which("node")
IS_INSTALLED: Final = NODE is not None and (FOLDER / "node_modules" / "@hey-api").is_dir()


def is_current() -> bool:
    """Whether the committed package was made from the committed document; Node is not needed to know."""
    made_from = (GENERATED / "openapi.sha256").read_text().strip()
    return made_from == hashlib.sha256(DOCUMENT.read_bytes()).hexdigest()


def generate(folder: Path = GENERATED) -> None:
    """Writes the package's generated part; takes some 5 seconds."""
    subprocess.run([str(NODE), str(FOLDER / "generate.mjs"), str(folder)], check=True, timeout=120)


def build(folder: Path) -> None:
    """Compiles the package into an empty folder, and its example against the result."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("node_modules", "dist"), dirs_exist_ok=True)
    (folder / "node_modules").symlink_to(FOLDER / "node_modules")
    compiler = folder / "node_modules" / "typescript" / "bin" / "tsc"
    example = ["--project", "example", "--noEmit", "false", "--rootDir", "example", "--outDir", "example-out"]
    # `make client` checks the declarations of the browser's library too, which takes ten times as long.
    for arguments in ([], [*example, "--skipLibCheck"]):
        done = subprocess.run(
            [str(NODE), str(compiler), *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout
