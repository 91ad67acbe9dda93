"""Picks the environment by name and reads its env file."""

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

PROJECT_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("development", "production", "test")


class UnknownEnvironment(ValueError):
    """The variable that names the environment holds something else."""


def environment_name(variables: Mapping[str, str]) -> str:
    """`APP_ENV`, else `NODE_ENV`, else development. Raises `UnknownEnvironment`."""
    name = variables.get("APP_ENV") or variables.get("NODE_ENV") or "development"
    if name not in ENVIRONMENTS:
        allowed = ", ".join(ENVIRONMENTS)
        raise UnknownEnvironment(f"APP_ENV (or NODE_ENV) is {name!r}; it must be one of {allowed}.")
    return name


def read_environment() -> dict[str, str]:
    """The variables in force: `.env.<environment>.local`, overridden by the real environment."""
    real = dict(os.environ)  # noqa: TID251 - this is the one place that reads it
    name = environment_name(real)
    file_values = dotenv_values(PROJECT_DIR / f".env.{name}.local", interpolate=False)
    from_file = {key: value for key, value in file_values.items() if value is not None}
    return {**from_file, **real, "APP_ENV": name}
