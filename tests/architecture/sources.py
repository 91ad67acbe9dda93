"""The source files, parsed once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config.env import PROJECT_DIR

PACKAGES = ("app", "workers", "config")
SINGLE_FILES = ("wsgi.py", "gunicorn.conf.py")


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path from the project's root."""
        return self.path.relative_to(PROJECT_DIR).as_posix()

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def imported_names(self) -> Iterator[str]:
        """`module` for plain imports, `module.name` for those from a module."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """The files below the folders, or all of the product's."""
    roots = [PROJECT_DIR / folder for folder in folders or PACKAGES]
    paths = [path for root in roots for path in sorted(root.rglob("*.py"))]
    if not folders:
        paths += [PROJECT_DIR / name for name in SINGLE_FILES]
    return tuple(Source(path, text, ast.parse(text)) for path in paths for text in [path.read_text()])
