"""`python -m benchmarks.chaos [--seed N] [--faults 30] [--jobs 300] [marquee|celery|both]`."""

import argparse
import os
import sys

from benchmarks.chaos import marquee, plain, storm


def main() -> int:
    """Runs the same storm over Marquee and over plain Celery; 0 if Marquee kept every promise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("whom", nargs="?", choices=("marquee", "celery", "both"), default="both")
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--faults", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=300)
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}, {chosen.faults} faults, load average {os.getloadavg()[0]:.1f}")
    strikes = storm.plan(chosen.seed, chosen.faults)
    is_kept = True
    if chosen.whom != "celery":
        print("Marquee:")
        is_kept = marquee.run(strikes, chosen.jobs)
        print(f"  {'every promise kept' if is_kept else 'NOT every promise kept'}")
    if chosen.whom != "marquee":
        print("Plain Celery, acks_late and reject_on_worker_lost, stock settings:")
        plain.run(strikes, chosen.jobs)
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
