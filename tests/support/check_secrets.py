"""Part of `make check`: no real secret in the committed env file, and no registry's host in any committed file."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

PROJECT: Final = Path(__file__).resolve().parent.parent.parent
SECRETS: Final = (
    *("SECRET_KEY", "SECRET_KEYS_OLD", "DATABASE_URL", "DIRECT_URL", "REDIS_URL", "METRICS_TOKEN", "SENTRY_DSN"),
    *("SMTP_URL", "SMTP_PASSWORD"),
)
# Spelt apart, so that this file passes its own check.
HOSTS: Final = re.compile(r"(files\.|test\.)?pythonhosted\.org|pypi\." + r"org/simple|registry\." + r"npmjs\.org")


def problems() -> list[str]:
    """Everything that must not be committed, as sentences."""
    found = []
    for name, value in dotenv_values(PROJECT / ".env.production.local", interpolate=False).items():
        if name in SECRETS and value and "change-me" not in value:
            found.append(f".env.production.local: {name} holds something else than a placeholder")
    listed = subprocess.run(
        ["/usr/bin/env", "git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        path = PROJECT / name
        if path.is_file() and name != "tests/support/check_secrets.py":
            match = HOSTS.search(path.read_text(encoding="utf-8", errors="ignore"))
            if match:
                found.append(f"{name} names the registry host {match.group()}")
    return found


if __name__ == "__main__":
    wrong = problems()
    for sentence in wrong:
        sys.stderr.write(sentence + "\n")
    sys.exit(bool(wrong))
