"""`python -m tests.tools.fuzz_api --seconds 100`: the API document against a real server, for so long as each of three.

Prints what was called and answered, and fails with the requests that show each finding. The seed is printed; the same
seed and document give the same calls, as far as the answers are the same.
"""

import argparse
import os
import secrets
import subprocess
import sys

from config.env import PROJECT_DIR


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=100, help="for each of nobody, an editor and an owner")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    variables = {"MARQUEE_FUZZ_S": str(options.seconds), "MARQUEE_FUZZ_SEED": str(options.seed)}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly", "tests/fuzzing"]
    return subprocess.run(command, cwd=PROJECT_DIR, env={**os.environ, **variables}, check=False).returncode  # noqa: TID251 - handed on


if __name__ == "__main__":
    sys.exit(main())
